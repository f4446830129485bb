import type { DumpPath } from '../dump/dump-path.ts';
import type { HttpConnectionManager, HttpFilter, Route } from '../model/generated/envoy-api.ts';
import type { HttpRequest } from './http-request.ts';

/** A list of HTTP filters, and its place in the connection manager. */
export interface FilterList {
  readonly kind: 'filters';
  readonly filters: readonly HttpFilter[];
  readonly path: DumpPath;
}

export type UpgradeChoice = FilterList | { readonly kind: 'rejected' };

/** The filters of requests that are no upgrades. */
export function ordinaryFilters(hcm: HttpConnectionManager): FilterList {
  return { kind: 'filters', filters: hcm.http_filters ?? [], path: ['http_filters'] };
}

/**
 * The filters that a request meets: those of the connection manager, or for an upgrade (or CONNECT) its own. An upgrade whose type is
 * enabled neither there nor on the route is refused with 403; the route's word goes first. Type names ignore case.
 * Source: source/extensions/filters/network/http_connection_manager/config.cc createUpgradeFilterChain; filter_manager.cc.
 */
export function upgradeFilters(hcm: HttpConnectionManager, route: Route | undefined, request: HttpRequest): UpgradeChoice {
  const ordinary = ordinaryFilters(hcm);
  const type = upgradeType(request);
  if (type === undefined) return ordinary;
  const same = (config: { readonly upgrade_type?: string }): boolean => (config.upgrade_type ?? '').toLowerCase() === type;
  const onRoute = route?.route?.upgrade_configs?.find(same);
  if (onRoute?.enabled === false) return { kind: 'rejected' };
  const at = (hcm.upgrade_configs ?? []).findIndex(same);
  const onHcm = hcm.upgrade_configs?.[at];
  // Without a route nothing refuses the upgrade: the request runs its course to the router's 404.
  if (onRoute === undefined && (onHcm === undefined || onHcm.enabled === false)) return route === undefined ? ordinary : { kind: 'rejected' };
  if (onHcm?.filters !== undefined && onHcm.filters.length > 0) return { kind: 'filters', filters: onHcm.filters, path: ['upgrade_configs', at, 'filters'] };
  return ordinary;
}

/** `websocket`, `connect`; undefined for an ordinary request. */
function upgradeType({ method, headers }: HttpRequest): string | undefined {
  if (method === 'CONNECT') return 'connect';
  const connection = headers.first('connection') ?? '';
  const isUpgrade = connection.split(',').some((token) => token.trim().toLowerCase() === 'upgrade');
  return isUpgrade ? headers.first('upgrade')?.toLowerCase() : undefined;
}

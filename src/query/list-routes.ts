import type { HttpConnectionManager, Listener, Route, RouteConfiguration, VirtualHost } from '../model/generated/envoy-api.ts';
import { type Any, anyType, configOf } from '../model/message.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { derivedResource } from './derived-resource.ts';
import { shortDomains } from './domains-text.ts';
import { leavesOfAll, type RowFilter } from './filter-rows.ts';
import { istioConfigText } from './istio-config-ref.ts';
import type { Listing } from './listing.ts';
import { matcherLeaves } from './matcher-leaves.ts';
import { compareNames } from './natural-order.ts';
import { ROUTE_COLUMNS, ROUTE_CONFIG_COLUMNS } from './route-columns.ts';
import { type RouteDestination, routeDestination } from './route-destination.ts';
import { routeMatchText, routePathText, routePathValue } from './route-match-text.ts';
import { RouteRow, type RouteTexts, type RowsOfConfig, type RowsOfHost, WholeRouteRow } from './route-row.ts';
import { DOMAINS, SHOWN_ROUTES } from './shown-routes.ts';
import { certainPart } from './text-pattern.ts';

export type { RouteRow } from './route-row.ts';

export interface RouteFilters {
  readonly name?: string | undefined;
  readonly domain?: string | undefined;
  readonly path?: string | undefined;
  readonly cluster?: string | undefined;
  readonly virtualService?: string | undefined;
}

interface ListedConfig {
  readonly resource: Resource<RouteConfiguration>;
  readonly name: string;
}

const NO_ACTION: Pick<RouteDestination, 'kind' | 'arms'> = { kind: 'none', arms: [] };

/**
 * All routes of all route configs, by the config's name (numbers first), else in Envoy's own order of evaluation.
 * In: the proxy, and what takes secrets out of a route; also the filters that the rows will be held against: rows that these are sure to leave
 * out may be missing where they leave any. Where the input lists no route configs, those inline in listeners are taken.
 */
export function listRoutes(proxy: ProxyConfig, masked: <T>(value: T) => T, wanted: RouteFilters = {}): Listing<RouteRow> {
  const inline = proxy.sections.has('route_config') ? [] : proxy.listeners.flatMap(inlineConfigs);
  const rows = likelyRows(proxy, masked, wanted) ?? rowsInOrder([...proxy.routeConfigs.map(named), ...inline], masked);
  const notes = inline.length > 0 ? ['the input has no routes section; these are the route configs inside its listeners'] : [];
  return { kind: 'routes', noun: 'route', rows, columns: ROUTE_COLUMNS, resourceOf: (row) => row.resource, notes };
}

const named = (resource: Resource<RouteConfiguration>): ListedConfig => ({ resource, name: resource.name });

function rowsInOrder(configs: readonly ListedConfig[], masked: Masked): RouteRow[] {
  const order = new Map(configs.map((config, i) => [config, i]));
  return configs
    .toSorted((a, b) => compareNames(a.name, b.name) || (order.get(a) as number) - (order.get(b) as number))
    .flatMap(({ resource, name }) => shownRows(resource, name, masked));
}

/** The routes of the configs that a filter by their name leaves; undefined where it is not sure that the filters leave the same of all. */
function likelyRows(proxy: ProxyConfig, masked: Masked, wanted: RouteFilters): RouteRow[] | undefined {
  const part = certainPart(wanted.name ?? '');
  if (part === '') return undefined;
  const some = proxy.mayHold('route_config', part).map(named);
  const exact = some.filter(({ name }) => name.toLowerCase() === wanted.name?.toLowerCase());
  const rows = rowsInOrder(exact.length > 0 ? exact : some, masked);
  return leavesOfAll(rows, routeFilters(wanted), '--name') ? rows : undefined;
}

/** The filters of the command line over rows of routes. */
export function routeFilters(wanted: RouteFilters): RowFilter<RouteRow>[] {
  const filter = (flag: string, text: string | undefined, values: (row: RouteRow) => readonly string[]): RowFilter<RouteRow>[] =>
    text === undefined ? [] : [{ flag, wanted: text, values }];
  return [
    ...filter('--name', wanted.name, (row) => [row.configName]),
    ...filter('--domain', wanted.domain, (row) => row.allDomains),
    ...filter('--path', wanted.path, (row) => (row.pathText === undefined ? [] : [row.path, row.pathText])),
    ...filter('--cluster', wanted.cluster, (row) => row.destination.arms.flatMap((arm) => arm.cluster ?? [])),
    ...filter('--virtual-service', wanted.virtualService, (row) =>
      row.virtualService === '' ? [] : [row.virtualService, row.virtualService.split('.')[0] ?? ''],
    ),
  ];
}

/** One row for each route config: `--verbose=false`. */
export function withoutRoutes(listing: Listing<RouteRow>): Listing<RouteRow> {
  const seen = new Set<unknown>();
  const rows = listing.rows.filter((row) => !seen.has(row.resource) && seen.add(row.resource));
  return { ...listing, rows, columns: ROUTE_CONFIG_COLUMNS, noun: 'route config' };
}

type Masked = <T>(value: T) => T;

function shownRows(resource: Resource<RouteConfiguration>, configName: string, masked: Masked): RouteRow[] {
  const shown = resource.part(SHOWN_ROUTES);
  let whole: WholeRouteRow[] | undefined;
  let hosts: readonly VirtualHost[] | undefined;
  const config: RowsOfConfig = {
    resource,
    configName,
    hostCount: shown.virtual_hosts?.length ?? 0,
    domainsOf(host) {
      hosts ??= resource.part(DOMAINS).virtual_hosts ?? [];
      return hosts[host]?.domains ?? [];
    },
    wholeRows() {
      whole ??= rowsOf(resource.value, config, masked, (...row) => new WholeRouteRow(...row));
      return whole;
    },
  };
  return rowsOf(shown, config, masked, (of, host, index, texts) => new RouteRow(of, host, index, texts));
}

type MakeRow<R> = (...row: ConstructorParameters<typeof WholeRouteRow>) => R;

const NO_HOST = { index: 0, name: '', domains: '' } as const;
const NO_ROUTE = { pathText: undefined, path: '', match: '', virtualService: '' } as const;
/** MATCH and VIRTUAL SERVICE as istioctl has them. */
const NO_ROUTES = { pathText: undefined, path: '', match: '/*', virtualService: '404', destination: { ...NO_ACTION, text: '404: no routes' } } as const;

function rowsOf<R>(routes: RouteConfiguration, config: RowsOfConfig, masked: Masked, make: MakeRow<R>): R[] {
  const hosts = routes.virtual_hosts ?? [];
  if (hosts.length === 0) {
    const text = routes.vhds ? 'virtual hosts come by VHDS' : '404: no virtual hosts';
    return [make(config, NO_HOST, 0, { ...NO_ROUTE, destination: { ...NO_ACTION, text } }, undefined, undefined)];
  }
  const rows: R[] = [];
  for (const [index, host] of hosts.entries()) {
    const ofHost: RowsOfHost = { index, name: host.name ?? '', domains: shortDomains(host.domains ?? []) };
    const count = rows.length;
    const add = (original: Route, under: string): void => {
      const route = masked(original);
      rows.push(make(config, ofHost, rows.length, routeTexts(route, under), host, route));
    };
    for (const route of host.routes ?? []) add(route, '');
    for (const { route, under } of matcherRoutes(host)) add(route, under);
    if (rows.length === count) rows.push(make(config, ofHost, count, NO_ROUTES, host, undefined));
  }
  return rows;
}

/** In: a route, and what stands before its match. */
function routeTexts(route: Route, under: string): RouteTexts {
  const pathText = routePathText(route.match);
  return {
    pathText,
    path: routePathValue(route.match),
    match: under === '' ? routeMatchText(route.match, pathText) : `${under}${route.match === undefined ? '' : routeMatchText(route.match, pathText)}`,
    virtualService: istioConfigText(route.metadata),
    destination: routeDestination(route),
  };
}

/** The routes at the leaves of a virtual host's `matcher`, each with the way there. */
function matcherRoutes(host: VirtualHost): { readonly route: Route; readonly under: string }[] {
  return (host.matcher === undefined ? [] : matcherLeaves(host.matcher)).flatMap(({ conditions, action }) => {
    const config = action.typed_config as (Any & { readonly routes?: readonly Route[] }) | undefined;
    const routes = anyType(config).endsWith('.RouteList') ? (config?.routes ?? []) : [config as Route];
    return routes.map((route) => ({ route, under: `${conditions.join('; ')} ` }));
  });
}

/** The route configs inside a listener's HTTP connection managers. */
function inlineConfigs(listener: Resource<Listener>): ListedConfig[] {
  const { value } = listener;
  const chains = [...(value.filter_chains ?? []), ...(value.default_filter_chain ? [value.default_filter_chain] : [])];
  const managers = chains.flatMap((chain) => chain.filters ?? []).map(configOf);
  return managers.flatMap((manager) => {
    const config = anyType(manager).endsWith('.HttpConnectionManager') ? (manager as HttpConnectionManager).route_config : undefined;
    if (config === undefined) return [];
    const name = config.name ?? '';
    const type = 'envoy.config.route.v3.RouteConfiguration';
    return [{ resource: derivedResource(listener as Resource, { kind: 'route_config', name, type, value: config }), name }];
  });
}

import { ipAddressesOf } from '../match/listener-address.ts';
import type { TraceRequest, TunnelRequest } from '../match/request.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { splitAuthority } from './find-listener-by-url.ts';
import type { ProxyIndex } from './proxy-index.ts';
import { roleOf } from './proxy-role.ts';
import type { Gap } from './trace-answer.ts';
import { mainInternal, tunnelListener } from './tunnel-listener.ts';
import { waypointDestination } from './waypoint-destination.ts';

export type TunnelOfRequest =
  | { readonly kind: 'none' }
  | { readonly kind: 'tunnel'; readonly tunnel: TunnelRequest; readonly assumptions: readonly string[] }
  | { readonly kind: 'gap'; readonly gap: Gap };

/**
 * The tunnel that a request comes through: the one that the question names, or at a waypoint, which has no other way in, the one in which
 * ztunnel brings what the client dialled. A question that picks a listener itself has none.
 */
export function tunnelOf(index: ProxyIndex, request: TraceRequest): TunnelOfRequest {
  if (request.tunnel !== undefined) return { kind: 'tunnel', tunnel: request.tunnel, assumptions: [] };
  if (request.listener !== undefined || request.listenerName !== undefined || roleOf(index) !== 'waypoint') return { kind: 'none' };
  const outside = tunnelListener(index);
  if (outside === undefined) return { kind: 'none' };
  const through = `the request arrives through the HBONE tunnel of ${outside.name} (port ${portOf(outside)})`;
  const isTls = request.tls != null || request.scheme === 'https';
  const { host, port = isTls ? 443 : 80 } = request.url ?? splitAuthority(request.authority ?? '');
  const { destination } = request;
  const dialled =
    destination === undefined
      ? waypointDestination(mainInternal(index), host, port)
      : waypointDestination(undefined, destination.address, destination.port === 0 ? port : destination.port);
  if ('gap' in dialled) return { kind: 'gap', gap: dialled.gap };
  const assumptions = destination === undefined ? [dialled.assumption, through] : [through];
  return { kind: 'tunnel', tunnel: { authority: dialled.authority }, assumptions };
}

function portOf({ value }: Resource<Listener>): number | undefined {
  return ipAddressesOf(value)[0]?.port;
}

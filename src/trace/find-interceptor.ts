import { isBound, tcpAddressesOf } from '../match/listener-address.ts';
import type { SocketAddress } from '../match/request.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { ProxyIndex } from './proxy-index.ts';
import { isOwnAddress } from './proxy-role.ts';

export interface Interceptor {
  readonly listener: Resource<Listener>;
  /** How the connection is taken to come here. */
  readonly assumption: string;
}

/**
 * The listener that iptables redirects a connection to: for the proxy's own address the inbound one (Istio: port 15006), else the
 * outbound one (15001). Undefined where the proxy intercepts nothing, and for its own ports that it serves without interception.
 */
export function findInterceptor(index: ProxyIndex, destination: SocketAddress): Interceptor | undefined {
  const bound = index.listeners.filter((l) => isBound(l.value));
  const isInbound = isOwnAddress(index, destination.address);
  const listener = bound.find((l) => (isInbound ? interceptsInbound(l.value, l.name) : interceptsOutbound(l.value)));
  if (listener === undefined) return undefined;
  const own = bound.some(
    (l) => l !== listener && l.value.traffic_direction !== 'OUTBOUND' && tcpAddressesOf(l.value).some(({ port }) => port === destination.port),
  );
  if (isInbound && own) return undefined;
  const port = tcpAddressesOf(listener.value)[0]?.port;
  const target = destination.address === '' ? `port ${destination.port}` : `${destination.address}:${destination.port}`;
  return {
    listener,
    assumption: `the connection to ${target} is redirected to listener "${listener.name}" (port ${port}), as ${isInbound ? 'inbound' : 'outbound'} traffic`,
  };
}

function interceptsOutbound(listener: Listener): boolean {
  return listener.use_original_dst === true && listener.traffic_direction !== 'INBOUND';
}

function interceptsInbound(listener: Listener, name: string): boolean {
  if (listener.traffic_direction !== 'INBOUND' && name !== 'virtualInbound') return false;
  return listener.use_original_dst === true || (listener.listener_filters ?? []).some((filter) => /original_dst$/.test(filter.name ?? ''));
}

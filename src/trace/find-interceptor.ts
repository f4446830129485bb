import { isBound, tcpAddressesOf } from '../match/listener-address.ts';
import type { SocketAddress } from '../match/request.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { isOwnAddress } from './own-address.ts';
import type { ProxyIndex } from './proxy-index.ts';

export interface Interceptor {
  readonly listener: Resource<Listener>;
  /** How the connection is taken to come here. */
  readonly assumption: string;
}

/**
 * The listener that iptables redirects a connection to: for the proxy's own address the inbound one (Istio: port 15006), else the
 * outbound one (15001; Istio before 1.4 had that for both). Undefined where the proxy intercepts nothing, and for ports of its own that
 * are served without interception.
 */
export function findInterceptor(index: ProxyIndex, destination: SocketAddress): Interceptor | undefined {
  const isInbound = isOwnAddress(index, destination.address);
  const interceptors = index.listeners.filter(intercepts);
  const listener = (isInbound ? interceptors.find(isInboundListener) : undefined) ?? firstOf(interceptors.filter((l) => !isInboundListener(l)));
  if (listener === undefined) return undefined;
  if (isInbound && index.listeners.some((l) => l !== listener && servesOwnPort(l, destination.port))) return undefined;
  const port = tcpAddressesOf(listener.value)[0]?.port;
  const where = `listener "${listener.name}" (port ${port})`;
  return {
    listener,
    assumption: `the connection to ${destination.address}:${destination.port} is redirected to ${where}, as ${isInbound ? 'inbound' : 'outbound'} traffic`,
  };
}

/** Whether redirected connections arrive at a listener: it has a socket, and restores where they were going. */
export function intercepts(listener: Resource<Listener>): boolean {
  const { use_original_dst, listener_filters = [] } = listener.part(RESTORING);
  const restores = use_original_dst === true || listener_filters.some((filter) => /original_dst$/.test(filter.name ?? ''));
  return restores && isBound(listener.value) && tcpAddressesOf(listener.value).length > 0;
}

/** What of a listener says that it restores destinations, in either spelling: of a large dump's many listeners no more is read. */
const RESTORING = { use_original_dst: true, useOriginalDst: true, listener_filters: { name: true }, listenerFilters: { name: true } } as const;

/** One that hands connections over comes before one that serves them all itself. */
function firstOf(listeners: readonly Resource<Listener>[]): Resource<Listener> | undefined {
  return listeners.find(({ value }) => value.use_original_dst === true) ?? listeners[0];
}

function isInboundListener({ value, name }: Resource<Listener>): boolean {
  return value.traffic_direction === 'INBOUND' || name === 'virtualInbound';
}

function servesOwnPort({ value }: Resource<Listener>, port: number): boolean {
  return isBound(value) && value.traffic_direction !== 'OUTBOUND' && tcpAddressesOf(value).some((own) => own.port === port);
}

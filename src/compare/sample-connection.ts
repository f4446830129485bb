import { parseIp } from '../match/ip-address.ts';
import { isBound } from '../match/listener-address.ts';
import type { TraceRequest } from '../match/request.ts';
import type { FilterChain, FilterChainMatch, Listener } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import { hostText, portOf } from '../query/address-text.ts';
import { findInterceptor } from '../trace/find-interceptor.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { sidecarDestination } from '../trace/sidecar-destination.ts';

/** An address that no listener of a mesh has (RFC 5737), and a port that none listens on (discard). */
export const ELSEWHERE = { address: '192.0.2.1', port: 9 } as const;

const PROXY_PROTOCOL = 'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol';
const ORIGINAL_DST = 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst';

/**
 * The connection by which a client reaches a filter chain, from the listener's address and the chain's match: what it dials, the original
 * destination behind a redirection, the TLS that the match asks for. In: the authority that is to be asked for, where there is one.
 */
export function sampleConnection(index: ProxyIndex, listener: Listener, chain: FilterChain, authority: string | undefined): TraceRequest {
  const match = chain.filter_chain_match ?? {};
  const { address } = listener;
  const name = authority?.replace(/:\d+$/, '');
  if (address?.socket_address === undefined) return { listenerName: listener.name ?? '', ...tlsOf(chain, match, name) };
  const own = { address: hostText(address), port: portOf(address) ?? 0 };
  const isDialled = isBound(listener);
  const isRedirected = hasFilter(listener, ORIGINAL_DST) || hasFilter(listener, PROXY_PROTOCOL);
  const needsDestination = !isDialled || isRedirected || match.prefix_ranges !== undefined || match.destination_port !== undefined;
  const readsHeader = isDialled ? hasFilter(listener, PROXY_PROTOCOL) : index.listeners.some((l) => isBound(l.value) && hasFilter(l.value, PROXY_PROTOCOL));
  const destination = needsDestination ? destinationOf(index, match, own, name, isDialled) : undefined;
  // Where no listener of the dump hands connections over, the listener itself is asked.
  const isReached = isDialled || (destination !== undefined && findInterceptor(index, destination) !== undefined);
  return {
    ...(isDialled ? { listener: own } : isReached ? {} : { listenerName: listener.name ?? '' }),
    ...(destination === undefined ? {} : { destination }),
    ...(readsHeader ? { proxy_protocol: 1 } : {}),
    ...tlsOf(chain, match, name),
  };
}

function destinationOf(
  index: ProxyIndex,
  match: FilterChainMatch,
  own: { readonly address: string; readonly port: number },
  name: string | undefined,
  isDialled: boolean,
) {
  const port = match.destination_port ?? (isDialled ? ELSEWHERE.port : own.port);
  const range = match.prefix_ranges?.[0]?.address_prefix;
  if (range !== undefined) return { address: range, port };
  const ip = parseIp(own.address);
  if (!isDialled && ip !== undefined && ip.bits !== 0n) return { address: own.address, port };
  const known = name === undefined || isDialled ? undefined : sidecarDestination(index, name, port).destination.address;
  return { address: known !== undefined && parseIp(known) !== undefined ? known : ELSEWHERE.address, port };
}

function hasFilter(listener: Listener, type: string): boolean {
  return (listener.listener_filters ?? []).some((filter) => anyType(configOf(filter)) === type || filter.name === LEGACY_NAMES[type]);
}

const LEGACY_NAMES: Readonly<Record<string, string>> = {
  [PROXY_PROTOCOL]: 'envoy.filters.listener.proxy_protocol',
  [ORIGINAL_DST]: 'envoy.filters.listener.original_dst',
};

/** The TLS that the chain's match, or its transport socket, asks for: the authority as SNI where the match takes it. */
function tlsOf(chain: FilterChain, match: FilterChainMatch, name: string | undefined): Pick<TraceRequest, 'tls'> {
  const [serverName] = match.server_names ?? [];
  const isTls =
    match.transport_protocol === 'tls' || serverName !== undefined || (match.transport_protocol !== 'raw_buffer' && chain.transport_socket !== undefined);
  if (!isTls) return {};
  const taken = (match.server_names ?? []).some((wanted) => name !== undefined && fits(name, wanted));
  const sni = serverName === undefined || taken ? name : exampleHost(serverName);
  return { tls: { ...(sni === undefined ? {} : { sni }), alpn: match.application_protocols ?? ['http/1.1'] } };
}

function fits(name: string, serverName: string): boolean {
  return serverName === name || (serverName.startsWith('*.') && name.endsWith(serverName.slice(1)));
}

/** A host that a domain stands for: `*.shop.example` is asked as `any.shop.example`. */
export function exampleHost(domain: string): string {
  if (domain === '*') return 'any.example';
  return domain.replace(/^\*/, domain.startsWith('*.') ? 'any' : 'any-').replace(/\*$/, domain.endsWith('.*') ? 'any' : '-any');
}

import type { TraceRequest } from '../../src/match/request.ts';
import { indexProxy } from '../../src/trace/proxy-index.ts';
import type { Outcome } from '../../src/trace/trace-answer.ts';
import { type ConnectionBranch, traceConnection } from '../../src/trace/trace-connection.ts';
import { type Json, type ProxyParts, proxyOf, typed } from './http-builders.ts';

export type { Json } from './http-builders.ts';

const NETWORK = 'envoy.extensions.filters.network';
const LISTENER_FILTERS = 'envoy.extensions.filters.listener';

/** A listener at `address:port`; connections come to 127.0.0.1:80 unless it is given another place. */
export function listener(name: string, chains: readonly Json[], more: Json = {}, place = '127.0.0.1:80'): Json {
  return { name, address: address(place), filter_chains: chains, ...more };
}

export function address(place: string): Json {
  const colon = place.lastIndexOf(':');
  return { socket_address: { address: place.slice(0, colon), port_value: Number(place.slice(colon + 1)) } };
}

/** A filter chain with a connection manager that answers everything; its match takes every connection unless given. */
export function chain(name: string, match: Json = {}, more: Json = {}): Json {
  return { name, filter_chain_match: match, filters: [hcm()], ...more };
}

/** A filter chain with a TCP proxy. */
export function tcpChain(name: string, cluster: string, match: Json = {}, more: Json = {}): Json {
  return { name, filter_chain_match: match, filters: [tcpProxy({ cluster })], ...more };
}

export function hcm(more: Json = {}): Json {
  return networkFilter('http_connection_manager.v3.HttpConnectionManager', { route_config: { name: 'routes' }, ...more });
}

export function tcpProxy(config: Json): Json {
  return networkFilter('tcp_proxy.v3.TcpProxy', config);
}

/** `networkFilter('rbac.v3.RBAC', { rules: {} })`. */
export function networkFilter(type: string, config: Json = {}): Json {
  return { name: type.split('.')[0], typed_config: typed(`${NETWORK}.${type}`, config) };
}

/** `listenerFilter('tls_inspector.v3.TlsInspector')`. */
export function listenerFilter(type: string, config: Json = {}, more: Json = {}): Json {
  return { name: type.split('.')[0], typed_config: typed(`${LISTENER_FILTERS}.${type}`, config), ...more };
}

export const TLS_INSPECTOR: Json = listenerFilter('tls_inspector.v3.TlsInspector');
export const HTTP_INSPECTOR: Json = listenerFilter('http_inspector.v3.HttpInspector');
export const PROXY_PROTOCOL: Json = listenerFilter('proxy_protocol.v3.ProxyProtocol');
export const ORIGINAL_DST: Json = listenerFilter('original_dst.v3.OriginalDst');

/** A TLS transport socket: `{ transport_socket: tls() }`. */
export function tls(common: Json = {}, more: Json = {}): Json {
  return { name: 'tls', typed_config: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', { common_tls_context: common, ...more }) };
}

/** A range: `range('10.0.0.0/8')`. */
export function range(text: string): Json {
  const [prefix, length] = text.split('/');
  return { address_prefix: prefix, prefix_len: Number(length) };
}

/** Where a client connects unless the question says otherwise. */
const AT_PORT_80: TraceRequest = { listener: { address: '127.0.0.1', port: 80 }, source: { address: '10.9.9.9', port: 40000 }, authority: 'a.com', path: '/' };

/** Every way that a connection can go. */
export async function connect(parts: ProxyParts, question: TraceRequest = {}): Promise<readonly ConnectionBranch[]> {
  const isPlaced = question.listenerName !== undefined || 'listener' in question;
  const request = isPlaced ? { ...AT_PORT_80, listener: undefined, ...question } : { ...AT_PORT_80, ...question };
  return traceConnection(indexProxy(await proxyOf(parts)), request as TraceRequest, { terse: false });
}

/** The one way of a connection that nothing outside the dump decides. */
export async function connectOnce(parts: ProxyParts, question: TraceRequest = {}): Promise<ConnectionBranch> {
  const [only, ...others] = await connect(parts, question);
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} ways: ${others.map((b) => b.conditions.join(', ')).join(' / ')}`);
  return only;
}

/** Name of the filter chain that a connection ends up in; `none` where there is no such chain. */
export async function chainOf(parts: ProxyParts, question: TraceRequest = {}): Promise<string> {
  return (await connectOnce(parts, question)).filterChain?.name ?? 'none';
}

/** A connection that carries its addresses in a PROXY protocol header. */
export function proxied(destination: string, source = '10.9.9.9:40000'): TraceRequest {
  return { proxy_protocol: 1, destination: socketAddress(destination), source: socketAddress(source) };
}

export function socketAddress(text: string): { readonly address: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) };
}

/** The single outcome of a connection that ends here. */
export function endOf({ end }: ConnectionBranch): Outcome {
  const [only, ...others] = end ?? [];
  if (only === undefined || others.length > 0) throw new Error(`not one end: ${JSON.stringify(end)}`);
  return only;
}

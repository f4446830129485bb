import { ProxyDirectory } from '../../src/follow/find-owner.ts';
import type { FollowedProxy } from '../../src/follow/followed-proxy.ts';
import {
  clustersSection,
  configDump,
  endpoint,
  endpointsSection,
  httpFilter,
  type Json,
  listenersSection,
  proxyOf,
  socketAddress,
  virtualHost,
} from './dump-builders.ts';

const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3';
const ROUTER = { name: 'envoy.filters.http.router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } };
const ORIGINAL_DST = {
  name: 'envoy.filters.listener.original_dst',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst' },
};
export const TLS_INSPECTOR = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector' },
};

/** A bootstrap section with the node of an Istio proxy: `sidecar~10.0.0.1~web.shop~…`. */
export function nodeOf(id: string, metadata: Json = {}): Json {
  return { '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: { node: { id, metadata } } };
}

/** A connection manager that sends every path to one cluster. */
export function sendsTo(cluster: string, route: Json = {}): Json {
  const routes = [{ match: { prefix: '/' }, ...route, route: { cluster, ...((route['route'] as Json | undefined) ?? {}) } }];
  return httpFilter({ stat_prefix: 'x', route_config: { name: 'r', virtual_hosts: [virtualHost('all', ['*'], ...routes)] }, http_filters: [ROUTER] });
}

/** An EDS cluster; `more` is what it does to its connections. */
export function edsCluster(name: string, more: Json = {}): Json {
  return { name, type: 'EDS', eds_cluster_config: { eds_config: { ads: {} } }, ...more };
}

export const upstreamTls = (context: Json): Json => ({ transport_socket: { name: 'tls', typed_config: { '@type': `${TLS}.UpstreamTlsContext`, ...context } } });
export const downstreamTls = (context: Json): Json => ({
  transport_socket: { name: 'tls', typed_config: { '@type': `${TLS}.DownstreamTlsContext`, ...context } },
});

/** A gateway on port 8080 that sends all it gets to the given hosts. */
export async function gatewayTo(
  hosts: readonly Json[],
  cluster: Json = {},
  id = 'router~10.0.0.7~gateway.shop~shop.svc.cluster.local',
  metadata: Json = {},
): Promise<FollowedProxy> {
  const listener = { name: '0.0.0.0_8080', address: socketAddress('0.0.0.0', 8080), filter_chains: [{ filters: [sendsTo('catalog')] }] };
  const assignment = { cluster_name: 'catalog', endpoints: [{ lb_endpoints: hosts }] };
  const config = await proxyOf(
    configDump(nodeOf(id, metadata), listenersSection(listener), clustersSection(edsCluster('catalog', cluster)), endpointsSection(assignment)),
  );
  return { name: id.split('~')[2]?.split('.')[0] ?? id, config };
}

/** A sidecar that hands what comes for a port to its application. */
export async function sidecarAt(
  ip: string,
  port: number,
  more: { readonly name?: string; readonly metadata?: Json; readonly chains?: readonly Json[]; readonly clusters?: Json } = {},
): Promise<FollowedProxy> {
  const { name = `pod-${ip}`, metadata = {}, clusters } = more;
  const own = { filter_chain_match: { destination_port: port }, filters: [sendsTo(`inbound|${port}||`)] };
  const listener = {
    name: 'virtualInbound',
    address: socketAddress('0.0.0.0', 15006),
    traffic_direction: 'INBOUND',
    listener_filters: [ORIGINAL_DST, TLS_INSPECTOR],
    filter_chains: more.chains ?? [own],
  };
  const application = { name: `inbound|${port}||`, type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' };
  const dump = configDump(nodeOf(`sidecar~${ip}~${name}.shop~shop.svc.cluster.local`, metadata), listenersSection(listener), clustersSection(application));
  return { name, config: await proxyOf(dump, ...(clusters === undefined ? [] : [clusters])) };
}

/** A plain Envoy with a listener at exactly one address, which sends on to one host. */
export async function envoyAt(name: string, address: readonly [ip: string, port: number], to: readonly [ip: string, port: number]): Promise<FollowedProxy> {
  const listener = { name: 'in', address: socketAddress(...address), filter_chains: [{ filters: [sendsTo('next')] }] };
  const next = { name: 'next', type: 'STATIC', load_assignment: { cluster_name: 'next', endpoints: [{ lb_endpoints: [endpoint(...to)] }] } };
  return { name, config: await proxyOf(configDump(listenersSection(listener), clustersSection(next))) };
}

export const directory = (...proxies: readonly FollowedProxy[]): ProxyDirectory => new ProxyDirectory(proxies);

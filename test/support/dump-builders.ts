import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { bytesSource, textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { searchNatively } from '../../src/source/search-natively.ts';

/** JSON as Envoy's admin interface writes it. */
export type Json = Record<string, unknown>;

const SECRET = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';
const ADMIN = 'type.googleapis.com/envoy.admin.v3.';

/** A proxy of admin outputs, each given as its JSON. */
export async function proxyOf(...documents: readonly (Json | string)[]): Promise<ProxyConfig> {
  const read = await Promise.all(
    documents.map((document, i) => {
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      return readDocuments(bytesSource(`document-${i}.json`, new TextEncoder().encode(text)));
    }),
  );
  return buildProxyConfig('proxy', read.flat());
}

/** As {@link proxyOf}, of a dump that is read as a large one: no resource is made before it is asked for. */
export async function largeProxyOf(document: Json): Promise<ProxyConfig> {
  const source = { ...textSource('dump.json', JSON.stringify(document)), search: searchNatively };
  return buildProxyConfig('proxy', await readDocuments(source));
}

/** A `/config_dump` of sections. */
export function configDump(...sections: readonly Json[]): Json {
  return { configs: sections };
}

export function listenersSection(...listeners: readonly Json[]): Json {
  const dynamic_listeners = listeners.map((listener) => ({ name: listener['name'], active_state: { version_info: 'v1', last_updated: UPDATED, listener } }));
  return { '@type': `${ADMIN}ListenersConfigDump`, dynamic_listeners };
}

export function routesSection(...configs: readonly Json[]): Json {
  return {
    '@type': `${ADMIN}RoutesConfigDump`,
    dynamic_route_configs: configs.map((route_config) => ({ version_info: 'v1', last_updated: UPDATED, route_config })),
  };
}

export function clustersSection(...clusters: readonly Json[]): Json {
  return {
    '@type': `${ADMIN}ClustersConfigDump`,
    dynamic_active_clusters: clusters.map((cluster) => ({ version_info: 'v1', last_updated: UPDATED, cluster })),
  };
}

export function endpointsSection(...assignments: readonly Json[]): Json {
  return { '@type': `${ADMIN}EndpointsConfigDump`, dynamic_endpoint_configs: assignments.map((endpoint_config) => ({ version_info: 'v1', endpoint_config })) };
}

export function secretsSection(...secrets: readonly Json[]): Json {
  return {
    '@type': `${ADMIN}SecretsConfigDump`,
    dynamic_active_secrets: secrets.map((secret) => ({ name: secret['name'], last_updated: UPDATED, secret: { '@type': SECRET, ...secret } })),
  };
}

export const UPDATED = '2026-08-22T10:00:00.000Z';

export function socketAddress(address: string, port: number): Json {
  return { socket_address: { address, port_value: port } };
}

/** A listener on 0.0.0.0. */
export function listener(name: string, port: number, ...filter_chains: readonly Json[]): Json {
  return { name, address: socketAddress('0.0.0.0', port), filter_chains };
}

/** A filter chain that ends in one filter. */
export function chain(filter: Json, rest: Json = {}): Json {
  return { ...rest, filters: [filter] };
}

/** An HTTP connection manager under whatever name, with the given routes: `{rds: …}` or `{route_config: …}`. */
export function httpFilter(routes: Json, name = 'envoy.filters.network.http_connection_manager'): Json {
  const typed_config = { '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', ...routes };
  return { name, typed_config };
}

export function rds(name: string): Json {
  return { rds: { route_config_name: name, config_source: { ads: {} } } };
}

export function tcpFilter(target: Json): Json {
  const typed_config = { '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', ...target };
  return { name: 'envoy.filters.network.tcp_proxy', typed_config };
}

export function virtualHost(name: string, domains: readonly string[], ...routes: readonly Json[]): Json {
  return { name, domains, routes };
}

/** An assignment whose endpoints stand in one locality. */
export function assignment(cluster_name: string, ...endpoints: readonly Json[]): Json {
  return { cluster_name, endpoints: [{ lb_endpoints: endpoints }] };
}

export function endpoint(address: string, port: number, rest: Json = {}): Json {
  return { endpoint: { address: socketAddress(address, port) }, health_status: 'HEALTHY', ...rest };
}

/** `/clusters?format=json`. */
export function clusterStatuses(hosts: Readonly<Record<string, readonly Json[]>>): Json {
  return { cluster_statuses: Object.entries(hosts).map(([name, host_statuses]) => ({ name, host_statuses })) };
}

export function hostStatus(address: string, port: number, health: Json = {}, rest: Json = {}): Json {
  return { address: socketAddress(address, port), health_status: { eds_health_status: 'HEALTHY', ...health }, weight: 1, ...rest };
}

import type { ApiConfigSource, Cluster, ConfigSource } from '../model/generated/envoy-api.ts';
import { addressText } from '../query/address-text.ts';
import type { ControlPlane } from './description.ts';
import { metadataAt, type ProxyFacts } from './proxy-facts.ts';

/** What the proxy's counters tell of its control plane. */
export interface ControlPlaneStats {
  readonly version: string | undefined;
  readonly connected: boolean | undefined;
}

/** Where a proxy has its configuration from: the bootstrap's ADS, else its own services for LDS and CDS. */
export function controlPlaneOf(facts: ProxyFacts, stats: ControlPlaneStats | undefined): ControlPlane {
  const source = facts.proxy.bootstrap?.value.dynamic_resources;
  const api = source?.ads_config ?? apiOf(source?.lds_config) ?? apiOf(source?.cds_config);
  const cluster = clusterOf(api);
  const told = metadataAt(facts, ['PROXY_CONFIG', 'discoveryAddress']);
  return {
    transport: facts.proxy.bootstrap === undefined ? null : transportOf(facts),
    cluster: cluster ?? null,
    addresses: cluster === undefined ? (api?.grpc_services ?? []).flatMap(({ google_grpc }) => google_grpc?.target_uri ?? []) : addressesOf(facts, cluster),
    behind: typeof told === 'string' ? told : null,
    version: stats?.version ?? null,
    connected: stats?.connected ?? null,
  };
}

function transportOf(facts: ProxyFacts): string {
  const source = facts.proxy.bootstrap?.value.dynamic_resources;
  if (source?.ads_config !== undefined) return `ADS over ${protocolText(source.ads_config)}`;
  const api = apiOf(source?.lds_config) ?? apiOf(source?.cds_config);
  if (api !== undefined) return `LDS and CDS over ${protocolText(api)}`;
  const file = [source?.lds_config, source?.cds_config].map((one) => one?.path_config_source?.path ?? one?.path).find((path) => path !== undefined);
  return file === undefined ? 'static' : `files: ${file}`;
}

function protocolText({ api_type: type }: ApiConfigSource): string {
  const text = String(type ?? 'REST');
  if (/REST/.test(text)) return 'REST';
  return /DELTA/.test(text) ? 'gRPC (delta)' : 'gRPC';
}

function apiOf(source: ConfigSource | undefined): ApiConfigSource | undefined {
  return source?.api_config_source;
}

function clusterOf(api: ApiConfigSource | undefined): string | undefined {
  return api?.grpc_services?.find(({ envoy_grpc }) => envoy_grpc?.cluster_name !== undefined)?.envoy_grpc?.cluster_name ?? api?.cluster_names?.[0];
}

/** The addresses of a cluster's own endpoints; those of the v2 API stand under `hosts`. */
function addressesOf({ proxy }: ProxyFacts, name: string): readonly string[] {
  const own = proxy.clusters.find((cluster) => cluster.name === name)?.value ?? proxy.bootstrap?.value.static_resources?.clusters?.find((c) => c.name === name);
  const hosts = (own as (Cluster & { readonly hosts?: readonly NonNullable<Parameters<typeof addressText>[0]>[] }) | undefined)?.hosts ?? [];
  const endpoints = (own?.load_assignment?.endpoints ?? []).flatMap(({ lb_endpoints = [] }) => lb_endpoints.map(({ endpoint }) => endpoint?.address));
  return [...new Set([...endpoints, ...hosts].map(addressText).filter((text) => text !== ''))];
}

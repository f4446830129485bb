import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { HostHealth, HostLevel, HostSet, UpstreamHost } from '../../src/match/host-set.ts';
import { EMPTY_LEVEL } from '../../src/match/host-set.ts';
import { requestHeaders } from '../../src/match/request-headers.ts';
import type { ClusterOutcome, ClusterQuestion, ClusterTrace } from '../../src/trace/cluster-question.ts';
import { indexProxy, type ProxyIndex } from '../../src/trace/proxy-index.ts';
import { traceCluster } from '../../src/trace/trace-cluster.ts';

type Json = { readonly [key: string]: unknown };

/** What a proxy under test holds, as plain proto3 JSON. */
export interface ClusterWorld {
  readonly clusters?: readonly Json[];
  readonly warming?: readonly Json[];
  /** Load assignments; undefined for a dump without an endpoints section. */
  readonly endpoints?: readonly Json[];
  /** The content of `/clusters?format=json`, by cluster: its host statuses. */
  readonly statuses?: Readonly<Record<string, readonly Json[]>>;
  readonly secrets?: readonly string[];
  readonly bootstrap?: Json;
  readonly runtime?: Json;
}

const any = (type: string, value: Json): Json => (value['@type'] === undefined ? { '@type': `type.googleapis.com/${type}`, ...value } : value);

/** The index over a dump (and `/clusters`, where there are statuses) that holds this world. */
export async function worldIndex(world: ClusterWorld): Promise<ProxyIndex> {
  const section = (name: string, content: Json): Json => any(`envoy.admin.v3.${name}`, content);
  const layers = world.runtime === undefined ? {} : { layered_runtime: { layers: [{ name: 'static', static_layer: world.runtime }] } };
  const node = { id: 'test', user_agent_build_version: { version: { major_number: 1, minor_number: 40 } } };
  const configs = [
    section('BootstrapConfigDump', { bootstrap: { node, ...layers, ...world.bootstrap } }),
    section('ClustersConfigDump', {
      dynamic_active_clusters: (world.clusters ?? []).map((c) => ({ cluster: any('envoy.config.cluster.v3.Cluster', c) })),
      dynamic_warming_clusters: (world.warming ?? []).map((c) => ({ cluster: any('envoy.config.cluster.v3.Cluster', c) })),
    }),
    section('SecretsConfigDump', {
      dynamic_active_secrets: (world.secrets ?? []).map((name) => ({ name, secret: any('envoy.extensions.transport_sockets.tls.v3.Secret', { name }) })),
    }),
  ];
  if (world.endpoints !== undefined) {
    const entries = world.endpoints.map((e) => ({ endpoint_config: any('envoy.config.endpoint.v3.ClusterLoadAssignment', e) }));
    configs.push(section('EndpointsConfigDump', { dynamic_endpoint_configs: entries }));
  }
  const documents = [...(await readDocuments(textSource('config_dump.json', JSON.stringify({ configs }))))];
  if (world.statuses !== undefined) {
    const cluster_statuses = Object.entries(world.statuses).map(([name, host_statuses]) => ({ name, host_statuses }));
    documents.push(...(await readDocuments(textSource('clusters.json', JSON.stringify({ cluster_statuses })))));
  }
  return indexProxy(buildProxyConfig('test', documents));
}

/** Asks for a cluster as a plain HTTP request would. */
export function askCluster(index: ProxyIndex, name: string, more: Partial<ClusterQuestion> = {}): ClusterTrace {
  return traceCluster(index, {
    name,
    protocol: 'http',
    metadataMatch: undefined,
    destination: undefined,
    headers: requestHeaders([]),
    host: 'example.com',
    sni: undefined,
    terse: false,
    ...more,
  });
}

/** The only outcome of a world of one cluster `c`. */
export async function outcomeOf(world: ClusterWorld, more: Partial<ClusterQuestion> = {}): Promise<ClusterOutcome> {
  const trace = askCluster(await worldIndex(world), 'c', more);
  const [only, ...others] = trace.outcomes;
  if (only === undefined || others.length > 0) throw new Error(`expected one outcome, got ${JSON.stringify(trace)}`);
  return only;
}

/** `{ '10.0.0.1:80': 0.5, … }`, rounded to whole percents. */
export function sharesOf(outcome: ClusterOutcome | undefined): Readonly<Record<string, number>> {
  return Object.fromEntries((outcome?.endpoints ?? []).map((e) => [e.address, Math.round(e.share * 100)]));
}

export interface HostOptions {
  readonly health?: string;
  readonly weight?: number;
  readonly lb?: Json;
}

/** An LbEndpoint on 10.0.0.`n`:80. */
export function endpoint(n: number, { health, weight, lb }: HostOptions = {}): Json {
  return {
    endpoint: { address: { socket_address: { address: `10.0.0.${n}`, port_value: 80 } } },
    ...(health === undefined ? {} : { health_status: health }),
    ...(weight === undefined ? {} : { load_balancing_weight: weight }),
    ...(lb === undefined ? {} : { metadata: { filter_metadata: { 'envoy.lb': lb } } }),
  };
}

/** A HostStatus of `/clusters` for 10.0.0.`n`:80. */
export function status(n: number, health_status: Json, more: Json = {}): Json {
  return { address: { socket_address: { address: `10.0.0.${n}`, port_value: 80 } }, health_status, ...more };
}

/** A load assignment of one locality for each list of endpoints: the first is priority 0, and so on. */
export function assignment(name: string, ...priorities: readonly (readonly Json[])[]): Json {
  return { cluster_name: name, endpoints: priorities.map((lb_endpoints, priority) => ({ priority, lb_endpoints })) };
}

/** An EDS cluster `c`. */
export const eds = (more: Json = {}): Json => ({ name: 'c', type: 'EDS', eds_cluster_config: {}, ...more });

/** A host for tests below the trace. */
export function upstreamHost(address: string, more: Partial<UpstreamHost> = {}): UpstreamHost {
  return { address, health: 'HEALTHY', healthReason: undefined, excluded: false, weight: 1, metadata: undefined, ...more };
}

/** One locality of hosts by their health: `H` healthy, `D` degraded, `U` unhealthy, `X` draining. */
export function level(letters: string, more: Partial<HostLevel> = {}): HostLevel {
  const HEALTH: Readonly<Record<string, HostHealth>> = { H: 'HEALTHY', D: 'DEGRADED', U: 'UNHEALTHY', X: 'UNHEALTHY' };
  const hosts = [...letters].map((letter, i) => upstreamHost(`${letter}${i}`, { health: HEALTH[letter] ?? 'HEALTHY', excluded: letter === 'X' }));
  return { ...EMPTY_LEVEL, localities: hosts.length === 0 ? [] : [{ name: '//', weight: 0, hosts }], ...more };
}

export const hostSet = (...levels: HostLevel[]): HostSet => ({ levels });

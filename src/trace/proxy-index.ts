import type { Cluster, ClusterLoadAssignment, ClusterStatus, Listener, RouteConfiguration, Secret } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { type RuntimeLayers, readRuntime } from './runtime-layers.ts';

/** A proxy's resources as a request meets them: what serves by name. Built once for a proxy, then only read. */
export interface ProxyIndex {
  readonly proxy: ProxyConfig;
  /** Listeners that serve: static ones, and dynamic ones in their active state. */
  readonly listeners: readonly Resource<Listener>[];
  /** Every listener entry that does not serve: warming, draining, rejected. */
  readonly idleListeners: readonly Resource<Listener>[];
  readonly routeConfigs: ReadonlyMap<string, Resource<RouteConfiguration>>;
  readonly clusters: ReadonlyMap<string, Resource<Cluster>>;
  /** Clusters that warm and have no active version: Envoy does not route to them yet. */
  readonly warmingClusters: ReadonlyMap<string, Resource<Cluster>>;
  /** By `cluster_name`: the EDS service name where the cluster has one. */
  readonly assignments: ReadonlyMap<string, Resource<ClusterLoadAssignment>>;
  /** `/clusters`, by cluster name; undefined where the input has no such document. */
  readonly statuses: ReadonlyMap<string, ClusterStatus> | undefined;
  readonly secrets: ReadonlyMap<string, Resource<Secret>>;
  readonly runtime: RuntimeLayers;
  /** `1.40.0`; undefined where nothing tells. */
  readonly envoyVersion: readonly [major: number, minor: number, patch: number] | undefined;
}

export function indexProxy(proxy: ProxyConfig): ProxyIndex {
  const serving = proxy.clusters.filter((c) => c.state === 'active' || c.state === 'static');
  const clusters = byName(serving);
  return {
    proxy,
    listeners: proxy.listeners.filter((l) => l.state === 'active' || l.state === 'static'),
    idleListeners: proxy.listeners.filter((l) => l.state !== 'active' && l.state !== 'static'),
    // Inline route configs are listed without a name; only those served by RDS are found by name.
    routeConfigs: byName(proxy.routeConfigs.filter((r) => r.name !== '' && r.state !== 'error' && r.span !== undefined && !isInline(r))),
    clusters,
    warmingClusters: byName(proxy.clusters.filter((c) => c.state === 'warming' && !clusters.has(c.name))),
    assignments: byName(proxy.endpoints),
    statuses: proxy.clusterStatuses ? new Map((proxy.clusterStatuses.value.cluster_statuses ?? []).map((s) => [s.name ?? '', s])) : undefined,
    secrets: byName(proxy.secrets.filter((s) => s.state !== 'warming' && s.state !== 'error')),
    runtime: readRuntime(proxy),
    envoyVersion: envoyVersionOf(proxy),
  };
}

/** The first of a name counts, as in Envoy: the second static cluster of a name is a start-up error. */
function byName<T extends { readonly name: string }>(resources: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const resource of resources) if (!map.has(resource.name)) map.set(resource.name, resource);
  return map;
}

/** An inline route config stands among the static ones under its own name; RDS never serves from there. */
function isInline(resource: Resource): boolean {
  return resource.state === 'static';
}

function envoyVersionOf(proxy: ProxyConfig): readonly [number, number, number] | undefined {
  const version = proxy.bootstrap?.value.node?.user_agent_build_version?.version;
  if (version?.major_number !== undefined) return [version.major_number, version.minor_number ?? 0, version.patch ?? 0];
  const text = /\/(\d+)\.(\d+)\.(\d+)/.exec(proxy.serverInfo?.value.version ?? '');
  return text ? [Number(text[1]), Number(text[2]), Number(text[3])] : undefined;
}

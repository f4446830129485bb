import { envoyVersionOf } from '../model/envoy-version.ts';
import type { Cluster, ClusterLoadAssignment, ClusterStatus, Listener, RouteConfiguration, Secret } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { type Resource, serves } from '../model/resource.ts';
import { type RuntimeLayers, readRuntime } from './runtime-layers.ts';

/** What serves by name: each is looked for when it is asked for, since a trace meets few of a large dump's. */
export interface ByName<T> {
  get(name: string): T | undefined;
  has(name: string): boolean;
}

/** A proxy's resources as a request meets them. Built once for a proxy, then only read. */
export interface ProxyIndex {
  readonly proxy: ProxyConfig;
  /** Listeners that serve: static ones, and dynamic ones in their active state. */
  readonly listeners: readonly Resource<Listener>[];
  /** Every listener entry that does not serve: warming, draining, rejected. */
  readonly idleListeners: readonly Resource<Listener>[];
  readonly routeConfigs: ByName<Resource<RouteConfiguration>>;
  readonly clusters: ByName<Resource<Cluster>>;
  /** Clusters that warm and have no active version: Envoy does not route to them yet. */
  readonly warmingClusters: ByName<Resource<Cluster>>;
  /** By `cluster_name`: the EDS service name where the cluster has one. */
  readonly assignments: ByName<Resource<ClusterLoadAssignment>>;
  /** `/clusters`, by cluster name; undefined where the input has no such document. */
  readonly statuses: ReadonlyMap<string, ClusterStatus> | undefined;
  readonly secrets: ByName<Resource<Secret>>;
  readonly runtime: RuntimeLayers;
  /** `1.40.0`; undefined where nothing tells. */
  readonly envoyVersion: readonly [major: number, minor: number, patch: number] | undefined;
}

export function indexProxy(proxy: ProxyConfig): ProxyIndex {
  let listeners: readonly Resource<Listener>[] | undefined;
  const clusters = byName((name) => proxy.named('cluster', name).find(serves));
  return {
    proxy,
    get listeners() {
      listeners ??= proxy.listeners.filter(serves);
      return listeners;
    },
    get idleListeners() {
      return proxy.listeners.filter((l) => !serves(l));
    },
    routeConfigs: byName((name) => proxy.named('route_config', name).find(isServedByRds)),
    clusters,
    warmingClusters: byName((name) => (clusters.has(name) ? undefined : proxy.named('cluster', name).find((c) => c.state === 'warming'))),
    assignments: byName((name) => proxy.named('endpoint', name)[0]),
    statuses: proxy.clusterStatuses ? new Map((proxy.clusterStatuses.value.cluster_statuses ?? []).map((s) => [s.name ?? '', s])) : undefined,
    secrets: byName((name) => proxy.named('secret', name).find((s) => s.state !== 'warming' && s.state !== 'error')),
    runtime: readRuntime(proxy),
    envoyVersion: envoyVersionOf(proxy),
  };
}

/** The clusters that serve, the first of each name: as Envoy counts them. */
export function servingClusters(index: ProxyIndex): readonly Resource<Cluster>[] {
  return firstOfName(index.proxy.clusters.filter(serves));
}

/** The route configs that RDS serves, the first of each name. */
export function servedRouteConfigs(index: ProxyIndex): readonly Resource<RouteConfiguration>[] {
  return firstOfName(index.proxy.routeConfigs.filter(isServedByRds));
}

/** The first of a name counts, as in Envoy: the second static cluster of a name is a start-up error. */
function byName<T>(first: (name: string) => T | undefined): ByName<T> {
  return { get: first, has: (name) => first(name) !== undefined };
}

function firstOfName<T extends { readonly name: string }>(resources: readonly T[]): readonly T[] {
  const names = new Set<string>();
  return resources.filter(({ name }) => names.size < names.add(name).size);
}

/** An inline route config has no name, or stands among the static ones under its own name; RDS never serves from there. */
function isServedByRds(resource: Resource): boolean {
  return resource.state !== 'static' && resource.state !== 'error' && resource.name !== '' && resource.span !== undefined;
}

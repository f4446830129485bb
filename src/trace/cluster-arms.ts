import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { hashInputs } from '../match/hash-policy.ts';
import type { RandomCut } from '../match/random-space.ts';
import { weightedArms } from '../match/weighted-clusters.ts';
import type { Route, WeightedCluster_ClusterWeight } from '../model/generated/envoy-api.ts';
import type { HttpRequest } from './http-request.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap } from './trace-answer.ts';

/** One cluster that a route entry can choose. */
export interface ClusterArm {
  /** Null: the route chooses none (a cluster_header that the request lacks, a route that does not forward). */
  readonly cluster: string | null;
  readonly weight: WeightedCluster_ClusterWeight | undefined;
  readonly path: DumpPath;
  readonly percent: number;
  readonly cut: RandomCut | undefined;
  readonly conditions: readonly string[];
}

export type ClusterArms = { readonly kind: 'arms'; readonly arms: readonly ClusterArm[] } | { readonly kind: 'gap'; readonly gap: Gap };

/**
 * The clusters that a route entry can choose: one, the arms of a split, or the one that a header names.
 * Source: config_impl.cc RouteEntryImplBase::clusterEntry.
 */
export function clusterArms(route: Route, path: DumpPath, request: HttpRequest, index: ProxyIndex): ClusterArms {
  const only = (cluster: string | null, at: DumpPath): ClusterArms => ({
    kind: 'arms',
    arms: [{ cluster, weight: undefined, path: at, percent: 100, cut: undefined, conditions: [] }],
  });
  const gap = (what: string, at: DumpPath): ClusterArms => ({ kind: 'gap', gap: { id: 'PC9001', what, path: jqPath(at) } });
  const { route: action } = route;
  if (action === undefined) return route.filter_action === undefined ? only(null, path) : gap('a route with filter_action', [...path, 'filter_action']);
  const at = [...path, 'route'];
  if (action.cluster !== undefined) return only(action.cluster, [...at, 'cluster']);
  if (action.cluster_header !== undefined) return only(request.headers.first(action.cluster_header.toLowerCase()) || null, [...at, 'cluster_header']);
  const { weighted_clusters: weighted } = action;
  if (weighted === undefined) return gap('a cluster specifier plugin chooses the cluster', at);
  const arms = weightedArms(weighted, request.headers, index.runtime.get);
  const hashed = weighted.use_hash_policy === true && hashInputs(action.hash_policy ?? [], request.headers, request.path);
  return {
    kind: 'arms',
    arms: arms.map(({ arm, index: i, percent, cut }) => ({
      cluster: arm.name || (arm.cluster_header ? request.headers.first(arm.cluster_header.toLowerCase()) || null : null),
      weight: arm,
      path: [...at, 'weighted_clusters', 'clusters', i],
      percent,
      cut: hashed ? undefined : cut,
      conditions: hashed && cut !== undefined ? [`the hash of ${hashed} falls to arm ${i + 1}`] : [],
    })),
  };
}

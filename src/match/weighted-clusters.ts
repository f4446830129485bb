import { JsonNumber } from '../dump/json-value.ts';
import type { WeightedCluster, WeightedCluster_ClusterWeight } from '../model/generated/envoy-api.ts';
import type { RandomCut } from './random-space.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { RuntimeLookup } from './runtime-fraction.ts';

/** One arm of a split and the share of the random numbers that choose it. */
export interface WeightedArm {
  readonly arm: WeightedCluster_ClusterWeight;
  readonly index: number;
  readonly weight: number;
  readonly percent: number;
  /** Undefined where the arm is chosen for certain (a header picked it). */
  readonly cut: RandomCut | undefined;
}

/**
 * The arms that can be chosen. Weights are relative to their own sum (total_weight is ignored); runtime keys override them; a single
 * header value that is a decimal number takes the place of the random number. Arms of weight zero are never chosen.
 * Source: config_impl.cc WeightedClusterUtil / WeightedClusterConfig, PerRouteWeightedClusters::pickCluster.
 */
export function weightedArms(weighted: WeightedCluster, headers: RequestHeaders, runtime: RuntimeLookup): readonly WeightedArm[] {
  const arms = (weighted.clusters ?? []).map((arm, index) => ({ arm, index, weight: weightOf(weighted, arm, runtime) }));
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  const picked = total > 0 ? headerValue(weighted, headers) : undefined;
  const chosen: WeightedArm[] = [];
  let from = 0;
  for (const { arm, index, weight } of arms) {
    const to = from + weight;
    if (weight > 0) {
      const percent = (weight * 100) / total;
      if (picked === undefined) chosen.push({ arm, index, weight, percent, cut: weight === total ? undefined : { modulus: total, from, to, inside: true } });
      else {
        const rest = Number(picked % BigInt(total));
        if (rest >= from && rest < to) chosen.push({ arm, index, weight, percent, cut: undefined });
      }
    }
    from = to;
  }
  return chosen;
}

function weightOf(weighted: WeightedCluster, arm: WeightedCluster_ClusterWeight, runtime: RuntimeLookup): number {
  const prefix = weighted.runtime_key_prefix;
  const value = prefix ? runtime(`${prefix}.${arm.name || arm.cluster_header || ''}`) : undefined;
  if (typeof value === 'number') return value;
  if (value instanceof JsonNumber) return value.valueOf();
  return arm.weight ?? 0;
}

function headerValue(weighted: WeightedCluster, headers: RequestHeaders): bigint | undefined {
  if (!weighted.header_name) return undefined;
  const values = headers.all(weighted.header_name.toLowerCase());
  const text = values.length === 1 ? values[0] : undefined;
  if (text === undefined || !/^\+?\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < 2n ** 64n ? value : undefined;
}

import type { Cluster_LbSubsetConfig, LocalityLbConfig, Percent, Subset } from '../model/generated/envoy-api.ts';
import type { RuntimeLookup } from './runtime-fraction.ts';
import { runtimeInteger } from './runtime-integer.ts';
import type { ZoneAwareConfig } from './zone-aware-routing.ts';

/** How hosts are chosen once the candidates are known. */
export interface HostPolicy {
  /** weighted: in proportion to host weights; unweighted: all alike; hash: as weighted, but healthy hosts only. */
  readonly algorithm: 'weighted' | 'unweighted' | 'hash';
  readonly localityWeighted: boolean;
  readonly failTrafficOnPanic: boolean;
  readonly zoneAware: ZoneAwareConfig | undefined;
}

export type LbPolicy =
  | { readonly kind: 'hosts'; readonly name: string; readonly hosts: HostPolicy; readonly subsets: Cluster_LbSubsetConfig | Subset | undefined }
  /** The cluster's type chooses the host itself. */
  | { readonly kind: 'cluster_provided' }
  /** Known to Envoy, not to pc; or to neither. */
  | { readonly kind: 'unsupported'; readonly name: string; readonly path: readonly (string | number)[] };

export interface LbFacts {
  readonly runtime: RuntimeLookup;
  /** Whether this Envoy was built with a policy of that message type. */
  readonly hasPolicy: (type: string) => boolean;
}

/** A policy with what its locality configuration asks for. Ring hash and Maglev know no zones. */
export function hostPolicy(algorithm: HostPolicy['algorithm'], locality: LocalityLbConfig | undefined, runtime: RuntimeLookup): HostPolicy {
  return {
    algorithm,
    localityWeighted: locality?.locality_weighted_lb_config !== undefined,
    failTrafficOnPanic: locality?.zone_aware_lb_config?.fail_traffic_on_panic === true,
    zoneAware: algorithm === 'hash' ? undefined : zoneAware(locality?.zone_aware_lb_config, runtime),
  };
}

/** Source: ZoneAwareLoadBalancerBase's constructor: 100 % take part, from six hosts on, unless configured or set by runtime. */
function zoneAware(config: LocalityLbConfig['zone_aware_lb_config'], runtime: RuntimeLookup): ZoneAwareConfig {
  const forced =
    config?.force_local_zone !== undefined ? (config.force_local_zone.min_size ?? 1) : config?.force_locality_direct_routing === true ? 1 : undefined;
  return {
    routingEnabled: runtimeInteger(runtime, 'upstream.zone_routing.enabled') ?? wholePercent(config?.routing_enabled, 100),
    minClusterSize: runtimeInteger(runtime, 'upstream.zone_routing.min_cluster_size') ?? Number(config?.min_cluster_size ?? 6),
    forceLocalZoneMinSize: forced,
    countWeights: config?.locality_basis === 'HEALTHY_HOSTS_WEIGHT',
  };
}

/** A Percent rounded to a whole number; the default where it is absent. */
export function wholePercent(percent: Percent | undefined, absent: number): number {
  return percent === undefined ? absent : Math.round(percent.value ?? 0);
}

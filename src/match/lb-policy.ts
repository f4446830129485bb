/**
 * A cluster balances by the first policy of load_balancing_policy that this Envoy knows, else by lb_policy with lb_subset_config and
 * common_lb_config. Random ignores host weights; round robin and least request (on idle hosts) follow them; subsets are made only where
 * there is a selector.
 * Source: source/common/upstream/upstream_impl.cc ClusterInfoImpl::configureLbPolicies, LegacyLbPolicyConfigHelper.
 */
import type {
  Cluster,
  Cluster_LbSubsetConfig,
  LoadBalancingPolicy,
  LocalityLbConfig,
  LocalityLbConfig_ZoneAwareLbConfig,
  Percent,
  RingHash,
  RoundRobin,
  Subset,
  WrrLocality,
} from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
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

/** The policy that a cluster balances by. */
export function lbPolicyOf(cluster: Cluster, facts: LbFacts): LbPolicy {
  if (cluster.load_balancing_policy !== undefined) return typedPolicy(cluster.load_balancing_policy, facts, ['load_balancing_policy']);
  const common = cluster.common_lb_config;
  const hosts = (algorithm: HostPolicy['algorithm']): LbPolicy => ({
    kind: 'hosts',
    name: String(cluster.lb_policy ?? 'ROUND_ROBIN'),
    hosts: {
      algorithm,
      localityWeighted: common?.locality_weighted_lb_config !== undefined,
      failTrafficOnPanic: common?.zone_aware_lb_config?.fail_traffic_on_panic === true,
      zoneAware: algorithm === 'hash' ? undefined : zoneAware(common?.zone_aware_lb_config, facts.runtime),
    },
    subsets: (cluster.lb_subset_config?.subset_selectors ?? []).length > 0 ? cluster.lb_subset_config : undefined,
  });
  switch (cluster.lb_policy ?? 'ROUND_ROBIN') {
    case 'ROUND_ROBIN':
    case 'LEAST_REQUEST':
      return hosts('weighted');
    case 'RANDOM':
      return hosts('unweighted');
    case 'RING_HASH':
    case 'MAGLEV':
      return hosts('hash');
    case 'CLUSTER_PROVIDED':
      return { kind: 'cluster_provided' };
    default:
      return { kind: 'unsupported', name: String(cluster.lb_policy), path: ['lb_policy'] };
  }
}

const POLICIES = 'envoy.extensions.load_balancing_policies.';

/** Policies of a stock Envoy, for dumps that do not list the extensions of theirs. Source: source/extensions/extensions_build_config.bzl. */
export const STOCK_POLICIES: ReadonlySet<string> = new Set(
  [
    'client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin',
    'cluster_provided.v3.ClusterProvided',
    'dynamic_modules.v3.DynamicModulesLoadBalancerConfig',
    'least_request.v3.LeastRequest',
    'load_aware_locality.v3.LoadAwareLocality',
    'maglev.v3.Maglev',
    'override_host.v3.OverrideHost',
    'random.v3.Random',
    'ring_hash.v3.RingHash',
    'round_robin.v3.RoundRobin',
    'subset.v3.Subset',
    'wrr_locality.v3.WrrLocality',
  ].map((name) => POLICIES + name),
);

function typedPolicy(policy: LoadBalancingPolicy, facts: LbFacts, at: readonly (string | number)[]): LbPolicy {
  const policies = policy.policies ?? [];
  const index = policies.findIndex((p) => facts.hasPolicy(anyType(configOf(p.typed_extension_config))));
  const path = [...at, 'policies', Math.max(index, 0)];
  const config = configOf(policies[index]?.typed_extension_config);
  if (config === undefined) return { kind: 'unsupported', name: policies.map((p) => anyType(configOf(p.typed_extension_config))).join(', ') || 'none', path };
  const type = anyType(config);
  const name = type.slice(type.lastIndexOf('.') + 1);
  const hosts = (algorithm: HostPolicy['algorithm'], locality?: LocalityLbConfig): LbPolicy => ({
    kind: 'hosts',
    name,
    hosts: {
      algorithm,
      localityWeighted: locality?.locality_weighted_lb_config !== undefined,
      failTrafficOnPanic: locality?.zone_aware_lb_config?.fail_traffic_on_panic === true,
      zoneAware: algorithm === 'hash' ? undefined : zoneAware(locality?.zone_aware_lb_config, facts.runtime),
    },
    subsets: undefined,
  });
  switch (type.slice(POLICIES.length)) {
    case 'round_robin.v3.RoundRobin':
    case 'least_request.v3.LeastRequest':
      return hosts('weighted', (config as RoundRobin).locality_lb_config);
    case 'random.v3.Random':
      return hosts('unweighted', (config as RoundRobin).locality_lb_config);
    case 'client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin':
      return hosts('unweighted');
    case 'wrr_locality.v3.WrrLocality': {
      const inner = (config as WrrLocality).endpoint_picking_policy ?? {};
      const picking = typedPolicy(inner, facts, [...path, 'typed_extension_config', 'typed_config', 'endpoint_picking_policy']);
      return picking.kind === 'hosts' ? hosts('unweighted', { locality_weighted_lb_config: {} }) : picking;
    }
    case 'ring_hash.v3.RingHash':
    case 'maglev.v3.Maglev': {
      const weighted = (config as RingHash).locality_weighted_lb_config;
      return hosts('hash', weighted === undefined ? {} : { locality_weighted_lb_config: weighted });
    }
    case 'subset.v3.Subset': {
      const subset = config as Subset;
      const child = typedPolicy(subset.subset_lb_policy ?? {}, facts, [...path, 'typed_extension_config', 'typed_config', 'subset_lb_policy']);
      return child.kind === 'hosts' ? { ...child, name: `Subset of ${child.name}`, subsets: subset } : child;
    }
    case 'cluster_provided.v3.ClusterProvided':
      return { kind: 'cluster_provided' };
    default:
      return { kind: 'unsupported', name: type, path };
  }
}

/** Source: ZoneAwareLoadBalancerBase's constructor: 100 % take part, from six hosts on, unless configured or set by runtime. */
function zoneAware(config: LocalityLbConfig_ZoneAwareLbConfig | undefined, runtime: RuntimeLookup): ZoneAwareConfig {
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

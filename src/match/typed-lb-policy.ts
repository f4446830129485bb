/**
 * load_balancing_policy lists policies by preference: Envoy takes the first whose message type it was built with, and passes the others
 * over, whatever their names.
 * Source: source/common/upstream/upstream_impl.cc ClusterInfoImpl::configureLbPolicies; the factories under
 * source/extensions/load_balancing_policies.
 */
import type { LoadBalancingPolicy, LocalityLbConfig, RingHash, RoundRobin, Subset, WrrLocality } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import { type HostPolicy, hostPolicy, type LbFacts, type LbPolicy } from './host-policy.ts';

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

/** The policy that is taken, with those inside it. `at` is its place in the cluster. */
export function typedPolicy(policy: LoadBalancingPolicy, facts: LbFacts, at: readonly (string | number)[]): LbPolicy {
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
    hosts: hostPolicy(algorithm, locality, facts.runtime),
    subsets: undefined,
  });
  switch (type.slice(POLICIES.length)) {
    case 'round_robin.v3.RoundRobin':
    case 'least_request.v3.LeastRequest':
      return hosts('weighted', (config as RoundRobin).locality_lb_config);
    case 'random.v3.Random':
      return hosts('unweighted', (config as RoundRobin).locality_lb_config);
    // Its weights come from the load that hosts report; Envoy writes them over the configured ones, where a dump shows them.
    case 'client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin':
      return hosts('weighted');
    case 'wrr_locality.v3.WrrLocality': {
      const inner = (config as WrrLocality).endpoint_picking_policy ?? {};
      const picking = typedPolicy(inner, facts, [...path, 'typed_extension_config', 'typed_config', 'endpoint_picking_policy']);
      return picking.kind === 'hosts' ? hosts('weighted', { locality_weighted_lb_config: {} }) : picking;
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

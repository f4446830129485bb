/**
 * A cluster balances by the first policy of load_balancing_policy that this Envoy knows, else by lb_policy with lb_subset_config and
 * common_lb_config. Random ignores host weights; round robin and least request (on idle hosts) follow them; subsets are made only where
 * there is a selector.
 * Source: source/common/upstream/upstream_impl.cc ClusterInfoImpl::configureLbPolicies, LegacyLbPolicyConfigHelper.
 */
import type { Cluster } from '../model/generated/envoy-api.ts';
import { type HostPolicy, hostPolicy, type LbFacts, type LbPolicy } from './host-policy.ts';
import { typedPolicy } from './typed-lb-policy.ts';

export type { HostPolicy, LbPolicy } from './host-policy.ts';
export { wholePercent } from './host-policy.ts';
export { STOCK_POLICIES } from './typed-lb-policy.ts';

/** The policy that a cluster balances by. */
export function lbPolicyOf(cluster: Cluster, facts: LbFacts): LbPolicy {
  if (cluster.load_balancing_policy !== undefined) return typedPolicy(cluster.load_balancing_policy, facts, ['load_balancing_policy']);
  const common = cluster.common_lb_config;
  const hosts = (algorithm: HostPolicy['algorithm']): LbPolicy => ({
    kind: 'hosts',
    name: String(cluster.lb_policy ?? 'ROUND_ROBIN'),
    hosts: hostPolicy(algorithm, common, facts.runtime),
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

import { jqPath } from '../dump/dump-path.ts';
import type { HostPick } from '../match/host-pick.ts';
import type { Availability, HostLevel, HostSet } from '../match/host-set.ts';
import { type LbPolicy, lbPolicyOf, wholePercent } from '../match/lb-policy.ts';
import { type PickSituation, pickEndpoints } from '../match/pick-endpoints.ts';
import { runtimeInteger } from '../match/runtime-integer.ts';
import { pickFromSubsets } from '../match/subset-selection.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { clusterHosts } from './cluster-hosts.ts';
import type { ClusterQuestion } from './cluster-question.ts';
import { describeLoad } from './describe-load.ts';
import type { ClusterHosts } from './found-hosts.ts';
import { knownPolicies } from './known-policies.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap } from './trace-answer.ts';

export type Balanced =
  | { readonly kind: 'pick'; readonly pick: HostPick; readonly rule: string; readonly subsetMissed: boolean }
  | { readonly kind: 'gap'; readonly gap: Gap };

/** Balances over the hosts of one cluster by its policy. `wanted` is the priority that an aggregate cluster asks for. */
export function balance(
  index: ProxyIndex,
  resource: Resource<Cluster>,
  at: ClusterHosts,
  hosts: HostSet,
  question: ClusterQuestion,
  wanted?: { readonly priority: number; readonly availability: Availability },
): Balanced {
  const cluster = resource.value;
  const policy = lbPolicyOf(cluster, { runtime: index.runtime.get, hasPolicy: (type) => knownPolicies(index).has(type) });
  if (policy.kind !== 'hosts') return { kind: 'gap', gap: policyGap(resource, policy) };
  const panicThreshold = panicThresholdOf(index, cluster);
  const situation: PickSituation = { panicThreshold, localLevel: localLevel(index), ...(wanted === undefined ? {} : { wanted }) };
  const hidden = hiddenFacts(resource, policy, at, hosts);
  if (hidden !== undefined) return { kind: 'gap', gap: hidden };
  const pickAmong = (set: HostSet): HostPick => pickEndpoints(policy.hosts, set, situation);
  if (policy.subsets === undefined)
    return { kind: 'pick', pick: pickAmong(hosts), rule: `${policy.name}; ${describeLoad(hosts, panicThreshold)}`, subsetMissed: false };
  const chosen = pickFromSubsets(policy.subsets, hosts, question.metadataMatch, pickAmong);
  return { kind: 'pick', pick: chosen.pick, rule: `${policy.name}; ${chosen.rule}`, subsetMissed: chosen.missed };
}

/** Whole percent below which a priority panics; runtime wins over the cluster, which wins over 50. */
export function panicThresholdOf(index: ProxyIndex, cluster: Cluster): number {
  return runtimeInteger(index.runtime.get, 'upstream.healthy_panic_threshold') ?? wholePercent(cluster.common_lb_config?.healthy_panic_threshold, 50);
}

function policyGap(resource: Resource<Cluster>, policy: Exclude<LbPolicy, { readonly kind: 'hosts' }>): Gap {
  if (policy.kind === 'cluster_provided') {
    return { id: 'PC9001', what: `cluster "${resource.name}" leaves balancing to its type, which does none`, path: jqPath([...resource.path, 'lb_policy']) };
  }
  return {
    id: 'PC9001',
    what: `load balancing policy ${policy.name} of cluster "${resource.name}" is not modelled`,
    path: jqPath([...resource.path, ...policy.path]),
  };
}

/** `/clusters` shows neither the metadata of hosts nor the weights of localities. */
function hiddenFacts(resource: Resource<Cluster>, policy: Extract<LbPolicy, { readonly kind: 'hosts' }>, at: ClusterHosts, hosts: HostSet): Gap | undefined {
  if (at.shownBy !== '/clusters') return undefined;
  const gap = (what: string): Gap => ({
    id: 'PC1002',
    what: `${what} of cluster "${resource.name}" are not in /clusters: fetch /config_dump?include_eds`,
    path: at.path,
  });
  if (policy.subsets !== undefined) return gap('the subset metadata of the hosts');
  return policy.hosts.localityWeighted && hosts.levels.some((level) => level.localities.length > 1) ? gap('the locality weights') : undefined;
}

/** The proxy's own cluster, which zone-aware routing compares with. */
function localLevel(index: ProxyIndex): HostLevel | undefined {
  const name = index.proxy.bootstrap?.value.cluster_manager?.local_cluster_name;
  const resource = name ? index.clusters.get(name) : undefined;
  const found = resource === undefined ? undefined : clusterHosts(index, resource);
  return found?.kind === 'hosts' ? found.found.hosts.levels[0] : undefined;
}

import { jqPath } from '../dump/dump-path.ts';
import { clusterKind } from '../match/cluster-kind.ts';
import type { HostPick } from '../match/host-pick.ts';
import { allHosts, mapLocalities } from '../match/host-set.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { balance } from './balance-hosts.ts';
import { chooseAmongChildren, chooseInOrder } from './choose-child-hosts.ts';
import { chooseDynamicHost } from './choose-dynamic-host.ts';
import { chooseOriginalDestination } from './choose-original-destination.ts';
import { clusterHosts } from './cluster-hosts.ts';
import type { ClusterQuestion } from './cluster-question.ts';
import type { ClusterHosts } from './found-hosts.ts';
import { type HostAnswer, type HostPart, way } from './host-choice.ts';
import type { ProxyIndex } from './proxy-index.ts';

/** Which hosts of a cluster can get the request, with which share. */
export function chooseHosts(index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const cluster = resource.value;
  const kind = clusterKind(cluster);
  switch (kind) {
    case 'ORIGINAL_DST':
      return chooseOriginalDestination(resource, question);
    case 'dynamic_forward_proxy':
      return chooseDynamicHost(index, resource, question);
    case 'aggregate':
      return chooseAmongChildren(index, resource, question);
    case 'composite':
      return chooseInOrder(index, resource, question, chooseHosts);
    case 'STATIC':
    case 'EDS':
    case 'STRICT_DNS':
    case 'LOGICAL_DNS':
      return chooseByBalancer(index, resource, question);
    default:
      return {
        kind: 'gap',
        gap: {
          id: 'PC9001',
          what: `cluster "${resource.name}" has a type that is not modelled: ${kind.custom}`,
          path: jqPath([...resource.path, 'cluster_type']),
        },
      };
  }
}

function chooseByBalancer(index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const found = clusterHosts(index, resource);
  if (found.kind === 'gap') return found;
  const { hosts, assumed } = found.found;
  const balanced = balance(index, resource, found.found, hosts, question);
  if (balanced.kind === 'gap') return balanced;
  const part = (pick: HostPick): readonly HostPart[] => [{ probability: 1, pick, cluster: resource.value }];
  const unresolved = found.found.shownBy === 'nothing';
  const ways = [way(part(withEjected(index, resource, found.found, question, balanced.pick)), assumed?.conditions, unresolved)];
  if (assumed !== undefined) {
    const otherwise = balance(index, resource, found.found, assumed.otherHosts, question);
    if (otherwise.kind === 'gap') return otherwise;
    ways.push(way(part(otherwise.pick), assumed.otherwise, unresolved));
  }
  return { kind: 'ways', ways, rule: balanced.rule, subsetMissed: balanced.subsetMissed, hosts: found.found };
}

/**
 * Ejection by outlier detection ends by itself (after base_ejection_time, longer each time): hosts that get requests again then are
 * listed with a share of 0.
 */
function withEjected(index: ProxyIndex, resource: Resource<Cluster>, at: ClusterHosts, question: ClusterQuestion, pick: HostPick): HostPick {
  if (!allHosts(at.hosts).some((host) => host.ejected)) return pick;
  const back = mapLocalities(at.hosts, (locality) => ({
    ...locality,
    hosts: locality.hosts.map((host) => (host.ejected ? { ...host, health: 'HEALTHY' } : host)),
  }));
  const later = balance(index, resource, at, back, question);
  const again = later.kind === 'gap' ? [] : [...later.pick.shares.keys()].filter((host) => host.ejected).map((host) => host.address);
  const zeros = allHosts(at.hosts).filter((host) => host.ejected && !pick.shares.has(host) && again.includes(host.address));
  return { ...pick, shares: new Map([...pick.shares, ...zeros.map((host) => [host, 0] as const)]) };
}

import { jqPath } from '../dump/dump-path.ts';
import { pickFromChildren } from '../match/aggregate-cluster.ts';
import { clusterKind } from '../match/cluster-kind.ts';
import { type HostPick, NO_HOST } from '../match/host-pick.ts';
import { allHosts, type HostSet, mapLocalities, type UpstreamHost } from '../match/host-set.ts';
import { originalDestination } from '../match/original-destination.ts';
import type { Cluster, ClustersAggregate_ClusterConfig, ClustersComposite_ClusterConfig, OriginalDstCluster } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import { balance, panicThresholdOf } from './balance-hosts.ts';
import { type ClusterHosts, clusterHosts } from './cluster-hosts.ts';
import { chooseDynamicHost } from './dynamic-host.ts';
import { clusterGap } from './fidelity/cluster-gap.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap } from './trace-answer.ts';
import type { ClusterQuestion } from './trace-cluster.ts';

/** One cluster's part of a way: an aggregate has one for each child that gets requests. */
export interface HostPart {
  readonly probability: number;
  readonly pick: HostPick;
  /** Whose circuit breakers count. */
  readonly cluster: Cluster;
}

/** One way that the choice can go; certain where it has no conditions. */
export interface HostWay {
  readonly conditions: readonly string[];
  readonly parts: readonly HostPart[];
  /** The hosts are names that are still to be resolved: their addresses are not known. */
  readonly unresolved: boolean;
  /** How the choice fails where it finds no host. */
  readonly details: string;
}

export interface HostChoice {
  readonly kind: 'ways';
  readonly ways: readonly HostWay[];
  /** The rule applied, in one line. */
  readonly rule: string;
  /** Metadata asked for a subset that no host is in. */
  readonly subsetMissed: boolean;
  /** Where the candidates stand. */
  readonly hosts: ClusterHosts | undefined;
}

export type HostAnswer = HostChoice | { readonly kind: 'gap'; readonly gap: Gap };

export const NO_HEALTHY_UPSTREAM = 'no_healthy_upstream';

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
      return chooseFirstChild(index, resource, question);
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

function chooseOriginalDestination(resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const { pick, rule } = pickOriginalDestination(resource.value, question);
  return { kind: 'ways', ways: [way([{ probability: 1, pick, cluster: resource.value }])], rule, subsetMissed: false, hosts: undefined };
}

function pickOriginalDestination(cluster: Cluster, question: ClusterQuestion): { readonly pick: HostPick; readonly rule: string } {
  const typed = configOf(cluster.cluster_type);
  const config = anyType(typed).endsWith('.OriginalDstCluster') ? (typed as OriginalDstCluster) : cluster.original_dst_lb_config;
  const found = originalDestination(config, question.headers, isOwnAddress(question) ? undefined : question.destination);
  if (found.kind === 'none') return { pick: NO_HOST, rule: `ORIGINAL_DST: ${found.why}` };
  return { pick: only(found.address), rule: `ORIGINAL_DST dials ${found.address}, from ${found.from}` };
}

/** A connection that was made to the listener's own address was not redirected: nothing was restored. */
function isOwnAddress({ destination, listener }: ClusterQuestion): boolean {
  return destination !== undefined && listener !== undefined && destination.address === listener.address && destination.port === listener.port;
}

/** Children of an aggregate keep their order; each balances by its own policy. */
function chooseAmongChildren(index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const config = configOf(resource.value.cluster_type) as ClustersAggregate_ClusterConfig | undefined;
  const present = (config?.clusters ?? []).flatMap((name) => index.clusters.get(name) ?? []);
  const found: { readonly resource: Resource<Cluster>; readonly at: ClusterHosts }[] = [];
  for (const child of present) {
    if (typeof clusterKind(child.value) === 'string' && /aggregate|composite/.test(String(clusterKind(child.value)))) continue;
    const gap = clusterGap(index, child) ?? unmodelledChild(child);
    if (gap !== undefined) return { kind: 'gap', gap };
    const hosts = clusterHosts(index, child);
    if (hosts.kind === 'gap') return hosts;
    found.push({ resource: child, at: hosts.found });
  }
  const threshold = panicThresholdOf(index, resource.value);
  let gap: Gap | undefined;
  const rules: string[] = [];
  const missed: boolean[] = [];
  const partsWith = (hostsOf: (at: ClusterHosts) => HostSet): readonly HostPart[] =>
    pickFromChildren(
      found.map(({ resource: child, at }) => ({
        name: child.name,
        hosts: hostsOf(at),
        pick: (priority, availability) => {
          if (clusterKind(child.value) === 'ORIGINAL_DST') return pickOriginalDestination(child.value, question).pick;
          const balanced = balance(index, child, at, hostsOf(at), question, { priority, availability });
          if (balanced.kind === 'gap') {
            gap ??= balanced.gap;
            return NO_HOST;
          }
          rules.push(`${child.name}: ${balanced.rule}`);
          missed.push(balanced.subsetMissed);
          return balanced.pick;
        },
      })),
      threshold,
    ).map(({ child, probability, pick }) => ({ probability, pick, cluster: index.clusters.get(child.name)?.value ?? {} }));
  const parts = partsWith((at) => at.hosts);
  if (gap !== undefined) return { kind: 'gap', gap };
  const assumed = found.flatMap(({ at }) => at.assumed ?? []);
  const ways = [
    way(
      parts,
      assumed.flatMap((a) => a.conditions),
      assumed.length > 0,
    ),
  ];
  if (assumed.length > 0)
    ways.push(
      way(
        partsWith((at) => at.assumed?.otherHosts ?? at.hosts),
        assumed.flatMap((a) => a.otherwise),
        true,
      ),
    );
  const rule =
    parts.length === 0
      ? `aggregate: none of ${(config?.clusters ?? []).join(', ')} exists with hosts`
      : `aggregate of ${(config?.clusters ?? []).join(', ')}; ${[...new Set(rules)].join('; ')}`;
  return { kind: 'ways', ways, rule, subsetMissed: missed.length > 0 && missed.every((m) => m), hosts: undefined };
}

function unmodelledChild(child: Resource<Cluster>): Gap | undefined {
  const kind = clusterKind(child.value);
  if (typeof kind === 'string' && kind !== 'dynamic_forward_proxy') return undefined;
  return { id: 'PC9001', what: `cluster "${child.name}" within an aggregate is not modelled`, path: jqPath(child.path) };
}

/**
 * A composite cluster sends the first attempt to its first child, and each retry to the next one.
 * Source: source/extensions/clusters/composite/cluster.cc CompositeClusterLoadBalancer::chooseHost.
 */
function chooseFirstChild(index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const config = configOf(resource.value.cluster_type) as ClustersComposite_ClusterConfig | undefined;
  const name = config?.clusters?.[0]?.name ?? '';
  const child = index.clusters.get(name);
  const none: HostAnswer = {
    kind: 'ways',
    ways: [way([{ probability: 1, pick: NO_HOST, cluster: resource.value }])],
    rule: `composite: its first cluster "${name}" does not exist`,
    subsetMissed: false,
    hosts: undefined,
  };
  if (child === undefined || child === resource) return none;
  const gap = clusterGap(index, child);
  if (gap !== undefined) return { kind: 'gap', gap };
  const choice = chooseHosts(index, child, question);
  return choice.kind === 'gap' ? choice : { ...choice, rule: `composite, first attempt to ${name}: ${choice.rule}` };
}

export function way(parts: readonly HostPart[], conditions: readonly string[] = [], unresolved = false, details = NO_HEALTHY_UPSTREAM): HostWay {
  return { conditions, parts, unresolved, details };
}

/** A pick of one address that no load assignment lists. */
export function only(address: string): HostPick {
  const host: UpstreamHost = { address, health: 'HEALTHY', healthReason: undefined, ejected: false, excluded: false, weight: 1, metadata: undefined };
  return { shares: new Map([[host, 1]]), none: 0 };
}

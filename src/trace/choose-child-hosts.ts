import { jqPath } from '../dump/dump-path.ts';
import { type AggregateChild, pickFromChildren } from '../match/aggregate-cluster.ts';
import { clusterKind } from '../match/cluster-kind.ts';
import { foundOnly, NO_HOST } from '../match/host-pick.ts';
import type { HostSet } from '../match/host-set.ts';
import type { Cluster, ClustersAggregate_ClusterConfig, ClustersComposite_ClusterConfig } from '../model/generated/envoy-api.ts';
import { configOf } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import { balance, panicThresholdOf } from './balance-hosts.ts';
import { metadataGap, pickOriginalDestination } from './choose-original-destination.ts';
import { clusterHosts } from './cluster-hosts.ts';
import type { ClusterQuestion } from './cluster-question.ts';
import { clusterGap } from './fidelity/cluster-gap.ts';
import type { ClusterHosts } from './found-hosts.ts';
import { type HostAnswer, type HostPart, way } from './host-choice.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap } from './trace-answer.ts';

/** A child of an aggregate: its hosts, and how it would spread requests over them. */
interface Child {
  readonly resource: Resource<Cluster>;
  readonly found: ClusterHosts;
  readonly rule: string;
  readonly subsetMissed: boolean;
}

/** An aggregate cluster sends to the priorities of its children; each child balances by its own policy. */
export function chooseAmongChildren(index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const names = (configOf(resource.value.cluster_type) as ClustersAggregate_ClusterConfig | undefined)?.clusters ?? [];
  const children: Child[] = [];
  for (const child of names.flatMap((name) => index.clusters.get(name) ?? [])) {
    const read = readChild(index, child, question);
    if (read === undefined) continue;
    if ('gap' in read) return { kind: 'gap', gap: read.gap };
    children.push(read);
  }
  const threshold = panicThresholdOf(index, resource.value);
  const partsWith = (hostsOf: (found: ClusterHosts) => HostSet): readonly HostPart[] =>
    pickFromChildren(
      children.map((child) => ({ name: child.resource.name, hosts: hostsOf(child.found), pick: pickerOf(index, child, hostsOf(child.found), question) })),
      threshold,
    ).map(({ child, probability, pick }) => ({ probability, pick, cluster: index.clusters.get(child.name)?.value ?? {} }));

  const parts = partsWith((found) => found.hosts);
  const assumed = children.flatMap((child) => child.found.assumed ?? []);
  const conditions = assumed.flatMap((a) => a.conditions);
  const otherwise = assumed.flatMap((a) => a.otherwise);
  const ways = [way(parts, conditions, assumed.length > 0)];
  if (assumed.length > 0)
    ways.push(
      way(
        partsWith((found) => found.assumed?.otherHosts ?? found.hosts),
        otherwise,
        true,
      ),
    );
  const served = children.filter((child) => parts.some((part) => part.cluster === child.resource.value));
  const rule = served.length === 0 ? 'none of them exists with hosts' : served.map((child) => `${child.resource.name}: ${child.rule}`).join('; ');
  const subsetMissed = served.length > 0 && served.every((child) => child.subsetMissed);
  return { kind: 'ways', ways, rule: `aggregate of ${names.join(', ')}; ${rule}`, subsetMissed, hosts: undefined };
}

/** Undefined for a child that is passed over: clusters that own no hosts themselves. */
function readChild(index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion): Child | { readonly gap: Gap } | undefined {
  const kind = clusterKind(resource.value);
  if (kind === 'aggregate' || kind === 'composite') return undefined;
  if (typeof kind !== 'string' || kind === 'dynamic_forward_proxy') {
    return { gap: notModelled(resource, 'an aggregate') };
  }
  const gap = clusterGap(index, resource) ?? metadataGap(resource, question);
  if (gap !== undefined) return { gap };
  const hosts = clusterHosts(index, resource);
  if (hosts.kind === 'gap') return hosts;
  const { found } = hosts;
  if (kind === 'ORIGINAL_DST') return { resource, found, rule: pickOriginalDestination(resource.value, question).rule, subsetMissed: false };
  const balanced = balance(index, resource, found, found.hosts, question);
  return balanced.kind === 'gap' ? balanced : { resource, found, rule: balanced.rule, subsetMissed: balanced.subsetMissed };
}

function pickerOf(index: ProxyIndex, { resource, found }: Child, hosts: HostSet, question: ClusterQuestion): AggregateChild['pick'] {
  if (clusterKind(resource.value) === 'ORIGINAL_DST') return () => pickOriginalDestination(resource.value, question).pick;
  return (priority, availability) => {
    const balanced = balance(index, resource, found, hosts, question, { priority, availability });
    return balanced.kind === 'gap' ? NO_HOST : balanced.pick;
  };
}

type ChooseHosts = (index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion) => HostAnswer;

/**
 * A composite cluster asks its children in order and takes the first host that one offers (a retry starts at a later child). A TCP
 * connection has no attempts to count, and gets no host at all.
 * Source: source/extensions/clusters/composite/cluster.cc CompositeClusterLoadBalancer::chooseHost, and as recorded from Envoy 1.40.
 */
export function chooseInOrder(index: ProxyIndex, resource: Resource<Cluster>, question: ClusterQuestion, chooseHosts: ChooseHosts): HostAnswer {
  const config = configOf(resource.value.cluster_type) as ClustersComposite_ClusterConfig | undefined;
  const names = question.protocol === 'tcp' ? [] : (config?.clusters ?? []).map((entry) => entry.name ?? '');
  const parts: HostPart[] = [];
  const rules: string[] = [];
  let left = 1;
  for (const child of names.flatMap((name) => index.clusters.get(name) ?? [])) {
    if (left <= 0 || child === resource) break;
    const gap = clusterGap(index, child);
    if (gap !== undefined) return { kind: 'gap', gap };
    const choice = chooseHosts(index, child, question);
    if (choice.kind === 'gap') return choice;
    if (choice.ways.length > 1) return { kind: 'gap', gap: notModelled(child, 'a composite cluster') };
    rules.push(`${child.name}: ${choice.rule}`);
    for (const part of choice.ways[0]?.parts ?? [])
      parts.push({ ...part, probability: left * part.probability * (1 - part.pick.none), pick: foundOnly(part.pick) });
    left = 1 - parts.reduce((sum, part) => sum + part.probability, 0);
  }
  if (left > 1e-9) parts.push({ probability: left, pick: NO_HOST, cluster: resource.value });
  const why = question.protocol === 'tcp' ? 'it serves HTTP requests only' : rules.join('; ') || 'none of its clusters exists';
  return { kind: 'ways', ways: [way(parts.filter((part) => part.probability > 0))], rule: `composite: ${why}`, subsetMissed: false, hosts: undefined };
}

function notModelled(resource: Resource<Cluster>, within: string): Gap {
  return { id: 'PC9001', what: `cluster "${resource.name}" within ${within} is not modelled`, path: jqPath(resource.path) };
}

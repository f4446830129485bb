import { jqPath } from '../dump/dump-path.ts';
import { clusterKind } from '../match/cluster-kind.ts';
import type { Cluster, ClustersAggregate_ClusterConfig } from '../model/generated/envoy-api.ts';
import { configOf } from '../model/message.ts';
import { chooseHosts } from './choose-hosts.ts';
import { clusterHops } from './cluster-hops.ts';
import { clusterHosts } from './cluster-hosts.ts';
import { clusterOutcomes } from './cluster-outcomes.ts';
import type { ClusterOutcome, ClusterQuestion, ClusterTrace } from './cluster-question.ts';
import { clusterGap } from './fidelity/cluster-gap.ts';
import { notShown } from './not-shown.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Hop } from './trace-answer.ts';

export type { ClusterOutcome, ClusterQuestion, ClusterTrace } from './cluster-question.ts';

/** Envoy 1.18 gave the unknown cluster a flag of its own; before, it was logged as an unknown route. */
const FIRST_WITH_NC: readonly [number, number] = [1, 18];

const traced = new WeakMap<ProxyIndex, Map<string, ClusterTrace>>();

/** Follows a request from the cluster's name to the hosts that can get it. Pure: same input, same answer. */
export function traceCluster(index: ProxyIndex, question: ClusterQuestion): ClusterTrace {
  const resource = index.clusters.get(question.name);
  if (resource === undefined) return missingCluster(index, question);
  // Where runtime hides keys, each answer says which of them it asked for: nothing is remembered then.
  const isRemembered = index.runtime.hidden.length === 0 && !looksAtRequest(index, resource.value);
  const key = isRemembered ? memoKey(question) : undefined;
  if (key === undefined) return traceKnown(index, resource, question);
  const byKey = traced.get(index) ?? new Map<string, ClusterTrace>();
  traced.set(index, byKey);
  const before = byKey.get(key);
  if (before !== undefined) return before;
  const trace = traceKnown(index, resource, question);
  byKey.set(key, trace);
  return trace;
}

/** Whether the host depends on more of the request than the route's metadata and priority: such clusters are traced anew for each. */
function looksAtRequest(index: ProxyIndex, cluster: Cluster): boolean {
  if (cluster.type !== 'ORIGINAL_DST' && cluster.cluster_type === undefined) return false;
  if (clusterKind(cluster) !== 'aggregate') return true;
  const children = (configOf(cluster.cluster_type) as ClustersAggregate_ClusterConfig | undefined)?.clusters ?? [];
  return children.some((name) => clusterKind(index.clusters.get(name)?.value ?? {}) === 'ORIGINAL_DST');
}

function memoKey({ name, protocol, priority, metadataMatch }: ClusterQuestion): string {
  return `${protocol} ${priority ?? ''} ${name}${metadataMatch === undefined ? '' : `\n${JSON.stringify(metadataMatch)}`}`;
}

function traceKnown(index: ProxyIndex, resource: NonNullable<ReturnType<ProxyIndex['clusters']['get']>>, question: ClusterQuestion): ClusterTrace {
  const gap = clusterGap(index, resource);
  if (gap !== undefined) return { outcomes: [], hops: [], gap };
  const choice = chooseHosts(index, resource, question);
  if (choice.kind === 'gap') return { outcomes: [], hops: [], gap: choice.gap };
  const own = clusterHosts(index, resource);
  const outcomes = clusterOutcomes(index, resource.value, question, choice, own.kind === 'hosts' ? own.found : undefined);
  return { outcomes, hops: clusterHops(index, resource, choice, outcomes), gap: null };
}

function missingCluster(index: ProxyIndex, question: ClusterQuestion): ClusterTrace {
  if (!index.proxy.sections.has('cluster')) {
    const what = `the input has no clusters section, so that nothing is known of cluster "${question.name}"; /config_dump gives it`;
    return { outcomes: [], hops: [], gap: { id: 'PC1001', what, path: '.' } };
  }
  if (index.proxy.partial.has('cluster')) return { outcomes: [], hops: [], gap: notShown('cluster', `"${question.name}"`, '.') };
  const version = index.envoyVersion;
  const isOld = version !== undefined && (version[0] < FIRST_WITH_NC[0] || (version[0] === FIRST_WITH_NC[0] && version[1] < FIRST_WITH_NC[1]));
  const warming = index.warmingClusters.get(question.name);
  const flags = isOld ? 'NR' : 'NC';
  const conditions = isOld ? [`Envoy ${version.join('.')} logs NR for an unknown cluster (NC came with 1.18)`] : [];
  const isHttp = question.protocol === 'http';
  const outcome: ClusterOutcome = {
    probability: isOld ? null : 1,
    conditions,
    verdict: 'broken',
    status: isHttp ? 503 : null,
    flags,
    details: isHttp ? 'cluster_not_found' : null,
    observability_name: null,
    endpoints: null,
    break: 'PC4001',
  };
  const hop: Hop = {
    stage: 'cluster',
    name: question.name,
    state: 'broken',
    rule:
      warming === undefined
        ? 'the proxy has no cluster of that name'
        : 'the cluster is still warming and has no active version: Envoy does not route to it yet',
    path: warming === undefined ? '' : jqPath(warming.path),
    document: warming?.document ?? '',
    rejected: [],
  };
  return { outcomes: [outcome], hops: [hop], gap: null };
}

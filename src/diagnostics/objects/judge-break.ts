import type { ProxyConfig } from '../../model/proxy-config.ts';
import { parseIstioCluster } from '../istio-names.ts';
import { list, quoted } from '../words.ts';
import { backendsOfCluster, ruleOfCluster } from './judge-http-routes.ts';
import { judgeInbound } from './judge-inbound.ts';
import { mtlsClash } from './judge-mtls.ts';
import { type JudgedRequest, judgeHosts, judgePaths, judgePorts } from './judge-requests.ts';
import { judgeService, unopenedTarget } from './judge-services.ts';
import { judgeCluster } from './judge-subsets.ts';
import { broken, type Judgement } from './judgement.ts';
import { whyNotYet } from './not-yet.ts';
import { hostInFull, type ObjectSet, ofKind } from './object-set.ts';
import { type ProxyIdentity, proxyIdentity } from './proxy-identity.ts';

/** What Kubernetes objects say about a break: what the dump itself cannot prove. */
export interface ObjectsVerdict {
  readonly id: string;
  /** True where applying the objects would end this break, as far as they tell; undefined where they say nothing of that. */
  readonly mends: boolean | undefined;
  readonly summary: string;
  readonly sentences: readonly string[];
  /** What would be left broken, with its share of the requests. */
  readonly leaves: readonly string[];
}

/** One way that the request can go, as the trace gives it. */
export interface JudgedOutcome {
  readonly verdict: string;
  readonly break: string | null;
  readonly cluster: string | null;
  readonly probability: number | null;
  readonly route_config: string | null;
  readonly virtual_host: string | null;
}

/** Where Istio sends what its registry does not have, with REGISTRY_ONLY. */
const BLACK_HOLE = 'BlackHoleCluster';
const BLOCK_ALL = 'block_all';

/**
 * Tells the breaks of an answer to their causes by the objects behind the proxy, one verdict for each; and where the request is forwarded,
 * what the objects of the other side say against it. In: the request, the ways that it can go, the objects, the dump.
 */
export function judgeAnswer(request: JudgedRequest, outcomes: readonly JudgedOutcome[], set: ObjectSet, proxy: ProxyConfig): readonly ObjectsVerdict[] {
  const identity = proxyIdentity(proxy);
  const ids = [...new Set(outcomes.flatMap((outcome) => outcome.break ?? []))];
  const verdicts = ids.map((id) => {
    const mine = outcomes.filter((outcome) => outcome.break === id);
    const judged: JudgedRequest = { ...request, routeConfig: mine[0]?.route_config ?? request.routeConfig };
    return summarise(id, judgementsOf(id, judged, mine, set, proxy, identity), mine, set, proxy, request);
  });
  if (outcomes.some((outcome) => outcome.break === null && outcome.virtual_host === BLOCK_ALL))
    verdicts.push(summarise('PC3007', [judgeDestination(request, set, identity)], [], set, proxy, request));
  return [...verdicts, ...ahead(outcomes, set, proxy, identity)];
}

function judgementsOf(
  id: string,
  request: JudgedRequest,
  outcomes: readonly JudgedOutcome[],
  set: ObjectSet,
  proxy: ProxyConfig,
  identity: ProxyIdentity,
): readonly Judgement[] {
  const clusters = [...new Set(outcomes.flatMap((outcome) => outcome.cluster ?? []))];
  if (id === 'PC4001' || id === 'PC5001')
    return clusters.flatMap((name) => (name === BLACK_HOLE ? [judgeDestination(request, set, identity)] : byName(name, set, proxy, identity)));
  if (id === 'PC3001' || id === 'PC3003') return judgeHosts(request, set, identity);
  if (id === 'PC3002') return judgePaths(request, set, identity);
  if (id === 'PC2001') return judgePorts(request, set, identity);
  if (id === 'PC2002' || id === 'PC2004' || id === 'PC6001') return judgeInbound(request, set, identity);
  return [];
}

function byName(name: string, set: ObjectSet, proxy: ProxyConfig, identity: ProxyIdentity): readonly Judgement[] {
  if (parseIstioCluster(name) !== undefined) return [judgeCluster(name, set, proxy, identity)];
  const rule = ruleOfCluster(name);
  if (rule === undefined) return [];
  const backends = backendsOfCluster(name, set);
  if (backends === undefined) return [broken(name, `${rule.kind} ${rule.namespace}/${rule.name}, of which this cluster is made, is not among the objects`)];
  if (backends.length === 0) return [broken(name, `rule ${rule.rule} of ${rule.kind} ${rule.namespace}/${rule.name} sends to no Service (backendRefs:)`)];
  return backends.map(({ host, port }) => judgeService(name, host, port, set, identity));
}

/** The host and port that a client of the mesh calls, and that the proxy does not know. */
function judgeDestination(request: JudgedRequest, set: ObjectSet, identity: ProxyIdentity): Judgement {
  const port = Number(/:(\d+)$/.exec(request.authority)?.[1] ?? request.port ?? 80);
  return judgeService(request.authority, hostInFull(request.authority, set, identity), port, set, identity);
}

/** What the other side's objects say against a request that this proxy forwards. */
function ahead(outcomes: readonly JudgedOutcome[], set: ObjectSet, proxy: ProxyConfig, identity: ProxyIdentity): readonly ObjectsVerdict[] {
  const clusters = [...new Set(outcomes.flatMap((outcome) => (outcome.verdict === 'forwarded' && outcome.cluster !== null ? [outcome.cluster] : [])))];
  return clusters.flatMap((name) => {
    const parts = parseIstioCluster(name);
    const clash = mtlsClash(name, set, proxy, identity);
    const unopened = parts === undefined ? undefined : unopenedTarget(parts.host, parts.port, set);
    const verdict = (id: string, summary: string, sentence: string): ObjectsVerdict => ({ id, mends: undefined, summary, sentences: [sentence], leaves: [] });
    return [
      ...(clash === undefined ? [] : [verdict('PC6005', 'this proxy forwards the request, and the other side will refuse the connection:', clash)]),
      ...(unopened === undefined ? [] : [verdict('PC5004', 'this proxy forwards the request, and nothing may listen where it goes:', unopened)]),
    ];
  });
}

function summarise(
  id: string,
  judgements: readonly Judgement[],
  outcomes: readonly JudgedOutcome[],
  set: ObjectSet,
  proxy: ProxyConfig,
  request: JudgedRequest,
): ObjectsVerdict {
  const sentences = [...new Set(judgements.flatMap((judgement) => judgement.sentences))];
  if (sentences.length === 0)
    return { id, mends: undefined, summary: 'the objects say nothing of this break: it would be left', sentences, leaves: sharesOf(outcomes) };
  const mending = judgements.filter((judgement) => judgement.mends === true);
  // Of several objects one that serves the host is enough; of several clusters each one counts.
  const isByCluster = outcomes.some((outcome) => outcome.cluster !== null && outcome.cluster !== BLACK_HOLE);
  const left = isByCluster || mending.length === 0 ? judgements.filter((judgement) => judgement.mends !== true) : [];
  if (left.length === 0) return { id, mends: id !== 'PC5001', summary: ended(id, judgements, set, proxy, request), sentences, leaves: [] };
  const named = (some: readonly Judgement[]): string => list([...new Set(some.map(({ subject }) => withShare(subject, outcomes)))]);
  if (mending.length > 0 && isByCluster)
    return {
      id,
      mends: false,
      summary: `the objects would mend ${named(mending)}, and leave ${named(left)} broken`,
      sentences,
      leaves: left.map(({ subject }) => withShare(subject, outcomes)),
    };
  const isUnclear = left.every((judgement) => judgement.mends === undefined);
  const summary = isUnclear
    ? 'whether the objects mend this break cannot be told:'
    : set.isApplied
      ? 'the objects tell the cause:'
      : 'the objects do not mend this break';
  return { id, mends: isUnclear ? undefined : false, summary, sentences, leaves: left.map(({ subject }) => withShare(subject, outcomes)) };
}

/** Every part of a break would be mended: or is, and the proxy does not have it. */
function ended(id: string, judgements: readonly Judgement[], set: ObjectSet, proxy: ProxyConfig, request: JudgedRequest): string {
  const section = id.startsWith('PC2') || id.startsWith('PC6') ? 'listeners' : id.startsWith('PC3') ? 'routeConfigs' : 'clusters';
  const subjects = new Set(judgements.map(({ subject }) => subject));
  const isAbout = (name: string): boolean =>
    subjects.has(name) || name === request.routeConfig || (section === 'listeners' && (name === request.listener || name.endsWith(`_${request.port}`)));
  const causes = ['DestinationRule', 'VirtualService', 'HTTPRoute', 'Service', 'ServiceEntry', 'Gateway'].flatMap((kind) => ofKind(set, kind));
  const mentioned = causes.filter((object) =>
    judgements.some(({ sentences }) => sentences.some((text) => text.includes(`${object.kind} ${object.namespace}/${object.name}`))),
  );
  const why = whyNotYet(proxy, section, isAbout, mentioned);
  if (id === 'PC5001') return `the objects and the proxy do not agree: the endpoints that they speak of have not come; ${why}`;
  const things = judgements.length === 1 ? 'the cluster' : judgements.length === 2 ? 'both clusters' : `all ${judgements.length} clusters`;
  const what = id === 'PC4001' ? `: ${things} would be there` : '';
  if (set.isApplied) return `the objects are in the cluster, and the proxy has not got ${id === 'PC4001' ? things : 'what they ask for'}: ${why}`;
  return `applied, the objects would mend this break${what}. If they are applied already, the proxy has not got them: ${why}`;
}

function sharesOf(outcomes: readonly JudgedOutcome[]): readonly string[] {
  return [...new Set(outcomes.flatMap(({ cluster }) => (cluster === null ? [] : [withShare(cluster, outcomes)])))];
}

/** `"outbound|80|v2|…" (80 %)`. */
function withShare(subject: string, outcomes: readonly JudgedOutcome[]): string {
  const mine = outcomes.filter((outcome) => outcome.cluster === subject && outcome.probability !== null);
  const share = mine.reduce((sum, outcome) => sum + (outcome.probability ?? 0), 0);
  return mine.length === 0 || share > 0.9999 ? quoted(subject) : `${quoted(subject)} (${Math.round(share * 10_000) / 100} %)`;
}

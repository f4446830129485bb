import { type Diagnostic, diagnose } from '../diagnostics/diagnose.ts';
import type { BreakFacts, ConfigObject, Evidence } from '../diagnostics/facts.ts';
import { locate, placesOfText } from '../diagnostics/locate.ts';
import { ownerOf } from '../diagnostics/owner.ts';
import { producerOf } from '../diagnostics/producer.ts';
import { jqPath } from '../dump/dump-path.ts';
import type { FoundPlace } from '../dump/found-place.ts';
import { parseJqPath } from '../dump/parse-jq-path.ts';
import type { TraceRequest } from '../match/request.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Hop, Outcome, Stage, TraceAnswer } from './trace-answer.ts';

/** Stages by the first digit of a break's id: where the walk of such a break ends. */
const STAGES: Readonly<Record<string, readonly Stage[]>> = {
  '2': ['listener', 'filter_chain'],
  '3': ['route_config', 'virtual_host', 'route', 'cluster'],
  '4': ['cluster'],
  '5': ['endpoints', 'cluster'],
  '6': ['filter_chain', 'listener'],
  '7': ['filter', 'filter_chain'],
};

const isFilter =
  (name: RegExp) =>
  (hop: Hop): boolean =>
    hop.stage === 'filter' && name.test(hop.name);

/** Where the walk goes on, the hop that tells of a break: a filter that acts on a share of the requests, or under a condition. */
const TELLING: Readonly<Record<string, (hop: Hop) => boolean>> = {
  PC3005: (hop) => hop.path.endsWith('.require_tls'),
  PC3007: (hop) => hop.stage === 'virtual_host',
  PC7001: isFilter(/fault/),
  PC7003: isFilter(/basic_?auth/),
  PC7004: isFilter(/jwt/),
  PC7005: isFilter(/ext_?authz/),
  PC7006: isFilter(/rate_?limit/),
  PC7007: isFilter(/rbac/),
};

/** The virtual host by which Istio answers for hosts that it does not know, with REGISTRY_ONLY. It is an answer that was meant, and tells a fault all the same. */
const BLOCK_ALL = 'block_all';

/**
 * The breaks of an answer in words, one for each kind: two arms of a split that end the same way are told together.
 * In: the answer with its hops. Out: diagnostics, the most probable first.
 */
export function explainAnswer(answer: TraceAnswer, request: TraceRequest, proxy: ProxyConfig): readonly Diagnostic[] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of answer.outcomes) {
    const id = outcome.break ?? (outcome.virtual_host === BLOCK_ALL && outcome.verdict === 'answered' ? 'PC3007' : null);
    if (id !== null) groups.set(id, [...(groups.get(id) ?? []), outcome]);
  }
  const said = [...groups]
    .sort(([, a], [, b]) => weight(b) - weight(a))
    .flatMap(([id, outcomes]) => diagnose(id, factsOf(id, outcomes, answer, request, proxy)) ?? []);
  if (answer.gap !== null) {
    const { gap } = answer;
    const facts = {
      ...factsOf(gap.id, [], answer, request, proxy),
      rule: gap.what,
      evidence: [{ document: answer.hops?.find((h) => h.path === gap.path)?.document ?? '', path: gap.path }],
    };
    const diagnostic = diagnose(gap.id, facts);
    if (diagnostic !== undefined) said.push(diagnostic);
  }
  return said;
}

const weight = (outcomes: readonly Outcome[]): number => outcomes.reduce((sum, o) => sum + (o.probability ?? 0), 0);

function factsOf(id: string, outcomes: readonly Outcome[], answer: TraceAnswer, request: TraceRequest, proxy: ProxyConfig): BreakFacts {
  const [first] = outcomes;
  const stages = STAGES[id[2] ?? ''] ?? [];
  const clusters = [...new Set(outcomes.flatMap((o) => o.cluster ?? []))];
  const isOurs = (hop: Hop): boolean =>
    stages.includes(hop.stage) && hop.state === 'broken' && (hop.stage !== 'cluster' || clusters.length === 0 || clusters.includes(hop.name));
  const hops = answer.hops ?? [];
  const documents = hops.filter((hop) => hop.document !== '').map((hop) => hop.document);
  const broken = hops.filter(isOurs);
  const ended = (broken.length > 0 ? broken : hops.filter((hop) => TELLING[id]?.(hop) === true)).map((hop) =>
    hop.document === '' ? { ...hop, document: documents.at(-1) ?? '' } : hop,
  );
  return {
    method: request.method ?? 'GET',
    scheme: request.scheme ?? 'http',
    authority: request.authority ?? '',
    path: request.path ?? '/',
    listener: answer.listener ?? undefined,
    filterChain: answer.filter_chain ?? undefined,
    routeConfig: first?.route_config ?? undefined,
    virtualHost: first?.virtual_host ?? undefined,
    route: first?.route ?? undefined,
    clusters: clusters.map((name) => ({ name, percent: percentOf(name, outcomes) })),
    status: first?.status ?? null,
    flags: first?.flags ?? null,
    details: first?.details ?? null,
    location: first?.location ?? null,
    connection: first?.connection ?? null,
    rule: ended[0]?.rule,
    evidence: [
      ...namedBy(clusters, hops, proxy, id),
      ...ended
        .filter((hop) => hop.path !== '' && hop.path !== '.')
        .map(({ stage, document, path, rule }) => ({ document, path, ...(stage === 'cluster' ? { note: rule } : {}) })),
    ],
    percent: first === undefined || outcomes.some((o) => o.probability === null) ? undefined : weight(outcomes) * 100,
    owner: ownerOfHops(hops, proxy),
    nearMisses: (ended[0] ?? hops.at(-1))?.rejected ?? [],
    proxy,
    producer: producerOf(proxy),
  };
}

/** Where the configuration names the clusters that are not there: within the last step before them that does. */
function namedBy(clusters: readonly string[], hops: readonly Hop[], proxy: ProxyConfig, id: string): readonly Evidence[] {
  if (!id.startsWith('PC400')) return [];
  const sources = hops.filter((hop) => ['route', 'filter', 'filter_chain'].includes(hop.stage)).reverse();
  for (const { document, path } of sources) {
    const at = locate(proxy, document, parseJqPath(path));
    const places = at === undefined ? [] : clusters.flatMap((name) => placesOfText(at, name).slice(0, 1));
    if (places.length > 0) return places.map((place) => ({ document, path: jqPath(place) }));
  }
  return [];
}

/** The object that the route, or what comes nearest before it, was made of. */
function ownerOfHops(hops: readonly Hop[], proxy: ProxyConfig): ConfigObject | undefined {
  for (const hop of [...hops].reverse()) {
    if (hop.stage !== 'route' && hop.stage !== 'virtual_host' && hop.stage !== 'filter_chain') continue;
    const at = locate(proxy, hop.document, parseJqPath(hop.path));
    const owner = at && (ownerOf(at) ?? ownerOfFirst(at, hop, proxy));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

/** A list of routes belongs to whom its first entry belongs to. */
function ownerOfFirst(list: FoundPlace, { document }: Hop, proxy: ProxyConfig): ConfigObject | undefined {
  const first = locate(proxy, document, [...list.path, 0]);
  return first && ownerOf(first);
}

function percentOf(cluster: string, outcomes: readonly Outcome[]): number | undefined {
  const mine = outcomes.filter((o) => o.cluster === cluster && o.probability !== null);
  return mine.length === 0 ? undefined : mine.reduce((sum, o) => sum + (o.probability ?? 0) * 100, 0);
}

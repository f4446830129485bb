import type { Outcome, TraceAnswer } from '../../src/trace/trace-answer.ts';
import { binomialTail } from './binomial.ts';
import type { Observed, ObservedOutcome } from './observed.ts';

/** `right`, `conditional` (the observed way is one of the alternatives with conditions), `undetermined` (the answer says so), or `wrong`. */
export interface Judgement {
  readonly verdict: 'right' | 'conditional' | 'undetermined' | 'wrong';
  /** Empty for `right`. */
  readonly reason: string;
}

/** Flags that an upstream or a client sets after routing: no dump foresees them, so such a request counts as forwarded. */
const AFTER_ROUTING = new Set(['UF', 'UC', 'UT', 'URX', 'DC', 'UR', 'LR', 'UPE', 'DT', 'OM', 'SI', 'UMSDR']);
/** Flags that Envoy sets by its configuration and state, before it talks to an upstream. */
const BEFORE_UPSTREAM = new Set(['NR', 'NC', 'UH', 'UO', 'FI', 'RL', 'UAEX', 'RLSE', 'DPE', 'LH', 'UDO', 'DF', 'IH', 'NFCF']);
/** Below this chance a count is not luck. */
const NOT_LUCK = 1e-6;

/** Judges a predicted answer by what a real Envoy did. Every observed way must be explained, and the counts must agree with the probabilities. */
export function compareAnswer(observed: Observed, answer: TraceAnswer): Judgement {
  if (answer.verdict === 'undetermined') return { verdict: 'undetermined', reason: answer.gap?.what ?? 'no gap named' };
  if (answer.outcomes.length === 0) return wrong('the answer has no outcomes');
  const certain = answer.outcomes.filter((o) => o.conditions.length === 0);
  const sum = certain.reduce((total, o) => total + (o.probability ?? Number.NaN), 0);
  if (certain.length > 0 && !(Math.abs(sum - 1) < 1e-6)) return wrong('the probabilities of outcomes without conditions do not sum to 1');
  let conditions: readonly string[] | undefined;
  let groups: { n: number; hits: Set<Outcome> }[] = [];
  for (const seen of observed.outcomes) {
    const differences = answer.outcomes.map((said) => ({ said, field: difference(seen, said, answer) }));
    const explaining = differences.filter((d) => d.field === undefined).map((d) => d.said);
    const hits = new Set(explaining.filter((said) => said.conditions.length === 0));
    if (explaining.length === 0) return wrong(`${[...new Set(differences.map((d) => d.field))].join('/')}: saw ${describe(seen)}`);
    if (hits.size === 0) conditions = explaining.flatMap((said) => said.conditions);
    else groups = mergeOverlapping(groups, { n: seen.n, hits });
  }
  if (conditions !== undefined) return { verdict: 'conditional', reason: conditions.join('; ') };
  return countsDisagree(observed, groups) ?? { verdict: 'right', reason: '' };
}

function countsDisagree(observed: Observed, groups: readonly { n: number; hits: Set<Outcome> }[]): Judgement | undefined {
  for (const { n, hits } of groups) {
    const probability = Math.min(
      1,
      [...hits].reduce((total, said) => total + (said.probability ?? 0), 0),
    );
    const likely = probability > 1 - 1e-6 ? 1 : probability;
    if (observed.outcomes.length === 1 && !observed.isSample && likely < 0.95 && observed.n < 20) {
      return wrong(`probability: always this outcome (${observed.n} times), said ${likely.toFixed(3)}`);
    }
    if (binomialTail(n, observed.n, likely) < NOT_LUCK) return wrong(`probability: saw ${n} of ${observed.n}, said ${likely.toFixed(3)}`);
  }
  return undefined;
}

/** The first field in which a predicted outcome does not explain an observed one; undefined where it does. */
function difference(seen: ObservedOutcome & { readonly hosts?: Readonly<Record<string, number>> }, said: Outcome, answer: TraceAnswer): string | undefined {
  // Who waits in vain gives up: the log then tells of the client's end, and of no upstream.
  if (said.connection === 'hangs') return seen.status === null && seen.connection === 'timeout' && seen.upstream_host === null ? undefined : 'connection';
  const forwarded = wasForwarded(seen);
  if ((said.verdict === 'forwarded') !== forwarded) return 'verdict';
  if (!forwarded) {
    if (said.status !== seen.status) return 'status';
    if (seen.location !== null && said.location !== seen.location) return 'location';
    if (flagSet(said.flags) !== flagSet(seen.flags)) return 'flags';
    if (seen.details !== null && plainDetails(said.details) !== plainDetails(seen.details)) return 'details';
  }
  if ((forwarded || seen.cluster !== null) && seen.cluster !== said.cluster && seen.cluster !== (said.observability_name ?? said.cluster)) return 'cluster';
  if (seen.route_name !== null && said.route !== seen.route_name) return 'route';
  if (seen.virtual_host !== null && said.virtual_host !== seen.virtual_host) return 'virtual_host';
  if (seen.filter_chain !== null && answer.filter_chain !== seen.filter_chain) return 'filter_chain';
  return forwarded ? forwardedDifference(seen, said) : undefined;
}

function forwardedDifference(seen: Parameters<typeof difference>[0], said: Outcome): string | undefined {
  const hosts = seen.hosts ? Object.keys(seen.hosts) : seen.upstream_host === null ? [] : [seen.upstream_host];
  const known = (said.endpoints ?? []).map((e) => e.address);
  if (known.length > 0 && hosts.some((host) => !known.includes(host))) return 'endpoint';
  const sent = said.upstream_request;
  if (sent === null) return undefined;
  if (seen.headers['x-up-path'] !== undefined && sent.path !== seen.headers['x-up-path']) return 'upstream path';
  if (seen.headers['x-up-host'] !== undefined && withoutBlanks(sent.host) !== seen.headers['x-up-host']) return 'upstream host';
  return undefined;
}

/**
 * A header's value as the other end of HTTP/1 reads it. Envoy writes the value that it holds, and one that came over HTTP/2 keeps the blanks around it;
 * our servers speak HTTP/1 and cannot tell them from those of the line.
 */
function withoutBlanks(value: string): string {
  return value.replace(/^[ \t]+|[ \t]+$/g, '');
}

function wasForwarded(seen: ObservedOutcome): boolean {
  // A TCP proxy may dial its host before the client's handshake fails: of plaintext sent to TLS nothing gets there. (An error that comes
  // after the handshake is written in another way: `TLS_error|error:…`.)
  if (seen.status === null && /^TLS_error:\|.*(WRONG_VERSION_NUMBER|HTTP_REQUEST)/.test(seen.tls_failure ?? '')) return false;
  const flags = (seen.flags ?? '').split(',');
  const byUpstream = plainDetails(seen.details) === 'via_upstream';
  if (!byUpstream && flags.some((flag) => BEFORE_UPSTREAM.has(flag))) return false;
  return byUpstream || flags.some((flag) => AFTER_ROUTING.has(flag)) || seen.upstream_host !== null || seen.upstream !== null;
}

/** Ways that the same predictions explain cannot be told apart: they are counted together. */
function mergeOverlapping(groups: readonly { n: number; hits: Set<Outcome> }[], added: { n: number; hits: Set<Outcome> }): { n: number; hits: Set<Outcome> }[] {
  const apart = groups.filter((g) => ![...g.hits].some((hit) => added.hits.has(hit)));
  const together = groups.filter((g) => !apart.includes(g));
  return [...apart, { n: together.reduce((n, g) => n + g.n, added.n), hits: new Set([...added.hits, ...together.flatMap((g) => [...g.hits])]) }];
}

function flagSet(flags: string | null): string {
  return flags === null || flags === '' || flags === '-' ? '' : flags.split(',').sort().join(',');
}

/** What stands in braces is not compared, and Envoy writes some details with spaces where others have underscores. */
function plainDetails(details: string | null): string {
  return (details ?? '').split('{')[0]?.replaceAll(' ', '_').trim() ?? '';
}

function describe(seen: ObservedOutcome): string {
  const { status, flags, details, cluster, route_name, virtual_host, filter_chain, location, connection } = seen;
  return JSON.stringify({ status, flags, details, cluster, route_name, virtual_host, filter_chain, location, connection });
}

function wrong(reason: string): Judgement {
  return { verdict: 'wrong', reason };
}

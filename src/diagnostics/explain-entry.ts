import { parseIstioCluster } from './istio-names.ts';
import { explainDetails } from './response-code-details.ts';
import { RESPONSE_FLAGS } from './response-flags.ts';
import { list, quoted } from './words.ts';

/** What the words are made of: one line of an access log. */
export interface EntryFacts {
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly status: number;
  readonly flags: string;
  readonly details: string;
  readonly termination: string;
  readonly transportFailure: string;
  readonly durationMs: number | undefined;
  readonly serviceMs: number | undefined;
  readonly upstreamHost: string;
  readonly cluster: string;
  readonly route: string;
}

/** A line in words. */
export interface ExplainedEntry {
  /** What became of the request, in one sentence. */
  readonly title: string;
  /** Who ended it, in one sentence. */
  readonly who: string;
  /** Each flag and detail, with its meaning. */
  readonly meanings: readonly { readonly name: string; readonly means: string }[];
  /** What most often brings this about, most likely first; none where the upstream itself answered. */
  readonly causes: readonly string[];
  /** Where the time went. */
  readonly time: string;
  /** The next commands or places to look at, most telling first. */
  readonly next: readonly string[];
}

/** What a cluster's name says to who does not know Istio's: `subset v2 of catalog.shop…, port 80`; '' for a name that says nothing more. */
export function clusterWords(name: string): string {
  if (name === 'PassthroughCluster') return 'passed on as the client dialled it: no host that the mesh knows';
  if (name === 'InboundPassthroughCluster') return 'passed on to the pod itself: a port that no Service names';
  if (name === 'BlackHoleCluster') return 'refused on purpose: not in the service registry';
  const parts = parseIstioCluster(name);
  if (parts === undefined) return '';
  if (parts.direction === 'inbound') return `the application of this pod, port ${parts.port}`;
  return `${parts.subset === '' ? '' : `subset ${parts.subset} of `}${parts.host}, port ${parts.port}`;
}

/** Explains one line. Flags and details that pc does not know are said to be so. */
export function explainEntry(entry: EntryFacts): ExplainedEntry {
  const flags = entry.flags === '' ? [] : entry.flags.split(',');
  const details = [...explainDetails(entry.details), ...explainDetails(entry.termination)];
  const known = flags.map((flag) => ({ name: flag, entry: RESPONSE_FLAGS.get(flag) ?? [...RESPONSE_FLAGS.values()].find((f) => f.long === flag) }));
  const meanings = [
    ...known.map(({ name, entry: flag }) => ({ name, means: flag?.means ?? 'a flag that pc does not know (a filter of its own)' })),
    ...(details.length === 0 && entry.details !== ''
      ? [{ name: entry.details, means: 'details that pc does not know (a filter or Lua script of its own)' }]
      : []),
    ...details.map(({ name, means }) => ({ name, means })),
    ...(entry.transportFailure === '' ? [] : [{ name: 'transport failure', means: entry.transportFailure.replaceAll('_', ' ') }]),
  ];
  return { title: titleOf(entry), who: whoEnded(entry, flags), meanings, causes: causesOf(flags, entry), time: timeOf(entry), next: nextOf(entry, flags) };
}

/** `504 UT response_timeout`, and what that comes to in plain words. */
export function causeText(cause: Pick<EntryFacts, 'status' | 'flags' | 'details'>): string {
  const flag = cause.flags
    .split(',')
    .flatMap((name) => RESPONSE_FLAGS.get(name) ?? [])
    .find(({ flag: name }) => name !== 'URX');
  const [detail] = explainDetails(cause.details);
  if (cause.details === 'via_upstream') return `the upstream itself answered ${cause.status}`;
  return (detail?.by === 'proxy' ? detail.means : (flag?.means ?? detail?.means ?? `status ${cause.status}`)).replace(/\.$/, '');
}

function titleOf({ method, path, authority, status, upstreamHost, cluster, details }: EntryFacts): string {
  const what = method === '' ? 'a connection' : `${method} ${authority}${path}`;
  const words = clusterWords(cluster);
  const where = cluster === '' ? '' : ` for cluster ${quoted(cluster)}${words === '' ? '' : ` (${words})`}`;
  if (method !== '' && status === 0) return `${what} got no answer${where}${upstreamHost === '' ? '' : `; it was sent to ${upstreamHost}`}`;
  if (method === '') return `${what}${where}${upstreamHost === '' ? ' reached no upstream' : ` went to ${upstreamHost}`}`;
  const by =
    details === 'via_upstream'
      ? `the upstream ${upstreamHost}`
      : upstreamHost === ''
        ? 'the proxy, which asked no upstream'
        : `the proxy, after it had asked ${upstreamHost}`;
  return `${what} was answered ${status} by ${by}${where}`;
}

function whoEnded({ details, status }: EntryFacts, flags: readonly string[]): string {
  const has = (...names: string[]): boolean => names.some((name) => flags.includes(name));
  if (has('DC', 'DR')) return 'the client ended it: it went away before it had the whole answer';
  if (has('UT', 'UMSDR', 'SI')) return 'the proxy ended it: a time limit passed while it waited for the upstream';
  if (has('UC', 'UR', 'UPE')) return 'the upstream ended it: it closed, reset or broke the protocol';
  if (has('UF')) return 'no connection to the upstream came about';
  if (details === 'via_upstream')
    return status >= 500
      ? 'the upstream answered, and its answer is the error: the proxy only passed it on'
      : 'the upstream answered, and the proxy passed it on';
  return 'the proxy answered by itself';
}

function timeOf({ durationMs, serviceMs, flags }: EntryFacts): string {
  if (durationMs === undefined) return '';
  if (serviceMs === undefined) return `${durationMs} ms in all${/\bUT\b/.test(flags) ? ', all of it waiting for the upstream: no answer came' : ''}`;
  const rest = Math.max(0, durationMs - serviceMs);
  const most =
    serviceMs >= rest ? 'most of it at the upstream' : 'most of it outside of the upstream: the way of the request and answer, filters, or a slow client';
  return `${durationMs} ms in all: ${serviceMs} ms until the upstream's headers came, ${rest} ms for the rest; ${most}`;
}

/** Of the flag that says most: the retry limit only tells that all tries failed as the other one says. */
function causesOf(flags: readonly string[], { cluster }: EntryFacts): readonly string[] {
  const name = flags.find((flag) => flag !== 'URX' && flag !== 'DI') ?? flags[0];
  if (name === 'UF' && cluster === 'PassthroughCluster')
    return ['the address cannot be reached from this pod: an egress firewall, a network policy, or a host that is down'];
  return (RESPONSE_FLAGS.get(name ?? '')?.causes ?? []).slice(0, 3);
}

function nextOf({ details, cluster, status }: EntryFacts, flags: readonly string[]): readonly string[] {
  const known = flags.filter((flag) => RESPONSE_FLAGS.has(flag));
  const explain =
    known.length > 0 ? [`pc explain ${known.join(',')}`] : explainDetails(details).length > 0 && details !== 'via_upstream' ? [`pc explain '${details}'`] : [];
  const other = [...new Set(known.flatMap((flag) => RESPONSE_FLAGS.get(flag)?.next ?? []))]
    .filter((next) => !next.startsWith('pc explain'))
    .map((next) => next.replace('--cluster NAME', `--cluster '${cluster}'`));
  return details === 'via_upstream' && status >= 500 ? ['look at the log of the upstream host that the line names', ...explain] : [...other, ...explain];
}

/** What the dump says of the same request, set against the line. */
export interface DumpVerdict {
  readonly agrees: boolean;
  readonly sentence: string;
  /** '' where nothing on the way has changed since the line was written. */
  readonly changed: string;
}

/** In: outcomes of the trace. Out: whether one of them is what the line tells. */
export function compareWithLine(
  entry: EntryFacts & { readonly time: string },
  outcomes: readonly {
    readonly verdict: string;
    readonly status: number | null;
    readonly flags: string | null;
    readonly details: string | null;
    readonly cluster: string | null;
    readonly observability_name: string | null;
    readonly probability: number | null;
  }[],
  changedAt: { readonly what: string; readonly time: string } | undefined,
): DumpVerdict {
  const sameCluster = (o: (typeof outcomes)[number]): boolean => entry.cluster === '' || o.cluster === entry.cluster || o.observability_name === entry.cluster;
  const sameEnd = (o: (typeof outcomes)[number]): boolean =>
    o.verdict === 'forwarded' ? entry.upstreamHost !== '' : (o.flags ?? '') === entry.flags && (o.status ?? 0) === entry.status;
  const exact = outcomes.find((o) => sameCluster(o) && sameEnd(o));
  const changed =
    changedAt !== undefined && entry.time !== '' && changedAt.time > entry.time ? `${changedAt.what} was changed at ${changedAt.time}, after the line` : '';
  if (exact !== undefined) {
    const way = exact.verdict === 'forwarded' ? `the dump sends this request to cluster ${quoted(exact.cluster ?? '')} as well` : 'the dump gives the same end';
    const share = exact.probability !== null && exact.probability < 1 ? ` (with ${Math.round(exact.probability * 100)} % of such requests)` : '';
    return { agrees: true, sentence: `${way}${share}`, changed };
  }
  const clusters = [...new Set(outcomes.flatMap((o) => o.cluster ?? []))];
  const ends = [
    ...new Set(outcomes.map((o) => (o.verdict === 'forwarded' ? 'forwarded' : `${o.status ?? 'closed'} ${o.flags ?? '-'} ${o.details ?? ''}`.trim()))),
  ];
  const sentence =
    outcomes.length === 0
      ? 'the dump does not tell where this request goes'
      : `the dump says otherwise: ${list(ends.slice(0, 3))}${clusters.length > 0 ? `, cluster ${list(clusters.slice(0, 3).map(quoted))}` : ''}${changed === '' ? '; another proxy, another time, or a header that the log does not show may be the reason' : ''}`;
  return { agrees: false, sentence, changed };
}

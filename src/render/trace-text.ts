import type { Diagnostic } from '../diagnostics/diagnose.ts';
import type { TraceRequest } from '../match/request.ts';
import type { Hop, Outcome, TraceAnswer } from '../trace/trace-answer.ts';
import { diagnosticLines } from './diagnostic-frame.ts';
import type { Style } from './style.ts';

export interface TraceTextOptions {
  readonly style: Style;
  /** Show every hop's rule and what was not taken. */
  readonly explain: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** The walk by discovery service, and the stages that belong to each. */
const SERVICES: readonly (readonly [service: string, stages: readonly Hop['stage'][]])[] = [
  ['LDS', ['listener', 'filter_chain', 'filter']],
  ['RDS', ['route_config', 'virtual_host', 'route']],
  ['CDS', ['cluster']],
  ['EDS', ['endpoints']],
];

const MARKS = { ok: '✓', broken: '✗', info: '·' } as const;
const STAGE_WORDS: Readonly<Record<Hop['stage'], string>> = {
  listener: 'listener',
  filter_chain: 'filter chain',
  filter: 'filter',
  route_config: 'route config',
  virtual_host: 'virtual host',
  route: 'route',
  cluster: 'cluster',
  endpoints: 'endpoints',
};

/** The answer of a single trace, for a person: the walk, what the client sees, and each break with its reason and its mending. */
export function traceText(answer: TraceAnswer, request: TraceRequest, diagnostics: readonly Diagnostic[], options: TraceTextOptions): string {
  const { style } = options;
  const lines: string[] = [style.bold(heading(request)), ''];
  for (const assumption of answer.assumptions) lines.push(`  ${style.dim('assuming')} ${assumption}`);
  if (answer.assumptions.length > 0) lines.push('');
  lines.push(...walkLines(answer, options), '');
  lines.push(...verdictLines(answer, style));
  for (const diagnostic of diagnostics) lines.push('', ...diagnosticLines(diagnostic, options));
  return `${lines.join('\n')}\n`;
}

/** `GET http://shop.example/items`, with the SNI where the client speaks TLS. */
export function heading(request: TraceRequest): string {
  const where = request.scheme === 'tcp' ? '' : `${request.method ?? 'GET'} `;
  const tls = request.tls === undefined || request.tls === null ? '' : `  (TLS${request.tls.sni ? `, SNI ${request.tls.sni}` : ''})`;
  return `${where}${request.scheme ?? 'http'}://${request.authority ?? ''}${request.scheme === 'tcp' ? '' : (request.path ?? '/')}${tls}`;
}

/** The walk, by discovery service. */
export function walkLines(answer: TraceAnswer, options: TraceTextOptions): string[] {
  const legs = legsOf(uniqueHops(answer.hops ?? []));
  return legs.flatMap((hops, i) => [...(i > 0 ? [''] : []), ...legLines(hops, i === legs.length - 1, options)]);
}

/** A walk of one leg, or of several: one that reaches a listener after it was at a cluster goes on in an internal listener. */
function legsOf(hops: readonly Hop[]): readonly (readonly Hop[])[] {
  const legs: Hop[][] = [[]];
  for (const hop of hops) {
    const leg = legs.at(-1) ?? [];
    if (hop.stage === 'listener' && leg.some(({ stage }) => stage === 'cluster')) legs.push([hop]);
    else leg.push(hop);
  }
  return legs;
}

function legLines(hops: readonly Hop[], isLast: boolean, { style, explain }: TraceTextOptions): string[] {
  const width = Math.max(12, ...hops.map((hop) => STAGE_WORDS[hop.stage].length));
  return SERVICES.flatMap(([service, stages]) => {
    const own = hops.filter((hop) => stages.includes(hop.stage));
    if (own.length === 0 && !isLast) return [];
    if (own.length === 0) return [`  ${style.dim(service)}  ${style.dim('· not reached')}`];
    return own.flatMap((hop, i) => {
      const mark = hop.state === 'broken' ? style.red(MARKS.broken) : hop.state === 'ok' ? style.green(MARKS.ok) : style.dim(MARKS.info);
      const lines = [
        `  ${i === 0 ? service : '   '}  ${mark} ${STAGE_WORDS[hop.stage].padEnd(width)} ${hop.name === '' ? style.dim('(unnamed)') : hop.name}  ${style.dim(hop.path)}`,
      ];
      if (explain || hop.state === 'broken' || hop.stage === 'endpoints' || hop.stage === 'route') lines.push(`         ${style.dim(hop.rule)}`);
      if (explain) for (const other of hop.rejected) lines.push(`         ${style.dim(`not ${other.name || '(unnamed)'}: ${other.reason}`)}`);
      return lines;
    });
  });
}

function uniqueHops(hops: readonly Hop[]): readonly Hop[] {
  const seen = new Set<string>();
  return hops.filter((hop) => {
    const key = `${hop.stage} ${hop.name} ${hop.path} ${hop.rule}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The verdict, and each way that the request can go. */
export function verdictLines(answer: TraceAnswer, style: Style): string[] {
  const colour = answer.verdict === 'forwarded' || answer.verdict === 'answered' ? style.green : answer.verdict === 'undetermined' ? style.yellow : style.red;
  const lines = [`  ${colour(style.bold(answer.verdict))}`];
  for (const outcome of answer.outcomes) lines.push(...outcomeLines(outcome, answer.outcomes.length > 1, style));
  return lines;
}

function outcomeLines(outcome: Outcome, isOneOfSeveral: boolean, style: Style): string[] {
  const share = outcome.probability !== null && isOneOfSeveral ? `${percent(outcome.probability)}  ` : '';
  const lines = [`    ${share}${outcomeText(outcome)}`];
  for (const condition of outcome.conditions) lines.push(`      ${style.dim('if')} ${condition}`);
  for (const endpoint of outcome.endpoints ?? []) lines.push(`      ${endpoint.address}  ${percent(endpoint.share)}  ${endpoint.health}`);
  return lines;
}

function outcomeText(outcome: Outcome): string {
  const sees = [
    outcome.status === null ? '' : `client sees ${outcome.status}`,
    outcome.connection === null ? '' : `connection ${outcome.connection}`,
    outcome.flags === null ? '' : `flag ${outcome.flags}`,
    outcome.details ? `details ${outcome.details}` : '',
    outcome.location === null ? '' : `location ${outcome.location}`,
  ];
  const seen = sees.filter((part) => part !== '').join(', ');
  if (outcome.verdict === 'forwarded') return `forwarded to ${outcome.cluster ?? 'the upstream'}${sent(outcome)}`;
  return `${outcome.verdict === 'answered' ? 'answered by the proxy' : 'broken'}${outcome.cluster ? ` at ${outcome.cluster}` : ''}${seen === '' ? '' : `: ${seen}`}`;
}

function sent(outcome: Outcome): string {
  const { upstream_request: upstream } = outcome;
  return upstream === null ? '' : ` as ${upstream.method} ${upstream.host}${upstream.path}`;
}

/** `33.33 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

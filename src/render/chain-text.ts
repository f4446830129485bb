import type { Diagnostic } from '../diagnostics/diagnose.ts';
import type { Border, ChainAnswer, ChainEnd, Leg } from '../follow/chain-answer.ts';
import type { LegDiagnostics } from '../follow/explain-chain.ts';
import type { ProxyFacts } from '../follow/followed-proxy.ts';
import { diagnosticLines } from './diagnostic-frame.ts';
import type { Style } from './style.ts';
import { heading, percent, type TraceTextOptions, verdictLines, walkLines } from './trace-text.ts';

/**
 * A request's way over several proxies, for a person: the chain as a tree, each proxy's walk, and each break in words. Legs that differ in
 * nothing but the address are shown once.
 */
export function chainText(chain: ChainAnswer, said: readonly LegDiagnostics[], options: TraceTextOptions): string {
  const { style } = options;
  const [first] = chain.legs;
  if (first === undefined) return '';
  const lines = [style.bold(heading(first.request)), '', ...treeLines(chain, first, style), ''];
  for (const note of chain.notes) lines.push(`  ${style.dim('note')} ${note}`, '');
  for (const legs of alike(chain)) lines.push(...legLines(chain, legs, options), '');
  lines.push(`  ${verdictColour(chain.verdict, style)(style.bold(`the whole way: ${chain.verdict}`))}`);
  for (const diagnostic of withoutTwins(said)) lines.push('', ...diagnosticLines(diagnostic, options));
  return `${lines.join('\n')}\n`;
}

function verdictColour(verdict: ChainAnswer['verdict'], style: Style): (text: string) => string {
  if (verdict === 'forwarded' || verdict === 'answered') return style.green;
  return verdict === 'undetermined' ? style.yellow : style.red;
}

/** A leg and what follows it, each on a line of its own, further in. */
function treeLines(chain: ChainAnswer, leg: Leg, style: Style, depth = 1): string[] {
  const pad = '  '.repeat(depth);
  const children = chain.legs.filter(({ from }) => from?.leg === leg.id);
  const ends = chain.ends.filter((end) => end.leg === leg.id);
  return [
    `${pad}${legLine(leg, style)}`,
    ...ends.map((end) => `${pad}  ${endLine(end, leg, style)}`),
    ...children.flatMap((child) => treeLines(chain, child, style, depth + 1)),
  ];
}

function legLine({ proxy, from, probability, border, request }: Leg, style: Style): string {
  if (from === null) return style.bold(proxy);
  if (from.by === 'application') return `its application calls ${heading(request)}  ${style.bold(proxy)}`;
  const share = probability === null || probability > 0.99999 ? '' : `${percent(probability)}  `;
  return `${share}${from.address ?? ''}  ${border === null ? '' : `${borderMark(border, style)} ${border.sends}  `}${style.bold(proxy)}`;
}

function borderMark({ state }: Border, style: Style): string {
  return state === 'broken' ? style.red('✗') : state === 'ok' ? style.green('✓') : style.yellow('?');
}

/** With its share where that is not the leg's own. */
function endLine(end: ChainEnd, leg: Leg, style: Style): string {
  const share = end.probability === null || end.probability === leg.probability ? '' : `${percent(end.probability)}  `;
  const mark = end.verdict === 'broken' ? style.red('✗') : end.kind === 'application' || end.kind === 'answered' ? style.green('✓') : style.dim('·');
  const under = end.conditions.length === 0 ? '' : `  ${style.dim('if')} ${end.conditions.join('; ')}`;
  return `${mark} ${share}${end.what}${sees(end)}${under}`;
}

function sees({ verdict, kind, status, flags }: ChainEnd): string {
  if (verdict !== 'broken' || kind === 'broken') return '';
  return `: the client sees ${status ?? 'a closed connection'}${flags === null ? '' : `, flag ${flags}`}`;
}

/** Legs that say the same of different addresses, all the way that led to them, in the order in which they are met. */
function alike(chain: ChainAnswer): readonly (readonly Leg[])[] {
  const groups = new Map<string, Leg[]>();
  const keys: string[] = [];
  for (const leg of chain.legs) {
    const key = keyOf(chain, leg, keys);
    keys.push(key);
    groups.set(key, [...(groups.get(key) ?? []), leg]);
  }
  return [...groups.values()];
}

/** What a leg says without the names and addresses that are its own and its caller's. */
function keyOf({ proxies, legs }: ChainAnswer, { proxy, from, request, border, answer }: Leg, before: readonly string[]): string {
  if (from === null) return '';
  const { verdict, listener, filter_chain: filterChain, outcomes } = answer;
  const way = from.by === 'application' ? heading(request) : [from.outcome, border?.state, border?.break, border?.why];
  const caller = legs[from.leg];
  const own = [from.address ?? '', from.address?.replace(/:\d+$/, '') ?? '', ...[proxy, caller?.proxy].flatMap((name) => ownNames(proxies, name))];
  const said = own
    .filter((text) => text !== '')
    .reduce((text, name) => text.replaceAll(name, ''), JSON.stringify([way, verdict, listener, filterChain, outcomes]));
  return `${before[from.leg]}\n${said}`;
}

function ownNames(proxies: readonly ProxyFacts[], name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name, ...(proxies.find((proxy) => proxy.name === name)?.addresses ?? [])];
}

function legLines(chain: ChainAnswer, legs: readonly Leg[], options: TraceTextOptions): string[] {
  const { style } = options;
  const [leg] = legs;
  if (leg === undefined) return [];
  const facts = chain.proxies.find(({ name }) => name === leg.proxy);
  const names = [...new Set(legs.map(({ proxy }) => proxy))];
  const lines = [`${style.bold(names.join(', '))}${aboutProxy(facts, names.length)}${reachedAt(legs)}`];
  for (const assumption of [...leg.assumptions, ...leg.answer.assumptions]) lines.push(`  ${style.dim('assuming')} ${assumption}`);
  if (leg.border !== null) lines.push(...borderLines(chain, leg, leg.border, style));
  lines.push(...walkLines(leg.answer, options));
  if (leg.border?.state !== 'broken') lines.push(...verdictLines(leg.answer, style));
  return lines;
}

function aboutProxy(facts: ProxyFacts | undefined, count: number): string {
  if (facts === undefined) return '';
  const addresses = count === 1 && facts.addresses.length > 0 ? `, ${facts.addresses.join(', ')}` : '';
  return `  (${facts.role === 'plain' ? 'Envoy' : facts.role}${addresses})`;
}

function reachedAt(legs: readonly Leg[]): string {
  const [leg] = legs;
  if (leg?.from === null || leg === undefined) return '';
  return leg.from.by === 'application' ? '  called by its application' : `  at ${[...new Set(legs.map(({ from }) => from?.address))].join(', ')}`;
}

/** Both sides of a border, and whether they agree. */
function borderLines({ legs }: ChainAnswer, { proxy, from }: Leg, border: Border, style: Style): string[] {
  const caller = legs[from?.leg ?? 0]?.proxy ?? '';
  const hello = [border.sni === null ? '' : `SNI ${border.sni}`, border.alpn.length === 0 ? '' : `ALPN ${border.alpn.join(', ')}`];
  const identity = border.client_certificate === null ? '' : `as ${border.client_certificate.join(', ')}`;
  const sends = [border.sends, ...hello, identity].filter((part) => part !== '').join(', ');
  const takes =
    border.takes === null
      ? 'takes none of it'
      : `takes ${border.takes}${border.server_certificate === null ? '' : `, as ${border.server_certificate.join(', ')}`}`;
  const expects = border.expected_names === null ? [] : [`         ${caller} accepts ${border.expected_names.join(', ')}`];
  return [
    `  TLS  ${borderMark(border, style)} ${caller} sends ${sends}`,
    `         ${proxy} ${takes}`,
    ...expects,
    ...(border.state === 'broken' ? [`         ${border.why}`] : []),
  ];
}

/** A break that several legs share is said once. */
function withoutTwins(said: readonly LegDiagnostics[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return said
    .flatMap(({ diagnostics }) => diagnostics)
    .filter(({ id, hints, evidence }) => {
      const key = JSON.stringify([id, hints.map((hint) => hint.replace(/[\w.-]*\d[\w.-]*/g, '')), evidence[0]?.path]);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

import type { Outcome, TraceAnswer } from '../trace/trace-answer.ts';
import type { Assertion, Expect, ExpectField, Wanted } from './route-test.ts';

type Value = string | number | null;

/** What a trace says, by the field of `expect`: of the whole answer, or of each way that the request can go. */
const OF_ANSWER: Readonly<Partial<Record<ExpectField, (answer: TraceAnswer) => Value>>> = {
  verdict: (answer) => answer.verdict,
  listener: (answer) => answer.listener,
  filter_chain: (answer) => answer.filter_chain,
  destination: (answer) => answer.destination,
};

const OF_OUTCOME: Readonly<Partial<Record<ExpectField, (outcome: Outcome) => readonly Value[]>>> = {
  status: (o) => [o.status],
  flags: (o) => [o.flags],
  details: (o) => [o.details],
  location: (o) => [o.location],
  grpc_status: (o) => [o.grpc_status],
  connection: (o) => [o.connection],
  break: (o) => [o.break],
  route_config: (o) => [o.route_config],
  virtual_host: (o) => [o.virtual_host],
  route: (o) => [o.route],
  cluster: (o) => [o.cluster],
  endpoint: (o) => o.endpoints?.map(({ address }) => address) ?? [null],
  method: (o) => [o.upstream_request?.method ?? null],
  path: (o) => [o.upstream_request?.path ?? null],
  host: (o) => [o.upstream_request?.host ?? null],
};

/**
 * Holds a trace against what a test wants of it. One value: every way that the request can go has it. A list: those values and no others
 * occur. Shares: each value's part of the ways, in percent. What a gap in the trace leaves open is `unchecked`.
 */
export function checkExpect(expect: Expect, answer: TraceAnswer): readonly Assertion[] {
  return Object.entries(expect).map(([name, wanted]) => {
    const field = name as ExpectField;
    const whole = OF_ANSWER[field];
    if (whole !== undefined && !(answer.gap !== null && field !== 'verdict' && whole(answer) === null))
      return compare(field, wanted as Wanted, [[whole(answer), 1]]);
    if (answer.gap !== null) return unchecked(field, wanted as Wanted, answer.gap.what);
    const values = valuesOf(answer, OF_OUTCOME[field] as (outcome: Outcome) => readonly Value[]);
    if (typeof values === 'string') return unchecked(field, wanted as Wanted, values);
    return compare(field, wanted as Wanted, values);
  });
}

type Shared = readonly (readonly [value: Value, share: number | null])[];

/** The values of a field over all ways, each with its share of the requests; null where the ways hang on conditions. */
function valuesOf(answer: TraceAnswer, of: (outcome: Outcome) => readonly Value[]): Shared | string {
  const shares = new Map<Value, number | null>();
  for (const outcome of answer.outcomes) {
    if (of === OF_OUTCOME.path && outcome.verdict === 'forwarded' && outcome.upstream_request === null) return 'what the upstream gets is not known here';
    if (of === OF_OUTCOME.host && outcome.verdict === 'forwarded' && outcome.upstream_request === null) return 'what the upstream gets is not known here';
    const values = of(outcome);
    for (const value of values) {
      const before = shares.get(value);
      const own = outcome.probability === null ? null : of === OF_OUTCOME.endpoint ? outcome.probability * endpointShare(outcome, value) : outcome.probability;
      shares.set(value, before === null || own === null ? null : (before ?? 0) + own);
    }
  }
  return [...shares];
}

function endpointShare(outcome: Outcome, address: Value): number {
  return outcome.endpoints?.find((endpoint) => endpoint.address === address)?.share ?? 1;
}

function compare(field: string, wanted: Wanted, found: Shared): Assertion {
  const told = { what: field, wanted: wantedText(wanted), found: foundText(found) };
  const passes = isShares(wanted) ? sameShares(wanted.shares, found) : sameValues(Array.isArray(wanted) ? wanted : [wanted as Value], found);
  return { ...told, result: passes ? 'pass' : 'fail' };
}

function isShares(wanted: Wanted): wanted is { readonly shares: Readonly<Record<string, number>> } {
  return typeof wanted === 'object' && wanted !== null && 'shares' in wanted;
}

function sameValues(wanted: readonly Value[], found: Shared): boolean {
  const has = (list: readonly Value[], value: Value): boolean => list.some((one) => textOf(one) === textOf(value));
  const values = found.map(([value]) => value);
  return values.length > 0 && values.every((value) => has(wanted, value)) && wanted.every((value) => has(values, value));
}

/** To a hundredth of a percent, as the tables print shares. */
function sameShares(wanted: Readonly<Record<string, number>>, found: Shared): boolean {
  const names = new Set([...Object.keys(wanted), ...found.map(([value]) => textOf(value))]);
  return [...names].every((name) => {
    const share = found.find(([value]) => textOf(value) === name)?.[1];
    return share !== null && Math.abs((wanted[name] ?? 0) - (share ?? 0) * 100) < 0.01;
  });
}

function unchecked(field: string, wanted: Wanted, why: string): Assertion {
  return { what: field, wanted: wantedText(wanted), found: '', result: 'unchecked', why };
}

/** null and the text `none` are one: nothing is there. */
function textOf(value: Value): string {
  return value === null || value === '' ? 'none' : String(value);
}

function wantedText(wanted: Wanted): string {
  if (isShares(wanted)) {
    return Object.entries(wanted.shares)
      .map(([name, share]) => `${name} ${share} %`)
      .join(', ');
  }
  return (Array.isArray(wanted) ? (wanted as readonly Value[]) : [wanted as Value]).map(textOf).join(', ');
}

function foundText(found: Shared): string {
  if (found.length === 1) return textOf(found[0]?.[0] ?? null);
  return found.map(([value, share]) => `${textOf(value)}${share === null ? '' : ` ${Math.round(share * 1e4) / 100} %`}`).join(', ');
}

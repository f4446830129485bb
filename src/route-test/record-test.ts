import type { JsonObject, JsonValue } from '../dump/json-value.ts';
import type { Outcome, TraceAnswer } from '../trace/trace-answer.ts';

/**
 * A test that says what a trace said. In: the fields of the request as the file is to have them, and its answer. Undefined where the trace
 * came to a gap: then there is nothing to hold it to.
 */
export function recordTest(name: string, request: JsonObject, answer: TraceAnswer): JsonObject | undefined {
  if (answer.gap !== null || answer.outcomes.length === 0) return undefined;
  const expect: Record<string, JsonValue> = { verdict: answer.verdict };
  const note = (field: string, of: (outcome: Outcome) => string | number | null): void => {
    const value = recorded(answer.outcomes, of);
    if (value !== undefined) expect[field] = value;
  };
  if (answer.filter_chain) expect['filter_chain'] = answer.filter_chain;
  note('status', (o) => o.status);
  note('flags', (o) => o.flags);
  note('location', (o) => o.location);
  note('virtual_host', (o) => o.virtual_host);
  note('route', (o) => o.route || null);
  note('cluster', (o) => o.cluster);
  note('path', (o) => o.upstream_request?.path ?? null);
  note('host', (o) => o.upstream_request?.host ?? null);
  return { test_name: name, ...request, expect };
}

/** The value of a field: one for all ways, shares where every way has a certain one, else the list; undefined where there is none at all. */
function recorded(outcomes: readonly Outcome[], of: (outcome: Outcome) => string | number | null): JsonValue | undefined {
  const values = [...new Set(outcomes.map(of))];
  const [only] = values;
  if (values.length === 1) return only ?? undefined;
  const isCertain = outcomes.every((outcome) => outcome.probability !== null);
  if (!isCertain || values.some((value) => typeof value !== 'string')) return values;
  const shareOf = (value: string | number | null): number => outcomes.filter((o) => of(o) === value).reduce((sum, o) => sum + (o.probability ?? 0), 0);
  return Object.fromEntries(values.map((value) => [String(value), Math.round(shareOf(value) * 1e4) / 100]));
}

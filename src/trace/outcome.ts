import type { Outcome } from './trace-answer.ts';

/** An outcome with nothing known yet: broken for certain. What a caller knows, it sets. */
const BLANK: Outcome = {
  probability: 1,
  verdict: 'broken',
  status: null,
  flags: null,
  details: null,
  location: null,
  grpc_status: null,
  route_config: null,
  virtual_host: null,
  route: null,
  cluster: null,
  observability_name: null,
  upstream_request: null,
  endpoints: null,
  connection: null,
  break: null,
  conditions: [],
};

/** An outcome from what is known of it. */
export function outcome(known: Partial<Outcome>): Outcome {
  return { ...BLANK, ...known };
}

/**
 * The outcomes within a branch that is itself only taken with a probability, or under conditions: probabilities multiply, conditions
 * add up, and an outcome with conditions has no probability.
 */
export function within(outcomes: readonly Outcome[], probability: number | null, conditions: readonly string[] = []): readonly Outcome[] {
  if (probability === 1 && conditions.length === 0) return outcomes;
  return outcomes.map((o) => {
    const all = [...new Set([...conditions, ...o.conditions])];
    return { ...o, conditions: all, probability: all.length > 0 || probability === null || o.probability === null ? null : o.probability * probability };
  });
}

/**
 * All alternatives of one question, in the contract's form: where any outcome has conditions, the others are alternatives too, and an
 * outcome that needs nothing else says so by name.
 */
export function alternatives(outcomes: readonly Outcome[]): readonly Outcome[] {
  const merged = mergeEqual(outcomes);
  if (!merged.some((o) => o.conditions.length > 0)) return merged;
  return merged.map((o) =>
    o.conditions.length > 0 ? { ...o, probability: null } : { ...o, probability: null, conditions: ['none of the other conditions holds'] },
  );
}

/** Outcomes that differ in nothing but their probability are one. */
function mergeEqual(outcomes: readonly Outcome[]): readonly Outcome[] {
  if (outcomes.length < 2) return outcomes;
  const byKey = new Map<string, Outcome>();
  for (const o of outcomes) {
    const key = JSON.stringify({ ...o, probability: null });
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, o);
    else if (same.probability !== null && o.probability !== null) byKey.set(key, { ...same, probability: same.probability + o.probability });
  }
  return [...byKey.values()];
}

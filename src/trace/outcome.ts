import { SENT } from './sent-upstream.ts';
import type { Outcome } from './trace-answer.ts';

const NO_CONDITIONS: readonly string[] = [];

/**
 * An outcome from what is known of it, and of its route; broken for certain where nothing else is said. Every field is set in one
 * order, so that all outcomes have one shape: a batch makes them by the thousand.
 */
export function outcome(known: Partial<Outcome>, route: Partial<Outcome> = known): Outcome {
  return {
    probability: known.probability === undefined ? 1 : known.probability,
    verdict: known.verdict ?? 'broken',
    status: known.status ?? null,
    flags: known.flags ?? null,
    details: known.details ?? null,
    location: known.location ?? null,
    grpc_status: known.grpc_status ?? null,
    route_config: route.route_config ?? null,
    virtual_host: route.virtual_host ?? null,
    route: route.route ?? null,
    cluster: known.cluster ?? route.cluster ?? null,
    observability_name: known.observability_name ?? route.observability_name ?? null,
    upstream_request: known.upstream_request ?? null,
    endpoints: known.endpoints ?? null,
    connection: known.connection ?? null,
    break: known.break ?? null,
    conditions: known.conditions ?? NO_CONDITIONS,
    [SENT]: known[SENT],
  };
}

/**
 * The outcomes within a branch that is itself only taken with a probability, or under conditions: probabilities multiply, conditions
 * add up, and an outcome with conditions has no probability.
 */
export function within(outcomes: readonly Outcome[], probability: number | null, conditions: readonly string[] = []): readonly Outcome[] {
  if (probability === 1 && conditions.length === 0) return outcomes;
  return outcomes.map((o) => {
    const all = conditions.length + o.conditions.length === 0 ? NO_CONDITIONS : [...new Set([...conditions, ...o.conditions])];
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
  // Arms of a split lead to different clusters as a rule: then nothing is equal, which is cheap to see.
  if (outcomes.length < 2 || new Set(outcomes.map((o) => o.cluster)).size === outcomes.length) return outcomes;
  const byKey = new Map<string, Outcome>();
  for (const o of outcomes) {
    const key = JSON.stringify({ ...o, probability: null });
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, o);
    else if (same.probability !== null && o.probability !== null) byKey.set(key, { ...same, probability: same.probability + o.probability });
  }
  return [...byKey.values()];
}

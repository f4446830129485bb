import type { FilterChainMatch } from '../model/generated/envoy-api.ts';
import type { InspectedConnection } from './inspected-connection.ts';

/** One value that Envoy may take at a criterion; with a condition where something outside the dump decides between several. */
export interface CriterionPick {
  readonly key: string;
  readonly condition?: string;
}

/** One criterion of filter_chain_match. Values are keys; '' stands for a filter chain that does not ask. */
export interface Criterion {
  readonly name: string;
  /** What a filter chain asks for; `['']` where it does not ask. */
  readonly keysOf: (match: FilterChainMatch) => readonly string[];
  /** Which of the keys at hand Envoy takes; none: no filter chain is left. */
  readonly pick: (keys: ReadonlySet<string>, connection: InspectedConnection) => readonly CriterionPick[];
  /** What the connection has, in words. */
  readonly valueOf: (connection: InspectedConnection) => string;
}

/** The key of a filter chain that does not ask. */
export const ANY = '';

/** The filter chains without a requirement, if there are any. */
export function fallback(keys: ReadonlySet<string>): readonly CriterionPick[] {
  return keys.has(ANY) ? [{ key: ANY }] : [];
}

/** The connection's own value where a filter chain asks for it, else the filter chains that do not ask. */
export function exactOrAny(value: string, keys: ReadonlySet<string>): readonly CriterionPick[] {
  return value !== ANY && keys.has(value) ? [{ key: value }] : fallback(keys);
}

/** Every value is possible where the question leaves the connection's own open. */
export function anyOf(keys: ReadonlySet<string>, what: string, say: (key: string) => string = (key) => key): readonly CriterionPick[] {
  if (keys.size === 1 && keys.has(ANY)) return [{ key: ANY }];
  return [...keys].map((key) => ({ key, condition: key === ANY ? `${what} is none that a filter chain asks for` : `${what} is ${say(key)}` }));
}

export const keysOrAny = (values: readonly string[] | undefined): readonly string[] => (values === undefined || values.length === 0 ? [ANY] : values);

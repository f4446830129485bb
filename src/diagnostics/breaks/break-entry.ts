import type { BreakFacts } from '../facts.ts';

/** One entry of the catalogue. Ids are permanent; every word that pc says about a break stands here. */
export interface BreakEntry {
  readonly id: string;
  readonly slug: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** One fact, in the present tense, with the names inside. */
  readonly title: (facts: BreakFacts) => string;
  readonly why: (facts: BreakFacts) => string;
  /** What the client and the access log show where it is always the same; a snapshot holds it to Envoy. */
  readonly predicts?: { readonly status: number | null; readonly flags: string | null; readonly details?: string };
  /** Rules of other tools that speak of the same fault. */
  readonly related?: readonly string[];
  /** What to see at a place of the evidence. */
  readonly note?: (facts: BreakFacts) => string;
  /** What to change, most likely first. */
  readonly hints: (facts: BreakFacts) => readonly string[];
  /** Names close to the missing one. */
  readonly closest?: (facts: BreakFacts) => readonly string[];
  /** An object to apply, where one can be written down. */
  readonly manifest?: (facts: BreakFacts) => string | undefined;
}

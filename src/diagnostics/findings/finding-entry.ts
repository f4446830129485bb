import type { Producer } from '../facts.ts';
import type { Part } from '../owner.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Facts of a finding: names and numbers, by what they are. */
export type FindingFacts = Readonly<Record<string, string | number | undefined>>;

/** What a user edits to change a part of the configuration: by name where the dump names it (`VirtualService shop/web`), else by kind (`the VirtualService`). */
export type ObjectWords = (part: Part) => string;

/** The words for one kind of finding. */
export interface FindingEntry {
  readonly id: string;
  readonly slug: string;
  readonly severity: Severity;
  /** One fact, in the present tense, with the names inside. */
  readonly title: (facts: FindingFacts) => string;
  /** What follows from it. */
  readonly why: (facts: FindingFacts) => string;
  /** What to do, most likely first. */
  readonly hints: (facts: FindingFacts, producer: Producer, object: ObjectWords) => readonly string[];
}

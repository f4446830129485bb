import type { Evidence } from '../diagnostics/facts.ts';
import type { FindingFacts, Severity } from '../diagnostics/findings/finding-entry.ts';
import type { LintContext } from './lint-context.ts';

/** What a rule found: an id, facts, and where it stands. The words are in the diagnostics room. */
export interface Finding {
  readonly id: string;
  /** What it is about, told apart from every other finding of the id: stays the same when other resources come and go. */
  readonly subject: string;
  readonly facts: FindingFacts;
  readonly evidence: Evidence;
  /** Where this one weighs another than the entry says. */
  readonly severity?: Severity;
}

/** Looks at a whole proxy and names what it finds. Pure; asks for nothing outside of the context. */
export type LintRule = (context: LintContext) => Iterable<Finding>;

/** What a {@link Failure} tells the user: which rule of the catalogue it is, what failed, where, and what to do next. */
export interface FailureFacts {
  /** Permanent id of the diagnostics catalogue, `PC1xxx`. */
  readonly id: string;
  /** One sentence: what failed, with its facts inside. */
  readonly what: string;
  /** File with line and column, or file with a jq path. */
  readonly place?: string | undefined;
  /** One concrete next step. */
  readonly next?: string | undefined;
  readonly cause?: unknown;
}

/** A known failure: `pc` could not run (exit status 2). Anything thrown that is not a Failure is a bug of ours. */
export class Failure extends Error {
  readonly id: string;
  readonly place: string | undefined;
  readonly next: string | undefined;

  constructor(facts: FailureFacts) {
    super(facts.what, { cause: facts.cause });
    this.name = 'Failure';
    this.id = facts.id;
    this.place = facts.place;
    this.next = facts.next;
  }
}

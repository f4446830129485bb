/** The exit statuses of every command. */
export const EXIT = {
  /** The listing is printed, the chain is complete. */
  fine: 0,
  /** A request breaks, a check finds something, a filter matches nothing. */
  finding: 1,
  /** Could not run: usage, unreadable input. */
  failed: 2,
  /** The input does not hold what the answer needs. */
  undetermined: 3,
  /** Ended by Ctrl-C before it was done, as shells say it. */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

import type { Args, Flags } from './command.ts';
import { COMMON_FLAGS } from './common-flags.ts';

export const FILTER_GROUP = 'Filters (text, a glob with * and ?, or ~REGEX):';

export const OUTPUT_FORMS = ['short', 'wide', 'json', 'yaml', 'raw', 'name', 'rows'] as const;

/** What every table takes besides its filters. */
export const LISTING_FLAGS = {
  ...COMMON_FLAGS,
  output: {
    ...COMMON_FLAGS.output,
    choices: OUTPUT_FORMS,
    default: 'short',
    describe: 'a table, the resources as proto3 JSON or YAML, their own bytes, their names, or the table as JSON (docs/schema)',
  },
  compat: { type: 'string', choices: ['istioctl'], describe: 'print what istioctl proxy-config prints', group: 'Output:' },
} as const satisfies Flags;

export type ListingArgs = Args<typeof LISTING_FLAGS>;

/** `--verbose=false` of the tables that have two levels. */
export function verboseFlag(describe: string): { readonly type: 'boolean'; readonly default: true; readonly describe: string; readonly group: string } {
  return { type: 'boolean', default: true, describe, group: 'Output:' };
}

/** A filter flag. */
export function filterFlag<const D extends string>(describe: D): { readonly type: 'string'; readonly describe: D; readonly group: string } {
  return { type: 'string', describe, group: FILTER_GROUP };
}

import { Failure } from '../dump/failure.ts';
import type { Args, Flags } from './command.ts';
import { LIVE_FLAGS } from './live-flags.ts';
import { READING_FLAGS } from './reading-flags.ts';

const INPUT = 'Input:';
const OUTPUT = 'Output:';

/** What every command takes. */
export const COMMON_FLAGS = {
  file: {
    type: 'string',
    alias: 'f',
    list: true,
    describe: 'saved admin output of a proxy: a file, folder or archive; - for standard input',
    group: INPUT,
  },
  proxy: { type: 'string', describe: 'which proxy, where the input holds several', group: INPUT },
  ...READING_FLAGS,
  ...LIVE_FLAGS,
  output: { type: 'string', alias: 'o', describe: 'form of the answer', group: OUTPUT },
  now: { type: 'string', describe: 'take this time (RFC 3339) for the present one', group: OUTPUT },
  'show-secrets': { type: 'boolean', describe: 'print private keys, tokens and passwords instead of [redacted]', group: OUTPUT },
  'no-headers': { type: 'boolean', describe: 'leave out the header line of tables', group: OUTPUT },
} as const satisfies Flags;

export type CommonArgs = Args<typeof COMMON_FLAGS>;

/** The time that a command takes for now: `--now`, else the clock's. Throws Failure PC1012 for text that is no time. */
export function nowOf(args: Pick<CommonArgs, 'now'>): Date {
  if (args.now === undefined) return new Date();
  const time = new Date(args.now);
  if (Number.isNaN(time.getTime())) {
    throw new Failure({ id: 'PC1012', what: `--now ${JSON.stringify(args.now)} is not a time`, next: 'write it as 2026-08-22T10:00:00Z' });
  }
  return time;
}

import { cacheFolder } from '../source/cache-folder.ts';
import type { ReadingOptions, ReadProgress } from '../source/reading-options.ts';
import type { Args, Flags } from './command.ts';
import type { Io } from './io.ts';
import { bytesOf } from './size-flag.ts';

/** How saved input is read. */
export const READING_FLAGS = {
  'max-unpacked': { type: 'string', describe: 'what a packed file may unpack to (8GiB), where its size alone would be doubted', group: 'Input:' },
  'no-cache': {
    type: 'boolean',
    describe: 'leave the cache folder alone: no index, no compiled code (as PC_NO_CACHE=1 does)',
    group: 'Input:',
  },
  'no-progress': { type: 'boolean', describe: 'no line on standard error about a long reading; without a terminal there is none', group: 'Input:' },
} as const satisfies Flags;

/** The values of {@link READING_FLAGS}, for who has them. */
export type ReadingArgs = Partial<Args<typeof READING_FLAGS>>;

/** Nothing is told of a reading that is over sooner. */
const PATIENCE_MS = 500;
const EVERY_MS = 100;
const LABEL = 40;

/** How a command reads its input, from its flags. Throws Failure PC1011 for a size that is none. */
export function readingOptions(args: ReadingArgs, io: Io): ReadingOptions {
  const allowed = args['max-unpacked'];
  return {
    cacheFolder: args['no-cache'] ? undefined : cacheFolder(io.env),
    onRead: args['no-progress'] ? undefined : readProgress(io),
    maxUnpacked: allowed === undefined ? undefined : bytesOf('--max-unpacked', allowed),
  };
}

/** Tells on a terminal how far a long reading is: bytes, share, rate. A dump may be gone through more than once: that is told as rounds. */
export function readProgress(io: Io, now: () => number = Date.now): ReadProgress | undefined {
  if (!io.isTerminalErr) return undefined;
  const began = now();
  let told = 0;
  let reading = { label: '', since: began, bytes: 0 };
  return (label, bytes, size) => {
    const time = now();
    if (label !== reading.label) reading = { label, since: time, bytes: 0 };
    reading.bytes += bytes;
    if (time - began < PATIENCE_MS || time - told < EVERY_MS) return;
    told = time;
    const name = label.length > LABEL ? `…${label.slice(1 - LABEL)}` : label;
    const rate = time > reading.since ? `, ${Math.round(reading.bytes / 1e3 / (time - reading.since))} MB/s` : '';
    io.status(`${name}: ${amount(reading.bytes, size)}${rate}`);
  };
}

function amount(bytes: number, size: number | undefined): string {
  if (!size) return `${megabytes(bytes)} MB`;
  const round = Math.max(1, Math.ceil(bytes / size));
  const done = bytes - (round - 1) * size;
  return `${round > 1 ? `round ${round}, ` : ''}${megabytes(done)} MB of ${megabytes(size)} MB, ${Math.floor((done / size) * 100)} %`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

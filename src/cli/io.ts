import type { Listing } from '../query/listing.ts';
import { BatchedWriter } from './batched-writer.ts';

/** Where a command's text goes, and what is known about the reader's side. */
export interface Io {
  /** Standard output: the answer. */
  out(text: string | Uint8Array): void;
  /** Standard error: everything that is not the answer. */
  err(text: string): void;
  /** A line on a terminal that stands until something else is written; '' takes it away. Nothing is shown once the answer has begun. */
  status(line: string): void;
  /** Standard output is a terminal: its width; undefined for a pipe or a file. */
  readonly columns: number | undefined;
  /** Colour is wanted on standard output. */
  readonly color: boolean;
  readonly colorErr: boolean;
  /** Standard error is a terminal: a line of it may be written again. */
  readonly isTerminalErr: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes the listing of one of several proxies in place of printing it. */
  readonly gather?: (listing: GatheredListing) => void;
}

/** A listing that is to become a part of one table with others. */
export interface GatheredListing {
  readonly proxy: string;
  readonly listing: Listing<unknown>;
}

interface Stream {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The Io of a process. NO_COLOR (https://no-color.org) beats FORCE_COLOR; a dumb terminal gets no colour. */
export function processIo(stdout: Stream, stderr: Stream, env: Io['env']): Io {
  const wants = (stream: Stream): boolean => {
    if (env['NO_COLOR']) return false;
    if (env['FORCE_COLOR'] && env['FORCE_COLOR'] !== '0') return true;
    return stream.isTTY === true && env['TERM'] !== 'dumb';
  };
  const answer = new BatchedWriter((text) => stdout.write(text));
  const isTerminalErr = stderr.isTTY === true && env['TERM'] !== 'dumb';
  let hasAnswered = false;
  let isShown = false;
  const clear = (): void => {
    if (isShown) stderr.write('\r\u001b[K');
    isShown = false;
  };
  return {
    out: (text) => {
      clear();
      hasAnswered = true;
      answer.push(text);
    },
    err: (text) => {
      clear();
      answer.flush();
      stderr.write(text);
    },
    status: (line) => {
      if (line === '') return clear();
      if (!isTerminalErr || hasAnswered) return;
      isShown = true;
      stderr.write(`\r\u001b[K${line}`);
    },
    columns: stdout.isTTY ? stdout.columns || 80 : undefined,
    color: wants(stdout),
    colorErr: wants(stderr),
    isTerminalErr,
    env,
  };
}

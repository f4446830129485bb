import { type SearchBytes, searchBytes } from './byte-search.ts';
import type { ByteSource } from './byte-source.ts';
import { createKernel, type JsonKernel, KERNEL_SLACK } from './json-kernel.ts';
import { KNOWN_TEXTS_SIZE, KnownTexts } from './known-texts.ts';

/** A part of a source in the kernel's memory. */
export interface JsonWindow {
  /** Index of its first byte there. */
  readonly index: number;
  /** Whose bytes it holds: from `base` on, `length` of them. */
  source: ByteSource | undefined;
  base: number;
  length: number;
  /** When it was last asked for. */
  used: number;
}

/** Fits into the cache of a processor's core, and a system call for it costs little beside copying it. */
export const WINDOW_SIZE = 1 << 18;
/** Who joins two sections reads at two places in turns. */
const WINDOWS = 4;

/** Room for tables of keys before the windows; the texts that are known stand behind them. */
const TABLES = 1 << 16;
const TEXTS = TABLES + WINDOWS * (WINDOW_SIZE + KERNEL_SLACK);

/** The kernel that all readers of this thread share, and its memory in words. */
export interface SharedKernel {
  readonly kernel: JsonKernel;
  readonly words: SearchBytes;
  readonly texts: KnownTexts;
  /** Where the next table of keys goes. */
  nextTable: number;
}

let shared: SharedKernel | undefined;
const windows: JsonWindow[] = [];
let clock = 0;

/** A reader goes through a value without another one coming between. */
export function sharedKernel(): SharedKernel {
  if (shared !== undefined) return shared;
  const kernel = createKernel();
  kernel.reserve(TEXTS + KNOWN_TEXTS_SIZE);
  for (let i = 0; i < WINDOWS; i++) windows.push({ index: TABLES + i * (WINDOW_SIZE + KERNEL_SLACK), source: undefined, base: 0, length: 0, used: 0 });
  shared = { kernel, words: searchBytes(kernel.bytes), texts: new KnownTexts(kernel, TEXTS), nextTable: 0 };
  return shared;
}

/** Room in the kernel's memory for a table of keys. Out: its address; -1 where there is none left. */
export function reserveTable(size: number): number {
  const kernel = sharedKernel();
  const address = kernel.nextTable;
  if (address + size > TABLES) return -1;
  kernel.nextTable = (address + size + 7) & ~7;
  return address;
}

/** A window that holds `count` bytes from `start` on, or all up to the source's end; filled anew from there where there is none. */
export function windowAt(source: ByteSource, start: number, count: number): JsonWindow {
  const { bytes } = sharedKernel().kernel;
  const end = Math.min(start + count, source.size);
  let oldest = windows[0] as JsonWindow;
  for (const window of windows) {
    if (window.source === source && window.base <= start && window.base + window.length >= end) {
      window.used = ++clock;
      return window;
    }
    if (window.used < oldest.used) oldest = window;
  }
  // What stood there is gone, even where the reading fails.
  oldest.source = undefined;
  const upTo = Math.min(start + WINDOW_SIZE, source.size);
  const found = source.scan?.(start, upTo, bytes.subarray(oldest.index, oldest.index + WINDOW_SIZE)) ?? source.read(start, upTo);
  if (found.buffer !== bytes.buffer) bytes.set(found, oldest.index);
  oldest.source = source;
  oldest.base = start;
  oldest.length = found.length;
  oldest.used = ++clock;
  return oldest;
}

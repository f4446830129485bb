import { fstatSync, readFileSync, readSync, realpathSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { SourceStore } from '../dump/byte-source.ts';
import { attempt, keepFile, pruneKept } from './kept-file.ts';

/** What the folder may hold in all, and one index in it, in bytes. */
export interface CacheLimits {
  readonly total: number;
  readonly each: number;
}

const LIMITS: CacheLimits = { total: 1 << 28, each: 1 << 26 };
const SUFFIX = '.index';
const EDGE = 1 << 14;
/** A file that was written just now may be written again within the same tick of its clock. */
const SETTLED_MS = 100;
/** As above, where the file system tells full seconds only. */
const COARSE_MS = 2000;

/**
 * Where the index of an open file is kept from one command to the next, in a folder of the user's: one file for each path, readable by the
 * user alone, holding places and names and no values. What is kept is used only for the very same file, by its path, size, times, inode and
 * the bytes at its ends. Whatever goes wrong with it, the file itself is read.
 */
export function indexStore(folder: string, path: string, handle: number, limits: CacheLimits = LIMITS): SourceStore {
  let key = '';
  let place = '';
  const isFresh = (): boolean => {
    const { mtimeNs, ctimeNs } = fstatSync(handle, { bigint: true });
    const changed = Math.max(Number(mtimeNs), Number(ctimeNs)) / 1e6;
    return Date.now() - changed < (mtimeNs % 1_000_000_000n === 0n ? COARSE_MS : SETTLED_MS);
  };
  const began = attempt(() => {
    const whole = realpathSync(path);
    place = join(folder, `${hex(fnv(Buffer.from(whole)))}${hex(fnv(Buffer.from(`${whole}.`)))}${SUFFIX}`);
    key = keyOf(whole, handle);
    return isFresh() ? undefined : key;
  });
  return {
    load: () =>
      attempt(() => {
        const bytes = readFileSync(place);
        const head = headOf(key, 0).length;
        const index = bytes.subarray(head);
        if (!bytes.subarray(0, head).equals(headOf(key, crc32(index)))) return undefined;
        // What was used last is dropped last.
        utimesSync(place, new Date(), new Date());
        return index;
      }),
    save: (bytes) =>
      void attempt(() => {
        if (began === undefined || bytes.length > limits.each || keyOf(realpathSync(path), handle) !== key) return;
        keepFile(place, () => [headOf(key, crc32(bytes)), bytes]);
        pruneKept(folder, SUFFIX, limits.total);
      }),
  };
}

/** What tells a file from every other, and from itself before a change. */
function keyOf(path: string, handle: number): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(handle, { bigint: true });
  const edges = [0, Math.max(0, Number(size) - EDGE)].map((at) => {
    const bytes = Buffer.alloc(EDGE);
    return hex(crc32(bytes.subarray(0, readSync(handle, bytes, 0, EDGE, at))));
  });
  return JSON.stringify([path, ...[dev, ino, size, mtimeNs, ctimeNs].map(String), ...edges]);
}

/** What stands before an index: whose it is, and its checksum. Its length lets the index begin where any number may. */
function headOf(key: string, sum: number): Buffer {
  const text = Buffer.from(`${key}${hex(sum)}`);
  return Buffer.concat([text, Buffer.alloc(-text.length & 7)]);
}

function fnv(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../dump/byte-source.ts';

/** Small reads come in runs, as a dump is cut into resources: each fetches this much at once. */
const WINDOW = 1 << 18;

/**
 * A file read where it is asked for; at most one window of it is held.
 * In: its path, and what the user calls it. Throws the system's error where it cannot be opened.
 */
export function fileSource(path: string, label = path): ByteSource & { close(): void } {
  const handle = openSync(path, 'r');
  const { size } = fstatSync(handle);
  let window = new Uint8Array(0);
  let windowStart = 0;
  const readNow = (start: number, end: number): Uint8Array<ArrayBuffer> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(handle, bytes, filled, bytes.length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  };
  return {
    label,
    size,
    read(start, end) {
      if (end - start > WINDOW / 4) return readNow(start, end);
      if (start < windowStart || end > windowStart + window.length) {
        windowStart = start;
        window = readNow(start, start + WINDOW);
      }
      return window.subarray(start - windowStart, end - windowStart);
    },
    close: () => closeSync(handle),
  };
}

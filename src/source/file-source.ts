import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource } from '../dump/byte-source.ts';

/** Small reads come in runs, as a dump is cut into resources: each fetches this much at once. */
const WINDOW = 1 << 18;

/**
 * A file read where it is asked for: at most one window of it is held, and no handle stays open (a folder may have thousands of files).
 * In: its path, and what the user calls it. Throws the system's error where it cannot be read.
 */
export function fileSource(path: string, label = path): ByteSource {
  const { size } = statSync(path);
  let window = new Uint8Array(0);
  let windowStart = 0;
  return {
    label,
    size,
    read(start, end) {
      const to = Math.min(end, size);
      if (to - start > WINDOW / 4) return readPart(path, start, to);
      if (start < windowStart || to > windowStart + window.length) {
        windowStart = start;
        window = readPart(path, start, Math.min(start + WINDOW, size));
      }
      return window.subarray(start - windowStart, Math.max(start, to) - windowStart);
    },
  };
}

function readPart(path: string, start: number, end: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  const handle = openSync(path, 'r');
  try {
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(handle, bytes, filled, bytes.length - filled, start + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(handle);
  }
}

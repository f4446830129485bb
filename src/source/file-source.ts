import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ByteSource } from '../dump/byte-source.ts';

/** Small reads come in runs, as a dump is cut into resources: each fetches this much at once. */
const WINDOW = 1 << 18;

/**
 * A file read where it is asked for; at most one window of it is held. It stays open, so that it may be removed or replaced meanwhile.
 * In: its path, and what the user calls it. Throws the system's error where it cannot be opened.
 */
export function fileSource(path: string, label = path): ByteSource {
  const handle = openSync(path, 'r');
  const { size } = fstatSync(handle);
  return windowed(label, size, (start, end) => readFully(handle, start, end));
}

/** As {@link fileSource}, and opened for each read only: a folder may have more files than a process may open. */
export function briefFileSource(path: string, label = path): ByteSource {
  const { size } = statSync(path);
  return windowed(label, size, (start, end) => {
    const handle = openSync(path, 'r');
    try {
      return readFully(handle, start, end);
    } finally {
      closeSync(handle);
    }
  });
}

function windowed(label: string, size: number, readPart: (start: number, end: number) => Uint8Array): ByteSource {
  let window = new Uint8Array(0);
  let windowStart = 0;
  return {
    label,
    size,
    read(start, end) {
      const to = Math.min(end, size);
      if (to - start > WINDOW / 4) return readPart(start, to);
      if (start < windowStart || to > windowStart + window.length) {
        windowStart = start;
        window = readPart(start, Math.min(start + WINDOW, size)) as Uint8Array<ArrayBuffer>;
      }
      return window.subarray(start - windowStart, Math.max(start, to) - windowStart);
    },
  };
}

function readFully(handle: number, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(Math.max(0, end - start)).buffer);
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(handle, bytes, filled, bytes.length - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

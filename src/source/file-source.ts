import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { type ByteSource, SEARCHED, type SourceStore } from '../dump/byte-source.ts';
import { compileBriefly } from './compile-briefly.ts';
import type { ReadProgress } from './reading-options.ts';
import { searchNatively } from './search-natively.ts';

/** Small reads come in runs, as a dump is cut into resources: each fetches this much at once. */
const WINDOW = 1 << 18;
const WINDOWS = 4;

/**
 * A file read where it is asked for; at most a few windows of it are held. It stays open, so that it may be removed or replaced meanwhile.
 * In: its path, what the user calls it, and what keeps an index of it. Throws the system's error where it cannot be opened.
 */
export function fileSource(path: string, label = path, onRead?: ReadProgress, keeper?: (path: string, handle: number) => SourceStore): ByteSource {
  const handle = openSync(path, 'r');
  return { ...openedSource(handle, fstatSync(handle).size, label, onRead), store: keeper?.(path, handle) };
}

/** As {@link fileSource}, of a file that is open already; it may have no name any more. */
export function openedSource(handle: number, size: number, label: string, onRead?: ReadProgress): ByteSource {
  if (size >= SEARCHED) compileBriefly();
  let chunk = new Uint8Array(0);
  return {
    ...windowed(label, size, (start, end) => {
      onRead?.(label, end - start, size);
      return readFully(handle, start, end);
    }),
    scan(start, end, room) {
      onRead?.(label, end - start, size);
      if (room === undefined && chunk.length < end - start) chunk = new Uint8Array(end - start);
      return readInto(handle, room ?? chunk, start, Math.min(end, size));
    },
  };
}

/** As {@link fileSource}, and opened for each read only: a folder may have more files than a process may open. */
export function briefFileSource(path: string, label = path, onRead?: ReadProgress): ByteSource {
  const { size } = statSync(path);
  return windowed(label, size, (start, end) => {
    onRead?.(label, end - start, size);
    const handle = openSync(path, 'r');
    try {
      return readFully(handle, start, end);
    } finally {
      closeSync(handle);
    }
  });
}

/** Cuts the file into windows and keeps the last few: who joins sections reads at several places in turns. */
function windowed(label: string, size: number, readPart: (start: number, end: number) => Uint8Array): ByteSource {
  const windows: { readonly start: number; readonly bytes: Uint8Array }[] = [];
  const windowAt = (start: number, end: number): { readonly start: number; readonly bytes: Uint8Array } => {
    const known = windows.findIndex((window) => start >= window.start && end <= window.start + window.bytes.length);
    const window = windows[known] ?? { start, bytes: readPart(start, Math.min(start + WINDOW, size)) };
    if (known !== 0) {
      windows.splice(known < 0 ? WINDOWS - 1 : known, 1);
      windows.unshift(window);
    }
    return window;
  };
  return {
    label,
    size,
    read(start, end) {
      const to = Math.min(end, size);
      if (to - start > WINDOW / 4) return readPart(start, to);
      const window = windowAt(start, to);
      return window.bytes.subarray(start - window.start, Math.max(start, to) - window.start);
    },
    search: size >= SEARCHED ? searchNatively : undefined,
  };
}

function readFully(handle: number, start: number, end: number): Uint8Array {
  return readInto(handle, new Uint8Array(Buffer.allocUnsafeSlow(Math.max(0, end - start)).buffer), start, end);
}

function readInto(handle: number, bytes: Uint8Array, start: number, end: number): Uint8Array {
  const wanted = Math.max(0, end - start);
  let filled = 0;
  while (filled < wanted) {
    const count = readSync(handle, bytes, filled, wanted - filled, start + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

import { type FileHandle, open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { unreadable } from './source-error.ts';

const PIECE = 1 << 16;
const LOOK_EVERY_MS = 200;
/** So far back the last lines are looked for. */
const FURTHEST_BACK = 16 << 20;
const NEWLINE = 10;

/**
 * What is written to a file from now on, piece by piece, beginning with its last `lines` lines. A file that is cut short, or replaced by
 * another of its name (a log that is rotated), is read from its beginning. Ends with the signal; without one, where the file ends now.
 * Throws Failure PC1013.
 */
export async function* tailFile(file: string, lines: number, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  let handle = await opened(file);
  try {
    let at = await startOfLastLines(handle, lines);
    let { ino } = await handle.stat();
    while (signal?.aborted !== true) {
      const { size } = await handle.stat();
      if (size < at) at = 0;
      while (at < size) {
        const piece = new Uint8Array(Math.min(PIECE, size - at));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        if (bytesRead === 0) break;
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
      if (signal === undefined) return;
      const now = await stat(file).catch(() => undefined);
      if (now !== undefined && now.ino !== ino) {
        await handle.close();
        handle = await opened(file);
        [ino, at] = [now.ino, 0];
      } else await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await handle.close();
  }
}

async function opened(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Where the last lines begin, found from the end; a last line without its newline is one. */
async function startOfLastLines(handle: FileHandle, lines: number): Promise<number> {
  const { size } = await handle.stat();
  if (lines <= 0) return size;
  let left = lines;
  for (let end = size; end > Math.max(0, size - FURTHEST_BACK); ) {
    const start = Math.max(0, end - PIECE);
    const piece = new Uint8Array(end - start);
    await handle.read(piece, 0, piece.length, start);
    for (let i = piece.length - 1; i >= 0; i--) {
      if (piece[i] !== NEWLINE || start + i === size - 1) continue;
      if (--left === 0) return start + i + 1;
    }
    end = start;
  }
  return Math.max(0, size - FURTHEST_BACK);
}

import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

/** So long a file is written before other work gets its turn, in milliseconds. */
const SLICE_MS = 20;

/** Writes a file at once, which gets its name when it is whole. Out: its size in bytes. Nothing of it is left where a piece fails. */
export function writeNow(file: string, pieces: Iterable<Uint8Array>): number {
  const partial = begin(file);
  try {
    for (const piece of pieces) partial.add(piece);
  } catch (error) {
    partial.drop();
    throw error;
  }
  return partial.finish();
}

/**
 * As {@link writeNow}, in slices: transfers, timers and Ctrl-C have their turn while a large file is made. Throws the reason of the signal
 * when it is aborted, and leaves nothing.
 */
export async function writeInTurns(file: string, pieces: Iterable<Uint8Array>, signal?: AbortSignal): Promise<number> {
  const partial = begin(file);
  try {
    let since = performance.now();
    for (const piece of pieces) {
      partial.add(piece);
      if (performance.now() - since < SLICE_MS) continue;
      await turn();
      signal?.throwIfAborted();
      since = performance.now();
    }
  } catch (error) {
    partial.drop();
    throw error;
  }
  return partial.finish();
}

function begin(file: string): { add(piece: Uint8Array): void; drop(): void; finish(): number } {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.partial`;
  const handle = openSync(partial, 'w', 0o600);
  let size = 0;
  return {
    add(piece) {
      for (let at = 0; at < piece.length; ) at += writeSync(handle, piece, at);
      size += piece.length;
    },
    drop() {
      closeSync(handle);
      rmSync(partial, { force: true });
    },
    finish() {
      closeSync(handle);
      renameSync(partial, file);
      return size;
    },
  };
}

import { closeSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteSource, bytesSource, LARGE, piecesSource, SEARCHED } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';
import { openedSource } from './file-source.ts';
import type { ReadProgress } from './reading-options.ts';
import { searchNatively } from './search-natively.ts';

/** What stays in memory where the folder for temporary files cannot be written. */
const MAX_IN_MEMORY = 2 ** 29;
/** Room that is left to others in the folder for temporary files, and how often it is looked for. */
const RESERVE = 2 ** 26;
const LOOK_EVERY = 2 ** 26;

export interface SpoolOptions {
  /** So much stays in memory; what is larger goes to a file, which is read the way of large dumps. */
  readonly inMemory?: number;
  readonly onRead?: ReadProgress | undefined;
}

/**
 * Keeps bytes that come once, so that they can be read anywhere and again: unpacked data, standard input, an answer. Its memory does not grow
 * with them: they go to a file of this user alone in the folder for temporary files (TMPDIR), which loses its name as soon as it is open,
 * so that nothing stays behind however the process ends. Throws Failure PC1038 where there is no room for it.
 */
export class Spool {
  size = 0;
  private pieces: Uint8Array[] = [];
  private handle: number | undefined;
  private path: string | undefined;
  private looked = 0;
  private inMemory: number;
  private why: unknown;
  private readonly label: string;
  private readonly options: SpoolOptions;

  constructor(label: string, options: SpoolOptions = {}) {
    this.label = label;
    this.options = options;
    this.inMemory = options.inMemory ?? LARGE;
  }

  add(piece: Uint8Array): void {
    this.size += piece.length;
    if (this.handle === undefined && this.size > this.inMemory) this.spill();
    if (this.handle === undefined) this.pieces.push(piece);
    else this.write(this.handle, piece);
  }

  /** What came, to be read anywhere. The spool is done with. */
  source(): ByteSource {
    const { handle, label, size, pieces } = this;
    this.pieces = [];
    this.handle = undefined;
    if (handle !== undefined) return openedSource(handle, size, label, this.options.onRead);
    if (size >= LARGE) return piecesSource(label, pieces, searchNatively);
    return { ...bytesSource(label, joined(pieces, size)), search: size >= SEARCHED ? searchNatively : undefined };
  }

  /** Throws away what came. */
  discard(): void {
    this.pieces = [];
    if (this.handle !== undefined) closeSync(this.handle);
    this.handle = undefined;
  }

  private spill(): void {
    try {
      this.path = join(tmpdir(), `pc-${crypto.randomUUID()}`);
      this.handle = openSync(this.path, 'wx+', 0o600);
    } catch (error) {
      this.why = error;
      if (this.size > MAX_IN_MEMORY) throw this.noRoom(error);
      this.inMemory = MAX_IN_MEMORY;
      return;
    }
    takeNameAway(this.path);
    for (const piece of this.pieces) this.write(this.handle, piece);
    this.pieces = [];
  }

  private write(handle: number, bytes: Uint8Array): void {
    if (this.size - this.looked >= LOOK_EVERY) {
      this.looked = this.size;
      if (freeRoom() < RESERVE) throw this.noRoom(undefined);
    }
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    } catch (error) {
      throw this.noRoom(error);
    }
  }

  private noRoom(cause: unknown): Failure {
    const reason = this.handle === undefined ? 'cannot be written' : 'has no room for more';
    this.discard();
    return new Failure({
      id: 'PC1038',
      what: `${this.label} must be kept while it is read, and the folder for temporary files ${reason} after ${Math.round(this.size / 2 ** 20)} MiB`,
      place: tmpdir(),
      next: 'set TMPDIR to a folder with more room, or save it, unpacked, to a file and give that',
      cause: cause ?? this.why,
    });
  }
}

/** An open file needs no name. Where the system keeps it as long as the file is open, it goes at the end of the process. */
function takeNameAway(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    process.once('exit', () => {
      try {
        unlinkSync(path);
      } catch {
        // Someone else has removed it.
      }
    });
  }
}

function freeRoom(): number {
  try {
    const { bavail, bsize } = statfsSync(tmpdir());
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = pieces;
  return only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces, size);
}

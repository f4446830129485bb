import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteSource, piecesSource } from '../../dump/byte-source.ts';
import { fileSource } from '../file-source.ts';

/** An answer up to this size is held in memory; a larger one goes to a file that has no name any more. */
const IN_MEMORY = 32 << 20;

/** Keeps an answer while it comes in. Its memory does not grow with the answer. */
export class BodyStore {
  size = 0;
  private pieces: Uint8Array[] = [];
  private file: { readonly folder: string; readonly path: string; readonly handle: number } | undefined;
  private readonly inMemory: number;

  constructor(inMemory = IN_MEMORY) {
    this.inMemory = inMemory;
  }

  add(piece: Uint8Array): void {
    this.size += piece.length;
    if (this.file === undefined && this.size > this.inMemory) this.spill();
    if (this.file === undefined) this.pieces.push(piece);
    else writeAll(this.file.handle, piece);
  }

  /** What came, to be read anywhere. The store is done with. */
  source(label: string): ByteSource {
    if (this.file === undefined) return piecesSource(label, this.pieces);
    closeSync(this.file.handle);
    const source = fileSource(this.file.path, label);
    rmSync(this.file.folder, { recursive: true, force: true });
    this.file = undefined;
    return source;
  }

  /** Throws away what came. */
  discard(): void {
    this.pieces = [];
    if (this.file === undefined) return;
    closeSync(this.file.handle);
    rmSync(this.file.folder, { recursive: true, force: true });
    this.file = undefined;
  }

  private spill(): void {
    const folder = mkdtempSync(join(tmpdir(), 'pc-'));
    const path = join(folder, 'answer');
    const handle = openSync(path, 'wx', 0o600);
    this.file = { folder, path, handle };
    for (const piece of this.pieces) writeAll(handle, piece);
    this.pieces = [];
  }
}

function writeAll(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
}

import { EntryRows } from './entry-rows.ts';
import { EntryTable } from './entry-table.ts';
import { type KernelMemory, kernelInstance } from './kernel-instance.ts';

/** What is known beforehand of the entries of a list. */
export interface ListShape {
  /** The keys that a resource may stand under. */
  readonly member: readonly string[];
  /** The keys that a resource's name may stand under; their first four letters are the same. */
  readonly names: readonly string[];
  /** Whether an entry may hold objects that hold a resource in turn: the states of a listener. */
  readonly hasHolders: boolean;
}

/** What the noter uses of the kernel; kernel/note-entries.ts is its source. */
export interface NotingKernel {
  readonly memory: KernelMemory;
  /** Begins behind an opening bracket, to pass over what it holds and note nothing. */
  beginPassing(): void;
  /**
   * Begins behind the bracket of a list. In: how many keys name a resource, how many a resource or its entry, under how many a resource may stand
   * (they lie in memory, the names' first); and whether entries hold holders.
   */
  beginList(own: number, names: number, members: number, hasHolders: number): void;
  /**
   * Goes on over bytes [at, end) of its memory, whose index 0 is at `base` in the source. Out: the index behind the bracket that closes what was
   * begun (then the level is 0); else the end, or an index before it from which to go on when the columns were taken over.
   */
  note(at: number, end: number, base: number): number;
  /** The columns were taken over: they begin anew. */
  taken(): void;
  /** Brackets open at present; they are counted, not paired. */
  listLevel(): number;
  /** Not 0 where the list has been one of objects so far. */
  isUsual(): number;
}

/** Places in the memory of the kernel; kernel/entry-memory.ts says what stands there. */
export type KernelPlaces = {
  readonly [place in
    | ('CHUNK' | 'CHUNK_SIZE' | 'COUNTS' | 'KEYS' | 'KEY_SIZE' | 'KEY_TEXT')
    | ('ROWS' | 'NAMES' | 'HASHES' | 'HASHED' | 'OTHERS' | 'UNKNOWNS')]: { readonly value: number };
};

const encoder = new TextEncoder();

let instance: EntryNoter | undefined | null;

/** The one there is: who begins anew ends what was under way. Undefined where the engine has no WebAssembly, or none with SIMD. */
export function entryNoter(): EntryNoter | undefined {
  if (instance === undefined) {
    const kernel = kernelInstance<NotingKernel & KernelPlaces>();
    instance = kernel === undefined ? null : new EntryNoter(kernel);
  }
  return instance ?? undefined;
}

/**
 * Passes over a container of JSON at the speed of memory, and makes a table of a list's entries on the way. An entry in which something is not
 * as usual is noted as one whose names are not known; where it is between entries, there is no table. Chunks may be cut anywhere.
 */
export class EntryNoter {
  /** Where the bytes to look at are put; so many at once. */
  readonly room: Uint8Array;
  private readonly kernel: NotingKernel;
  private readonly chunk: number;
  private readonly keys: { readonly bytes: Uint8Array; readonly size: number; readonly text: number };
  private readonly rows: EntryRows;
  private isNoting = false;

  constructor(kernel: NotingKernel & KernelPlaces) {
    const { buffer } = kernel.memory;
    this.kernel = kernel;
    this.chunk = kernel.CHUNK.value;
    this.room = new Uint8Array(buffer, this.chunk, kernel.CHUNK_SIZE.value);
    this.keys = { bytes: new Uint8Array(buffer, kernel.KEYS.value), size: kernel.KEY_SIZE.value, text: kernel.KEY_TEXT.value };
    this.rows = new EntryRows(kernel);
  }

  /** Begins behind an opening bracket. In: what the entries look like where it is a list of which a table is wanted. */
  begin(shape: ListShape | undefined): void {
    this.isNoting = shape !== undefined;
    if (shape === undefined) this.kernel.beginPassing();
    else this.beginList(shape);
  }

  /** Reads on. In: the bytes [from, end) of the room, which stands at `base` in the source. Out: where it stopped, the end or behind the container. */
  take(from: number, end: number, base: number): number {
    const { kernel, chunk } = this;
    for (let at = from; ; this.rows.take()) {
      at = kernel.note(chunk + at, chunk + end, base - chunk) - chunk;
      if (at >= end || kernel.listLevel() === 0) return at;
    }
  }

  /** Brackets open at present. */
  level(): number {
    return this.kernel.listLevel();
  }

  /** The table, when the list has ended; undefined where it is not a list of objects, or none was wanted. */
  table(): EntryTable | undefined {
    if (!this.isNoting || this.level() !== 0 || this.kernel.isUsual() === 0) return undefined;
    this.rows.take();
    return new EntryTable(this.rows.takenPieces());
  }

  private beginList({ member, names, hasHolders }: ListShape): void {
    // An entry may name its resource, too.
    const allNames = [...new Set([...names, 'name'])];
    [...allNames, ...member].forEach((key, i) => void this.placeKey(encoder.encode(key), i));
    this.rows.clear();
    this.kernel.beginList(names.length, allNames.length, member.length, Number(hasHolders));
  }

  private placeKey(key: Uint8Array, index: number): void {
    const { bytes, size, text } = this.keys;
    const at = index * size;
    if (key.length > size - text) throw new RangeError('a key is too long');
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(at, key.length, true);
    bytes.set(key, at + text);
  }
}

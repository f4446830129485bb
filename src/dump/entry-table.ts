import { type EntryColumns, joinedColumns } from './entry-columns.ts';

/**
 * The numbers of an entry: its borders in the source; where just one member is an object, with a name of its own (a simple entry), the
 * borders of that member, else 0; and where its name ends in `names`.
 */
export const ROW = { start: 0, end: 1, resourceStart: 2, resourceEnd: 3, nameEnd: 4, length: 5 } as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const ASCII = /^[\0-\x7f]*$/;

/** The entries of one list of a large dump: where they stand, and which of them may have a name. Memory: some 50 bytes an entry, and its name. */
export class EntryTable {
  /** Its columns as they came, cut anywhere. */
  private pieces: readonly EntryColumns[];

  constructor(pieces: readonly EntryColumns[]) {
    this.pieces = pieces;
  }

  get columns(): EntryColumns {
    const { pieces } = this;
    if (pieces.length === 1) return pieces[0] as EntryColumns;
    const columns = joinedColumns(pieces);
    this.pieces = [columns];
    return columns;
  }

  /** One of the columns, as it came. */
  piecesOf(column: keyof EntryColumns): readonly EntryColumns[keyof EntryColumns][] {
    return this.pieces.map((piece) => piece[column]);
  }

  get count(): number {
    return this.columns.rows.length / ROW.length;
  }

  spanOf(entry: number): { readonly start: number; readonly end: number } {
    return { start: this.at(entry, ROW.start), end: this.at(entry, ROW.end) };
  }

  /** Whether just one member is an object, with a name of its own: a resource, as a rule. */
  isSimple(entry: number): boolean {
    return this.at(entry, ROW.resourceEnd) !== 0;
  }

  /** Of a simple entry: the bytes of that member. */
  resourceOf(entry: number): { readonly start: number; readonly end: number } {
    return { start: this.at(entry, ROW.resourceStart), end: this.at(entry, ROW.resourceEnd) };
  }

  /** Of a simple entry: that name. */
  nameOf(entry: number): string {
    return decoder.decode(this.columns.names.subarray(entry === 0 ? 0 : this.at(entry - 1, ROW.nameEnd), this.at(entry, ROW.nameEnd)));
  }

  /** The entries that may have a resource of this name, in order: all that have one, and maybe some that do not. */
  mayHave(name: string): readonly number[] {
    const { hashes, hashed, others, unknowns } = this.columns;
    const found = new Set(name === '' ? others : unknowns);
    const hash = hashOf(encoder.encode(name));
    for (let i = hashes.indexOf(hash); i >= 0; i = hashes.indexOf(hash, i + 1)) {
      const entry = hashed[i] as number;
      if (!this.isSimple(entry) || this.nameOf(entry) === name) found.add(entry);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** The entries that may have a resource whose name holds a text, letter case aside, in order: all that have one, and maybe some that do not. */
  mayHold(text: string): readonly number[] {
    const names = decoder.decode(this.columns.names);
    const wanted = text.toLowerCase();
    // Beyond ASCII a letter may be as long as no letter of the other case.
    if (wanted === '' || !ASCII.test(wanted) || names.length !== this.columns.names.length) return Array.from({ length: this.count }, (_, entry) => entry);
    const found = new Set(this.columns.others);
    const lower = names.toLowerCase();
    for (let at = lower.indexOf(wanted); at >= 0; ) {
      const entry = this.entryOfName(at);
      const end = this.at(entry, ROW.nameEnd);
      const isWithin = at + wanted.length <= end;
      if (isWithin) found.add(entry);
      at = lower.indexOf(wanted, isWithin ? end : at + 1);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** The entry whose name stands at an index of the names. */
  private entryOfName(index: number): number {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle, ROW.nameEnd) > index) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  private at(entry: number, column: number): number {
    return this.columns.rows[entry * ROW.length + column] as number;
  }
}

/** FNV-1a of 32 bits. */
export const FNV_START = 0x811c9dc5,
  FNV_PRIME = 0x01000193;

function hashOf(bytes: Uint8Array): number {
  let hash = FNV_START;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
  return hash >>> 0;
}

import { type EntryColumns, FNV_PRIME, FNV_START, ROW } from './entry-table.ts';

const QUOTE = 0x22;

/** What a table of entries grows from, entry by entry. */
export class EntryRows {
  count = 0;
  private rows = new Float64Array(ROW.length << 8);
  private names = new Uint8Array(1 << 14);
  private namesEnd = 0;
  private hashes = new Uint32Array(1 << 8);
  private hashed = new Uint32Array(1 << 8);
  private hashCount = 0;
  private readonly others: number[] = [];
  private readonly unknowns: number[] = [];

  /**
   * Notes a name of the present entry that may be its resource's. In: bytes from its first to `end`, and whether it is kept as the entry's
   * own until the entry turns out not to be simple. Out: undefined where no quote ends it, and nothing was noted; else whether it is ASCII,
   * since of others it is not known what text they are.
   */
  addName(bytes: Uint8Array, from: number, end: number, isOwn: boolean): boolean | undefined {
    let hash = FNV_START;
    let all = 0;
    let at = this.namesEnd;
    let i = from;
    for (; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte === QUOTE) break;
      all |= byte;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
      if (at === this.names.length) this.names = doubled(this.names);
      this.names[at++] = byte;
    }
    if (i >= end) return undefined;
    if (isOwn) this.namesEnd = at;
    if (this.hashCount === this.hashes.length) {
      this.hashes = doubled(this.hashes);
      this.hashed = doubled(this.hashed);
    }
    this.hashes[this.hashCount] = hash;
    this.hashed[this.hashCount++] = this.count;
    return all < 0x80;
  }

  /** Ends the present entry as a simple one. */
  endSimple(start: number, end: number, resourceStart: number, resourceEnd: number): void {
    this.end(start, end, resourceStart, resourceEnd);
  }

  /** Ends the present entry as one of which more is to be known from itself only. */
  endOther(start: number, end: number, areNamesKnown: boolean): void {
    this.namesEnd = this.count === 0 ? 0 : (this.rows[this.count * ROW.length - 1] as number);
    this.others.push(this.count);
    if (!areNamesKnown) this.unknowns.push(this.count);
    this.end(start, end, 0, 0);
  }

  columns(): EntryColumns {
    return {
      rows: this.rows.slice(0, this.count * ROW.length),
      names: this.names.slice(0, this.namesEnd),
      hashes: this.hashes.slice(0, this.hashCount),
      hashed: this.hashed.slice(0, this.hashCount),
      others: Uint32Array.from(this.others),
      unknowns: Uint32Array.from(this.unknowns),
    };
  }

  private end(start: number, end: number, resourceStart: number, resourceEnd: number): void {
    const at = this.count++ * ROW.length;
    if (at === this.rows.length) this.rows = doubled(this.rows);
    this.rows[at + ROW.start] = start;
    this.rows[at + ROW.end] = end;
    this.rows[at + ROW.resourceStart] = resourceStart;
    this.rows[at + ROW.resourceEnd] = resourceEnd;
    this.rows[at + ROW.nameEnd] = this.namesEnd;
  }
}

function doubled<T extends Float64Array | Uint32Array | Uint8Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}

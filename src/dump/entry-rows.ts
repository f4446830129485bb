import type { KernelPlaces, NotingKernel } from './entry-noter.ts';
import { type EntryColumns, ROW } from './entry-table.ts';

/** The columns of a table of entries, taken over from the kernel's memory piece by piece. */
export class EntryRows {
  private readonly kernel: NotingKernel;
  /** How many rows, bytes of names, hashes, others and unknowns stand there. */
  private readonly counts: Uint32Array;
  private readonly columnsThere: EntryColumns;
  private pieces: EntryColumns[] = [];

  constructor(kernel: NotingKernel & KernelPlaces) {
    const { buffer } = kernel.memory;
    this.kernel = kernel;
    this.counts = new Uint32Array(buffer, kernel.COUNTS.value, 5);
    this.columnsThere = {
      rows: new Float64Array(buffer, kernel.ROWS.value),
      names: new Uint8Array(buffer, kernel.NAMES.value),
      hashes: new Uint32Array(buffer, kernel.HASHES.value),
      hashed: new Uint32Array(buffer, kernel.HASHED.value),
      others: new Uint32Array(buffer, kernel.OTHERS.value),
      unknowns: new Uint32Array(buffer, kernel.UNKNOWNS.value),
    };
  }

  /** Begins another table. */
  clear(): void {
    this.pieces = [];
  }

  /** Takes over what has been noted since the last time. */
  take(): void {
    const [rows = 0, names, hashes, others, unknowns] = this.counts;
    const there = this.columnsThere;
    this.pieces.push({
      rows: there.rows.slice(0, rows * ROW.length),
      names: there.names.slice(0, names),
      hashes: there.hashes.slice(0, hashes),
      hashed: there.hashed.slice(0, hashes),
      others: there.others.slice(0, others),
      unknowns: there.unknowns.slice(0, unknowns),
    });
    this.kernel.taken();
  }

  /** All that was taken over. */
  columns(): EntryColumns {
    const { pieces } = this;
    return {
      rows: joined(pieces, 'rows', Float64Array),
      names: joined(pieces, 'names', Uint8Array),
      hashes: joined(pieces, 'hashes', Uint32Array),
      hashed: joined(pieces, 'hashed', Uint32Array),
      others: joined(pieces, 'others', Uint32Array),
      unknowns: joined(pieces, 'unknowns', Uint32Array),
    };
  }
}

/** One column of all pieces. */
function joined<K extends keyof EntryColumns>(pieces: readonly EntryColumns[], column: K, Column: new (length: number) => EntryColumns[K]): EntryColumns[K] {
  const whole = new Column(pieces.reduce((sum, piece) => sum + piece[column].length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece[column], at);
    at += piece[column].length;
  }
  return whole;
}

import type { EntryColumns } from './entry-columns.ts';
import type { KernelPlaces, NotingKernel } from './entry-noter.ts';
import { ROW } from './entry-table.ts';

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

  /** All that was taken over, which is not held here any more. */
  takenPieces(): readonly EntryColumns[] {
    const { pieces } = this;
    this.pieces = [];
    return pieces;
  }
}

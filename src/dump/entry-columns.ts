/** What an {@link EntryTable} is made of: plain numbers, so that it can be stored as it is. */
export interface EntryColumns {
  /** For each entry {@link ROW} numbers. */
  readonly rows: Float64Array;
  /** The names of simple entries one behind the other, in UTF-8. */
  readonly names: Uint8Array;
  /** Hashes of every name in an entry that may be a resource's, and the entry of each. */
  readonly hashes: Uint32Array;
  readonly hashed: Uint32Array;
  /** The entries that are not simple; and those of them whose names are not known. */
  readonly others: Uint32Array;
  readonly unknowns: Uint32Array;
}

/** How each column is held. */
export const COLUMN_ARRAYS = {
  rows: Float64Array,
  names: Uint8Array,
  hashes: Uint32Array,
  hashed: Uint32Array,
  others: Uint32Array,
  unknowns: Uint32Array,
} as const;

export const COLUMN_NAMES = Object.keys(COLUMN_ARRAYS) as (keyof EntryColumns)[];

/** The columns of which there are pieces, one behind the other. */
export function joinedColumns(pieces: readonly EntryColumns[]): EntryColumns {
  const joined = <K extends keyof EntryColumns>(column: K): EntryColumns[K] => {
    const whole = new COLUMN_ARRAYS[column](pieces.reduce((sum, piece) => sum + piece[column].length, 0));
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece[column], at);
      at += piece[column].length;
    }
    return whole as EntryColumns[K];
  };
  return {
    rows: joined('rows'),
    names: joined('names'),
    hashes: joined('hashes'),
    hashed: joined('hashed'),
    others: joined('others'),
    unknowns: joined('unknowns'),
  };
}

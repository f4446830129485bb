/** How an entry of a list gives its resource. */
export const ENTRY = {
  /** More is to be known only from the entry itself. */
  other: 0,
  /** One member is the resource, with a name of its own; the rest are version, time and status. */
  plain: 1,
  /** Not even its names are known. */
  unknown: 2,
} as const;

/** What an {@link EntryTable} is made of: plain numbers in columns, a row for each entry. */
export interface EntryColumns {
  /** Offset of each entry in the source, and its length in bytes. */
  readonly start: Float64Array;
  readonly length: Uint32Array;
  /** Of a plain entry: where its resource stands, counted from the entry's start. */
  readonly resourceAt: Uint32Array;
  readonly resourceLength: Uint32Array;
  /** {@link ENTRY} */
  readonly form: Uint8Array;
  /** Where each entry's name ends in `names`; an entry that is not plain has none. */
  readonly nameEnd: Uint32Array;
  /** The names of plain entries one behind the other, in UTF-8. */
  readonly names: Uint8Array;
  /** Hashes of every name in an entry that may be a resource's, and the entry of each. */
  readonly hashes: Uint32Array;
  readonly hashed: Uint32Array;
  /** The key of the resource within a plain entry, as the list spells it. */
  readonly key: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The entries of one list of a large dump: where they stand, and which of them may have a name. Memory: some 40 bytes an entry, and its name. */
export class EntryTable {
  readonly columns: EntryColumns;
  private buckets: Buckets | undefined;

  constructor(columns: EntryColumns) {
    this.columns = columns;
  }

  get count(): number {
    return this.columns.form.length;
  }

  startOf(entry: number): number {
    return this.columns.start[entry] as number;
  }

  endOf(entry: number): number {
    return this.startOf(entry) + (this.columns.length[entry] as number);
  }

  isPlain(entry: number): boolean {
    return this.columns.form[entry] === ENTRY.plain;
  }

  /** Of a plain entry: the bytes of its resource. */
  resourceOf(entry: number): { readonly start: number; readonly end: number } {
    const start = this.startOf(entry) + (this.columns.resourceAt[entry] as number);
    return { start, end: start + (this.columns.resourceLength[entry] as number) };
  }

  /** Of a plain entry: the name of its resource. */
  nameOf(entry: number): string {
    const { nameEnd, names } = this.columns;
    return decoder.decode(names.subarray(entry === 0 ? 0 : nameEnd[entry - 1], nameEnd[entry]));
  }

  /** The entries that may have a resource of this name, in order: all that have one, and maybe some that do not. */
  mayHave(name: string): readonly number[] {
    const { form } = this.columns;
    this.buckets ??= bucketsOf(this.columns);
    const found = new Set(name === '' ? this.buckets.other : this.buckets.unknown);
    const hash = hashOf(encoder.encode(name));
    const bucket = hash & this.buckets.mask;
    for (let i = this.buckets.ends[bucket - 1] ?? 0; i < (this.buckets.ends[bucket] as number); i++) {
      const at = this.buckets.order[i] as number;
      const entry = this.columns.hashed[at] as number;
      if (this.columns.hashes[at] === hash && (form[entry] !== ENTRY.plain || this.nameOf(entry) === name)) found.add(entry);
    }
    return [...found].sort((a, b) => a - b);
  }
}

/** Names by hash: those of a bucket stand together in `order`. */
interface Buckets {
  readonly mask: number;
  readonly ends: Uint32Array;
  readonly order: Uint32Array;
  readonly unknown: readonly number[];
  readonly other: readonly number[];
}

function bucketsOf({ hashes, form }: EntryColumns): Buckets {
  const mask = 2 ** Math.ceil(Math.log2(hashes.length + 1)) - 1;
  const ends = new Uint32Array(mask + 1);
  for (const hash of hashes) (ends[hash & mask] as number)++;
  for (let i = 1; i <= mask; i++) ends[i] = (ends[i] as number) + (ends[i - 1] as number);
  const next = ends.slice();
  const order = new Uint32Array(hashes.length);
  for (let i = hashes.length - 1; i >= 0; i--) {
    const bucket = (hashes[i] as number) & mask;
    order[--(next[bucket] as number)] = i;
  }
  const unknown: number[] = [];
  const other: number[] = [];
  for (let i = 0; i < form.length; i++) {
    if (form[i] === ENTRY.unknown) unknown.push(i);
    if (form[i] !== ENTRY.plain) other.push(i);
  }
  return { mask, ends, order, unknown, other };
}

/** FNV-1a of 32 bits. */
export function hashOf(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash >>> 0;
}

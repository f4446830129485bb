import { EntryRows } from './entry-rows.ts';
import { EntryTable } from './entry-table.ts';
import type { JsonMarks } from './json-marks.ts';

/** What is known beforehand of the entries of a list. */
export interface ListShape {
  /** The keys that a resource may stand under. */
  readonly member: readonly string[];
  /** The keys that a resource's name may stand under; their first four letters are the same. */
  readonly names: readonly string[];
  /** Whether an entry may hold objects that hold a resource in turn: the states of a listener. */
  readonly hasHolders: boolean;
}

const QUOTE = 0x22,
  COMMA = 0x2c,
  COLON = 0x3a,
  SPACE = 0x20,
  OPEN_BRACE = 0x7b,
  OPEN_BRACKET = 0x5b,
  CLOSE_BRACE = 0x7d,
  CLOSE_BRACKET = 0x5d;

/** Brackets that are open within a list, an entry, a resource or state, the resource of a state. */
const LIST = 1,
  ENTRY = 2,
  RESOURCE = 3,
  HELD = 4;

/** Few names are longer; and no name is so long. */
const MAX_NAME = 256,
  MAX_KEPT = 1 << 16;

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/**
 * Makes a table of a list's entries from the marks of its JSON. An entry in which something is not as usual is noted as one whose names are
 * not known; where it is between entries, there is no table. Chunks may be cut anywhere.
 */
export class EntryNoter {
  private readonly memberKeys: readonly Uint8Array[];
  /** The keys that a resource names itself by, so many; and the one that an entry may name it by. */
  private readonly nameKeys: readonly Uint8Array[];
  private readonly ownKeys: number;
  private readonly hasHolders: boolean;
  private readonly rows = new EntryRows();
  private isUsual = true;
  private level = LIST;
  /** The text that a mark stands before goes on in the next chunk. */
  private isCut = false;
  /** Bytes of that text, or behind the last entry, that stood in chunks before. */
  private before: Uint8Array = NOTHING;

  /** Of the present entry: its start, and the borders of the first object in it; … */
  private start = 0;
  private resourceStart = 0;
  private resourceEnd = 0;
  /** … whether it is a resource, and the only one, with the only name; whether the name was seen; and whether all names were. */
  private isSimple = true;
  private hasName = false;
  private areNamesKnown = true;

  constructor({ member, names, hasHolders }: ListShape) {
    this.memberKeys = member.map((key) => encoder.encode(key));
    this.ownKeys = names.length;
    this.nameKeys = [...new Set([...names, 'name'])].map((key) => encoder.encode(key));
    this.hasHolders = hasHolders;
  }

  /** Tells the kernel what to mark. */
  begin(marks: JsonMarks): void {
    const [wanted = 0, orWanted = wanted] = [this.nameKeys[0], this.nameKeys.at(-1)].map(firstFour);
    marks.begin(ENTRY, this.hasHolders ? HELD : RESOURCE, wanted, orWanted);
  }

  /** Reads on. In: bytes [from, end) of a chunk that stands at `base` in the source, the indices of the marks in it. */
  take(bytes: Uint8Array, base: number, from: number, end: number, marks: Uint32Array, count: number): void {
    let last = from;
    if (this.isCut) this.cutNameText(bytes, from, end);
    for (let i = 0; i < count && this.isUsual; i++) {
      const at = marks[i] as number;
      const byte = bytes[at] as number;
      if (this.level === LIST) this.betweenEntries(bytes, last, at, byte);
      if (byte === QUOTE) this.quote(bytes, at, end);
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.opens(bytes, base, at);
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.closes(base + at, byte);
      // An escape may hide the key of a name, or what the name is.
      else this.areNamesKnown = false;
      last = at + 1;
    }
    if (this.level === LIST) this.keep(bytes, last, end);
  }

  /** The table, when the list has ended; undefined where it is not a list of objects. */
  table(): EntryTable | undefined {
    return this.isUsual && this.level === 0 ? new EntryTable(this.rows.columns()) : undefined;
  }

  private opens(bytes: Uint8Array, base: number, at: number): void {
    if (this.level === LIST) {
      this.start = base + at;
      this.resourceStart = 0;
      this.isSimple = true;
      this.hasName = false;
      this.areNamesKnown = true;
    } else if (this.level === ENTRY) {
      if (this.resourceStart === 0) this.resourceStart = base + at;
      else this.isSimple = false;
      if (!this.isMember(bytes, at)) this.isSimple = false;
      if (bytes[at] !== OPEN_BRACE) this.areNamesKnown = false;
    }
    this.level++;
  }

  /** Whether the key of a resource stands before `at`. */
  private isMember(bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < this.memberKeys.length; i++) if (isKeyBefore(this.memberKeys[i] as Uint8Array, bytes, at)) return true;
    return false;
  }

  private closes(at: number, byte: number): void {
    this.level--;
    if (this.level === ENTRY) {
      this.resourceEnd = at + 1;
    } else if (this.level === LIST) {
      if (byte !== CLOSE_BRACE) this.isUsual = false;
      if (this.areNamesKnown && this.isSimple && this.hasName) this.rows.endSimple(this.start, at + 1, this.resourceStart, this.resourceEnd);
      else this.rows.endOther(this.start, at + 1, this.areNamesKnown && this.hasHolders);
    }
  }

  /** Between entries stands a comma, and blanks. */
  private betweenEntries(bytes: Uint8Array, from: number, to: number, next: number): void {
    const all = this.before.length === 0 ? undefined : this.joined(bytes, from, to);
    const between = all === undefined ? soleByte(bytes, from, to) : soleByte(all, 0, all.length);
    const isExpected = next === CLOSE_BRACKET ? between === 0 : next === OPEN_BRACE && between === (this.rows.count === 0 ? 0 : COMMA);
    if (!isExpected) this.isUsual = false;
  }

  private keep(bytes: Uint8Array, from: number, end: number): void {
    const { before } = this;
    const isTooLong = before.length + end - from > MAX_KEPT;
    if (isTooLong) this.areNamesKnown = false;
    if (isTooLong && this.level === LIST) this.isUsual = false;
    this.before = new Uint8Array(isTooLong ? 0 : before.length + end - from);
    if (isTooLong) return;
    this.before.set(before);
    this.before.set(bytes.subarray(from, end), before.length);
  }

  /** What was kept, and what follows it. */
  private joined(bytes: Uint8Array, from: number, to: number): Uint8Array {
    this.keep(bytes, from, to);
    const joined = this.before;
    this.before = NOTHING;
    return joined;
  }

  private quote(bytes: Uint8Array, at: number, end: number): void {
    if (this.isCut || !this.nameText(bytes, at, end)) return;
    this.isCut = true;
    this.keep(bytes, at, end);
  }

  /**
   * A text within an entry, whose quote stands at `from`: is it the key of a name? Its bytes are at hand up to `end`. Out: whether more of
   * them must be seen.
   */
  private nameText(bytes: Uint8Array, from: number, end: number): boolean {
    for (let i = 0; i < this.nameKeys.length; i++) {
      const key = this.nameKeys[i] as Uint8Array;
      const behind = from + 1 + key.length;
      if (!begins(key, bytes, from + 1, end) || (behind < end && bytes[behind] !== QUOTE)) continue;
      const colon = pastBlanks(bytes, behind + 1, end);
      const quote = pastBlanks(bytes, colon + 1, end);
      if ((colon < end && bytes[colon] !== COLON) || (quote < end && bytes[quote] !== QUOTE)) continue;
      if (!this.nameFound(bytes, quote + 1, end, this.level > ENTRY && i < this.ownKeys)) return true;
    }
    return false;
  }

  /** As `nameText`, of one that began in a chunk before. */
  private cutNameText(bytes: Uint8Array, from: number, end: number): void {
    const { before } = this;
    for (let size = MAX_NAME; ; size *= MAX_NAME) {
      const last = Math.min(from + size, end);
      const joined = this.joined(bytes, from, last);
      this.isCut = joined.length > 0 && this.nameText(joined, 0, joined.length);
      if (!this.isCut) return;
      this.before = last < end ? before : joined;
      if (last === end) return;
    }
  }

  /** Notes the name whose bytes begin at `from`. In: whether a resource says it. Out: whether it ends before `end`. */
  private nameFound(bytes: Uint8Array, from: number, end: number, isOwn: boolean): boolean {
    // Where states hold resources, marks do not tell whose name it is. A quote that is escaped ends no text, but of backslashes there are marks.
    const isAscii = this.rows.addName(bytes, from, end, isOwn && this.isSimple && !this.hasHolders && !this.hasName);
    if (isAscii === undefined) return false;
    if (!isOwn || this.hasHolders) this.isSimple = false;
    if (!isAscii) this.areNamesKnown = false;
    this.hasName = true;
    return true;
  }
}

function firstFour(bytes: Uint8Array | undefined): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes ?? [];
  return a | (b << 8) | (c << 16) | (d << 24);
}

/** Whether bytes from `from` on are these, as far as there are any before `end`. */
function begins(wanted: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  for (let i = 0; i < wanted.length && from + i < end; i++) if (wanted[i] !== bytes[from + i]) return false;
  return true;
}

/** Whether this key and its colon stand before `at`; what stands in another chunk is not looked at. */
function isKeyBefore(key: Uint8Array, bytes: Uint8Array, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && isBlank(bytes[i] as number)) i--;
  if (bytes[i--] !== COLON) return false;
  while (i >= 0 && isBlank(bytes[i] as number)) i--;
  const start = i - key.length;
  return start > 0 && bytes[i] === QUOTE && bytes[start - 1] === QUOTE && begins(key, bytes, start, i);
}

/** The index of the first byte from `from` on that is no blank; `end` where there is none before it. */
function pastBlanks(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && isBlank(bytes[i] as number)) i++;
  return Math.min(i, end);
}

/** The only byte in a range that is no blank; 0 where all are, -1 where there are several. */
function soleByte(bytes: Uint8Array, from: number, to: number): number {
  let found = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (isBlank(byte)) continue;
    if (found !== 0) return -1;
    found = byte;
  }
  return found;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

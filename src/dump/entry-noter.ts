import { EntryRows } from './entry-rows.ts';
import { EntryTable } from './entry-table.ts';
import type { JsonMarks } from './json-marks.ts';

/** What is known beforehand of the entries of a list. */
export interface ListShape {
  /** The keys that the resource may stand under. */
  readonly resource: readonly string[];
  /** The keys that its name may stand under; their first four letters are the same. */
  readonly name: readonly string[];
  /** Keys of objects within an entry that hold a resource in turn: the states of a listener. */
  readonly holders: readonly string[];
}

const QUOTE = 0x22,
  COMMA = 0x2c,
  COLON = 0x3a,
  SPACE = 0x20,
  BACKSLASH = 0x5c,
  OPEN_BRACE = 0x7b,
  CLOSE_BRACE = 0x7d,
  OPEN_BRACKET = 0x5b,
  CLOSE_BRACKET = 0x5d;

/** Brackets that are open within a list, an entry, a resource or state, the resource of a state. */
const LIST = 1,
  ENTRY = 2,
  RESOURCE = 3,
  HELD = 4;

/** Members of an entry beside its resource that say nothing of its name. */
const BESIDE: readonly string[] = ['version_info', 'versionInfo', 'last_updated', 'lastUpdated'];

/** Few names are longer; and no name is so long. */
const MAX_NAME = 256,
  MAX_KEPT = 1 << 16;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const NOTHING = new Uint8Array(0);

interface Key {
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly is: 'resource' | 'holder' | 'name' | 'beside';
}

/**
 * Makes a table of a list's entries from the marks of its JSON. An entry in which something is not as usual is noted as one whose names are
 * not known; where it is between entries, there is no table. Chunks may be cut anywhere.
 */
export class EntryNoter {
  private readonly keys: readonly Key[];
  private readonly nameKeys: readonly Uint8Array[];
  private readonly hasHolders: boolean;
  private readonly rows = new EntryRows();
  private isUsual = true;
  private level = LIST;
  private inString = false;
  /** The text that a wanted mark stands before goes on in the next chunk. */
  private isCut = false;
  /** Bytes of a text, or between two marks, that stood in chunks before. */
  private before: Uint8Array = NOTHING;

  /** Of the present entry: whether no member has begun yet, the key whose value comes next (null for one that is not known), its resource, … */
  private isFirst = true;
  private member: Key | undefined | null;
  private start = 0;
  private resourceStart = 0;
  private resourceEnd = 0;
  private resourceKey: Key | undefined;
  /** … whether the resource's name was seen, whether its names are known, and whether nothing but the resource may have one. */
  private hasName = false;
  private areNamesKnown = true;
  private isSimple = true;
  /** What the first resource stands under. */
  private key: Key | undefined;

  constructor({ resource, name, holders }: ListShape) {
    const keysOf = (texts: readonly string[], is: Key['is']): Key[] => texts.map((text) => ({ text, bytes: encoder.encode(text), is }));
    this.keys = [...keysOf(BESIDE, 'beside'), ...keysOf(resource, 'resource'), ...keysOf(holders, 'holder'), ...keysOf(['name'], 'name')];
    this.nameKeys = name.map((key) => encoder.encode(key));
    this.hasHolders = holders.length > 0;
  }

  /** Tells the kernel what to mark. */
  begin(marks: JsonMarks): void {
    const [a = 0, b = 0, c = 0, d = 0] = this.nameKeys[0] ?? [];
    marks.begin(ENTRY, this.hasHolders ? HELD : RESOURCE, a | (b << 8) | (c << 16) | (d << 24));
  }

  /** Reads on. In: bytes [from, end) of a chunk that stands at `base` in the source, the indices of the marks in it. */
  take(bytes: Uint8Array, base: number, from: number, end: number, marks: Uint32Array, count: number): void {
    let last = from;
    if (this.isCut) this.cutNameText(bytes, from, end);
    for (let i = 0; i < count && this.isUsual; i++) {
      const at = marks[i] as number;
      const byte = bytes[at] as number;
      if (this.inString) {
        this.inString = false;
        this.textEnds(bytes, last, at);
      } else if (this.level > ENTRY && byte === QUOTE) {
        if (!this.isCut && this.nameText(bytes, at, end)) {
          this.isCut = true;
          this.keep(bytes, at, end);
        }
      } else if (byte === BACKSLASH) {
        // An escape may hide the key of a name.
        this.areNamesKnown = false;
      } else {
        if (this.level <= ENTRY) this.gap(bytes, last, at, byte);
        if (byte === QUOTE) this.inString = true;
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.opens(base + at, byte);
        else this.closes(base + at, byte);
      }
      last = at + 1;
    }
    if (last < end && (this.inString || this.level <= ENTRY)) this.keep(bytes, last, end);
  }

  /** The table, when the list has ended; undefined where it is not a list of objects. */
  table(): EntryTable | undefined {
    return this.isUsual && this.level === 0 ? new EntryTable(this.rows.columns(this.key?.text ?? '')) : undefined;
  }

  private keep(bytes: Uint8Array, from: number, end: number): void {
    const { before } = this;
    if (before.length + end - from > MAX_KEPT) {
      this.areNamesKnown = false;
      if (this.level === LIST) this.isUsual = false;
      this.before = NOTHING;
      return;
    }
    this.before = new Uint8Array(before.length + end - from);
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

  /** What stands between two tokens of a list or an entry: a comma or a colon, and blanks. */
  private gap(bytes: Uint8Array, from: number, to: number, next: number): void {
    const all = this.before.length === 0 ? undefined : this.joined(bytes, from, to);
    const between = all === undefined ? soleByte(bytes, from, to) : soleByte(all, 0, all.length);
    if (this.level === ENTRY) {
      const isClosing = next === CLOSE_BRACE || next === CLOSE_BRACKET;
      if (between !== (this.member !== undefined ? COLON : this.isFirst || isClosing ? 0 : COMMA)) this.areNamesKnown = false;
      this.isFirst = false;
    } else {
      const isClosing = next === CLOSE_BRACKET;
      if (next === QUOTE || between !== (this.rows.count === 0 || isClosing ? 0 : COMMA)) this.isUsual = false;
    }
  }

  private opens(at: number, byte: number): void {
    if (this.level === LIST) {
      if (byte !== OPEN_BRACE) this.isUsual = false;
      this.start = at;
      this.isFirst = true;
      this.member = undefined;
      this.resourceKey = undefined;
      this.hasName = false;
      this.areNamesKnown = true;
      this.isSimple = true;
    } else if (this.level === ENTRY) {
      const kind = byte === OPEN_BRACE ? this.member?.is : undefined;
      if (kind === 'holder') this.isSimple = false;
      else if (kind === 'resource' && this.resourceKey === undefined) {
        this.resourceKey = this.member as Key;
        this.resourceStart = at;
      } else this.areNamesKnown = false;
    }
    this.level++;
  }

  private closes(at: number, byte: number): void {
    this.level--;
    if (this.level === LIST) {
      if (byte !== CLOSE_BRACE) this.isUsual = false;
      this.entryEnds(at + 1);
    } else if (this.level === ENTRY) {
      if (byte !== CLOSE_BRACE) this.areNamesKnown = false;
      this.resourceEnd = at + 1;
      this.member = undefined;
    }
  }

  /** A text of an entry whose last bytes are [from, to). */
  private textEnds(bytes: Uint8Array, from: number, to: number): void {
    if (this.before.length === 0) {
      this.memberText(bytes, from, to);
      return;
    }
    const joined = this.joined(bytes, from, to);
    this.memberText(joined, 0, joined.length);
  }

  /**
   * A text within a resource, whose quote stands at `from`: is it the key of a name? Its bytes are at hand up to `end`. Out: whether more of
   * them must be seen.
   */
  private nameText(bytes: Uint8Array, from: number, end: number): boolean {
    for (const key of this.nameKeys) {
      if (!begins(key, bytes, from + 1, end)) continue;
      const behind = from + 1 + key.length;
      if (behind < end && bytes[behind] !== QUOTE) continue;
      const colon = pastBlanks(bytes, behind + 1, end);
      const quote = pastBlanks(bytes, colon + 1, end);
      if ((colon < end && bytes[colon] !== COLON) || (quote < end && bytes[quote] !== QUOTE)) continue;
      let close = quote + 1;
      while (close < end && bytes[close] !== QUOTE) close += bytes[close] === BACKSLASH ? 2 : 1;
      if (close >= end) return true;
      this.nameFound(bytes, quote + 1, close, !this.hasHolders);
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

  /** A text that is a member of an entry, or its key. */
  private memberText(bytes: Uint8Array, from: number, to: number): void {
    if (this.member === undefined) {
      this.member = null;
      for (const key of this.keys) if (isSame(key.bytes, bytes, from, to)) this.member = key;
      return;
    }
    if (this.member?.is === 'name') this.nameFound(bytes, from, to, false);
    else if (this.member?.is !== 'beside') this.areNamesKnown = false;
    this.member = undefined;
  }

  /** Notes the name that stands at [from, to). In: whether it is the first of the resource. */
  private nameFound(bytes: Uint8Array, from: number, to: number, isOwn: boolean): void {
    for (let i = from; i < to; i++) {
      const byte = bytes[i] as number;
      if (byte !== BACKSLASH && byte < 0x80) continue;
      const text = textOf(bytes.subarray(from, to));
      const name = encoder.encode(text);
      if (text === undefined) this.areNamesKnown = false;
      else this.addName(name, 0, name.length, isOwn);
      return;
    }
    this.addName(bytes, from, to, isOwn);
  }

  private addName(name: Uint8Array, from: number, to: number, isOwn: boolean): void {
    this.rows.addHash(name, from, to);
    if (!isOwn) this.isSimple = false;
    else if (!this.hasName) {
      this.hasName = true;
      this.rows.addName(name, from, to);
    }
  }

  private entryEnds(end: number): void {
    this.key ??= this.resourceKey;
    const isPlain = this.areNamesKnown && this.isSimple && this.hasName && this.resourceKey !== undefined && this.resourceKey === this.key;
    if (isPlain) this.rows.endPlain(this.start, end, this.resourceStart, this.resourceEnd);
    else this.rows.endOther(this.start, end, this.areNamesKnown);
  }
}

/** The index of the first byte from `from` on that is no blank; `end` where there is none before it. */
function pastBlanks(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && (bytes[i] === SPACE || bytes[i] === 0x0a || bytes[i] === 0x0d || bytes[i] === 0x09)) i++;
  return Math.min(i, end);
}

/** The only byte in a range that is no blank; 0 where all are, -1 where there are several. */
function soleByte(bytes: Uint8Array, from: number, to: number): number {
  let found = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) continue;
    if (found !== 0) return -1;
    found = byte;
  }
  return found;
}

/** Whether bytes from `from` on are these, as far as there are any before `end`. */
function begins(wanted: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  for (let i = 0; i < wanted.length && from + i < end; i++) if (wanted[i] !== bytes[from + i]) return false;
  return true;
}

function isSame(wanted: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (wanted.length !== to - from) return false;
  for (let i = 0; i < wanted.length; i++) if (wanted[i] !== bytes[from + i]) return false;
  return true;
}

/** The text of the inside of a JSON string; undefined where it is none, or one that UTF-8 does not give back. */
function textOf(bytes: Uint8Array): string | undefined {
  const inside = decoder.decode(bytes);
  if (!inside.includes('\\')) return inside;
  try {
    const text = JSON.parse(`"${inside}"`) as string;
    return decoder.decode(encoder.encode(text)) === text ? text : undefined;
  } catch {
    return undefined;
  }
}

import { ENTRY, EntryTable, hashOf } from './entry-table.ts';
import { ShortTexts } from './short-texts.ts';

/** What is known beforehand of the entries of a list. */
export interface ListShape {
  /** The keys that the resource may stand under. */
  readonly resource: ReadonlySet<string>;
  /** The keys that its name may stand under. */
  readonly name: ReadonlySet<string>;
  /** Keys of objects within an entry that hold a resource in turn: the states of a listener. */
  readonly holders: ReadonlySet<string>;
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
  ENTRY_LEVEL = 2,
  RESOURCE = 3,
  HELD = 4;

/** No name is so long. */
const MAX_KEPT = 1 << 16;

/** Members of an entry beside its resource that say nothing of its name. */
const BESIDE: ReadonlySet<string> = new Set(['version_info', 'versionInfo', 'last_updated', 'lastUpdated']);
/** A status is told with every row of a table: an entry that has one is not plain. Dumps of Envoy's admin interface have none. */
const STATUS: ReadonlySet<string> = new Set(['client_status', 'clientStatus']);

const texts = new ShortTexts();
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Makes a table of a list's entries from the marks of its JSON. What is not as usual in an entry makes the entry unknown; what is not as
 * usual between entries makes `table` undefined. Chunks may be cut anywhere.
 */
export class EntryNoter {
  private readonly shape: ListShape;
  private readonly shortest: number;
  private readonly longest: number;
  private isUsual = true;
  private level = LIST;
  private inString = false;
  /** Bytes of a string, or between two marks, that stood in chunks before. */
  private before: Uint8Array = new Uint8Array(0);
  private key = '';

  private start = 0;
  private resourceStart = -1;
  private resourceEnd = 0;
  private ownKey: string | undefined;
  private form: number = ENTRY.plain;
  /** In an entry: the key whose value comes next, or undefined where a key should. */
  private member: string | undefined;
  /** A text that, if a colon follows, is the key of a name. */
  private mayName = false;
  private ownNameAt = -1;
  private hasHolder = false;
  private hasStatus = false;
  /** No member of the entry has begun yet. */
  private isFirst = true;

  private readonly starts: number[] = [];
  private readonly lengths: number[] = [];
  private readonly resources: number[] = [];
  private readonly resourceLengths: number[] = [];
  private readonly forms: number[] = [];
  private readonly nameEnds: number[] = [];
  private readonly hashes: number[] = [];
  private readonly hashed: number[] = [];
  private names: Uint8Array = new Uint8Array(1 << 14);
  private namesEnd = 0;

  constructor(shape: ListShape) {
    this.shape = shape;
    const lengths = [...shape.name].map((name) => name.length);
    this.shortest = Math.min(...lengths);
    this.longest = Math.max(...lengths);
  }

  /** With how many brackets around them brackets and quotes are to be marked. */
  get deepest(): number {
    return this.shape.holders.size > 0 ? HELD : RESOURCE;
  }

  /** Reads on. In: the first `end` bytes of a chunk that stands at `base` in the source, the indices of the marks in it. */
  take(bytes: Uint8Array, base: number, end: number, marks: Uint32Array, count: number): void {
    let last = 0;
    for (let i = 0; i < count && this.isUsual; i++) {
      const at = marks[i] as number;
      const byte = bytes[at] as number;
      if (this.inString) {
        this.stringEnds(bytes, last, at);
        this.inString = false;
      } else {
        this.gap(bytes, last, at, byte);
        if (byte === QUOTE) this.inString = true;
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.opens(base + at, byte);
        else this.closes(base + at, byte);
      }
      last = at + 1;
    }
    if (this.inString || this.level <= ENTRY_LEVEL || this.mayName) this.keep(bytes, last, end);
  }

  /** The table, when the list has ended; undefined where it is not a list of objects. */
  table(): EntryTable | undefined {
    if (!this.isUsual || this.level !== 0) return undefined;
    return new EntryTable({
      start: Float64Array.from(this.starts),
      length: Uint32Array.from(this.lengths),
      resourceAt: Uint32Array.from(this.resources),
      resourceLength: Uint32Array.from(this.resourceLengths),
      form: Uint8Array.from(this.forms),
      nameEnd: Uint32Array.from(this.nameEnds),
      names: this.names.slice(0, this.namesEnd),
      hashes: Uint32Array.from(this.hashes),
      hashed: Uint32Array.from(this.hashed),
      key: this.key,
    });
  }

  private keep(bytes: Uint8Array, from: number, end: number): void {
    const { before } = this;
    if (before.length + end - from > MAX_KEPT) {
      this.form = ENTRY.unknown;
      if (this.level === LIST) this.isUsual = false;
      return;
    }
    this.before = new Uint8Array(before.length + end - from);
    this.before.set(before);
    this.before.set(bytes.subarray(from, end), before.length);
  }

  /** What stands between two tokens: a comma, a colon, blanks; in a resource also numbers and the like. */
  private gap(bytes: Uint8Array, from: number, to: number, next: number): void {
    if (this.before.length > 0) {
      this.keep(bytes, from, to);
      const joined = this.before;
      this.before = new Uint8Array(0);
      this.gap(joined, 0, joined.length, next);
      return;
    }
    const { level } = this;
    if (level > ENTRY_LEVEL && !this.mayName) return;
    const between = soleByte(bytes, from, to);
    if (level > ENTRY_LEVEL) {
      // The key of a name is followed by a colon and a text.
      if (between !== COLON || next !== QUOTE) this.mayName = false;
    } else if (level === ENTRY_LEVEL) {
      const isClosing = next === CLOSE_BRACE || next === CLOSE_BRACKET;
      if (between !== (this.member !== undefined ? COLON : this.isFirst || isClosing ? 0 : COMMA)) this.form = ENTRY.unknown;
      this.isFirst = false;
    } else if (level === LIST) {
      const isClosing = next === CLOSE_BRACKET;
      if (next === QUOTE || between !== (this.starts.length === 0 || isClosing ? 0 : COMMA)) this.isUsual = false;
    }
  }

  private opens(at: number, byte: number): void {
    if (this.level === LIST) {
      if (byte !== OPEN_BRACE) this.isUsual = false;
      this.start = at;
      this.resourceStart = -1;
      this.ownKey = undefined;
      this.ownNameAt = -1;
      this.form = ENTRY.plain;
      this.member = undefined;
      this.isFirst = true;
      this.hasHolder = false;
      this.hasStatus = false;
    } else if (this.level === ENTRY_LEVEL) {
      const { member } = this;
      if (member !== undefined && byte === OPEN_BRACE && this.shape.resource.has(member) && this.resourceStart < 0) {
        this.resourceStart = at;
        this.ownKey = member;
      } else if (member !== undefined && byte === OPEN_BRACE && this.shape.holders.has(member)) this.hasHolder = true;
      else this.form = ENTRY.unknown;
      this.mayName = false;
    }
    this.level++;
  }

  private closes(at: number, byte: number): void {
    this.level--;
    if (this.level === LIST) {
      if (byte !== CLOSE_BRACE) this.isUsual = false;
      this.entryEnds(at + 1);
    } else if (this.level === ENTRY_LEVEL) {
      if (byte !== CLOSE_BRACE) this.form = ENTRY.unknown;
      this.resourceEnd = at + 1;
      this.member = undefined;
      this.isFirst = false;
    }
    this.mayName = false;
  }

  /** A text whose last bytes are [from, to). */
  private stringEnds(bytes: Uint8Array, from: number, to: number): void {
    if (this.before.length > 0) {
      this.keep(bytes, from, to);
      const joined = this.before;
      this.before = new Uint8Array(0);
      this.stringEnds(joined, 0, joined.length);
    } else if (this.level === ENTRY_LEVEL) this.memberText(bytes, from, to);
    else if (this.mayName) {
      this.mayName = false;
      const isOwn = this.level === RESOURCE && this.resourceStart >= 0 && this.ownNameAt < 0;
      this.nameFound(bytes, from, to, isOwn && !this.hasHolder);
    } else {
      const length = to - from;
      this.mayName = length >= this.shortest && length <= this.longest && this.shape.name.has(latin1(bytes, from, to));
      // An escape may hide the key.
      if (length > this.longest && length <= 6 * this.longest && hasByte(bytes, from, to, BACKSLASH)) this.checkHidden(bytes, from, to);
    }
  }

  private checkHidden(bytes: Uint8Array, from: number, to: number): void {
    const text = textOf(bytes, from, to);
    if (text === undefined || this.shape.name.has(text)) this.form = ENTRY.unknown;
  }

  /** A text that is a member of an entry, or its key. */
  private memberText(bytes: Uint8Array, from: number, to: number): void {
    if (this.member === undefined) {
      this.member = texts.textOf(bytes, from, to) ?? textOf(bytes, from, to) ?? '';
      return;
    }
    if (this.member === 'name' && this.shape.holders.size > 0) this.nameFound(bytes, from, to, false);
    else if (STATUS.has(this.member)) this.hasStatus = true;
    else if (!BESIDE.has(this.member)) this.form = ENTRY.unknown;
    this.member = undefined;
  }

  /** Notes the name that stands at [from, to). In: whether it is the one of the entry's only resource. */
  private nameFound(bytes: Uint8Array, from: number, to: number, isOwn: boolean): void {
    let name = bytes.subarray(from, to);
    for (let i = from; i < to; i++) {
      const byte = bytes[i] as number;
      if (byte !== BACKSLASH && byte < 0x80) continue;
      const text = textOf(bytes, from, to);
      name = encoder.encode(text ?? '');
      if (text === undefined || decoder.decode(name) !== text) this.form = ENTRY.unknown;
      break;
    }
    this.hashes.push(hashOf(name));
    this.hashed.push(this.starts.length);
    if (!isOwn) return;
    this.ownNameAt = this.namesEnd;
    if (this.names.length < this.namesEnd + name.length) {
      const larger = new Uint8Array(2 * (this.namesEnd + name.length));
      larger.set(this.names);
      this.names = larger;
    }
    for (let i = 0; i < name.length; i++) this.names[this.namesEnd++] = name[i] as number;
  }

  private entryEnds(end: number): void {
    const hasOne = this.resourceStart >= 0 && !this.hasHolder && !this.hasStatus && this.ownNameAt >= 0;
    if (this.key === '' && this.ownKey !== undefined) this.key = this.ownKey;
    if (this.form === ENTRY.plain && (!hasOne || this.ownKey !== this.key)) this.form = ENTRY.other;
    if (this.form !== ENTRY.plain && this.ownNameAt >= 0) this.namesEnd = this.ownNameAt;
    // A column has no room for it.
    if (end - this.start > 0xffff_ffff || this.namesEnd > 0xffff_ffff) this.isUsual = false;
    const isPlain = this.form === ENTRY.plain;
    this.starts.push(this.start);
    this.lengths.push(end - this.start);
    this.resources.push(isPlain ? this.resourceStart - this.start : 0);
    this.resourceLengths.push(isPlain ? this.resourceEnd - this.resourceStart : 0);
    this.forms.push(this.form);
    this.nameEnds.push(this.namesEnd);
  }
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

function hasByte(bytes: Uint8Array, from: number, to: number, wanted: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] === wanted) return true;
  return false;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

/** The text of the inside of a JSON string; undefined where its escapes are none of JSON's. */
function textOf(bytes: Uint8Array, from: number, to: number): string | undefined {
  const text = decoder.decode(bytes.subarray(from, to));
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}

import { BracketSkipper } from './bracket-skipper.ts';
import { isEscaped, type SearchBytes, searchBytes, stringEnd } from './byte-search.ts';
import type { ByteSource } from './byte-source.ts';
import { type DumpPath, jqPath } from './dump-path.ts';
import { type EntryNoter, entryNoter, type ListShape } from './entry-noter.ts';
import type { EntryTable } from './entry-table.ts';
import { Failure } from './failure.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, SPACE } from './json-bytes.ts';
import { KeyTexts } from './key-texts.ts';
import { placeAt } from './place.ts';

/** One value of the outline: where it stands, and, down to the outline's depth, what it holds. */
export interface OutlineNode {
  readonly kind: 'object' | 'array' | 'string' | 'other';
  /** Offset of the value's first byte. */
  readonly start: number;
  /** Offset just behind its last byte. */
  end: number;
  /** Its key where the parent is an object. */
  readonly key: string | undefined;
  /** Members or elements; undefined below the outline's depth and for scalars. */
  readonly children: OutlineNode[] | undefined;
  /** The text of a string whose key is among the outline's `texts`. */
  readonly text: string | undefined;
  /** The name of an object whose key is among the outline's `named`. */
  name: string | undefined;
  /** Of a list whose key is among the outline's `lists`, in a large document: its entries, where they are all objects. */
  entries?: EntryTable | undefined;
}

export interface OutlineOptions {
  /** Offset of the document's first byte (blanks may stand before it). */
  readonly from?: number;
  /** An offset not before the document's end. */
  readonly to?: number;
  /** Keys of objects that are outlined one level deeper than the rest. */
  readonly deeper?: ReadonlySet<string> | undefined;
  /** Keys of the outermost object whose values are not outlined. */
  readonly sealed?: ReadonlySet<string> | undefined;
  /** Keys of strings whose text is kept in their node. */
  readonly texts?: ReadonlySet<string> | undefined;
  /** Keys of objects below the outline's depth that are searched for their name, and the keys that a name has. */
  readonly named?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** Keys of lists below the outline's depth whose entries are noted, where the document is large; and what their entries look like. */
  readonly lists?: ReadonlyMap<string, ListShape> | undefined;
  /** The outline may end early, behind the first text of the outermost object under one of these keys. */
  readonly until?: ReadonlySet<string> | undefined;
}

/** Protobuf's own limit is 100 messages; real dumps stay under 60 levels. */
export const MAX_NESTING = 500;
const FIRST_CHUNK = 1 << 12;
const CHUNK = 1 << 20;

/** What may come next. */
const WANT_VALUE = 0,
  WANT_VALUE_OR_CLOSE = 1,
  WANT_KEY = 2,
  WANT_KEY_OR_CLOSE = 3,
  WANT_COLON = 4,
  WANT_COMMA_OR_CLOSE = 5;
type Wanted = 0 | 1 | 2 | 3 | 4 | 5;

const WANTED_TEXT: readonly string[] = [
  'a value is missing',
  'a value or ] is missing',
  'a key in double quotes is missing',
  'a key in double quotes or } is missing',
  'a colon is missing',
  'a comma or a closing bracket is missing',
];

/**
 * Finds where each value of a JSON document stands, down to `depth` levels, without parsing what lies deeper.
 *
 * Out: the document's node, with its end. What lies deeper is passed over by its strings and brackets (in a large source by a kernel that
 * only counts the brackets), and checked when it is parsed.
 * Memory: the nodes, the tables of entries, and one chunk. Throws Failure PC1003 (truncated), PC1004 (not JSON), PC1006 (nested too deep).
 */
export function outlineJson(source: ByteSource, depth: number, options: OutlineOptions = {}): OutlineNode {
  const noter = source.search !== undefined && !damaged.has(source) ? entryNoter() : undefined;
  if (noter === undefined) return scan(new OutlineScanner(source, depth, options), source, options);
  try {
    return scan(new OutlineScanner(source, depth, options, noter), source, options, noter.room);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
  // The strict way tells what is wrong, and where.
  damaged.add(source);
  return scan(new OutlineScanner(source, depth, options), source, options);
}

/** Large sources in which the kernel met something that is not JSON. */
const damaged = new WeakSet<ByteSource>();

function scan(scanner: OutlineScanner, source: ByteSource, { from = 0, to = source.size }: OutlineOptions, room?: Uint8Array): OutlineNode {
  const most = room?.length ?? CHUNK;
  let size = FIRST_CHUNK;
  for (let at = from; at < to && !scanner.done; size = most) {
    const end = Math.min(at + size, to);
    const chunk = source.scan && size === most ? source.scan(at, end, room) : source.read(at, end);
    if (chunk.length === 0) break;
    scanner.push(chunk, at);
    at += chunk.length;
  }
  return scanner.finish();
}

/** The resumable state behind {@link outlineJson}: chunks may be cut anywhere. */
export class OutlineScanner {
  done = false;
  private root: OutlineNode | undefined;
  /** Open containers that collect their children, or are searched for their name, outermost first. */
  private readonly open: OutlineNode[] = [];
  /** Where a name may stand in the innermost of them. */
  private nameKeys: ReadonlySet<string> | undefined;
  /** The open container below the outline's depth, if any. */
  private skipped: OutlineNode | undefined;
  private readonly inside = new BracketSkipper(MAX_NESTING);
  private wanted: Wanted = WANT_VALUE;
  private pendingKey: string | undefined;
  private inString = false;
  private escaped = false;
  private stringStart = 0;
  private scalarStart = -1;
  /** Offset of the present chunk, and behind what has been read. */
  private base = 0;
  private at = 0;
  private readonly keys: KeyTexts;
  private readonly source: ByteSource;
  private readonly depth: number;
  private readonly options: OutlineOptions;
  /** In a large document: what passes over it, and notes the entries of lists. */
  private readonly noter: EntryNoter | undefined;

  constructor(source: ByteSource, depth: number, options: OutlineOptions, noter?: EntryNoter) {
    this.source = source;
    this.noter = noter;
    this.depth = depth;
    this.options = options;
    this.keys = new KeyTexts(source);
  }

  /** Reads on. */
  push(chunk: Uint8Array, base: number): void {
    this.base = base;
    const search = searchBytes(chunk);
    const length = chunk.length;
    let i = 0;
    while (i < length && !this.done) {
      if (this.skipped !== undefined) {
        i = this.noter === undefined ? this.skip(search, i) : this.skipByKernel(this.noter, chunk, i);
      } else if (this.inString) {
        i = this.readString(search, i);
      } else {
        const byte = chunk[i] as number;
        if (byte <= SPACE) {
          if (byte !== SPACE && (byte < 0x09 || byte > 0x0d || byte === 0x0b || byte === 0x0c)) this.unexpected(base + i, byte);
          if (this.scalarStart >= 0) this.endScalar(base + i);
        } else {
          this.token(byte, base + i);
        }
        i++;
      }
    }
    this.at = base + i;
  }

  finish(): OutlineNode {
    if (this.open.length === 0 && this.scalarStart >= 0) this.endScalar(this.at);
    if (this.root === undefined || !this.done) this.endsTooEarly();
    return this.root as OutlineNode;
  }

  mismatch(at: number, byte: number): never {
    this.notJson(this.base + at, `a closing ${String.fromCharCode(byte)} that nothing opened`);
  }

  tooDeep(at: number): never {
    throw new Failure({
      id: 'PC1006',
      what: `the JSON is nested deeper than ${MAX_NESTING} levels`,
      place: placeAt(this.source, this.base + at),
      next: 'no Envoy writes such a file: check where it comes from',
    });
  }

  private skip(search: SearchBytes, from: number): number {
    const end = this.inside.skip(search, from, this);
    if (this.inside.level === 0) this.closeSkipped(this.base + end);
    return end;
  }

  private skipByKernel(noter: EntryNoter, chunk: Uint8Array, from: number): number {
    const { room } = noter;
    if (chunk.buffer === room.buffer) return this.noteOn(noter, this.base, from, chunk.length);
    let at = from;
    // Most containers are small, so at first only a few bytes are copied.
    for (let size = FIRST_CHUNK; at < chunk.length && this.skipped !== undefined; size = Math.min(size * 4, room.length)) {
      const piece = chunk.subarray(at, at + size);
      room.set(piece);
      at += this.noteOn(noter, this.base + at, 0, piece.length);
    }
    return at;
  }

  /** Goes on over bytes [from, end) of the noter's room, which itself stands at `base`. Out: the index where it stopped. */
  private noteOn(noter: EntryNoter, base: number, from: number, end: number): number {
    const stopped = noter.take(from, end, base);
    if (noter.level() === 0) this.closeSkipped(base + stopped);
    return stopped;
  }

  private token(byte: number, at: number): void {
    switch (byte) {
      case QUOTE:
        if (this.wanted > WANT_KEY_OR_CLOSE || this.scalarStart >= 0) this.unexpected(at, byte);
        this.inString = true;
        this.stringStart = at;
        return;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (this.wanted > WANT_VALUE_OR_CLOSE || this.scalarStart >= 0) this.unexpected(at, byte);
        this.openContainer(byte, at);
        return;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.endScalar(at);
        this.closeContainer(byte, at);
        return;
      case COMMA:
        this.endScalar(at);
        if (this.wanted !== WANT_COMMA_OR_CLOSE || this.open.length === 0) this.unexpected(at, byte);
        this.wanted = this.open[this.open.length - 1]?.kind === 'object' ? WANT_KEY : WANT_VALUE;
        return;
      case COLON:
        if (this.wanted !== WANT_COLON) this.unexpected(at, byte);
        this.wanted = WANT_VALUE;
        return;
      default:
        if (this.scalarStart >= 0) return;
        if (this.wanted > WANT_VALUE_OR_CLOSE || !startsScalar(byte)) this.unexpected(at, byte);
        this.scalarStart = at;
    }
  }

  private readString(search: SearchBytes, from: number): number {
    const chunk = search.bytes;
    const start = this.escaped ? from + 1 : from;
    const end = stringEnd(search, start);
    this.escaped = end < 0 && isEscaped(chunk, start, chunk.length);
    if (end < 0) return chunk.length;
    this.inString = false;
    const behind = this.base + end + 1;
    if (this.wanted >= WANT_KEY) {
      this.pendingKey = this.keys.textOf(chunk, this.base, this.stringStart + 1, behind - 1);
      this.wanted = WANT_COLON;
    } else {
      const key = this.pendingKey;
      const isText = key !== undefined && (this.nameKeys?.has(key) || this.options.texts?.has(key));
      const text = isText ? this.keys.textOf(chunk, this.base, this.stringStart + 1, behind - 1) : undefined;
      this.addNode({ kind: 'string', start: this.stringStart, end: behind, key, children: undefined, text, name: undefined });
    }
    return end + 1;
  }

  private endScalar(end: number): void {
    if (this.scalarStart < 0) return;
    const start = this.scalarStart;
    this.scalarStart = -1;
    this.addNode({ kind: 'other', start, end, key: this.pendingKey, children: undefined, text: undefined, name: undefined });
  }

  private openContainer(byte: number, at: number): void {
    const isObject = byte === OPEN_BRACE;
    const level = this.open.length;
    if (level >= MAX_NESTING) this.tooDeep(at - this.base);
    const key = this.pendingKey;
    const collects = this.collects(level, key);
    const children: OutlineNode[] | undefined = collects ? [] : undefined;
    const node: OutlineNode = { kind: isObject ? 'object' : 'array', start: at, end: at, key, children, text: undefined, name: undefined };
    const nameKeys = collects || !isObject || this.nameKeys !== undefined || key === undefined ? undefined : this.options.named?.get(key);
    this.addNode(node);
    if (collects || nameKeys !== undefined) {
      this.open.push(node);
      this.nameKeys = nameKeys;
      this.wanted = isObject ? WANT_KEY_OR_CLOSE : WANT_VALUE_OR_CLOSE;
    } else {
      this.beginSkip(node, byte, isObject || key === undefined ? undefined : this.options.lists?.get(key));
    }
  }

  private beginSkip(node: OutlineNode, bracket: number, shape?: ListShape): void {
    this.skipped = node;
    if (this.noter === undefined) this.inside.begin(bracket);
    else this.noter.begin(shape);
  }

  private collects(level: number, key: string | undefined): boolean {
    if (level < this.depth) return level !== 1 || key === undefined || this.options.sealed?.has(key) !== true;
    return level === this.depth && key !== undefined && this.options.deeper?.has(key) === true;
  }

  private closeContainer(byte: number, at: number): void {
    const node = this.open[this.open.length - 1];
    const isObject = byte === CLOSE_BRACE;
    if (node === undefined || (node.kind === 'object') !== isObject) this.mismatch(at - this.base, byte);
    const mayClose = this.wanted === WANT_COMMA_OR_CLOSE || this.wanted === (isObject ? WANT_KEY_OR_CLOSE : WANT_VALUE_OR_CLOSE);
    if (!mayClose) this.unexpected(at, byte);
    this.open.pop();
    this.nameKeys = undefined;
    node.end = at + 1;
    this.valueEnded();
  }

  private closeSkipped(end: number): void {
    const node = this.skipped as OutlineNode;
    node.end = end;
    const entries = this.noter?.table();
    if (entries !== undefined) node.entries = entries;
    this.skipped = undefined;
    this.valueEnded();
  }

  private valueEnded(): void {
    this.wanted = WANT_COMMA_OR_CLOSE;
    if (this.open.length === 0) this.done = true;
  }

  private addNode(node: OutlineNode): void {
    this.pendingKey = undefined;
    const parent = this.open[this.open.length - 1];
    if (parent === undefined) this.root = node;
    else if (this.nameKeys === undefined) parent.children?.push(node);
    else if (node.text !== undefined && this.nameKeys.has(node.key ?? '')) {
      this.nameFound(parent, node.text);
      return;
    }
    if (node.kind === 'object' || node.kind === 'array') return;
    this.valueEnded();
    if (this.open.length === 1 && node.kind === 'string' && node.key !== undefined && this.options.until?.has(node.key)) this.done = true;
  }

  /** Of an object that is searched for its name, nothing more is looked at. */
  private nameFound(node: OutlineNode, name: string): void {
    node.name = name;
    this.nameKeys = undefined;
    this.open.pop();
    this.beginSkip(node, OPEN_BRACE);
  }

  private endsTooEarly(): never {
    const path = this.openPath();
    const where = path.length > 0 ? `, inside ${jqPath(path)}` : '';
    const open = this.open.length + (this.skipped === undefined ? 0 : this.inside.level);
    const within = this.inString || this.inside.inString ? ', within a string' : '';
    throw new Failure({
      id: 'PC1003',
      what:
        this.root === undefined
          ? 'the input holds no JSON value'
          : `the JSON ends too early: ${open} open ${open === 1 ? 'bracket' : 'brackets'}${where}${within}`,
      place: placeAt(this.source, this.at),
      next: 'fetch the file again; a full disk, a time limit or a closed connection cuts a dump short',
    });
  }

  private openPath(): DumpPath {
    const chain = this.skipped === undefined ? this.open : [...this.open, this.skipped];
    return chain.slice(1).map((node, i) => node.key ?? (chain[i]?.children?.length ?? 1) - 1);
  }

  private unexpected(at: number, byte: number): never {
    const missing = byte === QUOTE || this.wanted >= WANT_KEY ? ` where ${WANTED_TEXT[this.wanted]?.replace(' is missing', ' should stand')}` : '';
    this.notJson(at, `an unexpected ${byteText(byte)}${missing}`);
  }

  private notJson(at: number, found: string): never {
    throw new Failure({
      id: 'PC1004',
      what: `not JSON: ${found}`,
      place: placeAt(this.source, at),
      next: 'look at the file there',
    });
  }
}

function startsScalar(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39) || byte === 0x74 || byte === 0x66 || byte === 0x6e;
}

function byteText(byte: number): string {
  return byte > SPACE && byte < 0x7f ? String.fromCharCode(byte) : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}

import type { ByteSource } from './byte-source.ts';
import { Failure } from './failure.ts';
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
}

/** Protobuf's own limit is 100; real dumps stay under 60. */
const MAX_NESTING = 1000;
const CHUNK = 1 << 20;

const QUOTE = 0x22,
  BACKSLASH = 0x5c,
  OPEN_BRACE = 0x7b,
  CLOSE_BRACE = 0x7d,
  OPEN_BRACKET = 0x5b,
  CLOSE_BRACKET = 0x5d,
  COMMA = 0x2c,
  COLON = 0x3a;

/**
 * Finds where each value of a JSON document stands, down to `depth` levels, without parsing what lies deeper.
 *
 * In: a source, the offset of the document's first byte, and one not before its end. Out: the document's node, and the offset behind it.
 * Strings are skipped, brackets are paired; the inside of deeper values is not checked here (parsing them is).
 * Memory: the nodes and one chunk. Throws Failure PC1003 (truncated), PC1004 (not JSON), PC1006 (nested too deep).
 */
export function outlineJson(source: ByteSource, depth: number, from = 0, to = source.size): OutlineNode {
  const scanner = new OutlineScanner(source, depth, from);
  for (let at = from; at < to && !scanner.done; at += CHUNK) scanner.push(source.read(at, Math.min(at + CHUNK, to)), at);
  return scanner.finish();
}

/** The resumable state behind {@link outlineJson}: chunks may be cut anywhere. */
export class OutlineScanner {
  done = false;
  private root: OutlineNode | undefined;
  /** Open containers that have nodes; deeper ones are only counted. */
  private readonly open: OutlineNode[] = [];
  /** Kind of each open container, deeper ones included: 1 for objects. */
  private readonly kinds = new Uint8Array(MAX_NESTING + 1);
  private level = 0;
  private inString = false;
  private escaped = false;
  private stringStart = 0;
  private keyBytes: number[] | undefined;
  private pendingKey: string | undefined;
  private scalarStart = -1;
  private at = 0;

  private readonly source: ByteSource;
  private readonly depth: number;
  private readonly from: number;

  constructor(source: ByteSource, depth: number, from: number) {
    this.source = source;
    this.depth = depth;
    this.from = from;
  }

  push(chunk: Uint8Array, base: number): void {
    const length = chunk.length;
    let i = 0;
    while (i < length && !this.done) {
      if (this.inString) {
        i = this.skipString(chunk, i, base);
        continue;
      }
      const byte = chunk[i] as number;
      switch (byte) {
        case QUOTE:
          this.inString = true;
          this.stringStart = base + i;
          if (this.level <= this.depth) this.beginString();
          break;
        case OPEN_BRACE:
        case OPEN_BRACKET:
          this.openContainer(byte === OPEN_BRACE, base + i);
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          this.closeContainer(byte === CLOSE_BRACE, base + i);
          break;
        case COMMA:
          if (this.level <= this.depth) this.endScalar(base + i);
          break;
        case COLON:
          break;
        case 0x20:
        case 0x0a:
        case 0x0d:
        case 0x09:
          if (this.scalarStart >= 0) this.endScalar(base + i);
          break;
        default:
          if (this.level <= this.depth && this.scalarStart < 0) this.beginScalar(base + i, byte);
      }
      i++;
    }
    this.at = base + i;
  }

  finish(): OutlineNode {
    if (this.level === 0 && this.scalarStart >= 0) this.endScalar(this.at);
    if (this.root === undefined || !this.done) {
      const inside = this.open
        .map((n) => n.key)
        .filter((k) => k !== undefined)
        .join('.');
      throw new Failure({
        id: 'PC1003',
        what:
          this.root === undefined
            ? 'the input holds no JSON value'
            : `the JSON ends too early: ${this.level} open ${this.level === 1 ? 'bracket' : 'brackets'}${inside ? `, inside ${inside}` : ''}${this.inString ? ', within a string' : ''}`,
        place: placeAt(this.source, this.source.size),
        next: 'fetch the file again; a full disk, a time limit or a closed connection cuts a dump short',
      });
    }
    return this.root;
  }

  private skipString(chunk: Uint8Array, from: number, base: number): number {
    const length = chunk.length;
    const keep = this.keyBytes;
    let i = from;
    for (; i < length; i++) {
      const byte = chunk[i] as number;
      if (this.escaped) this.escaped = false;
      else if (byte === BACKSLASH) this.escaped = true;
      else if (byte === QUOTE) {
        this.inString = false;
        if (this.level <= this.depth) this.endString(base + i + 1);
        return i + 1;
      }
      keep?.push(byte);
    }
    return i;
  }

  /** A string that stands where an object wants a key is collected; a value is not. */
  private beginString(): void {
    const parent = this.open[this.open.length - 1];
    this.keyBytes = parent?.kind === 'object' && this.level === this.open.length && this.pendingKey === undefined ? [] : undefined;
  }

  private endString(end: number): void {
    if (this.keyBytes !== undefined) {
      const text = new TextDecoder().decode(new Uint8Array(this.keyBytes));
      this.pendingKey = text.includes('\\') ? unescapeKey(text) : text;
      this.keyBytes = undefined;
      return;
    }
    this.addNode({ kind: 'string', start: this.stringStart, end, key: this.pendingKey, children: undefined });
  }

  private beginScalar(at: number, byte: number): void {
    const startsScalar = byte === 0x2d || (byte >= 0x30 && byte <= 0x39) || byte === 0x74 || byte === 0x66 || byte === 0x6e;
    const parent = this.open[this.open.length - 1];
    if (!startsScalar || (parent?.kind === 'object' && this.pendingKey === undefined))
      this.notJson(at, `an unexpected ${JSON.stringify(String.fromCharCode(byte))}`);
    this.scalarStart = at;
  }

  private endScalar(end: number): void {
    if (this.scalarStart < 0) return;
    const start = this.scalarStart;
    this.scalarStart = -1;
    this.addNode({ kind: 'other', start, end, key: this.pendingKey, children: undefined });
  }

  private openContainer(isObject: boolean, at: number): void {
    if (this.level >= MAX_NESTING) {
      throw new Failure({
        id: 'PC1006',
        what: `the JSON is nested deeper than ${MAX_NESTING} levels`,
        place: placeAt(this.source, at),
        next: 'no Envoy writes such a file: check where it comes from',
      });
    }
    if (this.level <= this.depth) {
      const node: OutlineNode = {
        kind: isObject ? 'object' : 'array',
        start: at,
        end: at,
        key: this.pendingKey,
        children: this.level < this.depth ? [] : undefined,
      };
      this.addNode(node);
      this.open.push(node);
    }
    this.kinds[this.level++] = isObject ? 1 : 0;
  }

  private closeContainer(isObject: boolean, at: number): void {
    if (this.level <= this.depth) this.endScalar(at);
    const opened = this.level === 0 ? undefined : this.kinds[--this.level];
    if (opened !== (isObject ? 1 : 0)) this.notJson(at, `a closing ${isObject ? '}' : ']'} that nothing opened`);
    if (this.level <= this.depth) {
      const node = this.open.pop() as OutlineNode;
      node.end = at + 1;
      if (this.pendingKey !== undefined) this.notJson(at, `a key ${JSON.stringify(this.pendingKey)} without a value`);
    }
    if (this.level === 0) this.done = true;
  }

  private addNode(node: OutlineNode): void {
    this.pendingKey = undefined;
    const parent = this.open[this.open.length - 1];
    if (parent === undefined) {
      this.root = node;
      if (node.kind === 'string' || node.kind === 'other') this.done = true;
      return;
    }
    if (parent.kind === 'object' && node.key === undefined) this.notJson(node.start, 'a value without a key');
    parent.children?.push(node);
  }

  private notJson(at: number, found: string): never {
    throw new Failure({
      id: 'PC1004',
      what: `not JSON: ${found}`,
      place: placeAt(this.source, at),
      next: `look at the file there${this.from > 0 ? '; text before the first brace was skipped' : ''}`,
    });
  }
}

function unescapeKey(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

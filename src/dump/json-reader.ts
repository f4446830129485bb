import { pastSpaces, type SearchBytes } from './byte-search.ts';
import { type ByteSource, type ByteSpan, bytesSource } from './byte-source.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, DIGIT_0, DIGIT_9, NEWLINE, OPEN_BRACE, OPEN_BRACKET, QUOTE, SPACE } from './json-bytes.ts';
import { type JsonKernel, MEMBER_SHIFT } from './json-kernel.ts';
import { type JsonValue, setMember } from './json-value.ts';
import { type JsonWindow, sharedKernel, WINDOW_SIZE, windowAt } from './json-windows.ts';
import type { KeyTable } from './key-table.ts';
import type { KnownTexts } from './known-texts.ts';
import type { ObjectShape } from './object-shape.ts';

const INDEX_BITS = (1 << MEMBER_SHIFT) - 1;
const MAX_DEPTH = 100;
/** So many bytes from a token's beginning on are at hand; longer strings are left to the careful parser, or passed over piece by piece. */
const AHEAD = 1 << 13;
/** Numbers of so many digits are the same as a double. */
const SAFE_DIGITS = 15;

/** Thrown where a reader gives up; no error of its own, since the careful parser says what there is to say. */
export const LEFT: unique symbol = Symbol('left to the careful parser');

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Goes through one JSON value of a large source, token by token, as its caller asks: a value that is not wanted is passed over by the
 * kernel, a key is found without a text made of it. Memory: one window of the source, however long the value is.
 *
 * Throws {@link LEFT} at what is not JSON, at numbers that a double would change, at very long strings.
 */
export class JsonReader {
  private readonly kernel: JsonKernel;
  private source: ByteSource = bytesSource('', new Uint8Array(0));
  private readonly bytes: Uint8Array;
  private readonly words: SearchBytes;
  private readonly texts: KnownTexts;
  /** Index in the kernel's memory. */
  private at = 0;
  /** Index of the first byte there is, index from which on the next part of the source is fetched, and the end of what is there. */
  private start = 0;
  private turn = 0;
  private end = 0;
  /** What is added to an index for the offset in the source. */
  private shift = 0;

  constructor() {
    const { kernel, words, texts } = sharedKernel();
    this.kernel = kernel;
    this.bytes = words.bytes;
    this.words = words;
    this.texts = texts;
  }

  /** Begins at a value, whatever it was at before. */
  begin(source: ByteSource, span: ByteSpan): this {
    this.source = source;
    this.fetch(span.start, Math.min(span.end - span.start, AHEAD));
    return this;
  }

  /** Offset in the source of the next byte. */
  get offset(): number {
    return this.at + this.shift;
  }

  /** The first byte of the next token. */
  next(): number {
    if (this.at >= this.turn) this.fetch(this.offset, AHEAD);
    const { bytes } = this;
    for (;;) {
      const byte = this.at < this.end ? (bytes[this.at] as number) : this.more();
      if (byte > SPACE) return byte;
      if (byte === NEWLINE) {
        this.at = pastSpaces(this.words, this.at + 1);
        if (this.at > this.end) this.at = this.end;
      } else if (byte === SPACE || byte === 0x09 || byte === 0x0d) this.at++;
      else throw LEFT;
    }
  }

  /** Whether the next token is this one; if so, it is behind the reader. */
  takes(byte: number): boolean {
    if (this.next() !== byte) return false;
    this.at++;
    return true;
  }

  /** Enters an object. What is no object is left. */
  entersObject(): void {
    if (!this.takes(OPEN_BRACE)) throw LEFT;
  }

  /**
   * Goes on in an object, behind its bracket (`isFirst`) or behind a member's value, to the next member that the table has: what it has under
   * the key, or undefined where the object ends.
   */
  member<T>(table: KeyTable<T>, isFirst: boolean): T | undefined {
    const { kernel } = this;
    for (let first = isFirst; ; first = false) {
      if (table.address >= 0) {
        const found = kernel.member(this.at, this.end, first ? 1 : 0, table.address);
        const at = found & INDEX_BITS;
        if (at !== this.at) first = false;
        this.at = at;
        const meaning = found >>> MEMBER_SHIFT;
        if (meaning > 0) return meaning === 1 ? undefined : table.values[meaning - 2];
      }
      // The kernel has come to the end of the window, or to what it does not understand.
      if (first ? this.takes(CLOSE_BRACE) : !this.hasMember()) return undefined;
      const value = table.find(this.key());
      if (value !== undefined) return value;
      this.skip();
    }
  }

  /**
   * Goes through an object by its shape, and stands behind it then: until the reader moves on, the slots have its values. Out: false where
   * the kernel does not understand something in it, or where it is longer than a window; then the reader stands before it.
   */
  extract(shape: ObjectShape): boolean {
    if (shape.address < 0) return false;
    this.next();
    const { kernel } = this;
    for (let tried = 0; ; tried++) {
      const behind = kernel.extract(this.at, this.end, shape.address, shape.slots, shape.count);
      // Where a window ends, its last bytes come again with the next one.
      if (behind > 0 && (behind < this.turn || this.turn === this.end)) {
        this.at = behind;
        return true;
      }
      if (tried > 0) return false;
      this.fetch(this.offset, WINDOW_SIZE);
    }
  }

  /** The first byte of the value of a slot; 0 where there is none. */
  slotByte(shape: ObjectShape, slot: number): number {
    const at = this.slotAt(shape, slot);
    return at === 0 ? 0 : (this.bytes[at] as number);
  }

  /** The text of a slot that has one. */
  slotText(shape: ObjectShape, slot: number): string {
    const behind = this.at;
    const text = this.textAt(this.slotAt(shape, slot));
    this.at = behind;
    return text;
  }

  /** As `slotText`, of a number, true, false or null. */
  slotScalar(shape: ObjectShape, slot: number): number | boolean | null {
    const behind = this.at;
    const value = this.scalarAt(this.slotAt(shape, slot));
    this.at = behind;
    return value;
  }

  /** Where in the source the value of a slot stands. */
  slotOffset(shape: ObjectShape, slot: number): number {
    return this.slotAt(shape, slot) + this.shift;
  }

  /** Goes to an offset of the source, at which a token begins. */
  moveTo(offset: number): void {
    const at = offset - this.shift;
    if (at >= this.start && at < this.turn) this.at = at;
    else this.fetch(offset, AHEAD);
  }

  /** Behind a member's value: whether another member follows. */
  hasMember(): boolean {
    if (this.takes(COMMA)) return true;
    if (this.takes(CLOSE_BRACE)) return false;
    throw LEFT;
  }

  /** Enters a list: whether it has elements. What is no list is left. */
  entersList(): boolean {
    if (!this.takes(OPEN_BRACKET)) throw LEFT;
    return !this.takes(CLOSE_BRACKET);
  }

  /** Behind an element: whether another one follows. */
  hasElement(): boolean {
    if (this.takes(COMMA)) return true;
    if (this.takes(CLOSE_BRACKET)) return false;
    throw LEFT;
  }

  /** Reads a key and its colon. */
  private key(): string {
    const key = this.text();
    if (!this.takes(COLON)) throw LEFT;
    return key;
  }

  /** Passes over the next value. */
  skip(): void {
    const byte = this.next();
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.skipContainer(byte);
    else if (byte === QUOTE) this.skipString();
    else this.skipScalar();
  }

  /** The text of the next value, a string. */
  text(): string {
    this.next();
    return this.textAt(this.at);
  }

  private textAt(quote: number): string {
    if (this.bytes[quote] !== QUOTE) throw LEFT;
    const start = quote + 1;
    const short = this.texts.textAt(start, this.end);
    if (short !== undefined) {
      this.at = start + short.length + 1;
      return short;
    }
    const end = this.kernel.stringEnd(start, this.end);
    if (end >= this.end) throw LEFT;
    this.at = end + 1;
    try {
      return JSON.parse(decoder.decode(this.bytes.slice(start - 1, end + 1))) as string;
    } catch {
      throw LEFT;
    }
  }

  /** The next value, whole. */
  value(depth = 0): JsonValue {
    if (depth > MAX_DEPTH) throw LEFT;
    const byte = this.next();
    if (byte === OPEN_BRACE) return this.object(depth);
    if (byte === OPEN_BRACKET) return this.list(depth);
    return byte === QUOTE ? this.text() : this.scalar();
  }

  /** The next value: a number, true, false or null. */
  scalar(): number | boolean | null {
    this.next();
    return this.scalarAt(this.at);
  }

  private scalarAt(start: number): number | boolean | null {
    const { bytes } = this;
    this.at = start;
    let number = 0;
    let i = start;
    for (let byte = bytes[i] as number; byte >= DIGIT_0 && byte <= DIGIT_9; byte = bytes[++i] as number) number = number * 10 + byte - DIGIT_0;
    const digits = i - start;
    if (digits > 0 && digits <= SAFE_DIGITS && endsScalar(bytes[i] as number) && i < this.end && (digits === 1 || bytes[start] !== DIGIT_0)) {
      this.at = i;
      return number;
    }
    this.skipScalar();
    if (this.at === start || this.at - start > 2 * SAFE_DIGITS) throw LEFT;
    const text = String.fromCharCode(...bytes.subarray(start, this.at));
    if (text === 'true') return true;
    if (text === 'false') return false;
    if (text === 'null') return null;
    const value = Number(text);
    if (String(value) !== text || !Number.isFinite(value)) throw LEFT;
    return value;
  }

  private slotAt(shape: ObjectShape, slot: number): number {
    return this.words.words[(shape.slots >> 2) + slot] as number;
  }

  private object(depth: number): JsonValue {
    const object: Record<string, JsonValue> = {};
    this.entersObject();
    if (this.takes(CLOSE_BRACE)) return object;
    do {
      const key = this.key();
      if (Object.hasOwn(object, key)) throw LEFT;
      const value = this.value(depth + 1);
      if (key === '__proto__') setMember(object, key, value);
      else object[key] = value;
    } while (this.hasMember());
    return object;
  }

  private list(depth: number): JsonValue {
    const list: JsonValue[] = [];
    if (!this.entersList()) return list;
    do list.push(this.value(depth + 1));
    while (this.hasElement());
    return list;
  }

  private skipContainer(bracket: number): void {
    const { kernel } = this;
    this.at = kernel.close(this.at + 1, this.end);
    while (this.at === this.end && kernel.level() !== 0) {
      this.fetch(this.offset, 1);
      this.at = kernel.skip(this.at, this.end);
    }
    if (this.bytes[this.at - 1] !== bracket + 2) throw LEFT;
  }

  private skipString(): void {
    for (this.at++; ; this.fetch(this.offset, 1)) {
      this.at = this.kernel.stringEnd(this.at, this.end);
      if (this.at < this.end) break;
    }
    this.at++;
  }

  private skipScalar(): void {
    const { bytes } = this;
    while (this.at < this.end && !endsScalar(bytes[this.at] as number)) this.at++;
    if (this.at >= this.end) throw LEFT;
  }

  /** The next byte of the source, where it is not in the window. */
  private more(): number {
    this.fetch(this.offset, 1);
    return this.bytes[this.at] as number;
  }

  private fetch(offset: number, count: number): void {
    if (offset >= this.source.size) throw LEFT;
    const window: JsonWindow = windowAt(this.source, offset, count);
    this.at = window.index + offset - window.base;
    this.shift = window.base - window.index;
    this.start = window.index;
    this.end = window.index + window.length;
    this.turn = window.base + window.length >= this.source.size ? this.end : this.end - AHEAD;
    if (this.at >= this.end) throw LEFT;
  }
}

function endsScalar(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}

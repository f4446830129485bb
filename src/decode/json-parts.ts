import type { ByteSource, ByteSpan } from '../dump/byte-source.ts';
import { BACKSLASH, COLON, COMMA, QUOTE, SPACE } from '../dump/json-bytes.ts';

/** One member of an object, or element of a list, or the beginning of a large one. */
export interface JsonPart extends ByteSpan {
  /** Where the colon behind the key of a member stands. */
  readonly colon: number | undefined;
  /** What came: the comma behind it, the bracket that closes the container, or more bytes than are wanted. */
  readonly stop: 'comma' | 'close' | 'large';
  /** Behind the comma or the bracket. */
  readonly next: number;
}

const WINDOW = 1 << 18;
/** `{` and `[`, `}` and `]` differ by this bit, in ASCII. */
const CASE_BIT = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * Reads the members of objects and elements of lists one by one, without knowing where they end before. The document must be well formed as
 * far as strings and brackets go. Memory: one window.
 */
export class JsonPartReader {
  private readonly source: ByteSource;
  private bytes: Uint8Array = new Uint8Array(0);
  private base = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /**
   * The part that begins at `from`: behind the bracket that opens the container, or behind a comma; or what is left of one whose value ends at
   * `from`. It stops at `large` once there are more than `most` bytes of it. A part of blanks alone is empty: its start is its end.
   */
  read(from: number, most: number): JsonPart {
    let start = -1;
    let behind = from;
    let colon: number | undefined;
    let depth = 0;
    let inString = false;
    let escaped = false;
    for (let at = from; ; ) {
      const bytes = this.window(at);
      const { base } = this;
      if (bytes.length === 0) throw new RangeError('the container does not end');
      let i = at - base;
      // Only so far can it be before it is large.
      let last = start < 0 ? bytes.length : Math.min(bytes.length, start + most + 1 - base);
      while (i < last) {
        const byte = bytes[i++] as number;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
          behind = base + i;
        } else if (byte > SPACE) {
          if (depth === 0) {
            if (byte === COMMA) return { start: start < 0 ? behind : start, end: behind, colon, stop: 'comma', next: base + i };
            if ((byte | CASE_BIT) === CLOSE) return { start: start < 0 ? behind : start, end: behind, colon, stop: 'close', next: base + i };
            if (start < 0) {
              start = base + i - 1;
              last = Math.min(bytes.length, i + most);
            }
            if (byte === COLON) colon ??= base + i - 1;
          }
          behind = base + i;
          if (byte === QUOTE) inString = true;
          else if ((byte | CASE_BIT) === OPEN) depth++;
          else if ((byte | CASE_BIT) === CLOSE) depth--;
        }
      }
      at = base + i;
      if (start >= 0 && at - start > most) return { start, end: behind, colon, stop: 'large', next: at };
    }
  }

  /** The first byte from `from` on that is no blank, and where it stands. */
  firstByte(from: number): { readonly byte: number | undefined; readonly at: number } {
    for (let at = from; ; at++) {
      const byte = this.window(at)[at - this.base];
      if (byte === undefined || byte > SPACE) return { byte, at };
    }
  }

  /** A window in which a byte stands; empty behind the end of the document. */
  private window(at: number): Uint8Array {
    if (at < this.base || at >= this.base + this.bytes.length) {
      this.base = at;
      this.bytes = this.source.read(at, Math.min(at + WINDOW, this.source.size));
    }
    return this.bytes;
  }
}

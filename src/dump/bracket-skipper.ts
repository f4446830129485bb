import { isEscaped, pastSpaces, type SearchBytes, stringEnd } from './byte-search.ts';
import { COLON, COMMA, NEWLINE, QUOTE, SPACE } from './json-bytes.ts';

/** `{` and `[`, `}` and `]` differ by this bit, in ASCII; an opening one and its closing one differ by 2. */
const CASE_BIT = 0x20;
const FOLDED_OPEN = 0x7b;
const FOLDED_CLOSE = 0x7d;

/** Who is told of brackets that do not pair, by the index in the chunk. */
export interface BracketFaults {
  mismatch(at: number, byte: number): never;
  tooDeep(at: number): never;
}

/**
 * Passes over the inside of a JSON object or array without looking at more than strings and brackets; chunks may be cut anywhere.
 * It is the inner loop of reading a dump: everything below the outline goes through it.
 */
export class BracketSkipper {
  /** Brackets open at present, the outermost included. */
  level = 0;
  inString = false;
  private escaped = false;
  /** The opening bracket of each level. */
  private readonly opened: Uint8Array;

  constructor(maxLevel: number) {
    this.opened = new Uint8Array(maxLevel + 1);
  }

  /** Begins behind an opening bracket. */
  begin(bracket: number): void {
    this.opened[0] = bracket;
    this.level = 1;
  }

  /** Goes on at `from`; returns the index behind the closing bracket (then `level` is 0), or the chunk's length. */
  skip(search: SearchBytes, from: number, faults: BracketFaults): number {
    const { bytes } = search;
    const length = bytes.length;
    const opened = this.opened;
    let level = this.level;
    let i = this.inString ? this.skipString(search, this.escaped ? from + 1 : from) : from;
    while (i < length) {
      const byte = bytes[i++] as number;
      if (byte === QUOTE) {
        i = this.skipString(search, i);
      } else if (byte <= SPACE) {
        if (byte === NEWLINE) i = pastSpaces(search, i);
      } else if (byte !== COLON && byte !== COMMA) {
        const folded = byte | CASE_BIT;
        if (folded === FOLDED_OPEN) {
          if (level >= opened.length - 1) faults.tooDeep(i - 1);
          opened[level++] = byte;
        } else if (folded === FOLDED_CLOSE) {
          if (opened[--level] !== byte - 2) faults.mismatch(i - 1, byte);
          if (level === 0) break;
        }
      }
    }
    this.level = level;
    return i;
  }

  /** The index behind the string whose inside starts at `from`, or the chunk's length where it goes on in the next one. */
  private skipString(search: SearchBytes, from: number): number {
    const end = stringEnd(search, from);
    this.inString = end < 0;
    if (end >= 0) return end + 1;
    this.escaped = isEscaped(search.bytes, from, search.bytes.length);
    return search.bytes.length;
  }
}

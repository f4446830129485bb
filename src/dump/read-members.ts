import { pastSpaces, type SearchBytes, searchBytes, stringEnd } from './byte-search.ts';
import { type JsonValue, setMember } from './json-value.ts';
import { ShortTexts } from './short-texts.ts';

/** Which members of an object are wanted: whole, or only some members of what they hold. Lists are seen through. */
export interface WantedMembers {
  readonly [key: string]: true | WantedMembers;
}

const QUOTE = 0x22,
  COMMA = 0x2c,
  COLON = 0x3a,
  NEWLINE = 0x0a,
  SPACE = 0x20,
  OPEN_BRACE = 0x7b,
  CLOSE_BRACE = 0x7d,
  OPEN_BRACKET = 0x5b,
  CLOSE_BRACKET = 0x5d;

const MAX_DEPTH = 100;

/**
 * Parses only the wanted members of a JSON value and passes over the rest, which is where most of a resource's bytes are.
 *
 * In: the bytes of the value, and its wanted members. Out: the value as `parseJson` would give it, less
 * what was not wanted; undefined where something stands there that this reader leaves to the careful one (a repeated key, a number that
 * a double would change, what is not JSON).
 */
export function readMembers(bytes: Uint8Array, wanted: WantedMembers): JsonValue | undefined {
  try {
    return new MemberReader(bytes).value(wanted, 0);
  } catch (error) {
    if (error === LEFT) return undefined;
    throw error;
  }
}

/** Thrown where the reader gives up; no error of its own, since the careful parser says what there is to say. */
const LEFT: unique symbol = Symbol('left to the careful parser');
const texts = new ShortTexts();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class MemberReader {
  private at = 0;
  private readonly bytes: Uint8Array;
  private readonly words: SearchBytes;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.words = searchBytes(bytes);
  }

  value(wanted: true | WantedMembers, depth: number): JsonValue {
    if (depth > MAX_DEPTH) throw LEFT;
    const byte = this.next();
    if (byte === OPEN_BRACE) return this.object(wanted, depth);
    if (byte === OPEN_BRACKET) return this.array(wanted, depth);
    return byte === QUOTE ? this.string() : this.scalar();
  }

  private object(wanted: true | WantedMembers, depth: number): JsonValue {
    const object: Record<string, JsonValue> = {};
    this.at++;
    if (this.next() === CLOSE_BRACE) {
      this.at++;
      return object;
    }
    for (;;) {
      if (this.next() !== QUOTE) throw LEFT;
      const key = this.string();
      if (this.next() !== COLON) throw LEFT;
      this.at++;
      const inner = wanted === true ? true : Object.hasOwn(wanted, key) ? wanted[key] : undefined;
      if (inner === undefined) {
        this.skip();
      } else {
        if (Object.hasOwn(object, key)) throw LEFT;
        const value = this.value(inner, depth + 1);
        if (key === '__proto__') setMember(object, key, value);
        else object[key] = value;
      }
      const byte = this.next();
      this.at++;
      if (byte === CLOSE_BRACE) return object;
      if (byte !== COMMA) throw LEFT;
    }
  }

  private array(wanted: true | WantedMembers, depth: number): JsonValue {
    const array: JsonValue[] = [];
    this.at++;
    if (this.next() === CLOSE_BRACKET) {
      this.at++;
      return array;
    }
    for (;;) {
      array.push(this.value(wanted, depth + 1));
      const byte = this.next();
      this.at++;
      if (byte === CLOSE_BRACKET) return array;
      if (byte !== COMMA) throw LEFT;
    }
  }

  /** The next byte that is no blank; the reader stands on it. */
  private next(): number {
    const { bytes } = this;
    let byte = bytes[this.at] as number;
    while (byte <= SPACE) {
      if (byte === NEWLINE) {
        this.at = pastSpaces(this.words, this.at + 1);
      } else {
        if (byte !== SPACE && byte !== 0x09 && byte !== 0x0d) throw LEFT;
        this.at++;
      }
      byte = bytes[this.at] as number;
    }
    return byte;
  }

  private string(): string {
    const start = this.at + 1;
    const end = stringEnd(this.words, start);
    if (end < 0) throw LEFT;
    this.at = end + 1;
    const short = texts.textOf(this.bytes, start, end);
    if (short !== undefined) return short;
    try {
      return JSON.parse(decoder.decode(this.bytes.subarray(start - 1, end + 1))) as string;
    } catch {
      throw LEFT;
    }
  }

  private scalar(): JsonValue {
    const start = this.at;
    this.skipScalar();
    if (this.at === start || this.at - start > 15) throw LEFT;
    const text = String.fromCharCode(...this.bytes.subarray(start, this.at));
    if (text === 'true') return true;
    if (text === 'false') return false;
    if (text === 'null') return null;
    const value = Number(text);
    if (String(value) !== text || !Number.isFinite(value)) throw LEFT;
    return value;
  }

  private skipScalar(): void {
    for (let byte = this.bytes[this.at]; byte !== undefined && byte > SPACE && byte !== COMMA && byte !== CLOSE_BRACE && byte !== CLOSE_BRACKET; ) {
      byte = this.bytes[++this.at];
    }
  }

  private skip(): void {
    const byte = this.next();
    if (byte === QUOTE) {
      const end = stringEnd(this.words, this.at + 1);
      if (end < 0) throw LEFT;
      this.at = end + 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.skipContainer();
    } else {
      this.skipScalar();
    }
  }

  private skipContainer(): void {
    const { bytes } = this;
    let level = 0;
    for (let i = this.at; i < bytes.length; ) {
      const byte = bytes[i++] as number;
      if (byte === QUOTE) {
        const end = stringEnd(this.words, i);
        if (end < 0) throw LEFT;
        i = end + 1;
      } else if (byte === NEWLINE) {
        i = pastSpaces(this.words, i);
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        level++;
      } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --level === 0) {
        this.at = i;
        return;
      }
    }
    throw LEFT;
  }
}

const LONGEST = 128;
const SLOTS = 1 << 10;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const DELETE = 0x7f;

/** Makes texts of short ASCII bytes, those that come again and again only once: a dump says `HEALTHY` a hundred thousand times. */
export class ShortTexts {
  /** The last text of each hash. */
  private readonly known: string[] = Array.from({ length: SLOTS }, () => '');
  /** For each length a list of so many codes, to make a text of. */
  private readonly codes: number[][] = Array.from({ length: LONGEST + 1 }, (_, length) => new Array<number>(length).fill(0));

  /** The text of the inside of a JSON string; undefined where it is long, not ASCII, or has escapes. */
  textOf(bytes: Uint8Array, start: number, end: number): string | undefined {
    if (end - start > LONGEST) return undefined;
    let hash = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte < SPACE || byte >= DELETE || byte === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    return this.make(bytes, start, end, hash);
  }

  /** The text of a JSON string whose inside starts here; undefined where it does not end before `limit`, is long, not ASCII, or has escapes. */
  textFrom(bytes: Uint8Array, start: number, limit: number): string | undefined {
    const last = Math.min(limit, start + LONGEST + 1);
    let hash = 0;
    for (let i = start; i < last; i++) {
      const byte = bytes[i] as number;
      if (byte === QUOTE) return this.make(bytes, start, i, hash);
      if (byte < SPACE || byte >= DELETE || byte === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    return undefined;
  }

  private make(bytes: Uint8Array, start: number, end: number, hash: number): string {
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.known[slot] as string;
    if (isText(known, bytes, start, end)) return known;
    const codes = this.codes[end - start] as number[];
    for (let i = 0; i < codes.length; i++) codes[i] = bytes[start + i] as number;
    const text = String.fromCharCode.apply(null, codes);
    this.known[slot] = text;
    return text;
  }
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  // Names differ at their end more often than at their beginning.
  for (let i = text.length - 1; i >= 0; i--) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

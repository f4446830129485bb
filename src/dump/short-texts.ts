const LONGEST = 128;
const SLOTS = 1 << 10;
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
    const length = end - start;
    if (length > LONGEST) return undefined;
    const codes = this.codes[length] as number[];
    let hash = length;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i] as number;
      if (byte < SPACE || byte >= DELETE || byte === BACKSLASH) return undefined;
      codes[i] = byte;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const known = this.known[slot] as string;
    if (isText(known, codes)) return known;
    const text = String.fromCharCode.apply(null, codes);
    this.known[slot] = text;
    return text;
  }
}

function isText(text: string, codes: readonly number[]): boolean {
  if (text.length !== codes.length) return false;
  // Names differ at their end more often than at their beginning.
  for (let i = codes.length - 1; i >= 0; i--) if (text.charCodeAt(i) !== codes[i]) return false;
  return true;
}

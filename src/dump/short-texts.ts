const LONGEST = 96;
const REMEMBERED = 32;
const MAX_KNOWN = 4096;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const DELETE = 0x7f;

/** Makes texts of short ASCII bytes, the same ones only once: a dump says `HEALTHY` a hundred thousand times. */
export class ShortTexts {
  private readonly known = new Map<number, string>();

  /** The text of the inside of a JSON string; undefined where it is long, not ASCII, or has escapes. */
  textOf(bytes: Uint8Array, start: number, end: number): string | undefined {
    const length = end - start;
    if (length > LONGEST) return undefined;
    let hash = length;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte < SPACE || byte >= DELETE || byte === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (length > REMEMBERED) return asciiText(bytes, start, end);
    const known = this.known.get(hash);
    if (known !== undefined && isText(known, bytes, start, end)) return known;
    const text = asciiText(bytes, start, end);
    if (this.known.size < MAX_KNOWN) this.known.set(hash, text);
    return text;
  }
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = start; i < end; i++) if (text.charCodeAt(i - start) !== bytes[i]) return false;
  return true;
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}

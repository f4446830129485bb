const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether two pieces of JSON text are the same but for the white space between their values. Nothing is decoded; linear. */
export function sameJsonBytes(a: Uint8Array, b: Uint8Array): boolean {
  let i = 0;
  let j = 0;
  let inText = false;
  for (;;) {
    if (!inText) {
      while (i < a.length && isSpace(a[i] as number)) i++;
      while (j < b.length && isSpace(b[j] as number)) j++;
    }
    if (i === a.length || j === b.length) return i === a.length && j === b.length;
    const byte = a[i++] as number;
    if (byte !== b[j++]) return false;
    if (byte === QUOTE) inText = !inText;
    else if (byte === BACKSLASH && inText && a[i++] !== b[j++]) return false;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

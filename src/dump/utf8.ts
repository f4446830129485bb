const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of bytes, with U+FFFD for what is not UTF-8; and the index of the first byte that is not, if any. */
export function decodeUtf8(bytes: Uint8Array): { readonly text: string; readonly faultAt: number | undefined } {
  try {
    return { text: strict.decode(bytes), faultAt: undefined };
  } catch {
    return { text: lenient.decode(bytes), faultAt: faultIndex(bytes) };
  }
}

/** The first byte of the first sequence that is not well-formed UTF-8 (RFC 3629): by halves, as a decoder tells only that there is one. */
function faultIndex(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isWellFormed(bytes, middle + 1)) low = middle + 1;
    else high = middle;
  }
  return sequenceStart(bytes, low);
}

/** A decoder stumbles over the byte that does not go on with a sequence: the fault is where that sequence began. */
function sequenceStart(bytes: Uint8Array, stumble: number): number {
  let start = stumble;
  while (start > 0 && stumble - start < 3 && ((bytes[start - 1] as number) & 0xc0) === 0x80) start--;
  const lead = bytes[start - 1] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length - 1 > stumble ? start - 1 : stumble;
}

/** Whether the first `end` bytes are well-formed, but for a sequence that may go on behind them. */
function isWellFormed(bytes: Uint8Array, end: number): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** One element of DER: its tag, and where its content stands. */
export interface DerNode {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

export const DER = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utcTime: 0x17, sequence: 0x30, set: 0x31 } as const;

/** The elements that stand one after the other in some bytes; undefined where they are not DER. Source: X.690, 8.1. */
export function derElements(bytes: Uint8Array): DerNode[] | undefined {
  const nodes: DerNode[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at++] as number;
    let length = bytes[at++];
    if (length === undefined) return undefined;
    if (length & 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || at + count > bytes.length) return undefined;
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] as number);
    }
    if (at + length > bytes.length) return undefined;
    nodes.push({ tag, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return nodes;
}

/** `2.5.29.17`. */
export function oidText(bytes: Uint8Array): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    arcs.push(value);
    value = 0;
  }
  const first = arcs.shift() ?? 0;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...arcs].join('.');
}

/** A UTCTime or GeneralizedTime as milliseconds; NaN for anything else. Two-digit years below 50 are of this century (RFC 5280, 4.1.2.5). */
export function derTime(node: DerNode): number {
  const text = String.fromCharCode(...node.bytes);
  const parts = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?Z$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, year = '', month, day, hour, minute, second = '0'] = parts;
  const full = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 50 ? 2000 : 1900);
  return Date.UTC(full, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

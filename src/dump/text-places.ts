import type { ByteSource } from './byte-source.ts';
import { NEWLINE } from './json-bytes.ts';

/** A place in a text, both counted from 1; columns in UTF-16 units, as editors and SARIF count them. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

const CHUNK = 1 << 20;

/** The places of byte offsets, by one pass over the source up to the last of them. On lines longer than 1 MiB a column counts bytes. */
export function textPlaces(source: ByteSource, offsets: Iterable<number>): ReadonlyMap<number, TextPlace> {
  const sorted = [...new Set(offsets)].sort((a, b) => a - b);
  const places = new Map<number, TextPlace>();
  let line = 1;
  let lineStart = 0;
  let next = 0;
  const take = (until: number): void => {
    for (; next < sorted.length && (sorted[next] as number) < until; next++) {
      const offset = sorted[next] as number;
      places.set(offset, { line, column: columnOf(source, lineStart, offset) });
    }
  };
  for (let at = 0; next < sorted.length && at < source.size; at += CHUNK) {
    const chunk = source.read(at, Math.min(at + CHUNK, source.size));
    for (let i = chunk.indexOf(NEWLINE); i >= 0 && next < sorted.length; i = chunk.indexOf(NEWLINE, i + 1)) {
      take(at + i + 1);
      line++;
      lineStart = at + i + 1;
    }
    take(at + chunk.length);
  }
  take(Number.POSITIVE_INFINITY);
  return places;
}

function columnOf(source: ByteSource, lineStart: number, offset: number): number {
  if (offset - lineStart > CHUNK) return offset - lineStart + 1;
  return new TextDecoder().decode(source.read(lineStart, offset)).length + 1;
}

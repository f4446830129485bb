import type { ByteSource } from './byte-source.ts';
import { NEWLINE } from './json-bytes.ts';

const CHUNK = 1 << 20;

/** The place of a byte offset for a message: `dump.json:12:7`, lines and columns (in bytes) from 1. */
export function placeAt(source: ByteSource, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < offset; at += CHUNK) {
    const chunk = source.read(at, Math.min(at + CHUNK, offset));
    for (let i = chunk.indexOf(NEWLINE); i >= 0; i = chunk.indexOf(NEWLINE, i + 1)) {
      line++;
      lineStart = at + i + 1;
    }
  }
  return `${source.label}:${line}:${offset - lineStart + 1}`;
}

import type { ByteSpan } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';

/** Where the value at a path stands in the bytes of a JSON value; undefined where the path leads nowhere. Keys as the document spells them. */
export function spanOfPath(bytes: Uint8Array, path: DumpPath): ByteSpan | undefined {
  let at = skipBlanks(bytes, 0);
  for (const step of path) {
    const next = typeof step === 'number' ? elementAt(bytes, at, step) : memberAt(bytes, at, step);
    if (next === undefined) return undefined;
    at = next;
  }
  return { start: at, end: endOfValue(bytes, at) };
}

function elementAt(bytes: Uint8Array, start: number, index: number): number | undefined {
  if (bytes[start] !== OPEN_BRACKET) return undefined;
  let at = skipBlanks(bytes, start + 1);
  for (let i = 0; at < bytes.length && bytes[at] !== CLOSE_BRACKET; i++) {
    if (i === index) return at;
    at = skipBlanks(bytes, endOfValue(bytes, at));
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
  }
  return undefined;
}

function memberAt(bytes: Uint8Array, start: number, key: string): number | undefined {
  if (bytes[start] !== OPEN_BRACE) return undefined;
  let at = skipBlanks(bytes, start + 1);
  while (bytes[at] === QUOTE) {
    const end = endOfString(bytes, at);
    const name: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(at, end)));
    at = skipBlanks(bytes, end);
    if (bytes[at] === COLON) at = skipBlanks(bytes, at + 1);
    if (name === key) return at;
    at = skipBlanks(bytes, endOfValue(bytes, at));
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
  }
  return undefined;
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at++;
  return at;
}

function endOfString(bytes: Uint8Array, quote: number): number {
  let at = quote + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfValue(bytes: Uint8Array, start: number): number {
  if (bytes[start] === QUOTE) return endOfString(bytes, start);
  let depth = 0;
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || byte <= 0x20)) return at;
  }
  return at;
}

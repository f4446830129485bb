import { BACKSLASH, QUOTE, SPACE } from './json-bytes.ts';

const FOUR_QUOTES = 0x22222222;
const FOUR_SPACES = 0x20202020;

/** Bytes that are searched four at a time: `words` is the same memory, from the first byte whose address is a multiple of four. */
export interface SearchBytes {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Index in `bytes` of the first word. */
  readonly shift: number;
}

/** Lays words over bytes; nothing is copied. */
export function searchBytes(bytes: Uint8Array): SearchBytes {
  const shift = -bytes.byteOffset & 3;
  const count = bytes.length > shift ? (bytes.length - shift) >> 2 : 0;
  return { bytes, words: new Int32Array(bytes.buffer, count === 0 ? 0 : bytes.byteOffset + shift, count), shift };
}

/** The index of the quote that ends a JSON string whose inside (or the rest of it) starts at `from`; -1 where it does not end here. */
export function stringEnd(search: SearchBytes, from: number): number {
  const { bytes } = search;
  let at = quoteAt(search, from);
  while (at < bytes.length && bytes[at - 1] === BACKSLASH && isEscaped(bytes, from, at)) at = quoteAt(search, at + 1);
  return at < bytes.length ? at : -1;
}

/** Whether an odd number of backslashes stands directly before `at`, counted back to `from`. */
export function isEscaped(bytes: Uint8Array, from: number, at: number): boolean {
  let start = at;
  while (start > from && bytes[start - 1] === BACKSLASH) start--;
  return ((at - start) & 1) === 1;
}

/** The index of the first byte that is not a space, from `from` on. */
export function pastSpaces({ bytes, words, shift }: SearchBytes, from: number): number {
  let i = from;
  while (((i - shift) & 3) !== 0 && bytes[i] === SPACE) i++;
  if (((i - shift) & 3) !== 0) return i;
  let word = (i - shift) >> 2;
  while (words[word] === FOUR_SPACES) word++;
  i = shift + (word << 2);
  while (bytes[i] === SPACE) i++;
  return i;
}

function quoteAt({ bytes, words, shift }: SearchBytes, from: number): number {
  const length = bytes.length;
  let i = from;
  for (; ((i - shift) & 3) !== 0; i++) if (i >= length || bytes[i] === QUOTE) return i;
  const count = words.length;
  let word = (i - shift) >> 2;
  while (word < count) {
    // A byte that is a quote becomes zero here, and the borrow of the subtraction shows it.
    const zeroed = (words[word] as number) ^ FOUR_QUOTES;
    if (((zeroed - 0x01010101) & ~zeroed & 0x80808080) !== 0) break;
    word++;
  }
  i = shift + (word << 2);
  while (i < length && bytes[i] !== QUOTE) i++;
  return i;
}

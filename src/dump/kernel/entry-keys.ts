import { BEFORE, CHUNK, KEY_SIZE, KEY_TEXT, KEYS } from './entry-memory.ts';
import { COLON, QUOTE, SPACE } from './letters.ts';

/** The blanks of JSON. */
export function isBlank(byte: u32): bool {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The address of a key by its number. */
function keyAt(number: u32): usize {
  return KEYS + (number as usize) * KEY_SIZE;
}

/** The first four letters of a key. */
export function firstFour(number: u32): u32 {
  return load<u32>(keyAt(number), KEY_TEXT);
}

/** Whether bytes from `from` on are the text of a key, as far as there are any before `end`. */
function begins(key: usize, from: u32, end: u32): bool {
  const length = min(load<u32>(key), end - from);
  for (let i: u32 = 0; i < length; i++) if (load<u8>(key + KEY_TEXT + i) !== load<u8>(from + i)) return false;
  return true;
}

/** Of `nameBehind`: there is no such member; more bytes must be seen. */
export const NONE: u32 = 0;
export const MORE: u32 = 1;

/** Where the inside of the string begins that stands under a key, whose quote is at `quote`; the bytes are at hand up to `end`. */
export function nameBehind(number: u32, quote: u32, end: u32): u32 {
  const key = keyAt(number);
  if (!begins(key, quote + 1, end)) return NONE;
  let at = quote + 1 + load<u32>(key);
  if (at >= end) return MORE;
  if (load<u8>(at) !== QUOTE) return NONE;
  at = pastJsonBlanks(at + 1, end);
  if (at >= end) return MORE;
  if (load<u8>(at) !== COLON) return NONE;
  at = pastJsonBlanks(at + 1, end);
  if (at >= end) return MORE;
  return load<u8>(at) === QUOTE ? at + 1 : NONE;
}

/** Whether a key and its colon stand before `at`. Of many blanks between them not all are looked at. */
export function isKeyBefore(number: u32, at: u32): bool {
  const key = keyAt(number);
  const length = load<u32>(key);
  let i = beforeBlanks(at - 1);
  if (load<u8>(i) !== COLON) return false;
  i = beforeBlanks(i - 1);
  const start = i - length;
  return start > CHUNK - BEFORE && load<u8>(i) === QUOTE && load<u8>(start - 1) === QUOTE && begins(key, start, i);
}

/** The index of the first byte from `from` on that is no blank; `end` where there is none before it. */
function pastJsonBlanks(from: u32, end: u32): u32 {
  let at = from;
  while (at < end && isBlank(load<u8>(at))) at++;
  return at;
}

/** The index of the last byte up to `from` that is no blank, or of one that is, where too many stand there. */
function beforeBlanks(from: u32): u32 {
  let at = from;
  while (at > CHUNK - BEFORE && isBlank(load<u8>(at))) at--;
  return at;
}

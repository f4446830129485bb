import { BACKSLASH, QUOTE, SPACE } from './letters.ts';

/** Room for a text that is known: its length + 1 in a word, and from TEXT on its bytes. Longer texts are not kept. */
export const TEXT_SIZE: u32 = 128;
const TEXT: u32 = 8;
const LONGEST: u32 = TEXT_SIZE - TEXT - 8;
/** The last byte that is a letter of ASCII. */
const LAST_LETTER: u8 = 0x7e;

/** An odd number that spreads the bits of a word over all of them. */
const FACTOR: u64 = ((0x9e3779b9 as u64) << 32) | 0x7f4a7c15;

/** In what `knownText` answers. */
const NUMBER_SHIFT: u32 = 1;
const LENGTH_SHIFT: u32 = 16;

/**
 * The text of a JSON string whose inside begins at `at`, of those that were met before: in a table of `mask` + 1 texts each has a place that
 * its hash gives, until another text takes it. Out: 0 where the string does not end before `end`, is long, not of letters of ASCII, or has
 * escapes; else from LENGTH_SHIFT on its length + 1, below that its number in the table, and in the lowest bit whether it was not known.
 */
export function knownText(at: u32, end: u32, table: u32, mask: u32): u32 {
  const length = lengthOf(at, end);
  if (length > LONGEST) return 0;
  const number = hashOf(at, length) & mask;
  const place = table + number * TEXT_SIZE;
  const isKnown = load<u32>(place) === length + 1 && isSame(at, place + TEXT, length);
  if (!isKnown) keep(at, place, length);
  return ((length + 1) << LENGTH_SHIFT) | (number << NUMBER_SHIFT) | (isKnown ? 0 : 1);
}

/** How many letters stand before the quote; more than LONGEST where it is no such text. */
function lengthOf(from: u32, end: u32): u32 {
  const no = LONGEST + 1;
  for (let at = from; at < end && at - from <= LONGEST; at += 16) {
    const lanes = v128.load(at);
    const ends = v128.or(i8x16.eq(lanes, i8x16.splat(QUOTE)), i8x16.eq(lanes, i8x16.splat(BACKSLASH)));
    const others = v128.or(i8x16.lt_u(lanes, i8x16.splat(SPACE)), i8x16.gt_u(lanes, i8x16.splat(LAST_LETTER)));
    const found = i8x16.bitmask(v128.or(ends, others));
    if (found === 0) continue;
    const stop = at + ctz(found);
    return stop < end && load<u8>(stop) === QUOTE ? stop - from : no;
  }
  return no;
}

/** The eight bytes of a text from its byte `i` on; behind its end all are 0. */
function wordOf(at: u32, length: u32, i: u32): u64 {
  const left = length - i;
  const word = load<u64>(at + i);
  return left < 8 ? word & (((1 as u64) << (left << 3)) - 1) : word;
}

function hashOf(at: u32, length: u32): u32 {
  let hash: u64 = length;
  for (let i: u32 = 0; i < length; i += 8) {
    hash = (hash ^ wordOf(at, length, i)) * FACTOR;
    hash ^= hash >> 32;
  }
  return hash as u32;
}

function isSame(at: u32, kept: u32, length: u32): bool {
  for (let i: u32 = 0; i < length; i += 8) if (wordOf(at, length, i) !== load<u64>(kept + i)) return false;
  return true;
}

function keep(at: u32, place: u32, length: u32): void {
  store<u32>(place, length + 1);
  for (let i: u32 = 0; i < length; i += 8) store<u64>(place + TEXT + i, wordOf(at, length, i));
}

import { CASE_BIT, FOLDED_CLOSE, FOLDED_OPEN } from './block-bits.ts';
import { BACKSLASH, COMMA, QUOTE, SPACE } from './letters.ts';
import { close, level } from './skip.ts';

/**
 * The index of the quote that ends a string whose inside, or the rest of it, begins at `at`. Where it does not end before `end`: the index
 * to go on from, which is the end, or one more where the byte at the end is escaped.
 */
export function stringEnd(from: u32, end: u32): u32 {
  let at = from;
  while (at < end) {
    const found = quotesAndBackslashes(at);
    if (found === 0) {
      at += 16;
      if (at >= end) return end;
      continue;
    }
    at += ctz(found);
    if (at >= end) return end;
    if (load<u8>(at) === QUOTE) return at;
    at += 2;
  }
  return at;
}

/** The index of the quote that ends a key; the end or more where it has escapes or does not end. */
export function keyEnd(from: u32, end: u32): u32 {
  let at = from;
  while (at < end) {
    const found = quotesAndBackslashes(at);
    if (found !== 0) {
      at += ctz(found);
      return load<u8>(at) === BACKSLASH ? end : at;
    }
    at += 16;
  }
  return at;
}

/** A bit for each of the 16 bytes at `at`, the first one lowest. */
function quotesAndBackslashes(at: u32): u32 {
  const lanes = v128.load(at);
  return i8x16.bitmask(v128.or(i8x16.eq(lanes, i8x16.splat(QUOTE)), i8x16.eq(lanes, i8x16.splat(BACKSLASH))));
}

/** The index of the first byte from `at` on that is no blank; the end or more where there is none. */
export function pastBlanks(from: u32, end: u32): u32 {
  let at = from;
  while (at < end) {
    const found = i8x16.bitmask(i8x16.gt_u(v128.load(at), i8x16.splat(SPACE)));
    if (found !== 0) return at + ctz(found);
    at += 16;
  }
  return at;
}

/** The index behind the value at `at`; 0 where it does not end before `end`, or is none. */
export function pastValue(at: u32, end: u32): u32 {
  const first = load<u8>(at);
  if ((first | CASE_BIT) === FOLDED_OPEN) {
    const behind = close(at + 1, end);
    return level() === 0 && load<u8>(behind - 1) === first + 2 ? behind : 0;
  }
  if (first === QUOTE) {
    const quote = stringEnd(at + 1, end);
    return quote < end ? quote + 1 : 0;
  }
  return pastScalar(at, end);
}

/** Of a number or a word, which end before a blank, a comma, a bracket. */
function pastScalar(start: u32, end: u32): u32 {
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte <= SPACE || byte === COMMA || (byte | CASE_BIT) === FOLDED_CLOSE) return at === start ? 0 : at;
  }
  return 0;
}

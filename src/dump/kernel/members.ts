import { numberOf } from './key-numbers.ts';
import { CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, QUOTE } from './letters.ts';
import { keyEnd, pastBlanks, pastValue } from './past-value.ts';

/** What `member` answers: an index in the lower bits, and above them what it means. */
const MEANING_SHIFT: u32 = 24;
const INDEX: u32 = 0xffffff;
/** Something is to be looked at with care, the object has ended, or else the number of the key found + FOUND. */
const CARE: u32 = 0;
const ENDED: u32 = 1;
const FOUND: u32 = 2;

/** In a table of keys: the address of the tables of those objects that it leads to. */
const INNER: usize = 4;

/**
 * Goes on within an object, behind its bracket (`isFirst` is 1) or behind a member's value, to the next member whose key is in the table at an
 * address; others are passed over. Out: where the value of the key found is, behind the bracket that ends the object, or behind the last value
 * passed over, since the bytes end or something stands there that is to be looked at with care.
 */
export function member(from: u32, end: u32, isFirst: u32, table: usize): u32 {
  let safe = from;
  let first = isFirst;
  while (true) {
    let at = pastBlanks(safe, end);
    if (at >= end) return safe;
    let byte = load<u8>(at);
    if (byte === CLOSE_BRACE) return (at + 1) | (ENDED << MEANING_SHIFT);
    if (first === 0) {
      if (byte !== COMMA) return safe;
      at = pastBlanks(at + 1, end);
      if (at >= end) return safe;
      byte = load<u8>(at);
    }
    if (byte !== QUOTE) return safe;
    const key = at + 1;
    at = keyEnd(key, end);
    if (at >= end) return safe;
    const number = numberOf(table, key, at);
    at = pastBlanks(at + 1, end);
    if (at >= end || load<u8>(at) !== COLON) return safe;
    at = pastBlanks(at + 1, end);
    if (at >= end) return safe;
    if (number >= 0) return at | ((number + FOUND) << MEANING_SHIFT);
    at = pastValue(at, end);
    if (at === 0) return safe;
    safe = at;
    first = 0;
  }
}

/**
 * Goes through the object at `at` and those within that its table leads to. Of each wanted member the index of its value goes to the slot of
 * its number: 4 bytes each from `slots` on, `count` of them, 0 where there is no such member. Out: the index behind the object; 0 where the
 * bytes end, or something stands there that is to be looked at with care, a repeated key among it.
 */
export function extract(at: u32, end: u32, table: usize, slots: usize, count: u32): u32 {
  memory.fill(slots, 0, count << 2);
  return extractInto(at, end, table, slots);
}

function extractInto(start: u32, end: u32, table: usize, slots: usize): u32 {
  if (start >= end || load<u8>(start) !== OPEN_BRACE) return 0;
  let at = start + 1;
  let first = 1;
  while (true) {
    const found = member(at, end, first, table);
    const meaning = found >> MEANING_SHIFT;
    at = found & INDEX;
    if (meaning === CARE) return 0;
    if (meaning === ENDED) return at;
    const place = (meaning - FOUND) << 2;
    if (load<u32>(slots + place) !== 0) return 0;
    store<u32>(slots + place, at);
    const inner = load<u32>(load<u32>(table, INNER) + place);
    at = inner === 0 ? pastValue(at, end) : extractInto(at, end, inner, slots);
    if (at === 0) return 0;
    first = 0;
  }
}

import { BLOCK, bytesEqual, CASE_BIT, escapes, FOLDED_CLOSE, FOLDED_OPEN, hasEqual, insideStrings } from './block-bits.ts';
import { BACKSLASH, QUOTE } from './letters.ts';

/** How many brackets are open, … */
let open: i32 = 0;
/** … all bits set within a string, none outside, … */
let inString: u64 = 0;
/** … 1 where the next byte is escaped; … */
let escaped: u64 = 0;
/** … and the most brackets that were open behind any block. */
let most: i32 = 0;

/** Begins behind an opening bracket. */
export function begin(): void {
  open = 1;
  most = 1;
  inString = 0;
  escaped = 0;
}

/** Brackets open at present. */
export function level(): i32 {
  return open;
}

/** About the most that were open at once since `begin`. */
export function deepest(): i32 {
  return most;
}

/** Not 0 within a string. */
export function isInString(): i32 {
  return inString as i32;
}

/** Goes on over the bytes of [at, end). Out: the index behind the bracket that closes what `begin` opened (then the level is 0), or the end. */
export function skip(from: u32, end: u32): u32 {
  const quote = i8x16.splat(QUOTE);
  const backslash = i8x16.splat(BACKSLASH);
  const caseBit = i8x16.splat(CASE_BIT);
  const folded = i8x16.splat(FOLDED_OPEN);
  const foldedClose = i8x16.splat(FOLDED_CLOSE);
  let levelNow = open;
  let deepestNow = most;
  let within = inString;
  let isEscaped = escaped;
  for (let at = from; at < end; at += BLOCK) {
    let a = v128.load(at);
    let b = v128.load(at, 16);
    let c = v128.load(at, 32);
    let d = v128.load(at, 48);
    // The last bytes may be fewer than 64.
    const count = end - at;
    const valid: u64 = count < BLOCK ? ((1 as u64) << count) - 1 : -1;

    let quotes = valid & bytesEqual(quote, a, b, c, d);
    // Backslashes are rare. A quote behind an odd number of them ends no string.
    if ((isEscaped as i32) | (hasEqual(backslash, a, b, c, d) as i32)) {
      const slashes = valid & bytesEqual(backslash, a, b, c, d);
      const codes = escapes(slashes, isEscaped);
      const outOfUse = codes ^ (slashes | isEscaped);
      quotes &= ~outOfUse;
      isEscaped = count < BLOCK ? (outOfUse >> count) & 1 : (codes & slashes) >> 63;
    }
    const inside = insideStrings(quotes, within);
    within = ((inside as i64) >> 63) as u64;
    const outside = ~inside & valid;

    a = v128.or(a, caseBit);
    b = v128.or(b, caseBit);
    c = v128.or(c, caseBit);
    d = v128.or(d, caseBit);
    const opened = outside & bytesEqual(folded, a, b, c, d);
    const closed = outside & bytesEqual(foldedClose, a, b, c, d);
    const closedCount = popcnt(closed) as i32;
    // Only where as many are closed as are open can the last one be among them: then they are gone through one by one.
    if (closedCount >= levelNow) {
      let rest = closed;
      for (let stillOpen = levelNow - 1; rest !== 0; stillOpen--) {
        if (stillOpen + (popcnt(opened & (lowest(rest) - 1)) as i32) === 0) {
          open = 0;
          return at + (ctz(rest) as u32) + 1;
        }
        rest &= rest - 1;
      }
    }
    levelNow += (popcnt(opened) as i32) - closedCount;
    if (levelNow > deepestNow) deepestNow = levelNow;
  }
  open = levelNow;
  most = deepestNow;
  inString = within;
  escaped = isEscaped;
  return end;
}

/** `begin` and `skip` in one call. */
export function close(at: u32, end: u32): u32 {
  begin();
  return skip(at, end);
}

/** The lowest bit that is set, alone. */
function lowest(bits: u64): u64 {
  return bits & (0 - bits);
}

// A block of 64 bytes lies in four vectors, a to d, and is looked at through masks of 64 bits: one for each byte, the first byte lowest.

/** `[` and `{` differ by this bit alone, as `]` and `}` do: with it set they are FOLDED_OPEN and FOLDED_CLOSE. */
export const CASE_BIT: u8 = 0x20;
export const FOLDED_OPEN: u8 = 0x7b;
export const FOLDED_CLOSE: u8 = 0x7d;

export const BLOCK: u32 = 64;

/** The bytes of a block that are equal to those of a vector. */
export function bytesEqual(wanted: v128, a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (i8x16.bitmask(i8x16.eq(a, wanted)) as u32) | ((i8x16.bitmask(i8x16.eq(b, wanted)) as u32) << 16);
  const high = (i8x16.bitmask(i8x16.eq(c, wanted)) as u32) | ((i8x16.bitmask(i8x16.eq(d, wanted)) as u32) << 16);
  return (low as u64) | ((high as u64) << 32);
}

/** Whether any byte of a block is equal to one of a vector. */
export function hasEqual(wanted: v128, a: v128, b: v128, c: v128, d: v128): bool {
  return v128.any_true(v128.or(v128.or(i8x16.eq(a, wanted), i8x16.eq(b, wanted)), v128.or(i8x16.eq(c, wanted), i8x16.eq(d, wanted))));
}

/** Every other bit, from the second one on. */
const ODD: u64 = (u64.MAX_VALUE / 3) * 2;

/**
 * Where runs of backslashes escape something, as simdjson finds it: by the borrow of a subtraction that runs through each run.
 * In: the backslashes, and 1 where the first byte is escaped. Out: of each run every other byte, and the byte behind it where that one is escaped.
 */
export function escapes(slashes: u64, escaped: u64): u64 {
  const codes = slashes & ~escaped;
  return (((codes << 1) | ODD) - codes) ^ ODD;
}

/** What stands within strings, their opening quotes among it. In: the quotes that are not escaped; all bits set where the block begins in a string. */
export function insideStrings(quotes: u64, inString: u64): u64 {
  // A byte is within a string where an odd number of quotes stands at or before it.
  let inside = quotes ^ (quotes << 1);
  inside ^= inside << 2;
  inside ^= inside << 4;
  inside ^= inside << 8;
  inside ^= inside << 16;
  inside ^= inside << 32;
  return inside ^ inString;
}

// A table of keys is a mask, the address of what it leads to, a word of bits that most other keys are told by, and from 16 bytes on mask + 1 slots. src/dump/key-table.ts writes it.
const BITS: usize = 8;
const SLOTS: usize = 16;
const SLOT_BITS: u32 = 5;
/** In a slot: the first and the last eight bytes of a key, its length, its number + 1, its address. */
const HEAD: usize = 0;
const TAIL: usize = 8;
const LENGTH: usize = 16;
const NUMBER: usize = 20;
const ADDRESS: usize = 24;

/** The number of the key at [at, end) in a table, -1 where it has no such key. */
export function numberOf(table: usize, at: u32, end: u32): i32 {
  const length = end - at;
  if (((load<u64>(table, BITS) >> ((load<u8>(at) + length) & 63)) & 1) === 0) return -1;
  const mask = load<u32>(table);
  const bytes = load<u64>(at);
  const head = length < 8 ? bytes & (((1 as u64) << (length << 3)) - 1) : bytes;
  const tail: u64 = length > 8 ? load<u64>(end - 8) : 0;
  let index = hashOf(head, tail, length);
  while (true) {
    const slot = table + SLOTS + ((index & mask) << SLOT_BITS);
    const number = load<i32>(slot, NUMBER);
    if (number === 0) return -1;
    if (load<u64>(slot, HEAD) === head && load<u64>(slot, TAIL) === tail && load<u32>(slot, LENGTH) === length)
      if (isSame(at, load<u32>(slot, ADDRESS), length)) return number - 1;
    index++;
  }
}

/** `hashOf` of src/dump/key-table.ts. */
function hashOf(head: u64, tail: u64, length: u32): u32 {
  const mixed = (head as u32) ^ (((head >> 32) as u32) * 0x9e3779b1) ^ (((tail as u32) * 0x85ebca6b) ^ (((tail >> 32) as u32) * 0xc2b2ae35));
  return ((mixed + length) * 0x27d4eb2f) >> 16;
}

/** Whether two keys of a length are the same between their first and their last eight bytes. */
function isSame(one: u32, other: u32, length: u32): bool {
  for (let i: u32 = 8; i + 8 < length; i += 8) if (load<u64>(one + i) !== load<u64>(other + i)) return false;
  return true;
}

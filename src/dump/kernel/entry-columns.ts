import {
  FULL_HASHES,
  FULL_NAMES,
  FULL_ROWS,
  HASH_COUNT,
  HASHED,
  HASHES,
  NAME_BYTES,
  NAMES,
  OTHER_COUNT,
  OTHERS,
  ROW_COUNT,
  ROW_SIZE,
  ROWS,
  UNKNOWN_COUNT,
  UNKNOWNS,
} from './entry-memory.ts';
import { QUOTE } from './letters.ts';

/** FNV-1a of 32 bits, as in src/dump/entry-table.ts. */
const FNV_START: u32 = 0x811c9dc5;
const FNV_PRIME: u32 = 0x01000193;

/** The entries of the list that have ended. */
let count: u32 = 0;
/** Bytes of names that were taken over. */
let namesTaken: u32 = 0;
/** Where the name ends that the present entry has, or the last one. */
let namesEnd: usize = 0;

/** Empties the columns for another list. */
export function beginColumns(): void {
  count = 0;
  namesTaken = 0;
  namesEnd = NAMES;
  forget();
}

/** How many entries have ended. */
export function entryCount(): u32 {
  return count;
}

/** Whether the columns are to be taken over before more is noted. */
export function isFull(): bool {
  return load<u32>(ROW_COUNT) >= FULL_ROWS || load<u32>(HASH_COUNT) >= FULL_HASHES || ((namesEnd - NAMES) as u32) >= FULL_NAMES;
}

/** The columns were taken over: they begin anew, with the name that the present entry may have. */
export function taken(): void {
  const bytes = load<u32>(NAME_BYTES);
  memory.copy(NAMES, NAMES + bytes, namesEnd - NAMES - bytes);
  namesEnd -= bytes;
  namesTaken += bytes;
  forget();
}

function forget(): void {
  memory.fill(ROW_COUNT, 0, UNKNOWN_COUNT + 4 - ROW_COUNT);
}

/** Of `addName`: no quote ends the name, and nothing was noted; it is ASCII; it is not, so that it is not known what text it is. */
export const CUT: i32 = 0;
export const ASCII: i32 = 1;
export const OTHER_TEXT: i32 = 2;

/**
 * Notes a name of the present entry that may be its resource's. In: bytes from its first to `end`, and whether it is kept as the entry's own
 * until the entry turns out not to be simple.
 */
export function addName(from: u32, end: u32, isOwn: bool): i32 {
  let hash = FNV_START;
  let all: u32 = 0;
  let at = from;
  for (; at < end; at++) {
    const byte = load<u8>(at) as u32;
    if (byte === QUOTE) break;
    all |= byte;
    hash = (hash ^ byte) * FNV_PRIME;
  }
  if (at >= end) return CUT;
  if (isOwn) {
    memory.copy(namesEnd, from, at - from);
    namesEnd += at - from;
  }
  const hashes = load<u32>(HASH_COUNT);
  store<u32>(HASHES + hashes * 4, hash);
  store<u32>(HASHED + hashes * 4, count);
  store<u32>(HASH_COUNT, hashes + 1);
  return all < 0x80 ? ASCII : OTHER_TEXT;
}

/** Ends the present entry as a simple one: with one resource, and one name. */
export function endSimple(start: f64, end: f64, resourceStart: f64, resourceEnd: f64): void {
  store<u32>(NAME_BYTES, (namesEnd - NAMES) as u32);
  endRow(start, end, resourceStart, resourceEnd);
}

/** Ends the present entry as one of which more is to be known from itself only. */
export function endOther(start: f64, end: f64, areNamesKnown: bool): void {
  namesEnd = NAMES + load<u32>(NAME_BYTES);
  append(OTHER_COUNT, OTHERS);
  if (!areNamesKnown) append(UNKNOWN_COUNT, UNKNOWNS);
  endRow(start, end, 0, 0);
}

function append(counter: usize, column: usize): void {
  const length = load<u32>(counter);
  store<u32>(column + length * 4, count);
  store<u32>(counter, length + 1);
}

function endRow(start: f64, end: f64, resourceStart: f64, resourceEnd: f64): void {
  const rows = load<u32>(ROW_COUNT);
  const row = ROWS + rows * ROW_SIZE;
  store<f64>(row, start);
  store<f64>(row, end, 8);
  store<f64>(row, resourceStart, 16);
  store<f64>(row, resourceEnd, 24);
  store<f64>(row, (namesTaken + load<u32>(NAME_BYTES)) as f64, 32);
  store<u32>(ROW_COUNT, rows + 1);
  count++;
}

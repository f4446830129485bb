import { BLOCK, bytesEqual } from './block-bits.ts';
import { firstFour } from './entry-keys.ts';
import {
  beginNotes,
  ENTRY,
  entryBegins,
  entryEnds,
  isUsual,
  LIST,
  listEnds,
  memberBegins,
  memberEnds,
  sawBackslash,
  sawBetween,
  sawText,
} from './entry-notes.ts';

/** Within an entry: a resource, or the resource in a state. */
const RESOURCE: i32 = 3;
const HELD: i32 = 4;

/** How many brackets may be open around a text that is looked at; 0 where nothing is noted. */
let deepestText: i32 = 0;
/** The first four letters of the keys of names, these or those. */
let wanted: u32 = 0;
let orWanted: u32 = 0;
/** Behind the last entry, or where what is at hand begins. */
let since: u32 = 0;
/** Behind the bracket that closes what was begun. */
let closedAt: u32 = 0;

/** Begins a container of which nothing is noted. */
export function beginNothing(): void {
  deepestText = 0;
}

/** Begins a list whose entries are noted. In: how many keys of each sort lie in memory, the names' first. */
export function beginEntries(own: u32, names: u32, members: u32, hasHolders: bool): void {
  beginNotes(own, names, members, hasHolders);
  deepestText = hasHolders ? HELD : RESOURCE;
  wanted = firstFour(0);
  orWanted = firstFour(names - 1);
}

/** Where more brackets are open than so many, nothing is to be looked at. */
export function deepest(): i32 {
  return deepestText;
}

/** Where the container ended, when `noteBlock` came to level 0. */
export function endOfContainer(): u32 {
  return closedAt;
}

/** What is at hand begins at an index. */
export function beginsAt(from: u32): void {
  since = from;
}

/** … and ends: what stands there between entries is looked at. */
export function endsAt(end: u32, level: i32): void {
  if (deepestText > 0 && level === LIST) sawBetween(since, end);
}

/**
 * Notes what the block at `at` has of brackets and texts. In: the brackets open before it, its masks, the end of what is at hand, and what is
 * added to an index for the offset in the source. Out: the brackets open behind it; 0 where the container has ended.
 */
export function noteBlock(at: u32, end: u32, base: f64, before: i32, opened: u64, closed: u64, slashes: u64, texts: u64): i32 {
  let looked: u64 = 0;
  if (deepestText > 0) looked = slashes | (texts & firstLetters(at, end));
  const closedCount = popcnt(closed) as i32;
  if (looked === 0 && before - closedCount > ENTRY) return before + (popcnt(opened) as i32) - closedCount;
  let level = before;
  let rest = looked | opened | closed;
  while (rest !== 0) {
    const bit = rest & (0 - rest);
    const place = at + (ctz(rest) as u32);
    rest ^= bit;
    if (closed & bit) {
      // A closing bracket stands on the level that it comes back to.
      level--;
      if (level > ENTRY) continue;
      if (deepestText > 0) closes(place, level, base + (place as f64));
      if (level === 0) {
        closedAt = place + 1;
        return 0;
      }
    } else if (opened & bit) {
      if (deepestText > 0 && level <= ENTRY) opens(place, level, base + (place as f64));
      level++;
    } else if (level >= ENTRY && level <= deepestText) {
      if (slashes & bit) sawBackslash();
      else if (isWanted(place, end)) sawText(place, end, level);
    }
  }
  return level;
}

function opens(place: u32, level: i32, offset: f64): void {
  if (level === ENTRY) {
    memberBegins(place, offset);
    return;
  }
  sawBetween(since, place);
  entryBegins(load<u8>(place), offset);
  if (!isUsual()) deepestText = 0;
}

function closes(place: u32, level: i32, offset: f64): void {
  if (level === ENTRY) {
    memberEnds(offset + 1);
    return;
  }
  if (level === LIST) {
    entryEnds(load<u8>(place), offset + 1);
    since = place + 1;
  } else {
    sawBetween(since, place);
    listEnds(load<u8>(place));
  }
  if (!isUsual()) deepestText = 0;
}

/** The bytes of the block at `at` before the first letter of a wanted text; before the end of what is at hand all bytes. */
function firstLetters(at: u32, end: u32): u64 {
  if (end - at < BLOCK + 4) return u64.MAX_VALUE;
  const a = v128.load(at, 1);
  const b = v128.load(at, 17);
  const c = v128.load(at, 33);
  const d = v128.load(at, 49);
  return bytesEqual(i8x16.splat(wanted as i8), a, b, c, d) | bytesEqual(i8x16.splat(orWanted as i8), a, b, c, d);
}

/** Whether the text whose quote is at `quote` begins as wanted, or too little of it is at hand. */
function isWanted(quote: u32, end: u32): bool {
  if (quote + 5 > end) return true;
  const letters = load<u32>(quote, 1);
  return letters === wanted || letters === orWanted;
}

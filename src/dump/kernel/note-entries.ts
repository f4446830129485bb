import { BLOCK, bytesEqual, CASE_BIT, escapes, FOLDED_CLOSE, FOLDED_OPEN, hasEqual, insideStrings } from './block-bits.ts';
import { isFull } from './entry-columns.ts';
import { firstFour } from './entry-keys.ts';
import {
  beginNotes,
  ENTRY,
  entryBegins,
  entryEnds,
  goOnWithText,
  isCut,
  isUsual,
  keepEnd,
  LIST,
  listEnds,
  memberBegins,
  memberEnds,
  sawBackslash,
  sawBetween,
  sawText,
} from './entry-notes.ts';
import { BACKSLASH, QUOTE, SPACE } from './letters.ts';

/** How many brackets are open, … */
let open: i32 = 0;
/** … how many may be around a text that is looked at (0: nothing is noted), … */
let deepestText: i32 = 0;
/** … all bits set within a string, none outside, … */
let inString: u64 = 0;
/** … 1 where the next byte is escaped. */
let escaped: u64 = 0;
/** The first four letters of the keys of names, these or those. */
let wanted: u32 = 0;
let orWanted: u32 = 0;

/** Within an entry: a resource, or the resource in a state. */
const RESOURCE: i32 = 3;
const HELD: i32 = 4;

/** Begins behind an opening bracket, to pass over what it holds and note nothing. */
export function beginPassing(): void {
  open = 1;
  deepestText = 0;
  inString = 0;
  escaped = 0;
}

/** Begins behind the bracket of a list whose entries are noted. In: how many keys of each sort lie in memory, the names' first. */
export function beginList(own: u32, names: u32, members: u32, hasHolders: bool): void {
  beginPassing();
  beginNotes(own, names, members, hasHolders);
  deepestText = hasHolders ? HELD : RESOURCE;
  wanted = firstFour(0);
  orWanted = firstFour(names - 1);
}

/** Brackets open at present. */
export function listLevel(): i32 {
  return open;
}

/**
 * Goes on over the bytes of [at, end), whose memory index 0 is at `base` in the source. Out: the index behind the bracket that closes what was
 * begun (then the level is 0); else the end, or an index before it from which to go on when the columns were taken over.
 */
export function note(from: u32, end: u32, base: f64): u32 {
  // Bytes are looked at in blocks: the last one is filled up.
  const blank = i8x16.splat(SPACE);
  v128.store(end, blank);
  v128.store(end, blank, 16);
  v128.store(end, blank, 32);
  v128.store(end, blank, 48);
  if (deepestText > 0) goOnWithText(end, open);
  const quote = i8x16.splat(QUOTE);
  const backslash = i8x16.splat(BACKSLASH);
  const caseBit = i8x16.splat(CASE_BIT);
  const foldedOpen = i8x16.splat(FOLDED_OPEN);
  const foldedClose = i8x16.splat(FOLDED_CLOSE);
  let level = open;
  let deepest = deepestText;
  let within = inString;
  let isEscaped = escaped;
  /** Behind the last entry, or where this call began. */
  let since = from;
  let at = from;
  for (; at < end; at += BLOCK) {
    let a = v128.load(at);
    let b = v128.load(at, 16);
    let c = v128.load(at, 32);
    let d = v128.load(at, 48);
    let quotes = bytesEqual(quote, a, b, c, d);
    let slashes: u64 = 0;
    if ((isEscaped as i32) | (hasEqual(backslash, a, b, c, d) as i32)) {
      slashes = bytesEqual(backslash, a, b, c, d);
      const codes = escapes(slashes, isEscaped);
      const notUsed = codes ^ (slashes | isEscaped);
      quotes &= ~notUsed;
      isEscaped = end - at < BLOCK ? (notUsed >> (end - at)) & 1 : (codes & slashes) >> 63;
    }
    const inside = insideStrings(quotes, within);
    within = ((inside as i64) >> 63) as u64;
    a = v128.or(a, caseBit);
    b = v128.or(b, caseBit);
    c = v128.or(c, caseBit);
    d = v128.or(d, caseBit);
    const opened = ~inside & bytesEqual(foldedOpen, a, b, c, d);
    const closed = ~inside & bytesEqual(foldedClose, a, b, c, d);
    const closedCount = popcnt(closed) as i32;
    // Where so few are closed that no level to note is reached, they are only counted.
    if (level - closedCount > deepest) {
      level += (popcnt(opened) as i32) - closedCount;
      continue;
    }
    let rest = opened | closed;
    if (deepest > 0) rest |= slashes | (quotes & inside & firstLetters(at, end));
    while (rest !== 0) {
      const bit = rest & (0 - rest);
      const place = at + (ctz(rest) as u32);
      rest ^= bit;
      if (closed & bit) {
        // A closing bracket stands on the level that it comes back to.
        level--;
        if (level > ENTRY) continue;
        if (deepest > 0) {
          if (level === ENTRY) memberEnds(base + ((place + 1) as f64));
          else if (level === LIST) {
            entryEnds(load<u8>(place), base + ((place + 1) as f64));
            since = place + 1;
          } else {
            sawBetween(since, place);
            listEnds(load<u8>(place));
          }
          if (!isUsual()) deepest = 0;
        }
        if (level === 0) {
          open = 0;
          return place + 1;
        }
      } else if (opened & bit) {
        if (deepest > 0 && level <= ENTRY) {
          if (level === ENTRY) memberBegins(place, base + (place as f64));
          else {
            sawBetween(since, place);
            entryBegins(load<u8>(place), base + (place as f64));
            if (!isUsual()) deepest = 0;
          }
        }
        level++;
      } else if (level >= ENTRY && level <= deepest) {
        if (slashes & bit) sawBackslash();
        else if (isWanted(place, end)) sawText(place, end, level);
      }
    }
    if (deepest > 0 && isFull() && !isCut()) {
      at += BLOCK;
      break;
    }
  }
  if (at > end) at = end;
  if (deepest > 0) {
    if (level === LIST) sawBetween(since, at);
    if (at === end) keepEnd(end);
  }
  open = level;
  deepestText = deepest;
  inString = within;
  escaped = isEscaped;
  return at;
}

/** The bytes of the block at `at` before the first letter of a wanted text; before the end of what is at hand all bytes. */
function firstLetters(at: u32, end: u32): u64 {
  if (end - at < BLOCK + 4) return -1;
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

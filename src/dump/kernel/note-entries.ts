import { BLOCK, bytesEqual, CASE_BIT, escapes, FOLDED_CLOSE, FOLDED_OPEN, hasEqual, insideStrings } from './block-bits.ts';
import { isFull } from './entry-columns.ts';
import { goOnWithText, isCut, keepEnd } from './entry-notes.ts';
import { BACKSLASH, QUOTE, SPACE } from './letters.ts';
import { beginEntries, beginNothing, beginsAt, deepest, endOfContainer, endsAt, noteBlock } from './note-block.ts';

/** How many brackets are open, … */
let open: i32 = 0;
/** … all bits set within a string, none outside, … */
let inString: u64 = 0;
/** … 1 where the next byte is escaped. */
let escaped: u64 = 0;

/** Begins behind an opening bracket, to pass over what it holds and note nothing. */
export function beginPassing(): void {
  open = 1;
  inString = 0;
  escaped = 0;
  beginNothing();
}

/** Begins behind the bracket of a list whose entries are noted. In: how many keys of each sort lie in memory, the names' first. */
export function beginList(own: u32, names: u32, members: u32, hasHolders: bool): void {
  beginPassing();
  beginEntries(own, names, members, hasHolders);
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
  fillBlock(end);
  if (deepest() > 0) goOnWithText(end, open);
  beginsAt(from);
  const quote = i8x16.splat(QUOTE);
  const backslash = i8x16.splat(BACKSLASH);
  const caseBit = i8x16.splat(CASE_BIT);
  const foldedOpen = i8x16.splat(FOLDED_OPEN);
  const foldedClose = i8x16.splat(FOLDED_CLOSE);
  let level = open;
  let within = inString;
  let isEscaped = escaped;
  let at = from;
  while (at < end) {
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
    at += BLOCK;
    // Where so few are closed that no level to note is reached, they are only counted.
    if (level - closedCount > deepest()) {
      level += (popcnt(opened) as i32) - closedCount;
      continue;
    }
    level = noteBlock(at - BLOCK, end, base, level, opened, closed, slashes, quotes & inside);
    if (level === 0) {
      open = 0;
      return endOfContainer();
    }
    if (deepest() > 0 && isFull() && !isCut()) break;
  }
  at = min(at, end);
  open = level;
  inString = within;
  escaped = isEscaped;
  endsAt(at, level);
  if (at === end) keepEnd(end);
  return at;
}

/** Bytes are looked at in blocks: the last one is filled up with blanks. */
function fillBlock(end: u32): void {
  const blank = i8x16.splat(SPACE);
  v128.store(end, blank);
  v128.store(end, blank, 16);
  v128.store(end, blank, 32);
  v128.store(end, blank, 48);
}

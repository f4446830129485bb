import { ASCII, addName, beginColumns, CUT, endOther, endSimple, entryCount } from './entry-columns.ts';
import { isBlank, isKeyBefore, MORE, NONE, nameBehind } from './entry-keys.ts';
import { BEFORE, CARRY_SIZE, CHUNK } from './entry-memory.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE } from './letters.ts';

/** Brackets that are open within a list, and within an entry of it. */
export const LIST: i32 = 1;
export const ENTRY: i32 = 2;

/** How many keys name a resource within itself; one more may stand in an entry, then come those that a resource stands under. */
let ownKeys: u32 = 0;
let nameKeys: u32 = 0;
let allKeys: u32 = 0;
/** Whether an entry may hold objects that hold a resource in turn: then it cannot be told whose name it is. */
let hasHolders: bool = false;

/** Whether the list is one of objects, so far. */
let usual: bool = true;
/** Of the present entry: its start, and the borders of the first object in it; … */
let start: f64 = 0;
let resourceStart: f64 = 0;
let resourceEnd: f64 = 0;
/** … whether it is a resource, and the only one, with the only name; whether the name was seen; and whether all names were. */
let isSimple: bool = true;
let hasName: bool = false;
let areNamesKnown: bool = true;
/** The only byte that is no blank behind the last entry, or else NOTHING or SEVERAL. */
let between: u32 = 0;
const NOTHING: u32 = 0;
const SEVERAL: u32 = 0x100;
/** How many bytes there are of a text that goes on in the next chunk. */
let carried: u32 = 0;

/** Begins a list. In: how many keys of each sort there are. */
export function beginNotes(own: u32, names: u32, members: u32, holders: bool): void {
  ownKeys = own;
  nameKeys = names;
  allKeys = names + members;
  hasHolders = holders;
  usual = true;
  between = NOTHING;
  carried = 0;
  beginColumns();
}

/** Whether the list has been one of objects so far; else there is nothing to note. */
export function isUsual(): bool {
  return usual;
}

/** Looks at bytes that stand between entries: a comma is wanted, and blanks. */
export function sawBetween(from: u32, to: u32): void {
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at) as u32;
    if (!isBlank(byte)) between = between === NOTHING ? byte : SEVERAL;
  }
}

/** The list ends, with a bracket. */
export function listEnds(bracket: u32): void {
  if (bracket !== CLOSE_BRACKET || between !== NOTHING) usual = false;
}

/** An entry begins, with a bracket whose offset is given. */
export function entryBegins(bracket: u32, offset: f64): void {
  if (bracket !== OPEN_BRACE || between !== (entryCount() === 0 ? NOTHING : (COMMA as u32))) usual = false;
  between = NOTHING;
  start = offset;
  resourceStart = 0;
  isSimple = true;
  hasName = false;
  areNamesKnown = true;
}

/** The entry ends before an offset, with a bracket. */
export function entryEnds(bracket: u32, offset: f64): void {
  if (bracket !== CLOSE_BRACE) usual = false;
  if (areNamesKnown && isSimple && hasName) endSimple(start, offset, resourceStart, resourceEnd);
  else endOther(start, offset, areNamesKnown && hasHolders);
}

/** A member of the entry begins that is an object or a list: its bracket stands at `at` of the memory. */
export function memberBegins(at: u32, offset: f64): void {
  if (resourceStart === 0) resourceStart = offset;
  else isSimple = false;
  if (!isResource(at)) isSimple = false;
  if (load<u8>(at) !== OPEN_BRACE) areNamesKnown = false;
}

/** … and ends before an offset. */
export function memberEnds(offset: f64): void {
  resourceEnd = offset;
}

function isResource(at: u32): bool {
  for (let key = nameKeys; key < allKeys; key++) if (isKeyBefore(key, at)) return true;
  return false;
}

/** A backslash within the entry may hide the key of a name, or what the name is. */
export function sawBackslash(): void {
  areNamesKnown = false;
}

/** A text begins within the entry, with a quote at `quote` of the memory, so many brackets being open: is it the key of a name? */
export function sawText(quote: u32, end: u32, level: i32): void {
  // The value of a name begins where what is at hand ends.
  if (carried > 0) return;
  for (let key: u32 = 0; key < nameKeys; key++) {
    const name = nameBehind(key, quote, end);
    if (name === NONE) continue;
    if (name === MORE || !nameFound(name, end, level > ENTRY && key < ownKeys)) {
      carry(quote, end);
      return;
    }
  }
}

/** Notes the name whose bytes begin at `from`. In: whether a resource says it. Out: whether it ends before `end`. */
function nameFound(from: u32, end: u32, isOwn: bool): bool {
  // A quote that is escaped ends no text, but an entry with backslashes is not a simple one.
  const found = addName(from, end, isOwn && isSimple && !hasHolders && !hasName);
  if (found === CUT) return false;
  if (!isOwn || hasHolders) isSimple = false;
  if (found !== ASCII) areNamesKnown = false;
  hasName = true;
  return true;
}

/** The text at `from` goes on behind what is at hand: it is looked at again with the next chunk. */
function carry(from: u32, end: u32): void {
  carried = end - from;
  if (carried <= CARRY_SIZE) return;
  carried = 0;
  areNamesKnown = false;
}

/** The chunk ends at `end`: puts what is still wanted of it before the place of the next one. */
export function keepEnd(end: u32): void {
  const kept = max(carried, BEFORE);
  memory.copy(CHUNK - kept, end - kept, kept);
}

/** Whether a text goes on in the next chunk. */
export function isCut(): bool {
  return carried > 0;
}

/** Another chunk is at hand up to `end`: goes on with the text that was cut, if any. */
export function goOnWithText(end: u32, level: i32): void {
  const length = carried;
  carried = 0;
  if (length > 0) sawText(CHUNK - length, end, level);
}

// What the module exports.

// src/dump/entry-noter.ts says what these are for.
export { taken } from './entry-columns.ts';
export { CHUNK, CHUNK_SIZE, COUNTS, HASHED, HASHES, KEY_SIZE, KEY_TEXT, KEYS, NAMES, OTHERS, ROWS, UNKNOWNS } from './entry-memory.ts';
export { isUsual } from './entry-notes.ts';
// src/dump/json-kernel.ts says what each of these does.
export { knownText } from './known-texts.ts';
export { extract, member } from './members.ts';
export { beginList, beginPassing, listLevel, note } from './note-entries.ts';
export { stringEnd } from './past-value.ts';
export { begin, close, deepest, isInString as inString, level, skip } from './skip.ts';

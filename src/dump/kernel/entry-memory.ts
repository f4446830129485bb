// Where the noting of entries has its bytes and its columns; src/dump/entry-noter.ts learns these places from the module's exports.

/** The keys of a list's shape, KEY_SIZE bytes each: the length in a word, and from KEY_TEXT on the text. */
export const KEYS: usize = 0x400;
export const KEY_SIZE: usize = 64;
export const KEY_TEXT: usize = 8;

/** How many of each there are: rows, bytes of names that belong to them, hashes, others, unknowns; a word each. */
export const COUNTS: usize = 0x800;
export const ROW_COUNT: usize = COUNTS;
export const NAME_BYTES: usize = COUNTS + 4;
export const HASH_COUNT: usize = COUNTS + 8;
export const OTHER_COUNT: usize = COUNTS + 12;
export const UNKNOWN_COUNT: usize = COUNTS + 16;

/** What a chunk ends with stands before the next one: so many bytes at least, … */
export const BEFORE: u32 = 0x80;
/** … and a text that it cuts; longer ones are left. */
export const CARRY_SIZE: u32 = 0x10000;
/** The bytes to look at; a block of blanks follows them. */
export const CHUNK: u32 = 0x1000 + CARRY_SIZE;
export const CHUNK_SIZE: u32 = 0x40000;

/** The columns are taken over once so much is in one of them; behind that is room for what one block adds. */
export const FULL_ROWS: u32 = 4096;
export const FULL_NAMES: u32 = 0x20000;
export const FULL_HASHES: u32 = 8192;
/** No more entries, and no more names, begin or end in a block. */
const IN_BLOCK: u32 = 64;

/** In a row, all numbers of 64 bits: an entry's borders, those of its resource, and where its name ends among the names of all. */
export const ROW_SIZE: u32 = 40;
export const ROWS: usize = CHUNK + CHUNK_SIZE + 0x1000;
export const HASHES: usize = ROWS + (FULL_ROWS + IN_BLOCK) * ROW_SIZE;
export const HASHED: usize = HASHES + (FULL_HASHES + IN_BLOCK) * 4;
export const OTHERS: usize = HASHED + (FULL_HASHES + IN_BLOCK) * 4;
export const UNKNOWNS: usize = OTHERS + (FULL_ROWS + IN_BLOCK) * 4;
/** The last column: up to FULL_NAMES, one name of an entry that has not ended, and a text as long as what is at hand. */
export const NAMES: usize = UNKNOWNS + (FULL_ROWS + IN_BLOCK) * 4;

const NEWLINE = 0x0a;
const SPACE = 0x20;

/** Finds bytes within bytes from an index on, at the speed of memory; -1 where they are not. */
export type ByteSearch = (bytes: Uint8Array, wanted: Uint8Array, from: number) => number;

/**
 * What closes a container in JSON that is indented throughout, as Envoy's admin interface writes it: a line of its own, at the indentation
 * of the line that opens it. A raw newline cannot stand within a JSON string, so the first such line is the one.
 *
 * In: the closing bracket (or what else begins a line) and the blanks before the line that opens. Out: the bytes from the line break to the bracket.
 */
export function closingLine(bracket: number, indent: number): Uint8Array {
  const known = KNOWN.get(bracket * MAX_INDENT + indent);
  if (known !== undefined) return known;
  const line = new Uint8Array(indent + 2).fill(SPACE);
  line[0] = NEWLINE;
  line[indent + 1] = bracket;
  KNOWN.set(bracket * MAX_INDENT + indent, line);
  return line;
}

/** Lines indented further are left to the scanner. */
export const MAX_INDENT = 256;
const KNOWN = new Map<number, Uint8Array>();

/**
 * Whether what is opened directly before `from` goes on in a new line that is indented deeper than `indent`: only then the layout tells
 * where it ends. Undefined where the bytes end too early to say.
 */
export function goesDeeper(bytes: Uint8Array, from: number, indent: number): boolean | undefined {
  if (from < bytes.length && bytes[from] !== NEWLINE) return false;
  if (from + indent + 2 >= bytes.length) return undefined;
  for (let i = from + 1; i <= from + indent + 1; i++) if (bytes[i] !== SPACE) return false;
  return true;
}

/** Whether a line at the same indentation that begins a member or an object stands before the closing one. */
export function hasNeighbour(search: ByteSearch, bytes: Uint8Array, closing: Uint8Array, from: number, end: number): boolean {
  const within = bytes.subarray(from, end);
  return NEIGHBOURS.some((first) => search(within, closingLine(first, closing.length - 2), 0) >= 0);
}

const NEIGHBOURS = [0x22, 0x7b];

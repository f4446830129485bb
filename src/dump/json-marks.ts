import { JSON_MARKS } from './generated/json-marks.ts';
import { wasmExports } from './wasm-exports.ts';

/**
 * Notes what stands where in the outer levels of a list in JSON, at the speed of memory. What it looks at lies in its own memory;
 * kernel/json-marks.wat is its source.
 */
export interface JsonMarks {
  /** Its memory for the bytes to look at, {@link MARKS_CHUNK} of them. */
  readonly bytes: Uint8Array;
  /** The indices that the last `mark` noted: of brackets, quotes and backslashes. */
  readonly marks: Uint32Array;
  /**
   * Begins behind an opening bracket, which is the first of those that are open. In: with how many open around it a bracket is still noted;
   * with how many, not fewer, a text for how it begins or for its backslashes; with what four bytes such a text begins, or with what others, the first one lowest.
   * Of texts of the outermost level both quotes are noted, of others the first. Before fewer than four bytes at hand any text is noted.
   */
  begin(deepest: number, deepestText: number, wanted: number, orWanted: number): void;
  /**
   * Goes on over bytes [at, end) of its memory: the index behind the bracket that closes what `begin` opened (then `level` is 0), or the
   * end. Brackets are counted, not paired; nothing else is checked.
   */
  mark(at: number, end: number): number;
  /** Brackets open at present. */
  level(): number;
  /** How many indices the last `mark` noted. */
  noted(): number;
}

/** How many bytes it looks at in one go. */
export const MARKS_CHUNK = 1 << 18;
/** Bytes are looked at in blocks: the last one is filled up with blanks. */
const BLOCK = 64;
const BLANK = 0x20;

let instance: JsonMarks | undefined | null;

/** The one there is: who begins anew ends what was under way. Undefined where the engine has no WebAssembly, or none with SIMD. */
export function jsonMarks(): JsonMarks | undefined {
  instance ??= createMarks() ?? null;
  return instance ?? undefined;
}

type Exports = Pick<JsonMarks, 'begin' | 'level' | 'noted' | 'mark'> & { readonly memory: { readonly buffer: ArrayBuffer } };

function createMarks(): JsonMarks | undefined {
  const exports = wasmExports<Exports>(JSON_MARKS);
  if (exports === undefined) return undefined;
  const { memory, begin, level, noted, mark } = exports;
  const bytes = new Uint8Array(memory.buffer, 0, MARKS_CHUNK + BLOCK);
  const marks = new Uint32Array(memory.buffer, MARKS_CHUNK + BLOCK, MARKS_CHUNK + BLOCK);
  return {
    bytes,
    marks,
    begin,
    level,
    noted,
    mark(at, end) {
      bytes.fill(BLANK, end, end + BLOCK);
      return mark(at, end);
    },
  };
}

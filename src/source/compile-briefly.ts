import { setFlagsFromString } from 'node:v8';

/**
 * Bytes of bytecode of all functions that are drawn into one. The limit for a single function (`--max-inlined-bytecode-size`) must stay: V8
 * reads it twice while it compiles beside the program, and ends the process where it was lowered in between (CHECK in src/compiler/js-inlining.cc).
 */
const BRIEF = '--max-inlined-bytecode-size-cumulative=150';
/** What V8 does by itself. Source: its src/flags/flag-definitions.h. */
const USUAL = '--max-inlined-bytecode-size-cumulative=920';
let isSet = false;

/**
 * Has the engine draw fewer functions into one another when it compiles what runs often. Most dumps are gone through within a second,
 * and compiling it all as if it ran for hours took a quarter of that; what is measured stands in docs/performance.md. Not before it is needed:
 * with other flags Node has to compile its own modules anew.
 */
export function compileBriefly(): void {
  if (isSet) return;
  isSet = true;
  setFlagsFromString(BRIEF);
}

/** Has the engine compile as it does by itself. */
export function compileAsUsual(): void {
  setFlagsFromString(USUAL);
}

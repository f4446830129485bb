import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode: of one function that is drawn into another, and of all that are drawn into one. */
const BRIEF = ['--max-inlined-bytecode-size=60', '--max-inlined-bytecode-size-cumulative=150'];
/** What V8 does by itself. Source: its src/flags/flag-definitions.h. */
const USUAL = ['--max-inlined-bytecode-size=460', '--max-inlined-bytecode-size-cumulative=920'];
let isSet = false;

/**
 * Has the engine draw fewer functions into one another when it compiles what runs often. Most dumps are gone through within a second,
 * and compiling it all as if it ran for hours took a quarter of that; what is measured stands in docs/performance.md. Not before it is needed:
 * with other flags Node has to compile its own modules anew.
 */
export function compileBriefly(): void {
  if (isSet) return;
  isSet = true;
  for (const flag of BRIEF) setFlagsFromString(flag);
}

/** Has the engine compile as it does by itself. */
export function compileAsUsual(): void {
  for (const flag of USUAL) setFlagsFromString(flag);
}

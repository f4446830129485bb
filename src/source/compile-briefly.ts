import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode: of one function that is drawn into another, and of all that are drawn into one. */
const LIMITS = ['--max-inlined-bytecode-size=60', '--max-inlined-bytecode-size-cumulative=150'];
let isSet = false;

/**
 * Has the engine draw fewer functions into one another when it compiles what runs often. To go through a large dump takes a second, and
 * compiling it all as if it ran for hours took a quarter of that; what is measured stands in docs/performance.md.
 */
export function compileBriefly(): void {
  if (isSet) return;
  isSet = true;
  for (const limit of LIMITS) setFlagsFromString(limit);
}

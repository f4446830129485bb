import { type KernelMemory, kernelInstance } from './kernel-instance.ts';
import { ScriptKernel } from './script-kernel.ts';

/**
 * Passes over JSON at the speed of memory. What it looks at lies in its own memory; indices are in that, and {@link KERNEL_SLACK} bytes behind
 * the last one must be part of it. kernel/json-kernel.ts says where its source is; script-kernel.ts does the same where WebAssembly is not to be had.
 */
export interface JsonKernel {
  /** Its memory; another object after `reserve`. */
  readonly bytes: Uint8Array;
  /** Makes the memory at least so large; what it holds stays. */
  reserve(size: number): void;
  /** Begins behind an opening bracket. */
  begin(): void;
  /** Goes on over [at, end): the index behind the bracket that closes what `begin` opened (then `level` is 0), or the end. Brackets are counted, not paired. */
  skip(at: number, end: number): number;
  /** `begin` and `skip` in one call. */
  close(at: number, end: number): number;
  /** Brackets open at present. */
  level(): number;
  /** About the most that were open at once since `begin`: more than so many may have been open only within 64 bytes. */
  deepest(): number;
  /** Not 0 where `skip` stands within a string. */
  inString(): number;
  /**
   * The index of the quote that ends a string whose inside, or the rest of it, begins at `at`. Where it does not end before `end`: the
   * index to go on from, which is the end, or one more where the byte at the end is escaped.
   */
  stringEnd(at: number, end: number): number;
  /**
   * Goes on within an object, behind its bracket (`first` is 1) or behind a member's value, to the next member whose key is in the table
   * at an address; others are passed over. Out: an index in the lower {@link MEMBER_SHIFT} bits, and above them what it means: from 2 on the
   * number of the key found + 2, and where its value is; 1: behind the object; 0: behind the last value passed over, since the bytes end or
   * something stands there that is to be looked at with care.
   */
  member(at: number, end: number, first: number, table: number): number;
  /**
   * Goes through the object at `at` and those within that the table at an address leads to. Of each wanted member the index of its value
   * goes to the slot of its number: four bytes each from `slots` on, `count` of them, 0 where there is no such member. Out: the index behind
   * the object; 0 where the bytes end, or something stands there that is to be looked at with care, a repeated key among it.
   */
  extract(at: number, end: number, table: number, slots: number, count: number): number;
  /** The text of a short string among those that were met before, as known-texts.ts says; 0 where it is none of these. */
  knownText(at: number, end: number, table: number, mask: number): number;
}

export const MEMBER_SHIFT = 24;

/** Readable bytes behind what is looked at. */
export const KERNEL_SLACK = 64;

/** A kernel with a memory of its own. */
export function createKernel(): JsonKernel {
  return nativeKernel() ?? new ScriptKernel();
}

type Exports = Omit<JsonKernel, 'bytes' | 'reserve'> & { readonly memory: KernelMemory };

const PAGE = 1 << 16;

/** The kernel in WebAssembly; undefined where the engine has none, or none with SIMD. */
export function nativeKernel(): JsonKernel | undefined {
  const exports = kernelInstance<Exports>();
  return exports && nativeKernelOf(exports);
}

function nativeKernelOf({ memory, ...functions }: Exports): JsonKernel {
  const kernel = { ...functions, bytes: new Uint8Array(memory.buffer), reserve };
  return kernel;

  function reserve(size: number): void {
    const missing = size - kernel.bytes.length;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE));
    kernel.bytes = new Uint8Array(memory.buffer);
  }
}

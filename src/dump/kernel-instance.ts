import { jsonKernel } from './generated/json-kernel.ts';

/** The little of WebAssembly that is used; the types of browsers and of Node both have it, and the core has neither. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** The memory of an instance, which it exports beside its functions. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

let compiled: object | undefined | null;

/** What an instance of the kernel exports, with a memory of its own; undefined where the engine has no WebAssembly, or none with SIMD. */
export function kernelInstance<T>(): T | undefined {
  const wasm = (globalThis as { readonly WebAssembly?: Wasm }).WebAssembly;
  if (wasm === undefined || compiled === null) return undefined;
  try {
    compiled ??= new wasm.Module(jsonKernel());
    return new wasm.Instance(compiled).exports as T;
  } catch {
    compiled = null;
    return undefined;
  }
}

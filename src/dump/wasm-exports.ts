/** The little of WebAssembly that is used; the types of browsers and of Node both have it, and the core has neither. */
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What a module in base64 exports; undefined where the engine has no WebAssembly, or not what the module uses of it. */
export function wasmExports<T>(base64: string): T | undefined {
  const wasm = (globalThis as { readonly WebAssembly?: Wasm }).WebAssembly;
  if (wasm === undefined) return undefined;
  try {
    return new wasm.Instance(new wasm.Module(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))).exports as T;
  } catch {
    return undefined;
  }
}

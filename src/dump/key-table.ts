interface Entry<T> {
  readonly key: Uint8Array;
  readonly value: T;
}

/** Values by the bytes of object keys: a key is found without a text made of it. Keys of ASCII alone. */
export class KeyTable<T> {
  private readonly slots: (Entry<T> | undefined)[];
  private readonly mask: number;

  constructor(values: Iterable<readonly [string, T]>) {
    const entries = [...values].map(([key, value]) => ({ key: new TextEncoder().encode(key), value }));
    let size = 8;
    while (size < entries.length * 4) size *= 2;
    this.mask = size - 1;
    this.slots = Array.from({ length: size });
    for (const entry of entries) {
      let slot = hashOf(entry.key, 0, entry.key.length) & this.mask;
      while (this.slots[slot] !== undefined) slot = (slot + 1) & this.mask;
      this.slots[slot] = entry;
    }
  }

  /** The value of the key at [start, end); undefined for another key. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): T | undefined {
    for (let slot = hash & this.mask; ; slot = (slot + 1) & this.mask) {
      const entry = this.slots[slot];
      if (entry === undefined) return undefined;
      if (isKey(entry.key, bytes, start, end)) return entry.value;
    }
  }
}

function isKey(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let i = 0; i < key.length; i++) if (key[i] !== bytes[start + i]) return false;
  return true;
}

/** Goes on with the hash of a key by its next byte. */
export function hashStep(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) hash = hashStep(hash, bytes[i] as number);
  return hash;
}

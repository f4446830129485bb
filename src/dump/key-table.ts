import { QUOTE } from './json-bytes.ts';
import { reserveTable, sharedKernel } from './json-windows.ts';

const encoder = new TextEncoder();
const HEADER = 16;
/** Where in the header the bits are that a key's first letter and its length choose; behind an empty key stands its quote. */
const BITS = 8;
const SLOT = 32;
const WORD = 8;
/** The kernel gives the number of a key in eight bits, with two more meanings. */
const MAX_KEYS = 250;

/** Values by object keys: the kernel finds a key without a text made of it. */
export class KeyTable<T> {
  /** By the number of the key. */
  readonly values: readonly T[];
  /** Where the kernel has the keys; -1 where it has not. */
  readonly address: number;
  private readonly byKey: ReadonlyMap<string, T>;

  constructor(values: Iterable<readonly [string, T]>) {
    this.byKey = new Map(values);
    this.values = [...this.byKey.values()];
    this.address = this.values.length > MAX_KEYS ? -1 : placeKeys([...this.byKey.keys()].map((key, number) => [key, number]));
  }

  /** The value of a key; undefined for another one. */
  find(key: string): T | undefined {
    return this.byKey.get(key);
  }
}

/**
 * Puts a table of keys, each with its number, into the kernel's memory as kernel/key-numbers.ts reads it; several keys may have one number.
 * In: also the address of what the table leads to. Out: its address; -1 where there is no room left.
 */
export function placeKeys(keys: readonly (readonly [key: string, number: number])[], inner = 0): number {
  const encoded = keys.map(([key, number]) => [encoder.encode(key), number] as const);
  let count = 4;
  while (count < 2 * encoded.length) count *= 2;
  const size = HEADER + count * SLOT;
  const address = reserveTable(size + encoded.reduce((sum, [key]) => sum + key.length + WORD, 0));
  if (address < 0) return address;
  const memory = sharedKernel().kernel.bytes;
  const table = new Uint8Array(size);
  const view = new DataView(table.buffer);
  view.setUint32(0, count - 1, true);
  view.setUint32(4, inner, true);
  let keyAt = address + size;
  let bits = 0n;
  for (const [key, number] of encoded) {
    const words = new Uint32Array(wordsOf(key).buffer);
    let index = hashOf(words, key.length) & (count - 1);
    while (view.getUint32(HEADER + index * SLOT + 20, true) !== 0) index = (index + 1) & (count - 1);
    const slot = HEADER + index * SLOT;
    words.forEach((word, i) => void view.setUint32(slot + 4 * i, word, true));
    view.setUint32(slot + 16, key.length, true);
    view.setUint32(slot + 20, number + 1, true);
    view.setUint32(slot + 24, keyAt, true);
    bits |= 1n << BigInt(((key[0] ?? QUOTE) + key.length) & 63);
    memory.set(key, keyAt);
    keyAt += key.length + WORD;
  }
  view.setBigUint64(BITS, bits, true);
  memory.set(table, address);
  return address;
}

/** The first eight bytes of a key, and where it is longer the last eight. */
function wordsOf(key: Uint8Array): Uint8Array {
  const words = new Uint8Array(2 * WORD);
  words.set(key.subarray(0, WORD));
  if (key.length > WORD) words.set(key.subarray(key.length - WORD), WORD);
  return words;
}

/** `hashOf` of kernel/key-numbers.ts. */
function hashOf(words: Uint32Array, length: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = words;
  const mixed = a ^ Math.imul(b, 0x9e3779b1) ^ (Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35));
  return Math.imul(mixed + length, 0x27d4eb2f) >>> 16;
}

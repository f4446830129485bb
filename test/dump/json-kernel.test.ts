import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKernel, type JsonKernel, KERNEL_SLACK, MEMBER_SHIFT, nativeKernel } from '../../src/dump/json-kernel.ts';
import { sharedKernel } from '../../src/dump/json-windows.ts';
import { KeyTable } from '../../src/dump/key-table.ts';
import { ScriptKernel } from '../../src/dump/script-kernel.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const native = nativeKernel() as JsonKernel;
const kernels: readonly (readonly [string, JsonKernel])[] = [
  ['in WebAssembly', native],
  ['in script', new ScriptKernel()],
];

/** Bytes at an address, among others that would mislead who looks behind the end. */
function place(kernel: JsonKernel, bytes: Uint8Array, at = 0): void {
  kernel.reserve(at + bytes.length + KERNEL_SLACK);
  kernel.bytes.fill(0x22);
  kernel.bytes.set(bytes, at);
}

/** The index behind the end of the container that opens with the first byte, whose bytes come in pieces; -1 where it does not end. */
function endOf(kernel: JsonKernel, bytes: Uint8Array, size: number): number {
  kernel.begin();
  for (let at = 1; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    place(kernel, piece, 5);
    const stop = kernel.skip(5, 5 + piece.length);
    if (kernel.level() === 0) return at + stop - 5;
    expect(stop).toBe(5 + piece.length);
  }
  return -1;
}

/** Strings and brackets, in any order. */
const TOKENS = fc.array(
  fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', ']'), maxLength: 30 }).map((text) => JSON.stringify(text)),
    fc.constantFrom('{', '}', '[', ']', ' ', 'a'),
  ),
  {
    maxLength: 60,
  },
);
/** Where the value ends that a text begins with. */
function endOfValue(text: string): number {
  let open = 0;
  let isString = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] as string;
    if (isString) {
      if (letter === '\\') i++;
      else if (letter === '"') isString = false;
    } else if (letter === '"') isString = true;
    else if ('{['.includes(letter)) open++;
    else if (open === 0 && ',}] \n\t'.includes(letter)) return i;
    else if ('}]'.includes(letter)) open--;
    if (open === 0 && !isString && '"}]'.includes(letter)) return i + 1;
  }
  return text.length;
}

const TEXTS = fc.string({ unit: fc.constantFrom('a', '"', '\\', '{', '}', '[', ']', ':', ' ', '\n', 'ä'), maxLength: 300 });

describe('the kernel', () => {
  test('runs natively here', () => {
    expect(nativeKernel()).toBeDefined();
    expect(createKernel()).not.toBeInstanceOf(ScriptKernel);
  });

  test.each(kernels)('%s finds the end of any value, wherever its pieces are cut', (_, kernel) => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), TEXTS, fc.constantFrom(0, 1, 4), fc.integer({ min: 1, max: 200 }), (json, text, indent, size) => {
        const value = JSON.stringify([{ a: JSON.parse(json) as unknown, [text]: text }], null, indent);
        const bytes = encode(`${value}]}"`);
        expect(endOf(kernel, bytes, size)).toBe(encode(value).length);
        expect(endOf(kernel, encode(value.slice(0, -1)), size)).toBe(-1);
        place(kernel, bytes);
        expect(kernel.close(1, bytes.length)).toBe(encode(value).length);
      }),
      { numRuns: 500 },
    );
  });

  test('says the same in WebAssembly and in script of any strings and brackets, cut at every place', () => {
    fc.assert(
      fc.property(TOKENS, (tokens) => {
        const bytes = encode(`[${tokens.join('')}`);
        const script = new ScriptKernel();
        for (let cut = 1; cut <= bytes.length; cut++) {
          const told = [native, script].map((kernel) => {
            kernel.begin();
            return [bytes.subarray(1, cut), bytes.subarray(cut)].map((piece) => {
              if (kernel.level() === 0) return [];
              place(kernel, piece);
              const stop = kernel.skip(0, piece.length);
              return [stop, kernel.level(), kernel.level() === 0 ? 0 : kernel.inString() !== 0];
            });
          });
          expect(told[0]).toEqual(told[1]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test.each(kernels)('%s finds the end of a string, or where to go on', (_, kernel) => {
    fc.assert(
      fc.property(TEXTS, fc.integer({ min: 1, max: 80 }), (text, size) => {
        const bytes = encode(`${JSON.stringify(text).slice(1)}"{`);
        let at = 0;
        for (;;) {
          const piece = bytes.subarray(at, at + size);
          place(kernel, piece, 3);
          const stop = kernel.stringEnd(3, 3 + piece.length) - 3;
          at += stop;
          if (stop < piece.length) break;
        }
        expect(at).toBe(encode(JSON.stringify(text)).length - 2);
      }),
      { numRuns: 500 },
    );
  });

  test('finds the members of an object whose keys are in a table, and passes over the rest', () => {
    const wanted = ['a', 'name', 'exactly_8', 'a key of more than sixteen bytes', 'a key of more than sixteen', '', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'];
    const table = new KeyTable(wanted.map((key) => [key, key] as const));
    const { kernel, words } = sharedKernel();
    // Behind the tables and the windows.
    const at = words.bytes.length - (1 << 16);
    const key = fc.oneof(
      fc.constantFrom(...wanted),
      fc.string({ maxLength: 40 }),
      fc.constantFrom('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac', 'a key of mXre than sixteen bytes'),
    );
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })), fc.constantFrom(0, 1, 3, '\t'), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const bytes = encode(text);
        words.bytes.set(bytes, at);
        words.bytes.fill(0x22, at + bytes.length, at + bytes.length + KERNEL_SLACK);
        const end = at + bytes.length;
        const found: string[] = [];
        let isCareful = false;
        let i = at + 1;
        for (let first = 1; ; first = 0) {
          const answer = kernel.member(i, end, first, table.address);
          i = answer & ((1 << MEMBER_SHIFT) - 1);
          const meaning = answer >>> MEMBER_SHIFT;
          // A key with escapes is left to the reader.
          isCareful = meaning === 0;
          if (meaning < 2) break;
          const name = table.values[meaning - 2] as string;
          found.push(name);
          const value = JSON.stringify(object[name], null, indent);
          // The value is taken by its caller: it ends where an object of it alone would.
          const shown = new TextDecoder().decode(words.bytes.subarray(i, end));
          i += encode(shown.slice(0, endOfValue(shown))).length;
          expect(JSON.stringify(JSON.parse(shown.slice(0, endOfValue(shown))), null, indent)).toBe(value);
        }
        const keys = Object.keys(object);
        const escaped = keys.findIndex((name) => JSON.stringify(name).includes('\\'));
        expect(isCareful).toBe(escaped >= 0);
        expect(found).toEqual((escaped < 0 ? keys : keys.slice(0, escaped)).filter((name) => wanted.includes(name)));
        if (!isCareful) expect(i).toBe(end);
      }),
      { numRuns: 500 },
    );
  });

  test.each(kernels)('%s tells how deep brackets are nested, to within what 64 bytes can hold', (_, kernel) => {
    for (const depth of [1, 70, 700]) {
      const bytes = encode('['.repeat(depth) + ' '.repeat(64) + ']'.repeat(depth));
      expect(endOf(kernel, bytes, 100)).toBe(bytes.length);
      expect(kernel.deepest()).toBe(depth);
    }
  });

  test.each(kernels)('%s keeps what its memory holds when it grows', (_, kernel) => {
    kernel.bytes[7] = 42;
    kernel.reserve(kernel.bytes.length + 100_000);
    expect(kernel.bytes[7]).toBe(42);
    expect(kernel.bytes.length).toBeGreaterThan(100_000);
  });
});

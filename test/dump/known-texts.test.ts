import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonKernel, nativeKernel } from '../../src/dump/json-kernel.ts';
import { KNOWN_TEXTS_SIZE, KnownTexts } from '../../src/dump/known-texts.ts';

const kernel = nativeKernel() as JsonKernel;
const TABLE = 1 << 16;
kernel.reserve(TABLE + KNOWN_TEXTS_SIZE);
kernel.bytes.fill(0, TABLE, TABLE + KNOWN_TEXTS_SIZE);
const texts = new KnownTexts(kernel, TABLE);

/** The text of a string that stands at an index, among letters that would mislead who looks beyond it. */
function textOf(inside: string, at = 5, behind = '"'): string | undefined {
  const bytes = new TextEncoder().encode(inside + behind);
  kernel.bytes.fill(0x61, 0, at + bytes.length + 64);
  kernel.bytes.set(bytes, at);
  return texts.textAt(at, at + bytes.length);
}

const LETTER = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
const PLAIN = fc.string({ unit: LETTER.filter((letter) => !'"\\'.includes(letter)), maxLength: 112 });

describe('short texts of a dump', () => {
  test('are what their bytes say, the first time and later, wherever they stand', () => {
    fc.assert(
      fc.property(fc.array(PLAIN, { minLength: 1, maxLength: 30 }), fc.nat(40), (all, at) => {
        for (const text of [...all, ...all]) expect(textOf(text, at)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test('are right also where several of them have one place', () => {
    const all = Array.from({ length: 9000 }, (_, i) => `outbound|80||service-${i}`);
    for (const text of [...all, ...all.toReversed()]) expect(textOf(text)).toBe(text);
  });

  test.each(['', 'x', 'x'.repeat(7), 'x'.repeat(8), 'x'.repeat(9), 'x'.repeat(16), 'x'.repeat(112)])('%j is one', (text) => {
    expect(textOf(text)).toBe(text);
    expect(textOf(`${text.slice(0, -1)}y`.slice(0, text.length))).toBe(`${text.slice(0, -1)}y`.slice(0, text.length));
  });

  test.each([
    ['a long one', 'x'.repeat(113)],
    ['one with an escape', 'a\\n'],
    ['one with an escaped quote', 'a\\"b'],
    ['one with other letters than those of ASCII', 'ä'],
    ['one with a control character', 'a\u0001'],
    ['one with DEL', 'a\u007f'],
  ])('%s is left to its reader', (_, inside) => {
    expect(textOf(inside)).toBeUndefined();
  });

  test('one that does not end is left', () => {
    expect(textOf('abc', 5, '')).toBeUndefined();
    expect(textOf('x'.repeat(16), 5, '')).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonMarks, MARKS_CHUNK } from '../../src/dump/json-marks.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Marked {
  readonly end: number;
  readonly marks: readonly number[];
}

/** What the kernel notes of a container, its bytes given in pieces of `size`. */
function marked(bytes: Uint8Array, deepest: number, size: number, deepestText = deepest, wanted = 0): Marked {
  const kernel = jsonMarks();
  if (kernel === undefined) throw new Error('this engine has no WebAssembly');
  const marks: number[] = [];
  kernel.begin(deepest, deepestText, wanted, wanted);
  for (let at = 1; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    kernel.bytes.set(piece);
    const stopped = kernel.mark(0, piece.length);
    for (const mark of kernel.marks.subarray(0, kernel.noted())) marks.push(at + mark);
    if (kernel.level() === 0) return { end: at + stopped, marks };
  }
  return { end: -1, marks };
}

/** The same byte by byte; of the texts further in all backslashes and first quotes. */
function expected(bytes: Uint8Array, deepest: number, deepestText = deepest, wanted = ''): Marked {
  const text = String.fromCharCode(...bytes);
  const marks: number[] = [];
  let level = 1;
  let inString = false;
  for (let i = 1; i < text.length; i++) {
    const letter = text[i] as string;
    if (inString && letter === '\\') {
      if (level > 1 && level <= deepestText) marks.push(i);
      if (text[++i] === '\\' && level > 1 && level <= deepestText) marks.push(i);
      continue;
    }
    if (letter === '"') {
      inString = !inString;
      const isWanted = inString && text.startsWith(wanted, i + 1);
      if (level === 1 || (level <= deepestText && isWanted)) marks.push(i);
    }
    if (inString || !/[[\]{}]/.test(letter)) continue;
    if (letter === '}' || letter === ']') level--;
    if (level <= deepest) marks.push(i);
    if (letter === '{' || letter === '[') level++;
    if (level === 0) return { end: i + 1, marks };
  }
  return { end: -1, marks };
}

const container = fc
  .tuple(fc.json({ maxDepth: 5 }), fc.array(fc.constantFrom('\\', '"', '\\"', '\n', '{', ']', 'ä', 'x'.repeat(60)), { maxLength: 40 }), fc.nat(2))
  .map(([json, letters, indent]) => JSON.stringify([JSON.parse(json), letters.join(''), { key: letters }], null, indent));

/** Nothing begins so, so that what too few bytes are at hand of is noted alone. */
const NONE = 0x01010101;
const NAME = 0x656d616e;

describe('the marks of JSON', () => {
  test('are its brackets down to a level and the quotes of its own, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(container, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 300 }), (text, deepest, size) => {
        const bytes = encode(`${text},"behind": [`);
        const found = marked(bytes, deepest, size, deepest, NONE);
        const wanted = expected(bytes, deepest, deepest, '\u0001\u0001\u0001\u0001');
        expect(found.end).toBe(wanted.end);
        const extra = found.marks.filter((mark) => !wanted.marks.includes(mark));
        expect(found.marks.filter((mark) => !extra.includes(mark))).toEqual(wanted.marks);
        // Before the end of what is at hand a text may begin in any way.
        for (const mark of extra) expect([bytes[mark], (mark - 1) % size >= size - 4 || mark + 5 > bytes.length]).toEqual([0x22, true]);
      }),
      { numRuns: 500 },
    );
  });

  test('are further in the texts that begin as wanted, and all backslashes', () => {
    const names = fc.constantFrom('name', 'names', 'nam', 'a', '\\', '"', 'x'.repeat(70));
    fc.assert(
      fc.property(fc.array(fc.tuple(names, names), { maxLength: 8 }), fc.nat(5), fc.nat(2), (pairs, deep, indent) => {
        let value: unknown = Object.fromEntries(pairs);
        for (let i = 0; i < deep; i++) value = { name: [value], other: 'name' };
        const bytes = encode(JSON.stringify([value, 'name'], null, indent));
        expect(marked(bytes, 2, 1 << 16, 4, NAME)).toEqual(expected(bytes, 2, 4, 'name'));
      }),
      { numRuns: 500 },
    );
  });

  test('know a quote by the backslashes before it, be they many', () => {
    for (let count = 0; count < 140; count++) {
      const bytes = encode(`["${'\\'.repeat(count)}"]"]`);
      for (const size of [1, 63, 64, 65, 500]) expect(marked(bytes, 1, size), `${count} backslashes, ${size} at once`).toEqual(expected(bytes, 1));
    }
  });

  test('may be as many as there are bytes', () => {
    const bytes = encode(`[${'[]'.repeat(MARKS_CHUNK / 2 - 1)}]`);
    expect(marked(bytes, 2, MARKS_CHUNK).marks).toHaveLength(MARKS_CHUNK - 1);
  });
});

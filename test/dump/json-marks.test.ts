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
  kernel.begin(deepest, deepestText, wanted);
  for (let at = 1; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    kernel.bytes.set(piece);
    const stopped = kernel.mark(0, piece.length);
    for (const mark of kernel.marks.subarray(0, kernel.noted())) marks.push(at + mark);
    if (kernel.level() === 0) return { end: at + stopped, marks };
  }
  return { end: -1, marks };
}

/** The same byte by byte. */
function expected(bytes: Uint8Array, deepest: number): Marked {
  const marks: number[] = [];
  let level = 1;
  let inString = false;
  for (let i = 1; i < bytes.length; i++) {
    const letter = String.fromCharCode(bytes[i] as number);
    if (inString && letter === '\\') i++;
    else if (letter === '"') inString = !inString;
    if (letter === '"' && level <= deepest) marks.push(i);
    if (inString || letter === '"' || letter === '\\') continue;
    if (letter === '}' || letter === ']') level--;
    if (/[[\]{}]/.test(letter) && level <= deepest) marks.push(i);
    if (letter === '{' || letter === '[') level++;
    if (level === 0) return { end: i + 1, marks };
  }
  return { end: -1, marks };
}

const container = fc
  .tuple(fc.json({ maxDepth: 5 }), fc.array(fc.constantFrom('\\', '"', '\\"', '\n', '{', ']', 'ä', 'x'.repeat(60)), { maxLength: 40 }), fc.nat(2))
  .map(([json, letters, indent]) => JSON.stringify([JSON.parse(json), letters.join(''), { key: letters }], null, indent));

describe('the marks of JSON', () => {
  test('are its brackets and quotes down to a level, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(container, fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 300 }), (text, deepest, size) => {
        const bytes = encode(`${text},"behind": [`);
        expect(marked(bytes, deepest, size)).toEqual(expected(bytes, deepest));
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

  test('are, on the levels below, wanted texts and backslashes', () => {
    const names = fc.constantFrom('name', 'names', 'nam', 'a', '\\', 'x'.repeat(70));
    const texts = fc.array(fc.tuple(names, names), { maxLength: 8 });
    const wanted = 0x656d616e;
    fc.assert(
      fc.property(texts, fc.nat(5), fc.nat(2), (pairs, deep, indent) => {
        let value: unknown = Object.fromEntries(pairs);
        for (let i = 0; i < deep; i++) value = { name: [value], other: 'name' };
        const bytes = encode(JSON.stringify([value], null, indent));
        const text = new TextDecoder().decode(bytes);
        const inner: number[] = [];
        const outer = new Set(expected(bytes, 2).marks);
        for (const at of expected(bytes, 4).marks) {
          if (outer.has(at)) continue;
          if (text.startsWith('"name', at)) inner.push(at);
          // The inside of a text: up to the mark that ends it.
          if (text[at] === '"') for (let i = at + 1; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') inner.push(i);
        }
        const all = [...new Set([...outer, ...inner])].sort((a, b) => a - b);
        const isOpening = (at: number): boolean => text.startsWith('"name', at);
        const found = marked(bytes, 2, 1 << 16, 4, wanted).marks;
        // What stands between texts may begin as a text does; a closing quote is none.
        expect(found.filter((at) => outer.has(at) || text[at] === '\\' || isOpening(at))).toEqual(found);
        expect(all.filter((at) => !found.includes(at) && !(text[at] === '\\'))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('may be as many as there are bytes', () => {
    const bytes = encode(`[${'[]'.repeat(MARKS_CHUNK / 2 - 1)}]`);
    expect(marked(bytes, 2, MARKS_CHUNK).marks).toHaveLength(MARKS_CHUNK - 1);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/dump/byte-source.ts';
import { Failure } from '../../src/dump/failure.ts';
import { type OutlineNode, type OutlineOptions, OutlineScanner, outlineJson } from '../../src/dump/json-outline.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const outline = (text: string, depth = 3): OutlineNode => outlineJson(bytesSource('x.json', encode(text)), depth);

function failureOf(text: string, depth = 3): Failure {
  try {
    outline(text, depth);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error(`no failure for ${text.slice(0, 80)}`);
}

/** What an outline says, as the value that JSON.parse would give, read from the spans alone. */
function spelledOut(bytes: Uint8Array, node: OutlineNode): unknown {
  if (node.children === undefined) return JSON.parse(new TextDecoder().decode(bytes.subarray(node.start, node.end)));
  const values = node.children.map((child) => [child.key ?? '', spelledOut(bytes, child)] as const);
  return node.kind === 'array' ? values.map(([, value]) => value) : Object.fromEntries(values);
}

/** The outline of bytes that come in the given pieces. */
function outlineOfPieces(bytes: Uint8Array, cuts: readonly number[], depth: number, options: OutlineOptions = {}): OutlineNode {
  const scanner = new OutlineScanner(bytesSource('x.json', bytes), depth, options);
  const borders = [...new Set([0, ...cuts, bytes.length])].sort((a, b) => a - b);
  for (let i = 1; i < borders.length && !scanner.done; i++) scanner.push(bytes.subarray(borders[i - 1], borders[i]), borders[i - 1] as number);
  return scanner.finish();
}

const SMALL_DUMP = JSON.stringify(
  {
    configs: [
      { '@type': 'a\\', list: [{ name: 'x"y', n: -1.5e3, deep: { deeper: [[], {}, '}', ']', '\\"', ''] } }, null, true] },
      { 'odd \\" key': 'ä€😀', e: [], o: {} },
    ],
  },
  null,
  1,
);

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('outline of JSON', () => {
  test('every value stands where the text has it, at every depth', () => {
    const bytes = encode(SMALL_DUMP);
    for (let depth = 0; depth < 8; depth++) expect(spelledOut(bytes, outline(SMALL_DUMP, depth))).toEqual(JSON.parse(SMALL_DUMP));
  });

  test('any JSON value, in any layout, reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 6 }), fc.constantFrom(undefined, 1, 4, '\t', '\r\n'), (value, depth, indent) => {
        const text = JSON.stringify(value, null, indent);
        const bytes = encode(text);
        expect(JSON.stringify(spelledOut(bytes, outlineJson(bytesSource('x', bytes), depth)))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 400 },
    );
  });

  test('chunks may be cut anywhere: every split in two gives the same outline', () => {
    const bytes = encode(SMALL_DUMP);
    for (const depth of [0, 2, 4, 9]) {
      const whole = outlineJson(bytesSource('x', bytes), depth);
      for (let cut = 1; cut < bytes.length; cut++) expect(outlineOfPieces(bytes, [cut], depth)).toEqual(whole);
    }
  });

  test('pieces of one byte, and any mix of pieces, give the same outline', () => {
    const bytes = encode(SMALL_DUMP);
    const whole = outlineJson(bytesSource('x', bytes), 4);
    expect(
      outlineOfPieces(
        bytes,
        Array.from(bytes, (_, i) => i),
        4,
      ),
    ).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 30 }), (cuts) => {
        expect(outlineOfPieces(bytes, cuts, 4)).toEqual(whole);
      }),
    );
  });

  test('a key on the list is outlined one level deeper', () => {
    const root = outlineJson(bytesSource('x', encode('{"active_state":{"a":1},"other":{"a":1}}')), 1, { deeper: new Set(['active_state']) });
    expect(root.children?.map((c) => c.children?.length)).toEqual([1, undefined]);
  });

  test('texts and names are taken along, wherever chunks are cut', () => {
    const text =
      '{"a":{"version":"v\\u0031","x":[{"name":"no"}]},"cluster":{"type":"t","deep":{"name":"no"},"name":"yes","name":"late"},"other":{"name":"no"}}';
    const options: OutlineOptions = { texts: new Set(['version']), named: new Map([['cluster', new Set(['name'])]]) };
    const bytes = encode(text);
    for (let cut = 1; cut < bytes.length; cut++) {
      const root = outlineOfPieces(bytes, [cut], 1, options);
      expect(root.children?.map((child) => [child.key, child.name, child.children])).toEqual([
        ['a', undefined, undefined],
        ['cluster', 'yes', undefined],
        ['other', undefined, undefined],
      ]);
      expect(outlineOfPieces(bytes, [cut], 2, options).children?.[0]?.children?.map((child) => child.text)).toEqual(['v1', undefined]);
    }
  });

  test('an outline until a key stops behind its text', () => {
    const root = outlineJson(bytesSource('x', encode('{"a":{"name":"no"},"name":"yes","broken')), 1, { until: new Set(['name']) });
    expect(root.children?.map((c) => c.key)).toEqual(['a', 'name']);
  });
});

describe('what is not JSON', () => {
  const notJson: readonly (readonly [text: string, place: string, what: RegExp])[] = [
    ['{"a" 1}', 'x.json:1:6', /unexpected 1 where a colon/],
    ['{"a":1,}', 'x.json:1:8', /unexpected }/],
    ['{"a":1 "b":2}', 'x.json:1:8', /comma or a closing bracket/],
    ["{'a':1}", 'x.json:1:2', /unexpected ' where a key in double quotes/],
    ['[1,\n 2,,3]', 'x.json:2:4', /unexpected ,/],
    ['[1}', 'x.json:1:3', /closing }/],
    ['{"a":{"b":{"c":{"d":[}}}}}', 'x.json:1:22', /closing }/],
    ['[1"a"]', 'x.json:1:3', /unexpected "/],
    ['{1:2}', 'x.json:1:2', /unexpected 1/],
    ['{"a":nope:1}', 'x.json:1:10', /unexpected :/],
    ['[\u00a01]', 'x.json:1:2', /byte 0xc2/],
    ['[\u000b1]', 'x.json:1:2', /byte 0x0b/],
  ];
  test.each(notJson)('%s', (text, place, what) => {
    const failure = failureOf(text);
    expect(failure).toMatchObject({ id: 'PC1004', place });
    expect(failure.message).toMatch(what);
  });

  test('a cut text says what is open, and where', () => {
    const failure = failureOf('{"configs":[{"a":1},{"list":[{"name":"half', 5);
    expect(failure).toMatchObject({ id: 'PC1003', place: 'x.json:1:43' });
    expect(failure.message).toBe('the JSON ends too early: 5 open brackets, inside .configs[1].list[0], within a string');
  });

  test('every cut of a dump is said to end too early', () => {
    for (let end = 1; end < SMALL_DUMP.length; end++) expect(failureOf(SMALL_DUMP.slice(0, end)).id).toBe('PC1003');
  });

  test('nothing at all holds no value', () => {
    expect(failureOf('').message).toBe('the input holds no JSON value');
    expect(failureOf(' \n').message).toBe('the input holds no JSON value');
  });

  test.each([0, 5, 1e9])('10 000 levels are refused, outlined to depth %d', (depth) => {
    expect(failureOf('['.repeat(10_000), depth)).toMatchObject({ id: 'PC1006' });
    expect(failureOf('{"a":'.repeat(10_000), depth)).toMatchObject({ id: 'PC1006' });
  });

  test('what JSON.parse takes has an outline; anything else has one or a Failure', () => {
    const alphabet = fc.constantFrom('{', '}', '[', ']', ':', ',', '"', '\\', 'a', '1', ' ', '\n', 'true', '"a"', '"a":', '-');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 40 }), fc.integer({ min: 0, max: 4 }), (parts, depth) => {
        const text = parts.join('');
        const isJson = parses(text);
        try {
          outline(text, depth);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          expect(isJson).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

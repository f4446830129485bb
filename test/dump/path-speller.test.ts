import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/dump/byte-source.ts';
import type { DumpPath } from '../../src/dump/dump-path.ts';
import { isJsonObject, type JsonValue } from '../../src/dump/json-value.ts';
import { PathSpeller } from '../../src/dump/path-speller.ts';

function speller(text: string, around = ''): PathSpeller {
  const encode = (part: string): Uint8Array => new TextEncoder().encode(part);
  const start = encode(around).length;
  return new PathSpeller(bytesSource('x.json', encode(around + text + around)), { start, end: start + encode(text).length });
}

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The same by a value that is parsed as a whole. */
function spelledInValue(root: JsonValue, path: DumpPath): DumpPath | undefined {
  const spelled: (string | number)[] = [];
  let value: JsonValue | undefined = root;
  for (const step of path) {
    let key: string | number = step;
    if (typeof step === 'number') value = Array.isArray(value) ? (value[step] as JsonValue | undefined) : undefined;
    else {
      if (!isJsonObject(value)) return undefined;
      key = Object.hasOwn(value, step) ? step : camelCase(step);
      value = Object.hasOwn(value, key) ? value[key] : undefined;
    }
    if (value === undefined) return undefined;
    spelled.push(key);
  }
  return spelled;
}

const KEY = fc.constantFrom('route_config', 'routeConfig', 'a_b', 'aB', 'name', 'ä_1', 'x.y', 'rbac"', '');
const { value: VALUE } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, 1, -0.5, 'text', '}"]'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(KEY, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
}));
const PATHS = fc.array(fc.array(fc.oneof(KEY, fc.nat(4)), { maxLength: 5 }), { minLength: 1, maxLength: 12 });

describe('a path in the spelling of the document', () => {
  test.each([0, 1, '\t'])('is that of the value itself, in whatever order places are asked for, indented by %j', (indent) => {
    let found = 0;
    fc.assert(
      fc.property(VALUE, PATHS, (value, paths) => {
        const finder = speller(JSON.stringify(value, null, indent), ' "\\" {');
        for (const path of paths) {
          const expected = spelledInValue(value, path);
          if (expected !== undefined && path.length > 0) found++;
          expect(finder.spelled(path)).toEqual(expected);
        }
      }),
      { numRuns: 1500 },
    );
    expect(found).toBeGreaterThan(100);
  });

  test('is the one that is asked for where both stand there', () => {
    expect(speller('{"aB":1,"a_b":2}').spelled(['a_b'])).toEqual(['a_b']);
    expect(speller('{"aB":1,"a_b":2}').spelled(['aB'])).toEqual(['aB']);
    expect(speller('{"a_b":1}').spelled(['aB'])).toBeUndefined();
  });

  test('is found through lists and objects that are larger than what is fetched at once', () => {
    const lists = Array.from({ length: 3 }, (_, i) => Array.from({ length: 30_000 }, (_, j) => ({ aB: `${i} ${j} ]"` })));
    const finder = speller(JSON.stringify({ x: 'y'.repeat(400_000), theLists: lists }, null, 1));
    for (const [list, element] of [
      [2, 29_999],
      [0, 7],
      [0, 29_000],
      [1, 3],
    ] as const) {
      expect(finder.spelled(['the_lists', list, element, 'a_b'])).toEqual(['theLists', list, element, 'aB']);
      expect(finder.spelled(['the_lists', list, 30_000, 'a_b'])).toBeUndefined();
    }
  });

  test('is unknown beyond what is no JSON, and known before it', () => {
    const finder = speller('{"ab":[1,{"x":2},nope}');
    expect(finder.spelled(['ab', 1, 'x'])).toEqual(['ab', 1, 'x']);
    expect(finder.spelled(['ab', 7])).toBeUndefined();
    expect(finder.spelled(['z'])).toBeUndefined();
  });
});

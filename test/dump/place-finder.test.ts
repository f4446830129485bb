import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/dump/byte-source.ts';
import type { DumpPath } from '../../src/dump/dump-path.ts';
import { FoundPlace } from '../../src/dump/found-place.ts';
import { isJsonObject, type JsonValue } from '../../src/dump/json-value.ts';
import { PlaceFinder } from '../../src/dump/place-finder.ts';

/** Looks places up in a value that stands between other bytes. */
function lookUp(text: string, around = ''): (path: DumpPath) => FoundPlace | undefined {
  const encode = (part: string): Uint8Array => new TextEncoder().encode(part);
  const start = encode(around).length;
  const source = bytesSource('x.json', encode(around + text + around));
  const finder = new PlaceFinder(source, { start, end: start + encode(text).length });
  return (path) => {
    const way = finder.find(path);
    return way && new FoundPlace(source, finder, [], way);
  };
}

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The values on the way to a place of a value that is parsed as a whole, and its path as it is spelled there. */
function wayInValue(root: JsonValue, path: DumpPath): { readonly path: DumpPath; readonly values: readonly JsonValue[] } | undefined {
  const spelled: (string | number)[] = [];
  const values = [root];
  for (const step of path) {
    const value = values.at(-1) as JsonValue;
    const key = typeof step === 'string' && isJsonObject(value) && !Object.hasOwn(value, step) ? camelCase(step) : step;
    const isThere = typeof key === 'number' ? Array.isArray(value) && key < value.length : isJsonObject(value) && Object.hasOwn(value, key);
    if (!isThere) return undefined;
    spelled.push(key);
    values.push((value as Record<string, JsonValue>)[key] as JsonValue);
  }
  return { path: spelled, values };
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

describe('a place in a document', () => {
  test.each([0, 1, '\t'])('is as in the parsed value, in whatever order places are asked for, indented by %j', (indent) => {
    let found = 0;
    fc.assert(
      fc.property(VALUE, PATHS, (value, paths) => {
        const at = lookUp(JSON.stringify(value, null, indent), ' "\\" {');
        for (const path of paths) {
          const expected = wayInValue(value, path);
          const place = at(path);
          expect(place?.path).toEqual(expected?.path);
          if (place === undefined || expected === undefined) continue;
          if (path.length > 0) found++;
          const there = expected.values.at(-1);
          expect(place.value()).toEqual(there);
          expect(place.count).toBe(Array.isArray(there) ? there.length : undefined);
          expect(place.size).toBeGreaterThanOrEqual(JSON.stringify(there).length);
          const named = expected.values.flatMap((outer) => (isJsonObject(outer) && Object.hasOwn(outer, 'name') ? [outer['name']] : []));
          expect([...place.around('name')]).toEqual(named.reverse());
        }
      }),
      { numRuns: 1500 },
    );
    expect(found).toBeGreaterThan(100);
  });

  test('is the one under the key that is asked for, where both spellings stand there', () => {
    expect(lookUp('{"aB":1,"a_b":2}')(['a_b'])?.value()).toBe(2);
    expect(lookUp('{"aB":1,"a_b":2}')(['aB'])?.value()).toBe(1);
    expect(lookUp('{"a_b":1}')(['aB'])).toBeUndefined();
  });

  test('is found through lists and objects that are larger than what is fetched at once', () => {
    const lists = Array.from({ length: 3 }, (_, i) => Array.from({ length: 30_000 }, (_, j) => ({ aB: `${i} ${j} ]"` })));
    const at = lookUp(JSON.stringify({ x: 'y'.repeat(400_000), theLists: lists }, null, 1));
    for (const [list, element] of [
      [2, 29_999],
      [0, 7],
      [0, 29_000],
      [1, 3],
    ] as const) {
      const place = at(['the_lists', list, element, 'a_b']);
      expect(place?.path).toEqual(['theLists', list, element, 'aB']);
      expect(place?.value()).toBe(`${list} ${element} ]"`);
      expect(at(['the_lists', list, 30_000, 'a_b'])).toBeUndefined();
    }
    expect(at(['the_lists', 1])?.count).toBe(30_000);
  });

  test('is unknown beyond what is no JSON, and known before it; what is no JSON itself has no value', () => {
    const at = lookUp('{"ab":[1,{"x":2,"metadata":nope},nope}');
    expect(at(['ab', 1, 'x'])?.value()).toBe(2);
    expect(at(['ab', 1])?.value()).toBeUndefined();
    expect([...(at(['ab', 1, 'x'])?.around('metadata') ?? [])]).toEqual([]);
    expect(at(['ab'])?.count).toBeUndefined();
    expect(at(['ab', 7])).toBeUndefined();
    expect(at(['z'])).toBeUndefined();
  });
});

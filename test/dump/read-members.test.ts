import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readMembers, type WantedMembers } from '../../src/dump/read-members.ts';

const read = (text: string, wanted: WantedMembers): unknown => readMembers(new TextEncoder().encode(text), wanted);

/** What is left of a parsed value when only the wanted members are kept. */
function kept(value: unknown, wanted: true | WantedMembers): unknown {
  if (wanted === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => kept(element, wanted));
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (Object.hasOwn(wanted, key) ? [[key, kept(member, wanted[key] as true)]] : [])));
}

describe('wanted members alone', () => {
  const wanted: WantedMembers = { a: true, list: { b: true, c: { d: true } } };

  test.each([0, 1, 2, '\t'])('are what parsing everything and leaving out the rest gives, indented by %j', (indent) => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.json({ maxDepth: 4 }), (one, two) => {
        const [first, second] = [JSON.parse(one), JSON.parse(two)] as [unknown, unknown];
        const value = { other: first, a: second, list: [{ b: first, x: [second], c: { d: second, e: first } }, first, { c: [] }] };
        const text = JSON.stringify(value, null, indent);
        const found = read(text, wanted);
        // Numbers that a double would rewrite and repeated keys are left to the careful parser.
        if (found !== undefined) expect(found).toEqual(kept(JSON.parse(text), wanted));
      }),
      { numRuns: 300 },
    );
  });

  test('keep escapes, other alphabets, empty texts and long texts', () => {
    const value = { a: ['\\"\n', 'ä€😀', '', 'x'.repeat(500), 'HEALTHY', 'HEALTHY', -1, 0.5, true, false, null] };
    expect(read(JSON.stringify(value), wanted)).toEqual(value);
  });

  test.each([
    '{"a":1,"a":2}',
    '{"a":1.0}',
    '{"a":12345678901234567890}',
    '{"a":01}',
    '{"a" 1}',
    '{"a":[1}',
    '{"a":"x',
    '{"a":tru}',
    '{"x":{"a":1}',
    '{"a":"\\q"}',
  ])('are left to the careful parser in %s', (text) => {
    expect(read(text, wanted)).toBeUndefined();
  });
});

import { describe, expect, test } from 'vitest';
import { JsonNumber, type JsonValue } from '../../src/dump/json-value.ts';
import { fractionByKey, runtimeFraction } from '../../src/match/runtime-fraction.ts';
import { runtimeInteger } from '../../src/match/runtime-integer.ts';

const DEFAULT = { numerator: 7, denominator: 10_000 };
const runtime =
  (value: JsonValue | undefined) =>
  (key: string): JsonValue | undefined =>
    key === 'key' ? value : undefined;

describe('a runtime value as Envoy 1.40 was seen to read it', () => {
  test.each<[JsonValue | undefined, number | undefined]>([
    [40, 40],
    [0.5, 0],
    [503.9, 503],
    ['418.2', 418],
    ['1e2', 100],
    [' 100 ', 100],
    [new JsonNumber('12'), 12],
    [-1, undefined],
    ['-1', undefined],
    [true, undefined],
    ['', undefined],
    ['many', undefined],
    [undefined, undefined],
  ])('%j is the whole number %j', (value, expected) => {
    expect(runtimeInteger(runtime(value), 'key')).toBe(expected);
  });

  test.each<[JsonValue | undefined, { numerator: number; denominator: number }]>([
    [0.5, { numerator: 0, denominator: 100 }],
    ['100.9', { numerator: 100, denominator: 100 }],
    [250, { numerator: 250, denominator: 100 }],
    [
      { numerator: 3, denominator: 'TEN_THOUSAND' },
      { numerator: 3, denominator: 10_000 },
    ],
    [-1, DEFAULT],
    [true, DEFAULT],
    [undefined, DEFAULT],
  ])('%j as a fraction', (value, expected) => {
    expect(fractionByKey('key', DEFAULT, runtime(value))).toEqual(expected);
    expect(runtimeFraction({ default_value: { numerator: 7, denominator: 'TEN_THOUSAND' }, runtime_key: 'key' }, runtime(value))).toEqual(expected);
  });

  test('without a key the default holds', () => {
    expect(runtimeFraction({ default_value: { numerator: 7, denominator: 'TEN_THOUSAND' } }, runtime(40))).toEqual(DEFAULT);
  });
});

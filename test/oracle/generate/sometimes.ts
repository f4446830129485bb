import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';

/** Fields that are there one time in `n`, else none; a difference shrinks to none. */
export function oneTimeIn(n: number, fields: fc.Arbitrary<JsonObject> | JsonObject): fc.Arbitrary<JsonObject> {
  const arbitrary = (typeof fields['generate'] === 'function' ? fields : fc.constant(fields)) as fc.Arbitrary<JsonObject>;
  return fc.oneof({ withCrossShrink: true }, { arbitrary: fc.constant<JsonObject>({}), weight: n - 1 }, { arbitrary, weight: 1 });
}

/** One field that is there one time in `n`. */
export function fieldOneTimeIn(n: number, name: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<JsonObject> {
  return oneTimeIn(
    n,
    value.map((v) => ({ [name]: v }) as JsonObject),
  );
}

/** The fields of all parts together. */
export function together(...parts: fc.Arbitrary<JsonObject>[]): fc.Arbitrary<JsonObject> {
  return fc.tuple(...parts).map((all) => Object.assign({}, ...all) as JsonObject);
}

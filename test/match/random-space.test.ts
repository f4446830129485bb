import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { probabilityOf, type RandomCut, satisfies } from '../../src/match/random-space.ts';

const cut = (modulus: number, from: number, to: number, inside = true): RandomCut => ({ modulus, from, to, inside });

describe('the share of random numbers that satisfy every cut', () => {
  test.each<[string, readonly RandomCut[], number]>([
    ['none asked', [], 1],
    ['30 of 100', [cut(100, 0, 30)], 0.3],
    ['not the first 30, but the first 60', [cut(100, 0, 30, false), cut(100, 0, 60)], 0.3],
    ['neither', [cut(100, 0, 30, false), cut(100, 0, 60, false)], 0.4],
    ['never: 10 behind 20', [cut(100, 0, 20, false), cut(100, 0, 10)], 0],
    ['another modulus that has no divisor in common', [cut(100, 0, 50), cut(3, 0, 1)], 1 / 6],
    ['one that is a multiple', [cut(100, 0, 50), cut(10_000, 0, 5_000)], 0.25],
    ['the split of a half', [cut(100, 0, 50), cut(100, 50, 100)], 0],
  ])('%s', (_, cuts, expected) => {
    expect(probabilityOf(cuts)).toBeCloseTo(expected, 12);
  });

  test('agrees with counting, for any two moduli', () => {
    const some = fc
      .integer({ min: 1, max: 24 })
      .chain((modulus) =>
        fc.tuple(fc.nat(modulus), fc.nat(modulus), fc.boolean()).map(([a, b, inside]) => cut(modulus, Math.min(a, b), Math.max(a, b), inside)),
      );
    fc.assert(
      fc.property(some, some, (a, b) => {
        const period = a.modulus * b.modulus;
        let count = 0;
        for (let n = 0; n < period; n++) if (satisfies(BigInt(n), a) && satisfies(BigInt(n), b)) count++;
        expect(probabilityOf([a, b])).toBeCloseTo(count / period, 9);
      }),
    );
  });
});

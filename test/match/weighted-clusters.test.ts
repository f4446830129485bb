import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { satisfies } from '../../src/match/random-space.ts';
import { requestHeaders } from '../../src/match/request-headers.ts';
import { weightedArms } from '../../src/match/weighted-clusters.ts';
import type { WeightedCluster } from '../../src/model/generated/envoy-api.ts';

const noRuntime = () => undefined;
const arms = (weighted: WeightedCluster, headers: readonly (readonly [string, string])[] = [], runtime: (key: string) => number | undefined = noRuntime) =>
  weightedArms(weighted, requestHeaders(headers), runtime).map((arm) => [arm.arm.name, Math.round(arm.percent * 10) / 10, arm.cut === undefined]);
const split = {
  clusters: [
    { name: 'a', weight: 20 },
    { name: 'b', weight: 80 },
  ],
};

describe('the arms of a split', () => {
  test('with their shares; those of weight zero are left out', () => {
    expect(arms({ clusters: [...split.clusters, { name: 'c' }] })).toEqual([
      ['a', 20, false],
      ['b', 80, false],
    ]);
  });

  test('a single one is certain', () => {
    expect(arms({ clusters: [{ name: 'a', weight: 7 }] })).toEqual([['a', 100, true]]);
  });

  test('total_weight does not count', () => {
    expect(arms({ ...split, total_weight: 1000 })).toEqual([
      ['a', 20, false],
      ['b', 80, false],
    ]);
  });

  test('a header picks one for certain', () => {
    expect(arms({ ...split, header_name: 'X-W' }, [['x-w', '219']])).toEqual([['a', 20, true]]);
  });

  test('runtime keys go by the name of the arm', () => {
    expect(arms({ ...split, runtime_key_prefix: 'p' }, [], (key) => ({ 'p.a': 50, 'p.b': 50 })[key])).toEqual([
      ['a', 50, false],
      ['b', 50, false],
    ]);
  });

  test('no weights, no arm', () => {
    expect([arms({}), arms({ clusters: [{ name: 'a' }] })]).toEqual([[], []]);
  });

  test('every random number takes exactly one arm', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (weights, random) => {
        const clusters = weights.map((weight, i) => ({ name: `c${i}`, weight }));
        const taken = weightedArms({ clusters }, requestHeaders([]), noRuntime).filter((arm) => arm.cut === undefined || satisfies(random, arm.cut));
        expect(taken.length).toBe(weights.some((weight) => weight > 0) ? 1 : 0);
      }),
    );
  });
});

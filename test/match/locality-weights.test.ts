import { expect, test } from 'vitest';
import { EMPTY_LEVEL, type HostLevel } from '../../src/match/host-set.ts';
import { hashedLocalityShares, localityShares } from '../../src/match/locality-weights.ts';
import { level } from '../support/cluster-builders.ts';

/** Localities as `weight: letters`. */
function localities(...parts: readonly (readonly [weight: number, letters: string])[]): HostLevel {
  return { ...EMPTY_LEVEL, localities: parts.map(([weight, letters], i) => ({ name: `r/z${i}/`, weight, hosts: level(letters).localities[0]?.hosts ?? [] })) };
}

test('a locality gets its weight, and an unset one is 0: no traffic', () => {
  expect(localityShares(localities([1, 'H'], [3, 'H'], [0, 'H']), 'healthy')).toEqual([0.25, 0.75, 0]);
});

test('without any weight localities are not looked at', () => {
  expect(localityShares(localities([0, 'H'], [0, 'H']), 'healthy')).toBeUndefined();
});

test('unhealthy hosts lower the weight only once the factor of 1.4 is used up', () => {
  expect(localityShares(localities([1, 'HHHU'], [1, 'H']), 'healthy')).toEqual([0.5, 0.5]);
  const [first, second] = localityShares(localities([1, 'HU'], [1, 'H']), 'healthy') ?? [];
  expect(first).toBeCloseTo(0.7 / 1.7);
  expect(second).toBeCloseTo(1 / 1.7);
});

test('draining hosts do not lower the weight', () => {
  expect(localityShares(localities([1, 'HX'], [1, 'H']), 'healthy')).toEqual([0.5, 0.5]);
});

test('subsets that are not locality_weight_aware ignore the weights', () => {
  expect(localityShares({ ...localities([1, 'H'], [3, 'H']), hasLocalityWeights: false }, 'healthy')).toBeUndefined();
});

test('ring hash takes weights as they are, whatever the health', () => {
  expect(hashedLocalityShares(localities([1, 'HUUU'], [1, 'H']), false)).toEqual([0.5, 0.5]);
  expect(hashedLocalityShares(localities([1, 'U'], [1, 'H']), false)).toEqual([0, 1]);
});

test('ring hash without any locality weight finds no host', () => {
  expect(hashedLocalityShares(localities([0, 'H'], [0, 'H']), false)).toEqual([0, 0]);
});

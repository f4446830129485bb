import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostLevel } from '../../src/match/host-set.ts';
import { priorityLoad } from '../../src/match/priority-load.ts';
import { hostSet, level, upstreamHost } from '../support/cluster-builders.ts';

/** `[healthy…], [degraded…], [panic…]` of priorities given as letters. */
const load = (threshold: number, ...levels: HostLevel[]) => priorityLoad(hostSet(...levels), threshold);

describe('how load falls on priorities', () => {
  test.each([
    ['all healthy: priority 0 takes all', [level('HH'), level('HH')], [100, 0]],
    ['one of two: 70 %', [level('HU'), level('H')], [70, 30]],
    ['one of three: 46 %', [level('HUU'), level('H')], [46, 54]],
    ['three of four: all, by the factor of 1.4', [level('HHHU'), level('H')], [100, 0]],
    ['none: the next priority', [level('UU'), level('H')], [0, 100]],
    ['an empty priority 0 is passed over', [level(''), level('H')], [0, 100]],
    ['a factor of 100 halves', [level('HU', { overprovisioningFactor: 100 }), level('H', { overprovisioningFactor: 100 })], [50, 50]],
    ['draining hosts do not count', [level('HX'), level('H')], [100, 0]],
    ['what both cannot carry is scaled up', [level('HUUUUUUUUU'), level('HUUUUUUUUU')], [50, 50]],
  ])('%s', (_, levels, healthy) => {
    expect(load(0, ...levels)).toMatchObject({ healthy, degraded: [0, 0], panic: [false, false] });
  });

  test('degraded hosts get what healthy ones of all priorities leave over', () => {
    expect(load(50, level('HD'))).toMatchObject({ healthy: [70], degraded: [30], panic: [false] });
    expect(load(50, level('D'), level('H'))).toMatchObject({ healthy: [0, 100], degraded: [0, 0] });
    expect(load(50, level('DU'))).toMatchObject({ healthy: [0], degraded: [100], panic: [false] });
  });

  test('with weighted_priority_health weights count, not hosts', () => {
    const heavy = { health: 'UNHEALTHY' as const, weight: 9 };
    const hosts = [upstreamHost('a'), upstreamHost('b', heavy)];
    const weighted = level('', { weightedPriorityHealth: true, localities: [{ name: '//', weight: 0, hosts }] });
    expect(load(0, weighted, level('H')).healthy).toEqual([14, 86]);
  });
});

describe('panic', () => {
  test('begins strictly below the threshold', () => {
    expect(load(50, level('HU')).panic).toEqual([false]);
    expect(load(50, level('HUU')).panic).toEqual([true]);
    expect(load(0, level('UU')).panic).toEqual([false]);
  });

  test('stays off while all priorities together carry everything', () => {
    expect(load(50, level('HUUU'), level('HH')).panic).toEqual([false, false]);
  });

  test('of every priority spreads load by the number of hosts', () => {
    expect(load(50, level('UUU'), level('U'))).toEqual({ healthy: [75, 25], degraded: [0, 0], panic: [true, true] });
  });

  test('of a cluster without hosts is still well defined', () => {
    expect(load(50, level(''))).toEqual({ healthy: [100], degraded: [0], panic: [true] });
  });
});

test('loads are whole percents that sum to 100, whatever the hosts', () => {
  const letters = fc.stringMatching(/^[HDUX]{0,7}$/);
  const levels = fc.array(fc.tuple(letters, fc.constantFrom(100, 140, 250)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(levels, fc.integer({ min: 0, max: 100 }), (drawn, threshold) => {
      const { healthy, degraded } = load(threshold, ...drawn.map(([hosts, overprovisioningFactor]) => level(hosts, { overprovisioningFactor })));
      const all = [...healthy, ...degraded];
      expect(all.every((percent) => Number.isInteger(percent) && percent >= 0)).toBe(true);
      expect(all.reduce((sum, percent) => sum + percent, 0)).toBe(100);
    }),
  );
});

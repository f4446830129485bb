import { describe, expect, test } from 'vitest';
import { EMPTY_LEVEL, type HostLevel } from '../../src/match/host-set.ts';
import { type ZoneAwareConfig, zoneRouting } from '../../src/match/zone-aware-routing.ts';
import { level, upstreamHost } from '../support/cluster-builders.ts';

const CONFIG: ZoneAwareConfig = { routingEnabled: 100, minClusterSize: 1, forceLocalZoneMinSize: undefined, countWeights: false };

/** Zones by name; `home` comes first where it is there. */
function zones(parts: Readonly<Record<string, string>>): HostLevel {
  const localities = Object.entries(parts).map(([name, letters]) => ({ name, weight: 0, hosts: level(letters).localities[0]?.hosts ?? [] }));
  return { ...EMPTY_LEVEL, localities, hasLocal: 'home' in parts };
}

const shares = (upstream: HostLevel, local: HostLevel, config = CONFIG) => zoneRouting(config, upstream, local)?.shares;

describe('zone-aware routing', () => {
  test('keeps everything at home where the upstream has its share there', () => {
    expect(shares(zones({ home: 'HH', away: 'HH' }), zones({ home: 'H', away: 'H' }))).toEqual([1, 0]);
  });

  test('sends what home cannot take to zones with spare hosts', () => {
    // Home holds 25 % of the upstream hosts but half of the proxies: half of its requests fit.
    expect(shares(zones({ home: 'H', away: 'HHH' }), zones({ home: 'H', away: 'H' }))).toEqual([0.5, 0.5]);
  });

  test('without upstream hosts at home, all go to where there is spare capacity', () => {
    expect(shares(zones({ b: 'H', c: 'HHH' }), zones({ home: 'H', b: 'H' }))).toEqual([0, 1]);
  });

  test('counts weights where it is told to', () => {
    const heavy = {
      ...zones({ home: 'H', away: 'H' }),
      localities: zones({ home: 'H', away: 'H' }).localities.map((l, i) => ({ ...l, hosts: [upstreamHost('x', { weight: i === 0 ? 3 : 1 })] })),
    };
    const local = zones({ home: 'HHH', away: 'H' });
    expect(shares(heavy, local)?.[0]).toBeCloseTo(0.6666);
    expect(shares(heavy, local, { ...CONFIG, countWeights: true })).toEqual([1, 0]);
  });

  test('force_local_zone keeps requests at home from its minimum on', () => {
    const forced = { ...CONFIG, forceLocalZoneMinSize: 2 };
    expect(shares(zones({ home: 'HH', away: 'HHHHHH' }), zones({ home: 'H' }), forced)).toEqual([1, 0]);
    expect(shares(zones({ home: 'H', away: 'HHHHHHH' }), zones({ home: 'H', away: 'H' }), forced)?.[0]).toBeLessThan(1);
  });

  test.each([
    ['the upstream has one zone only', zones({ home: 'HH' }), zones({ home: 'H', away: 'H' }), CONFIG],
    ['the proxies have one zone only', zones({ home: 'H', away: 'H' }), zones({ home: 'H' }), CONFIG],
    ['no proxy is known at home', zones({ home: 'H', away: 'H' }), zones({ a: 'H', b: 'H' }), CONFIG],
    ['the cluster is small', zones({ home: 'H', away: 'H' }), zones({ home: 'H', away: 'H' }), { ...CONFIG, minClusterSize: 6 }],
  ])('is off where %s', (_, upstream, local, config) => {
    expect(zoneRouting(config, upstream, local)).toBeUndefined();
  });
});

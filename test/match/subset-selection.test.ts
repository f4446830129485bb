import { describe, expect, test } from 'vitest';
import { JsonNumber, type JsonObject } from '../../src/dump/json-value.ts';
import { spread } from '../../src/match/host-pick.ts';
import { EMPTY_LEVEL, type HostSet, hostsOf, type UpstreamHost } from '../../src/match/host-set.ts';
import { pickFromSubsets } from '../../src/match/subset-selection.ts';
import type { Subset } from '../../src/model/generated/envoy-api.ts';
import { hostSet, upstreamHost } from '../support/cluster-builders.ts';

const withMetadata = (address: string, metadata: JsonObject | undefined, more: Partial<UpstreamHost> = {}): UpstreamHost =>
  upstreamHost(address, { metadata, ...more });
const levelOf = (...hosts: UpstreamHost[]) => ({ ...EMPTY_LEVEL, localities: [{ name: '//', weight: 4, hosts }] });

const HOSTS = hostSet(
  levelOf(
    withMetadata('prod1', { version: 'v1', stage: 'prod' }),
    withMetadata('prod2', { version: 'v2', stage: 'prod' }),
    withMetadata('dev2', { version: 'v2', stage: 'dev' }),
    withMetadata('bare', undefined),
  ),
);

/** Addresses that the pick can reach; every set of hosts is spread evenly, so that only the narrowing shows. */
function chosen(config: Subset, metadata: JsonObject | undefined, hosts: HostSet = HOSTS): readonly string[] {
  const { pick } = pickFromSubsets(config, hosts, metadata, (set) =>
    spread(
      set.levels.flatMap((l) => hostsOf(l).slice()),
      false,
    ),
  );
  return [...pick.shares.keys()].map((host) => host.address).sort();
}

const BY_VERSION: Subset = { subset_selectors: [{ keys: ['version'] }] };
const ALL = ['bare', 'dev2', 'prod1', 'prod2'];

describe('a subset', () => {
  test('is chosen by the value of every key', () => {
    expect(chosen(BY_VERSION, { version: 'v2' })).toEqual(['dev2', 'prod2']);
    expect(chosen({ subset_selectors: [{ keys: ['stage', 'version'] }] }, { version: 'v2', stage: 'dev' })).toEqual(['dev2']);
  });

  test('needs exactly the keys of one selector', () => {
    expect(chosen(BY_VERSION, { version: 'v2', stage: 'dev' })).toEqual([]);
    expect(chosen({ subset_selectors: [{ keys: ['stage', 'version'] }] }, { version: 'v2' })).toEqual([]);
  });

  test('compares values by type: a number is not its text', () => {
    const hosts = hostSet(levelOf(withMetadata('number', { n: 1 }), withMetadata('text', { n: '1' }), withMetadata('float', { n: new JsonNumber('1.0') })));
    expect(chosen({ subset_selectors: [{ keys: ['n'] }] }, { n: 1 }, hosts)).toEqual(['float', 'number']);
  });

  test('compares structs whatever the order of their keys', () => {
    const hosts = hostSet(levelOf(withMetadata('a', { s: { x: 1, y: 2 } })));
    expect(chosen({ subset_selectors: [{ keys: ['s'] }] }, { s: { y: 2, x: 1 } }, hosts)).toEqual(['a']);
  });

  test('of one host takes the first that qualifies, whatever its health', () => {
    const hosts = hostSet(levelOf(), levelOf(withMetadata('sick', { id: 'x' }, { health: 'UNHEALTHY' }), withMetadata('well', { id: 'x' })));
    expect(chosen({ subset_selectors: [{ keys: ['id'], single_host_per_subset: true }] }, { id: 'x' }, hosts)).toEqual(['sick']);
  });

  test('with list_as_any a list stands for each of its members', () => {
    const hosts = hostSet(levelOf(withMetadata('both', { version: ['v1', 'v2'] }), withMetadata('one', { version: 'v1' })));
    expect(chosen({ ...BY_VERSION, list_as_any: true }, { version: 'v2' }, hosts)).toEqual(['both']);
    expect(chosen(BY_VERSION, { version: 'v2' }, hosts)).toEqual([]);
    expect(chosen({ ...BY_VERSION, list_as_any: true, fallback_policy: 'DEFAULT_SUBSET', default_subset: { version: 'v2' } }, undefined, hosts)).toEqual([
      'both',
    ]);
  });
});

describe('locality weights within a subset', () => {
  const hosts = hostSet(levelOf(withMetadata('a', { version: 'v1' }), withMetadata('b', { version: 'v2' })));
  const weightsSeen = (config: Subset): unknown => {
    let seen: unknown;
    pickFromSubsets(config, hosts, { version: 'v1' }, (set) => {
      seen = [set.levels[0]?.hasLocalityWeights, set.levels[0]?.localities[0]?.weight];
      return spread([], false);
    });
    return seen;
  };

  test('count only with locality_weight_aware, and shrink with scale_locality_weight', () => {
    expect(weightsSeen(BY_VERSION)).toEqual([false, 4]);
    expect(weightsSeen({ ...BY_VERSION, locality_weight_aware: true })).toEqual([true, 4]);
    expect(weightsSeen({ ...BY_VERSION, locality_weight_aware: true, scale_locality_weight: true })).toEqual([true, 2]);
  });
});

describe('the fallback of the cluster', () => {
  test.each([
    ['NO_FALLBACK', []],
    ['ANY_ENDPOINT', ALL],
    ['DEFAULT_SUBSET', ['prod1']],
  ] as const)('%s serves routes that name no subset, an unknown one, or other keys', (fallback_policy, hosts) => {
    const config: Subset = { ...BY_VERSION, fallback_policy, default_subset: { version: 'v1' } };
    for (const metadata of [undefined, {}, { version: 'v9' }, { stage: 'prod' }]) expect(chosen(config, metadata)).toEqual(hosts);
  });

  test('panic_mode_any helps where the fallback found no host, not where there is none', () => {
    expect(chosen({ ...BY_VERSION, panic_mode_any: true }, { version: 'v9' })).toEqual([]);
    expect(chosen({ ...BY_VERSION, panic_mode_any: true, fallback_policy: 'DEFAULT_SUBSET', default_subset: { version: 'v9' } }, undefined)).toEqual(ALL);
  });
});

describe('the fallback of a selector', () => {
  test('counts for exactly its keys', () => {
    const config: Subset = { subset_selectors: [{ keys: ['version'], fallback_policy: 'ANY_ENDPOINT' }] };
    expect(chosen(config, { version: 'v9' })).toEqual(ALL);
    expect(chosen(config, { stage: 'prod' })).toEqual([]);
    expect(chosen(config, undefined)).toEqual([]);
  });

  test('NO_FALLBACK wins over the fallback of the cluster', () => {
    expect(chosen({ fallback_policy: 'ANY_ENDPOINT', subset_selectors: [{ keys: ['version'], fallback_policy: 'NO_FALLBACK' }] }, { version: 'v9' })).toEqual(
      [],
    );
  });

  test('KEYS_SUBSET tries again with fewer keys', () => {
    const config: Subset = {
      subset_selectors: [{ keys: ['version'] }, { keys: ['stage', 'version'], fallback_policy: 'KEYS_SUBSET', fallback_keys_subset: ['version'] }],
    };
    expect(chosen(config, { stage: 'none', version: 'v1' })).toEqual(['prod1']);
  });

  test('is lost where an earlier, longer selector already holds its keys', () => {
    const long = { keys: ['stage', 'version'] };
    const short = { keys: ['stage'], fallback_policy: 'ANY_ENDPOINT' as const };
    expect(chosen({ subset_selectors: [short, long] }, { stage: 'none' })).toEqual(ALL);
    expect(chosen({ subset_selectors: [long, short] }, { stage: 'none' })).toEqual([]);
  });
});

describe('allow_redundant_keys', () => {
  test('drops the keys that the selector does not have', () => {
    expect(chosen({ ...BY_VERSION, allow_redundant_keys: true }, { version: 'v1', more: 'x' })).toEqual(['prod1']);
  });

  test('prefers the selector with most keys, wherever it stands', () => {
    const config: Subset = { allow_redundant_keys: true, subset_selectors: [{ keys: ['version'] }, { keys: ['stage', 'version'] }] };
    expect(chosen(config, { version: 'v2', stage: 'dev', more: 'x' })).toEqual(['dev2']);
  });
});

describe('metadata_fallback_policy FALLBACK_LIST', () => {
  const config: Subset = { ...BY_VERSION, metadata_fallback_policy: 'FALLBACK_LIST' };

  test('tries each entry until one has a host', () => {
    expect(chosen(config, { fallback_list: [{ version: 'v9' }, { version: 'v1' }, { version: 'v2' }] })).toEqual(['prod1']);
  });

  test('lays each entry over the other keys, which are not tried alone', () => {
    expect(chosen(config, { version: 'v1', fallback_list: [{ version: 'v9' }] })).toEqual([]);
    expect(chosen(config, { version: 'v1', fallback_list: [{}] })).toEqual(['prod1']);
    expect(chosen(config, { version: 'v1', fallback_list: [] })).toEqual(['prod1']);
  });

  test('is a key like any other without the policy', () => {
    expect(chosen(BY_VERSION, { version: 'v1', fallback_list: [{}] })).toEqual([]);
  });
});

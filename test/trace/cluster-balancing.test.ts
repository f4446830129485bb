import { describe, expect, test } from 'vitest';
import { askCluster, assignment, eds, endpoint, outcomeOf, sharesOf, worldIndex } from '../support/cluster-builders.ts';

const P = 'type.googleapis.com/envoy.extensions.load_balancing_policies.';
const policy = (...types: readonly (readonly [type: string, config?: object])[]) => ({
  policies: types.map(([type, config]) => ({
    typed_extension_config: { name: 'x', typed_config: { '@type': type.includes('/') ? type : `${P}${type}`, ...config } },
  })),
});
const WEIGHTED = [assignment('c', [endpoint(1, { weight: 1 }), endpoint(2, { weight: 3 })])];
const BY_WEIGHT = { '10.0.0.1:80': 25, '10.0.0.2:80': 75 };
const EVENLY = { '10.0.0.1:80': 50, '10.0.0.2:80': 50 };

describe('lb_policy', () => {
  test.each([
    ['ROUND_ROBIN', BY_WEIGHT],
    ['LEAST_REQUEST', BY_WEIGHT],
    ['RING_HASH', BY_WEIGHT],
    ['MAGLEV', BY_WEIGHT],
    ['RANDOM', EVENLY],
  ])('%s', async (lb_policy, shares) => {
    expect(sharesOf(await outcomeOf({ clusters: [eds({ lb_policy })], endpoints: WEIGHTED }))).toEqual(shares);
  });

  test('RING_HASH and MAGLEV never use degraded hosts', async () => {
    const endpoints = [assignment('c', [endpoint(1, { health: 'DEGRADED' })])];
    expect(await outcomeOf({ clusters: [eds({ lb_policy: 'RING_HASH' })], endpoints })).toMatchObject({ flags: 'UH' });
    expect(await outcomeOf({ clusters: [eds()], endpoints })).toMatchObject({ verdict: 'forwarded' });
    const half = [assignment('c', [endpoint(1, { health: 'DEGRADED' }), endpoint(2)])];
    expect(sharesOf(await outcomeOf({ clusters: [eds({ lb_policy: 'MAGLEV' })], endpoints: half }))).toEqual({ '10.0.0.2:80': 100 });
  });
});

describe('load_balancing_policy', () => {
  test.each([
    ['round_robin.v3.RoundRobin', BY_WEIGHT],
    ['least_request.v3.LeastRequest', BY_WEIGHT],
    ['random.v3.Random', EVENLY],
    ['ring_hash.v3.RingHash', BY_WEIGHT],
    ['maglev.v3.Maglev', BY_WEIGHT],
    ['client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin', BY_WEIGHT],
  ])('%s', async (type, shares) => {
    expect(sharesOf(await outcomeOf({ clusters: [eds({ load_balancing_policy: policy([type]) })], endpoints: WEIGHTED }))).toEqual(shares);
  });

  test('passes over policies that this Envoy was not built with', async () => {
    const unknown = ['type.googleapis.com/vendor.Policy', { anything: 1 }] as const;
    const clusters = [eds({ load_balancing_policy: policy(unknown, ['random.v3.Random']) })];
    expect(sharesOf(await outcomeOf({ clusters, endpoints: WEIGHTED }))).toEqual(EVENLY);
  });

  test('knows by the extensions of the node what this Envoy was built with', async () => {
    const extensions = [
      { name: 'r', category: 'envoy.load_balancing_policies', type_urls: ['envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin'] },
    ];
    const clusters = [eds({ load_balancing_policy: policy(['random.v3.Random'], ['round_robin.v3.RoundRobin']) })];
    expect(sharesOf(await outcomeOf({ clusters, endpoints: WEIGHTED, bootstrap: { node: { id: 'x', extensions } } }))).toEqual(BY_WEIGHT);
  });

  test('undetermined for one that is known to Envoy alone', async () => {
    const clusters = [eds({ load_balancing_policy: policy(['override_host.v3.OverrideHost', { override_host_sources: [{ header: 'x' }] }]) })];
    expect(askCluster(await worldIndex({ clusters, endpoints: WEIGHTED }), 'c').gap).toMatchObject({ id: 'PC9001' });
    const onlyUnknown = [eds({ load_balancing_policy: policy(['type.googleapis.com/vendor.Policy']) })];
    expect(askCluster(await worldIndex({ clusters: onlyUnknown, endpoints: WEIGHTED }), 'c').gap).toMatchObject({ id: 'PC9001' });
  });

  test('Subset narrows before its own policy balances', async () => {
    const subset = { subset_selectors: [{ keys: ['v'] }], subset_lb_policy: policy(['round_robin.v3.RoundRobin']) };
    const clusters = [eds({ load_balancing_policy: policy(['subset.v3.Subset', subset]) })];
    const endpoints = [assignment('c', [endpoint(1, { lb: { v: '1' } }), endpoint(2, { lb: { v: '2' } })])];
    expect(sharesOf(await outcomeOf({ clusters, endpoints }, { metadataMatch: { v: '2' } }))).toEqual({ '10.0.0.2:80': 100 });
  });
});

describe('localities', () => {
  const locality = (zone: string, load_balancing_weight: number | undefined, ...hosts: object[]) => ({
    locality: { zone },
    lb_endpoints: hosts,
    ...(load_balancing_weight === undefined ? {} : { load_balancing_weight }),
  });
  const endpoints = [
    { cluster_name: 'c', endpoints: [locality('a', 3, endpoint(1)), locality('b', 1, endpoint(2), endpoint(3)), locality('z', undefined, endpoint(4))] },
  ];
  const weighted = { '10.0.0.1:80': 75, '10.0.0.2:80': 13, '10.0.0.3:80': 13 };

  test('have weights only with locality_weighted_lb_config; an unset weight is no traffic', async () => {
    expect(sharesOf(await outcomeOf({ clusters: [eds()], endpoints }))['10.0.0.4:80']).toBe(25);
    expect(sharesOf(await outcomeOf({ clusters: [eds({ common_lb_config: { locality_weighted_lb_config: {} } })], endpoints }))).toEqual(weighted);
  });

  test('have weights in every form of the new API', async () => {
    const inPolicy = { locality_lb_config: { locality_weighted_lb_config: {} } };
    const wrr = { endpoint_picking_policy: policy(['client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin']) };
    for (const chosen of [
      ['round_robin.v3.RoundRobin', inPolicy] as const,
      ['wrr_locality.v3.WrrLocality', wrr] as const,
      ['maglev.v3.Maglev', { locality_weighted_lb_config: {} }] as const,
    ]) {
      expect(sharesOf(await outcomeOf({ clusters: [eds({ load_balancing_policy: policy(chosen) })], endpoints }))).toEqual(weighted);
    }
  });

  test('of the own zone are preferred where the bootstrap names the local cluster', async () => {
    const self = { cluster_name: 'self', endpoints: [locality('a', undefined, endpoint(8)), locality('b', undefined, endpoint(9))] };
    const upstream = { cluster_name: 'c', endpoints: [locality('a', undefined, endpoint(1)), locality('b', undefined, endpoint(2))] };
    const clusters = [eds({ common_lb_config: { zone_aware_lb_config: { min_cluster_size: 1 } } }), eds({ name: 'self' })];
    const bootstrap = { node: { id: 'x', locality: { zone: 'b' } }, cluster_manager: { local_cluster_name: 'self' } };
    expect(sharesOf(await outcomeOf({ clusters, endpoints: [upstream, self], bootstrap }))).toEqual({ '10.0.0.2:80': 100 });
    expect(sharesOf(await outcomeOf({ clusters, endpoints: [upstream, self] }))).toEqual(EVENLY);
    expect(sharesOf(await outcomeOf({ clusters, endpoints: [upstream, self], bootstrap, runtime: { upstream: { zone_routing: { enabled: 50 } } } }))).toEqual({
      '10.0.0.1:80': 25,
      '10.0.0.2:80': 75,
    });
  });
});

test('runtime upstream.healthy_panic_threshold wins over the cluster', async () => {
  const endpoints = [assignment('c', [endpoint(1, { health: 'UNHEALTHY' })])];
  const runtime = { upstream: { healthy_panic_threshold: 0 } };
  expect(await outcomeOf({ clusters: [eds({ common_lb_config: { healthy_panic_threshold: { value: 100 } } })], endpoints, runtime })).toMatchObject({
    flags: 'UH',
  });
});

test('the same question has the same answer, from one walk', async () => {
  const index = await worldIndex({ clusters: [eds()], endpoints: WEIGHTED });
  expect(askCluster(index, 'c')).toBe(askCluster(index, 'c'));
});

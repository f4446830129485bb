import { describe, expect, test } from 'vitest';
import { requestHeaders } from '../../src/match/request-headers.ts';
import { askCluster, assignment, type ClusterWorld, eds, endpoint, outcomeOf, sharesOf, status, worldIndex } from '../support/cluster-builders.ts';

/** Endpoints 1, 2, … by their health: `H`, `D`, `U`. */
const hosts = (letters: string, from = 1) =>
  [...letters].map((letter, i) => endpoint(from + i, { health: { H: 'HEALTHY', D: 'DEGRADED', U: 'UNHEALTHY' }[letter] ?? 'UNKNOWN' }));
const world = (letters: string, more: Readonly<Record<string, unknown>> = {}): ClusterWorld => ({
  clusters: [eds(more)],
  endpoints: [assignment('c', hosts(letters))],
});
const threshold = (value: number) => ({ common_lb_config: { healthy_panic_threshold: { value } } });
const addresses = async (w: ClusterWorld) => Object.keys(sharesOf(await outcomeOf(w))).map((address) => Number(/\.(\d+):/.exec(address)?.[1]));
const UH = { verdict: 'broken', status: 503, flags: 'UH', details: 'no_healthy_upstream' };

describe("Envoy's surprises about clusters and endpoints, each as recorded from Envoy 1.40", () => {
  test('1: panic begins strictly below 50 % healthy: one of two does not panic, one of three does', async () => {
    expect(await addresses(world('HU'))).toEqual([1]);
    expect(await addresses(world('HUU'))).toEqual([1, 2, 3]);
  });

  test('1: with every host unhealthy traffic still flows, unless the threshold is 0 or traffic fails on panic', async () => {
    expect(await addresses(world('UU'))).toEqual([1, 2]);
    expect(await outcomeOf(world('UU', threshold(0)))).toMatchObject(UH);
    expect(await outcomeOf(world('UU', { common_lb_config: { zone_aware_lb_config: { fail_traffic_on_panic: true } } }))).toMatchObject(UH);
  });

  test('1: DRAINING and TIMEOUT count as unhealthy and serve in panic, UNKNOWN counts as healthy', async () => {
    const of = (health: string) => ({ clusters: [eds(threshold(0))], endpoints: [assignment('c', [endpoint(1, { health })])] });
    for (const health of ['DRAINING', 'TIMEOUT']) {
      expect(await outcomeOf(of(health))).toMatchObject(UH);
      expect(await addresses({ ...of(health), clusters: [eds()] })).toEqual([1]);
    }
    expect(await outcomeOf(of('UNKNOWN'))).toMatchObject({ verdict: 'forwarded' });
  });

  test('1: DRAINING hosts do not count: one healthy among two draining ones does not panic', async () => {
    const statuses = {
      c: [status(1, { eds_health_status: 'HEALTHY' }), status(2, { eds_health_status: 'DRAINING' }), status(3, { eds_health_status: 'DRAINING' })],
    };
    expect(await addresses({ ...world('HUU'), statuses })).toEqual([1]);
  });

  test('2: degraded hosts get what healthy ones leave over: 70 to 30', async () => {
    expect(sharesOf(await outcomeOf(world('HD')))).toEqual({ '10.0.0.1:80': 70, '10.0.0.2:80': 30 });
  });

  test('2: degraded hosts alone serve, whatever the threshold, without panic', async () => {
    expect(await addresses(world('D', threshold(100)))).toEqual([1]);
    expect(await addresses(world('D', threshold(0)))).toEqual([1]);
    expect(await addresses(world('DU'))).toEqual([1]);
  });

  test('2: a degraded priority 0 leaves everything to a healthy priority 1', async () => {
    expect(await addresses({ clusters: [eds()], endpoints: [assignment('c', hosts('D'), hosts('H', 2))] })).toEqual([2]);
  });

  test.each([
    ['HU', 70],
    ['HUU', 46],
    ['HHHU', 100],
  ])('3: priority 0 of %s takes %i %%', async (letters, percent) => {
    const shares = sharesOf(await outcomeOf({ clusters: [eds()], endpoints: [assignment('c', hosts(letters), hosts('H', 9))] }));
    expect(shares['10.0.0.9:80'] ?? 0).toBe(100 - percent);
  });

  test('3: the factor of the load assignment counts: with 100, half is half', async () => {
    const endpoints = [{ ...assignment('c', hosts('HU'), hosts('H', 9)), policy: { overprovisioning_factor: 100 } }];
    expect(sharesOf(await outcomeOf({ clusters: [eds()], endpoints }))).toEqual({ '10.0.0.1:80': 50, '10.0.0.9:80': 50 });
  });

  test('3: with all priorities unhealthy load follows the number of hosts, and an empty priority 0 is passed over', async () => {
    const sick = sharesOf(await outcomeOf({ clusters: [eds()], endpoints: [assignment('c', hosts('UUU'), hosts('U', 9))] }));
    expect(sick['10.0.0.9:80']).toBe(25);
    expect(await addresses({ clusters: [eds()], endpoints: [assignment('c', [], hosts('H', 9))] })).toEqual([9]);
  });

  test('4: locality weights count only with locality_weighted_lb_config, and then an unset one is no traffic', async () => {
    const locality = (zone: string, host: object, weight?: number) => ({
      locality: { zone },
      lb_endpoints: [host],
      ...(weight === undefined ? {} : { load_balancing_weight: weight }),
    });
    const endpoints = (...weights: (number | undefined)[]) => [
      { cluster_name: 'c', endpoints: weights.map((weight, i) => locality(`z${i}`, endpoint(i + 1), weight)) },
    ];
    const weighted = eds({ common_lb_config: { locality_weighted_lb_config: {} } });
    expect(await addresses({ clusters: [eds()], endpoints: endpoints(1, undefined) })).toEqual([1, 2]);
    expect(await addresses({ clusters: [weighted], endpoints: endpoints(1, undefined) })).toEqual([1]);
    expect(await addresses({ clusters: [weighted], endpoints: endpoints(undefined, undefined) })).toEqual([1, 2]);
  });

  test('4: an endpoint without weight has weight 1', async () => {
    expect(sharesOf(await outcomeOf({ clusters: [eds()], endpoints: [assignment('c', [endpoint(1), endpoint(2, { weight: 3 })])] }))).toEqual({
      '10.0.0.1:80': 25,
      '10.0.0.2:80': 75,
    });
  });

  describe('5: subsets', () => {
    const lb = [endpoint(1, { lb: { version: 'v1', stage: 'prod' } }), endpoint(2, { lb: { version: 'v2', stage: 'prod' } })];
    const subsets = (more: object = {}): ClusterWorld => ({
      clusters: [eds({ lb_subset_config: { subset_selectors: [{ keys: ['version'] }], ...more } })],
      endpoints: [assignment('c', lb)],
    });

    test('metadata_match must name exactly the keys of a selector', async () => {
      expect(sharesOf(await outcomeOf(subsets(), { metadataMatch: { version: 'v2' } }))).toEqual({ '10.0.0.2:80': 100 });
      expect(await outcomeOf(subsets(), { metadataMatch: { version: 'v2', stage: 'prod' } })).toMatchObject({ ...UH, break: 'PC4003' });
    });

    test('a route without metadata_match falls back too: NO_FALLBACK is UH, and panic_mode_any changes nothing', async () => {
      expect(await outcomeOf(subsets())).toMatchObject(UH);
      expect(await outcomeOf(subsets({ panic_mode_any: true }))).toMatchObject(UH);
      expect(await outcomeOf(subsets({ fallback_policy: 'ANY_ENDPOINT' }))).toMatchObject({ verdict: 'forwarded' });
    });

    test('the panic threshold works within the subset', async () => {
      const sick = {
        ...subsets(),
        endpoints: [assignment('c', [endpoint(1, { health: 'UNHEALTHY', lb: { version: 'v1' } }), endpoint(2, { lb: { version: 'v2' } })])],
      };
      expect(sharesOf(await outcomeOf(sick, { metadataMatch: { version: 'v1' } }))).toEqual({ '10.0.0.1:80': 100 });
    });

    test('clusters without subsets ignore metadata_match', async () => {
      expect(await outcomeOf(world('H'), { metadataMatch: { version: 'v9' } })).toMatchObject({ verdict: 'forwarded' });
    });
  });

  describe('6: no cluster, no host', () => {
    test('a missing or warming cluster is NC, a known one without hosts UH', async () => {
      expect(await outcomeOf({})).toMatchObject({ flags: 'NC' });
      expect(await outcomeOf({ warming: [eds()] })).toMatchObject({ flags: 'NC' });
      expect(await outcomeOf({ clusters: [eds()], endpoints: [assignment('c')] })).toMatchObject(UH);
    });

    test('an ORIGINAL_DST cluster without restored address, or with a header that is none, is UH', async () => {
      const clusters = [{ name: 'c', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', original_dst_lb_config: { use_http_header: true } }];
      expect(await outcomeOf({ clusters })).toMatchObject(UH);
      expect(await outcomeOf({ clusters }, { headers: requestHeaders([['x-envoy-original-dst-host', 'garbage']]) })).toMatchObject(UH);
    });

    test('an aggregate passes over missing, empty and unhealthy members, unless all are sick', async () => {
      const typed_config = { '@type': 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig', clusters: ['no', 'empty', 'sick', 'well'] };
      const aggregate = { name: 'c', lb_policy: 'CLUSTER_PROVIDED', cluster_type: { name: 'envoy.clusters.aggregate', typed_config } };
      const clusters = [aggregate, ...['empty', 'sick', 'well'].map((name) => eds({ name }))];
      const endpoints = (well: string) => [assignment('empty'), assignment('sick', hosts('U')), assignment('well', hosts(well, 9))];
      expect(await addresses({ clusters, endpoints: endpoints('H') })).toEqual([9]);
      expect(await addresses({ clusters, endpoints: endpoints('') })).toEqual([1]);
    });
  });

  test.each([
    ['max_requests', 'UO'],
    ['max_pending_requests', 'UO'],
    ['max_connections', null],
    ['max_connection_pools', 'UH'],
  ])('7: a circuit breaker %s of 0 is %s', async (limit, flags) => {
    const { outcomes } = askCluster(await worldIndex(world('H', { circuit_breakers: { thresholds: [{ [limit]: 0 }] } })), 'c');
    expect(outcomes[0]).toMatchObject({ flags, status: flags === null ? null : 503 });
  });

  test('8: what fails after the host is chosen (TLS to a plaintext server, a refused connection) counts as forwarded', async () => {
    const transport_socket = {
      name: 'tls',
      typed_config: { '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', sni: 'x' },
    };
    expect(await outcomeOf(world('H', { transport_socket }))).toMatchObject({ verdict: 'forwarded', status: null, flags: null });
  });

  test('9: logs show alt_stat_name', async () => {
    expect(await outcomeOf(world('H', { alt_stat_name: 'other' }))).toMatchObject({ observability_name: 'other' });
    expect(await outcomeOf(world('H'))).toMatchObject({ observability_name: null });
  });

  test('10: UH and NC name no endpoint', async () => {
    expect(await outcomeOf({})).toMatchObject({ endpoints: null });
    expect(await outcomeOf(world('U', threshold(0)))).toMatchObject({ endpoints: null });
  });
});

describe('what dumps show', () => {
  test('3: a cluster that is only in dynamic_warming_clusters is NC', async () => {
    expect(await outcomeOf({ warming: [eds()], endpoints: [] })).toMatchObject({ flags: 'NC' });
  });

  test('4: the endpoints section shows normalised health; /clusters tells the reason', async () => {
    const sick = { ...world('UH'), statuses: { c: [status(1, { failed_outlier_check: true }), status(2, {})] } };
    const { hops } = askCluster(await worldIndex(sick), 'c');
    expect(hops.find((hop) => hop.stage === 'endpoints')?.rejected).toMatchObject([
      { name: '10.0.0.1:80', reason: 'UNHEALTHY (ejected by outlier detection)' },
    ]);
  });

  test('4: weights that the dump fills in are read as they are: endpoint 1, locality 0, priority 0 left out', async () => {
    const filled = {
      cluster_name: 'c',
      endpoints: [{ locality: {}, lb_endpoints: [endpoint(1, { weight: 1, health: 'HEALTHY' })], load_balancing_weight: 0 }],
      policy: { overprovisioning_factor: 140 },
    };
    expect(await addresses({ clusters: [eds()], endpoints: [filled] })).toEqual([1]);
    expect(await addresses({ clusters: [eds({ common_lb_config: { locality_weighted_lb_config: {} } })], endpoints: [filled] })).toEqual([1]);
  });

  test('4: DNS clusters show the addresses that they resolved', async () => {
    const named = { endpoint: { address: { socket_address: { address: 'app.example', port_value: 80 } } } };
    const dns = { name: 'c', type: 'LOGICAL_DNS', load_assignment: assignment('c', [named]) };
    expect(await addresses({ clusters: [dns], endpoints: [assignment('c', [endpoint(5)])] })).toEqual([5]);
  });
});

import { describe, expect, test } from 'vitest';
import { askCluster, assignment, eds, endpoint, outcomeOf, sharesOf, worldIndex } from '../support/cluster-builders.ts';

const ONE = [assignment('c', [endpoint(1)])];
const OVERFLOW = 'upstream_reset_before_response_started{overflow}';
const breakers = (...thresholds: object[]) => ({ clusters: [eds({ circuit_breakers: { thresholds } })], endpoints: ONE });

describe('circuit breakers at 0, HTTP', () => {
  test('max_requests: UO with the host once it is connected; where it cannot be connected, that failure comes first', async () => {
    const { outcomes } = askCluster(await worldIndex(breakers({ max_requests: 0 })), 'c');
    expect(outcomes).toMatchObject([
      {
        verdict: 'broken',
        status: 503,
        flags: 'UO',
        details: OVERFLOW,
        break: 'PC5002',
        probability: null,
        conditions: ['the connection to the chosen host succeeds'],
      },
      { verdict: 'forwarded', flags: null, probability: null, conditions: ['the connection to the chosen host fails (flag UF)'] },
    ]);
    expect(sharesOf(outcomes[0])).toEqual({ '10.0.0.1:80': 100 });
  });

  test.each([
    ['max_pending_requests', { verdict: 'broken', status: 503, flags: 'UO', details: OVERFLOW, endpoints: null }],
    ['max_connection_pools', { verdict: 'broken', status: 503, flags: 'UH', details: 'no_healthy_upstream', endpoints: null }],
    ['max_connections', { verdict: 'forwarded', flags: null }],
    ['max_retries', { verdict: 'forwarded', flags: null }],
  ])('%s', async (limit, outcome) => {
    expect(await outcomeOf(breakers({ [limit]: 0 }))).toMatchObject({ probability: 1, ...outcome });
  });

  test('a cluster without hosts is UH all the same', async () => {
    const world = { clusters: [eds({ circuit_breakers: { thresholds: [{ max_requests: 0 }] } })], endpoints: [assignment('c')] };
    expect(await outcomeOf(world)).toMatchObject({ flags: 'UH', probability: 1 });
  });

  test('count for the priority of the route', async () => {
    const world = breakers({ priority: 'HIGH', max_pending_requests: 0 });
    expect(await outcomeOf(world)).toMatchObject({ verdict: 'forwarded' });
    expect(await outcomeOf(world, { priority: 'HIGH' })).toMatchObject({ flags: 'UO' });
  });

  test('can be set by runtime', async () => {
    const runtime = { circuit_breakers: { c: { default: { max_pending_requests: 0 } } } };
    expect(await outcomeOf({ ...breakers(), runtime })).toMatchObject({ flags: 'UO' });
    expect(await outcomeOf({ ...breakers({ max_pending_requests: 0 }), runtime: { 'circuit_breakers.c.default.max_pending_requests': 1 } })).toMatchObject({
      verdict: 'forwarded',
    });
  });

  test('of an aggregate do not count, those of the child do', async () => {
    const typed_config = { '@type': 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig', clusters: ['child'] };
    const zero = { circuit_breakers: { thresholds: [{ max_pending_requests: 0 }] } };
    const aggregate = { name: 'c', lb_policy: 'CLUSTER_PROVIDED', cluster_type: { name: 'envoy.clusters.aggregate', typed_config } };
    const endpoints = [assignment('child', [endpoint(1)])];
    expect(await outcomeOf({ clusters: [{ ...aggregate, ...zero }, eds({ name: 'child' })], endpoints })).toMatchObject({ verdict: 'forwarded' });
    expect(await outcomeOf({ clusters: [aggregate, eds({ name: 'child', ...zero })], endpoints })).toMatchObject({ flags: 'UO' });
  });
});

describe('circuit breakers at 0, TCP', () => {
  test.each([
    ['max_connections', { verdict: 'broken', status: null, flags: 'UO', details: null }],
    ['max_pending_requests', { verdict: 'broken', status: null, flags: 'URX', details: null }],
    ['max_requests', { verdict: 'forwarded' }],
    ['max_connection_pools', { verdict: 'forwarded' }],
  ])('%s', async (limit, outcome) => {
    expect(await outcomeOf(breakers({ [limit]: 0 }), { protocol: 'tcp', priority: 'HIGH' })).toMatchObject({ probability: 1, ...outcome });
  });

  test('max_connections hides that there is no host', async () => {
    const world = { clusters: [eds({ circuit_breakers: { thresholds: [{ max_connections: 0 }] } })], endpoints: [assignment('c')] };
    expect(await outcomeOf(world, { protocol: 'tcp' })).toMatchObject({ flags: 'UO' });
  });
});

describe('drop_overloads', () => {
  const dropping = (numerator: number, denominator = 'HUNDRED', ...hosts: ReturnType<typeof endpoint>[]) => ({
    clusters: [eds()],
    endpoints: [
      {
        ...assignment('c', hosts.length > 0 ? hosts : [endpoint(1)]),
        policy: { drop_overloads: [{ category: 'x', drop_percentage: { numerator, denominator } }] },
      },
    ],
  });

  test('drops its part with DO, before a host is looked for', async () => {
    expect(askCluster(await worldIndex(dropping(250_000, 'MILLION')), 'c').outcomes).toMatchObject([
      { probability: 0.25, verdict: 'broken', status: 503, flags: 'DO', details: 'drop_overload', break: 'PC5002' },
      { probability: 0.75, verdict: 'forwarded' },
    ]);
  });

  test('drops everything with UDO', async () => {
    expect(await outcomeOf(dropping(100))).toMatchObject({ probability: 1, flags: 'UDO', details: 'unconditional_drop_overload', status: 503 });
  });

  test('does not concern TCP', async () => {
    expect(await outcomeOf(dropping(100), { protocol: 'tcp' })).toMatchObject({ verdict: 'forwarded' });
  });

  test('that the cluster configures itself is limited by runtime', async () => {
    const load_assignment = { ...assignment('c', [endpoint(1)]), policy: { drop_overloads: [{ drop_percentage: { numerator: 50 } }] } };
    const { outcomes } = askCluster(
      await worldIndex({ clusters: [{ name: 'c', load_assignment }], runtime: { load_balancing_policy: { drop_overload_limit: 20 } } }),
      'c',
    );
    expect(outcomes.map((o) => o.probability)).toEqual([0.1, 0.9]);
  });
});

test('maintenance mode of the runtime answers its part with UO', async () => {
  const runtime = { upstream: { maintenance_mode: { c: 40 } } };
  expect(askCluster(await worldIndex({ ...breakers(), runtime }), 'c').outcomes).toMatchObject([
    { probability: 0.4, verdict: 'broken', status: 503, flags: 'UO', details: 'maintenance_mode' },
    { probability: 0.6, verdict: 'forwarded' },
  ]);
  expect(await outcomeOf({ ...breakers(), runtime }, { protocol: 'tcp' })).toMatchObject({ verdict: 'forwarded' });
});

test('probabilities of drops and of finding no host multiply, and sum to 1', async () => {
  const sick = (n: number) => endpoint(n, { health: 'UNHEALTHY' });
  const world = {
    clusters: [eds({ common_lb_config: { zone_aware_lb_config: { fail_traffic_on_panic: true } } })],
    endpoints: [
      {
        ...assignment('c', [sick(1), sick(2), endpoint(3)], [endpoint(4), sick(5)]),
        policy: { overprovisioning_factor: 100, drop_overloads: [{ drop_percentage: { numerator: 50 } }] },
      },
    ],
  };
  const { outcomes } = askCluster(await worldIndex(world), 'c');
  // Priority 0 panics (33 + 50 < 100): its 40 % of the load find no host.
  expect(outcomes.map((o) => [o.flags, Number(o.probability?.toFixed(4))])).toEqual([
    ['DO', 0.5],
    [null, 0.3],
    ['UH', 0.2],
  ]);
});

test('outcomes beside a conditional one are alternatives to it', async () => {
  const runtime = { upstream: { maintenance_mode: { c: 40 } } };
  const { outcomes } = askCluster(await worldIndex({ ...breakers({ max_requests: 0 }), runtime }), 'c');
  expect(outcomes.every((o) => o.probability === null && o.conditions.length > 0)).toBe(true);
  expect(outcomes[0]?.conditions).toEqual(['the request falls to the part that ends with UO']);
});

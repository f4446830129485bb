import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { OWN, UPSTREAM_COUNT, upstreamPort } from './configuration.ts';
import { fieldOneTimeIn } from './sometimes.ts';

const HEALTH = ['HEALTHY', 'UNKNOWN', 'UNHEALTHY', 'DRAINING', 'TIMEOUT', 'DEGRADED'];

/** One endpoint on an upstream, with a health and now and then a weight. */
export const endpoint = (health: fc.Arbitrary<string>): fc.Arbitrary<JsonObject> =>
  fc.tuple(fc.nat(UPSTREAM_COUNT - 1), health, fieldOneTimeIn(3, 'load_balancing_weight', fc.constantFrom(1, 3))).map(([upstream, status, weight]) => ({
    endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: upstreamPort(upstream) } } },
    health_status: status,
    ...weight,
  }));

/** Endpoints in localities and priorities without a gap, healthy and not. */
const loadAssignment: fc.Arbitrary<JsonObject> = fc
  .array(
    fc.tuple(
      fc.nat(2),
      fieldOneTimeIn(2, 'load_balancing_weight', fc.constantFrom(1, 2)),
      fc.array(endpoint(fc.constantFrom(...HEALTH)), { maxLength: 3 }),
      fc.constantFrom('z1', 'z2'),
    ),
    { maxLength: 4 },
  )
  .chain((localities) => fc.constantFrom(undefined, undefined, 100, 200).map((factor) => ({ localities, factor })))
  .map(({ localities, factor }) => {
    const used = [...new Set(localities.map(([priority]) => priority))].sort();
    const endpoints = localities.map(([priority, weight, hosts, zone], i) => ({
      priority: used.indexOf(priority),
      locality: { zone: `${zone}-${i}` },
      lb_endpoints: hosts,
      ...weight,
    }));
    return { cluster_name: `${OWN}a`, endpoints, ...(factor === undefined ? {} : { policy: { overprovisioning_factor: factor } }) };
  });

/** A cluster with a mixture of health, priorities and localities, and the load balancing settings that decide who of them is used. */
export const mixedCluster: fc.Arbitrary<JsonObject> = fc
  .tuple(
    loadAssignment,
    fc.constantFrom('ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM', 'RING_HASH', 'MAGLEV'),
    fc.constantFrom(undefined, undefined, 0, 30, 100),
    fc.boolean(),
    fc.boolean(),
  )
  .map(
    ([load_assignment, lb_policy, panic, localityWeights, failOnPanic]): JsonObject => ({
      name: `${OWN}a`,
      type: 'STATIC',
      connect_timeout: '1s',
      lb_policy,
      load_assignment,
      common_lb_config: {
        ...(panic === undefined ? {} : { healthy_panic_threshold: { value: panic } }),
        ...(localityWeights ? { locality_weighted_lb_config: {} } : failOnPanic ? { zone_aware_lb_config: { fail_traffic_on_panic: true } } : {}),
      },
    }),
  );

/** The plain clusters that routing is tested with. */
export const PLAIN_CLUSTERS: readonly JsonObject[] = [plainCluster('a', [0]), plainCluster('b', [1, 2]), plainCluster('empty', [])];

function plainCluster(name: string, upstreams: readonly number[]): JsonObject {
  const hosts = upstreams.map((i) => ({ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: upstreamPort(i) } } } }));
  return {
    name: `${OWN}${name}`,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: `${OWN}${name}`, endpoints: [{ lb_endpoints: hosts }] },
  };
}

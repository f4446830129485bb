import { describe, expect, test } from 'vitest';
import { messageSchema } from '../../src/decode/schema.ts';
import { CLUSTER_FIDELITY } from '../../src/trace/fidelity/cluster-fidelity.ts';
import { askCluster, assignment, eds, endpoint, outcomeOf, worldIndex } from '../support/cluster-builders.ts';

const ONE = [assignment('c', [endpoint(1)])];
const X = 'type.googleapis.com/envoy.extensions.';
const gapOf = async (cluster: object, endpoints: readonly { [key: string]: unknown }[] = ONE) =>
  askCluster(await worldIndex({ clusters: [{ ...eds(), ...cluster }], endpoints }), 'c').gap;

describe('every field has a row', () => {
  test.each(Object.keys(CLUSTER_FIDELITY))('of %s', (type) => {
    const fields = messageSchema(type)?.fields.map((field) => field.name);
    expect(fields, 'is a message of the schema').toBeDefined();
    expect(Object.keys(CLUSTER_FIDELITY[type] ?? {}).sort()).toEqual([...(fields ?? [])].sort());
  });

  test('and a row leads only to messages with rows, of the type that the field holds', () => {
    for (const [type, rows] of Object.entries(CLUSTER_FIDELITY)) {
      for (const [field, row] of Object.entries(rows)) {
        if (row.of === undefined) continue;
        expect(CLUSTER_FIDELITY, `${type}.${field}`).toHaveProperty([row.of]);
        expect(messageSchema(type)?.byName.get(field)?.type, `${type}.${field}`).toEqual({ kind: 'message', name: row.of });
      }
    }
  });

  test.each([
    'envoy.config.cluster.v3.Cluster',
    'envoy.config.cluster.v3.CircuitBreakers',
    'envoy.config.cluster.v3.OutlierDetection',
    'envoy.config.cluster.v3.LoadBalancingPolicy',
    'envoy.config.cluster.v3.UpstreamConnectionOptions',
    'envoy.config.endpoint.v3.ClusterLoadAssignment',
  ])('and the messages of their own package that %s holds have rows too', (root) => {
    const missing: string[] = [];
    const seen = new Set<string>();
    const visit = (type: string): void => {
      if (seen.has(type) || !/^envoy\.config\.(cluster|endpoint)\.v3\./.test(type)) return;
      seen.add(type);
      if (!(type in CLUSTER_FIDELITY)) missing.push(type);
      for (const field of messageSchema(type)?.fields ?? []) if (field.type.kind === 'message') visit(field.type.name);
    };
    visit(root);
    expect(missing).toEqual([]);
  });
});

describe('a field that pc does not know makes the answer undetermined', () => {
  const P = '.configs[1].dynamic_active_clusters[0].cluster';
  const E = '.configs[3].dynamic_endpoint_configs[0].endpoint_config';
  const inPolicy = (config: object) => ({ load_balancing_policy: { policies: [{ typed_extension_config: { name: 'x', typed_config: config } }] } });

  test.each([
    ['the cluster', { from_the_future: 1 }, `${P}.from_the_future`],
    ['a nested message', { common_lb_config: { from_the_future: 1 } }, `${P}.common_lb_config.from_the_future`],
    [
      'a subset selector',
      { lb_subset_config: { subset_selectors: [{ keys: ['a'], from_the_future: 1 }] } },
      `${P}.lb_subset_config.subset_selectors[0].from_the_future`,
    ],
    [
      'a balancing policy',
      inPolicy({ '@type': `${X}load_balancing_policies.random.v3.Random`, from_the_future: 1 }),
      `${P}.load_balancing_policy.policies[0].typed_extension_config.typed_config.from_the_future`,
    ],
    [
      'protocol options',
      { typed_extension_protocol_options: { http: { '@type': `${X}upstreams.http.v3.HttpProtocolOptions`, from_the_future: 1 } } },
      `${P}.typed_extension_protocol_options.http.from_the_future`,
    ],
    [
      'the cluster type',
      {
        type: undefined,
        cluster_type: { name: 'envoy.clusters.aggregate', typed_config: { '@type': `${X}clusters.aggregate.v3.ClusterConfig`, from_the_future: 1 } },
      },
      `${P}.cluster_type.typed_config.from_the_future`,
    ],
  ])('in %s', async (_, cluster, path) => {
    expect(await gapOf(cluster)).toMatchObject({ id: 'PC9001', path });
  });

  test.each([
    ['the load assignment', [{ ...assignment('c', [endpoint(1)]), from_the_future: 1 }], `${E}.from_the_future`],
    ['a locality', [{ cluster_name: 'c', endpoints: [{ lb_endpoints: [endpoint(1)], from_the_future: 1 }] }], `${E}.endpoints[0].from_the_future`],
    ['an endpoint', [assignment('c', [{ ...endpoint(1), from_the_future: 1 }])], `${E}.endpoints[0].lb_endpoints[0].from_the_future`],
  ])('in %s', async (_, endpoints, path) => {
    expect(await gapOf({}, endpoints)).toMatchObject({ id: 'PC9001', path });
  });

  test('but not in a policy that Envoy passes over', async () => {
    const policies = ['round_robin.v3.RoundRobin', 'random.v3.Random'].map((type, i) => ({
      typed_extension_config: { name: type, typed_config: { '@type': `${X}load_balancing_policies.${type}`, ...(i === 1 ? { from_the_future: 1 } : {}) } },
    }));
    expect(await gapOf({ load_balancing_policy: { policies } })).toBeNull();
  });
});

test('a value that cannot be read does not matter in a field without effect', async () => {
  expect(await gapOf({ connect_timeout: 5_000_000_000 })).toBeNull();
  expect(await gapOf({ lb_policy: { not: 'a policy' } })).toMatchObject({ id: 'PC9001' });
});

describe('what is known and not modelled makes the answer undetermined', () => {
  test('ORIGINAL_DST by dynamic metadata', async () => {
    const cluster = { type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', original_dst_lb_config: { metadata_key: { key: 'k', path: [{ key: 'p' }] } } };
    expect((await gapOf(cluster))?.what).toContain('dynamic metadata k.p may name the destination');
  });

  test('upstream HTTP filters, unless they change headers at most', async () => {
    const withFilters = (...filters: object[]) => ({
      typed_extension_protocol_options: { http: { '@type': `${X}upstreams.http.v3.HttpProtocolOptions`, http_filters: filters } },
    });
    const filter = (name: string, type: string, more = {}) => ({ name, typed_config: { '@type': `${X}filters.http.${type}` }, ...more });
    const codec = filter('codec', 'upstream_codec.v3.UpstreamCodec');
    expect(await gapOf(withFilters(filter('mutation', 'header_mutation.v3.HeaderMutation'), codec))).toBeNull();
    expect(await gapOf(withFilters(filter('lua', 'lua.v3.Lua'), codec))).toMatchObject({ what: 'upstream HTTP filter "lua" is not modelled' });
    expect(await gapOf(withFilters(filter('lua', 'lua.v3.Lua', { disabled: true }), codec))).toBeNull();
  });

  test('protocol options of an unknown type', async () => {
    expect(await gapOf({ typed_extension_protocol_options: { vendor: { '@type': 'type.googleapis.com/vendor.Options' } } })).toMatchObject({ id: 'PC9001' });
  });
});

test('settings without effect on the verdict leave it as it is', async () => {
  const cluster = eds({
    connect_timeout: '1s',
    outlier_detection: { consecutive_5xx: 5 },
    transport_socket_matches: [{ name: 'tls', match: { tlsMode: 'istio' }, transport_socket: { name: 'tls' } }],
    filters: [{ name: 'istio.metadata_exchange' }],
    upstream_bind_config: { source_address: { address: '127.0.0.6', port_value: 0 } },
    round_robin_lb_config: { slow_start_config: { slow_start_window: '10s' } },
    common_lb_config: { consistent_hashing_lb_config: { hash_balance_factor: 150 }, override_host_status: { statuses: ['HEALTHY'] } },
  });
  expect(await outcomeOf({ clusters: [cluster], endpoints: ONE })).toMatchObject({ verdict: 'forwarded' });
});

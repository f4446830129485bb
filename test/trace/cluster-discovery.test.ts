import { describe, expect, test } from 'vitest';
import { requestHeaders } from '../../src/match/request-headers.ts';
import { askCluster, assignment, eds, endpoint, outcomeOf, sharesOf, status, worldIndex } from '../support/cluster-builders.ts';

const X = 'type.googleapis.com/envoy.extensions.clusters.';
const UH = { verdict: 'broken', status: 503, flags: 'UH', details: 'no_healthy_upstream', probability: 1, conditions: [] };

describe('a cluster that the proxy does not have', () => {
  const NC = { verdict: 'broken', status: 503, flags: 'NC', details: 'cluster_not_found', probability: 1, break: 'PC4001' };

  test('is NC, for TCP without status and details', async () => {
    expect(await outcomeOf({})).toMatchObject(NC);
    expect(await outcomeOf({}, { protocol: 'tcp' })).toMatchObject({ ...NC, status: null, details: null });
  });

  test('is NC while it only warms, and the walk says so', async () => {
    const index = await worldIndex({ warming: [eds()] });
    const { outcomes, hops } = askCluster(index, 'c');
    expect(outcomes).toMatchObject([NC]);
    expect(hops[0]).toMatchObject({ state: 'broken', path: '.configs[1].dynamic_warming_clusters[0].cluster' });
    expect(hops[0]?.rule).toContain('warming');
  });

  test('serves by its active version while a new one warms', async () => {
    expect(await outcomeOf({ clusters: [eds()], warming: [eds()], endpoints: [assignment('c', [endpoint(1)])] })).toMatchObject({ verdict: 'forwarded' });
  });

  test('was logged as NR before Envoy 1.18, which the answer names as a condition', async () => {
    const bootstrap = { node: { user_agent_build_version: { version: { major_number: 1, minor_number: 17 } } } };
    const outcome = await outcomeOf({ bootstrap });
    expect(outcome).toMatchObject({ flags: 'NR', status: 503, probability: null });
    expect(outcome.conditions).toEqual(['Envoy 1.17.0 logs NR for an unknown cluster (NC came with 1.18)']);
  });
});

describe('where endpoints are found', () => {
  test('EDS: under the service name', async () => {
    const world = {
      clusters: [eds({ eds_cluster_config: { service_name: 'service' } })],
      endpoints: [assignment('c', [endpoint(1)]), assignment('service', [endpoint(2)])],
    };
    expect(sharesOf(await outcomeOf(world))).toEqual({ '10.0.0.2:80': 100 });
  });

  test('EDS without an endpoints section is undetermined, and names how to get it', async () => {
    const { gap, outcomes } = askCluster(await worldIndex({ clusters: [eds()] }), 'c');
    expect(outcomes).toEqual([]);
    expect(gap).toMatchObject({ id: 'PC1002', path: '.configs[1].dynamic_active_clusters[0].cluster.eds_cluster_config' });
    expect(gap?.what).toContain('/config_dump?include_eds');
  });

  test('EDS that an existing endpoints section does not list is undetermined', async () => {
    const { gap } = askCluster(await worldIndex({ clusters: [eds()], endpoints: [] }), 'c');
    expect(gap).toMatchObject({ id: 'PC1002', what: 'the endpoints section has no entry "c", so that the endpoints of cluster "c" are unknown' });
  });

  test('EDS: an entry without name belongs to the only cluster that lacks one, and to none of several', async () => {
    const nameless = { endpoints: [{ lb_endpoints: [endpoint(1)] }] };
    expect(sharesOf(await outcomeOf({ clusters: [eds()], endpoints: [nameless] }))).toEqual({ '10.0.0.1:80': 100 });
    const { gap } = askCluster(await worldIndex({ clusters: [eds(), eds({ name: 'other' })], endpoints: [nameless, nameless] }), 'c');
    expect(gap?.what).toContain('2 of its entries have no name');
  });

  test('EDS without an endpoints section is answered by /clusters', async () => {
    const statuses = { c: [status(1, { eds_health_status: 'HEALTHY' }, { weight: 3 }), status(2, { eds_health_status: 'HEALTHY' }, { weight: 1 })] };
    expect(sharesOf(await outcomeOf({ clusters: [eds()], statuses }))).toEqual({ '10.0.0.1:80': 75, '10.0.0.2:80': 25 });
  });

  test('/clusters knows no subset metadata: a subset cluster then is undetermined', async () => {
    const clusters = [eds({ lb_subset_config: { subset_selectors: [{ keys: ['version'] }] } })];
    const { gap } = askCluster(await worldIndex({ clusters, statuses: { c: [status(1, {})] } }), 'c');
    expect(gap).toMatchObject({ id: 'PC1002' });
  });

  test('STATIC: in the endpoints section, else in the cluster itself', async () => {
    const own = { name: 'c', load_assignment: assignment('c', [endpoint(1)]) };
    expect(sharesOf(await outcomeOf({ clusters: [own], endpoints: [assignment('c', [endpoint(2)])] }))).toEqual({ '10.0.0.2:80': 100 });
    expect(sharesOf(await outcomeOf({ clusters: [own] }))).toEqual({ '10.0.0.1:80': 100 });
    expect(await outcomeOf({ clusters: [{ name: 'c' }] })).toMatchObject(UH);
  });

  test('STATIC with health checks that the input does not show: that they pass is a condition', async () => {
    const health_checks = [{ timeout: '1s', interval: '1s', tcp_health_check: {} }];
    const clusters = [{ name: 'c', health_checks, common_lb_config: { healthy_panic_threshold: {} }, load_assignment: assignment('c', [endpoint(1)]) }];
    expect(askCluster(await worldIndex({ clusters }), 'c').outcomes).toMatchObject([
      { verdict: 'forwarded', probability: null, conditions: ['the active health checks of c pass'] },
      { verdict: 'broken', flags: 'UH', probability: null, conditions: ['the active health checks of c fail'] },
    ]);
  });

  test('v2: under `hosts`', async () => {
    const hosts = [{ socket_address: { address: '10.0.0.9', port_value: 80 } }];
    expect(sharesOf(await outcomeOf({ clusters: [{ '@type': 'type.googleapis.com/envoy.api.v2.Cluster', name: 'c', type: 'STATIC', hosts }] }))).toEqual({
      '10.0.0.9:80': 100,
    });
  });

  test('health from /clusters wins over that of the endpoints section, host by host', async () => {
    const world = {
      clusters: [eds()],
      endpoints: [assignment('c', [endpoint(1), endpoint(2), endpoint(3)])],
      statuses: {
        c: [status(1, { failed_active_health_check: true }), status(2, { eds_health_status: 'HEALTHY' }), status(3, { eds_health_status: 'DRAINING' })],
      },
    };
    const index = await worldIndex(world);
    const { outcomes, hops } = askCluster(index, 'c');
    expect(sharesOf(outcomes[0])).toEqual({ '10.0.0.2:80': 100 });
    expect(hops.find((hop) => hop.stage === 'endpoints')?.rejected.map((r) => `${r.name} ${r.reason}`)).toEqual([
      '10.0.0.1:80 UNHEALTHY (failed active health check)',
      '10.0.0.3:80 UNHEALTHY (EDS says DRAINING)',
    ]);
  });

  test('an ejected host is listed with a share of 0: its ejection ends by itself', async () => {
    const world = {
      clusters: [eds()],
      endpoints: [assignment('c', [endpoint(1, { health: 'UNHEALTHY' }), endpoint(2)])],
      statuses: { c: [status(1, { failed_outlier_check: true, eds_health_status: 'HEALTHY' }), status(2, { eds_health_status: 'HEALTHY' })] },
    };
    expect(sharesOf(await outcomeOf(world))).toEqual({ '10.0.0.1:80': 0, '10.0.0.2:80': 100 });
  });

  test('an address that a static cluster lists twice is one endpoint with both shares', async () => {
    expect(sharesOf(await outcomeOf({ clusters: [{ name: 'c', load_assignment: assignment('c', [endpoint(1), endpoint(1), endpoint(2)]) }] }))).toEqual({
      '10.0.0.1:80': 67,
      '10.0.0.2:80': 33,
    });
  });

  test('pipes and internal listeners are endpoints too', async () => {
    const addresses = [{ pipe: { path: '/run/app.sock' } }, { envoy_internal_address: { server_listener_name: 'inner', endpoint_id: 'x' } }];
    const load_assignment = { endpoints: [{ lb_endpoints: addresses.map((address) => ({ endpoint: { address } })) }] };
    expect(sharesOf(await outcomeOf({ clusters: [{ name: 'c', load_assignment }] }))).toEqual({ '/run/app.sock': 50, 'envoy://inner/x': 50 });
  });
});

describe('DNS clusters', () => {
  const name = { endpoint: { address: { socket_address: { address: 'app.example', port_value: 80 } } } };
  const dns = (type: string) => ({ name: 'c', type, load_assignment: assignment('c', [name]) });

  test.each(['STRICT_DNS', 'LOGICAL_DNS'])('%s: addresses in the endpoints section are no condition', async (type) => {
    expect(sharesOf(await outcomeOf({ clusters: [dns(type)], endpoints: [assignment('c', [endpoint(7)])] }))).toEqual({ '10.0.0.7:80': 100 });
  });

  test('a name that resolved to nothing leaves no host', async () => {
    expect(await outcomeOf({ clusters: [dns('STRICT_DNS')], endpoints: [assignment('c')] })).toMatchObject({ ...UH, break: 'PC5001' });
  });

  test('where nothing shows addresses, that the name resolves is a condition', async () => {
    const { outcomes } = askCluster(await worldIndex({ clusters: [dns('STRICT_DNS')] }), 'c');
    expect(outcomes).toMatchObject([
      { verdict: 'forwarded', endpoints: null, probability: null, conditions: ['DNS name app.example resolves'] },
      { verdict: 'broken', flags: 'UH', probability: null, conditions: ['DNS name app.example does not resolve'] },
    ]);
  });

  test('an IP address needs no DNS', async () => {
    expect(sharesOf(await outcomeOf({ clusters: [{ ...dns('STRICT_DNS'), load_assignment: assignment('c', [endpoint(3)]) }] }))).toEqual({
      '10.0.0.3:80': 100,
    });
  });

  test('the DNS cluster extension is one of them', async () => {
    const cluster_type = { name: 'envoy.cluster.dns', typed_config: { '@type': `${X}dns.v3.DnsCluster` } };
    expect(await outcomeOf({ clusters: [{ name: 'c', cluster_type, load_assignment: assignment('c', [name]) }], endpoints: [assignment('c')] })).toMatchObject(
      UH,
    );
  });
});

describe('ORIGINAL_DST', () => {
  const od = (more = {}) => ({ clusters: [{ name: 'c', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', ...more }] });
  const destination = { address: '10.9.8.7', port: 5432 };

  test('dials the restored destination', async () => {
    expect(sharesOf(await outcomeOf(od(), { destination }))).toEqual({ '10.9.8.7:5432': 100 });
    expect(sharesOf(await outcomeOf(od(), { destination, protocol: 'tcp' }))).toEqual({ '10.9.8.7:5432': 100 });
  });

  test('has no host where nothing restored one', async () => {
    expect(await outcomeOf(od())).toMatchObject(UH);
    expect(await outcomeOf(od(), { protocol: 'tcp' })).toMatchObject({ flags: 'UH', status: null, details: null });
  });

  test("does not dial the listener's own address: nothing was redirected", async () => {
    expect(await outcomeOf(od(), { destination, listener: { ...destination } })).toMatchObject(UH);
  });

  test('takes the header first, where it may', async () => {
    const headers = requestHeaders([['x-envoy-original-dst-host', '10.1.1.1:81']]);
    expect(sharesOf(await outcomeOf(od({ original_dst_lb_config: { use_http_header: true } }), { destination, headers }))).toEqual({ '10.1.1.1:81': 100 });
    expect(sharesOf(await outcomeOf(od(), { destination, headers }))).toEqual({ '10.9.8.7:5432': 100 });
  });

  test('reads the settings of the extension form as well', async () => {
    const cluster_type = {
      name: 'envoy.cluster.original_dst',
      typed_config: { '@type': `${X}original_dst.v3.OriginalDstCluster`, upstream_port_override: 15008 },
    };
    expect(sharesOf(await outcomeOf({ clusters: [{ name: 'c', lb_policy: 'CLUSTER_PROVIDED', cluster_type }] }, { destination }))).toEqual({
      '10.9.8.7:15008': 100,
    });
  });
});

describe('dynamic forward proxy', () => {
  const cluster_type = {
    name: 'envoy.clusters.dynamic_forward_proxy',
    typed_config: { '@type': `${X}dynamic_forward_proxy.v3.ClusterConfig`, dns_cache_config: { name: 'cache' } },
  };
  const dfp = (more = {}) => ({ name: 'c', lb_policy: 'CLUSTER_PROVIDED', cluster_type, ...more });

  test('that the requested name resolves is a condition', async () => {
    const { outcomes } = askCluster(await worldIndex({ clusters: [dfp()] }), 'c', { host: 'app.example:8080' });
    expect(outcomes).toMatchObject([
      { verdict: 'forwarded', endpoints: null, conditions: ['DNS name app.example resolves'] },
      { verdict: 'broken', status: 503, flags: 'UH', details: 'dns_resolution_failure', conditions: ['DNS name app.example does not resolve'] },
    ]);
  });

  test('dials an IP address as it is: port 80, or 443 with TLS, unless it names one', async () => {
    const tls = {
      transport_socket: { name: 'tls', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext' } },
    };
    expect(sharesOf(await outcomeOf({ clusters: [dfp()] }, { host: '10.0.0.1' }))).toEqual({ '10.0.0.1:80': 100 });
    expect(sharesOf(await outcomeOf({ clusters: [dfp(tls)] }, { host: '10.0.0.1' }))).toEqual({ '10.0.0.1:443': 100 });
    expect(sharesOf(await outcomeOf({ clusters: [dfp()] }, { host: '10.0.0.1:8080' }))).toEqual({ '10.0.0.1:8080': 100 });
    expect(sharesOf(await outcomeOf({ clusters: [dfp()] }, { host: '[::1]:8080' }))).toEqual({ '[::1]:8080': 100 });
  });

  test('a name that the endpoints section lists is resolved', async () => {
    const known = { endpoint: { hostname: 'app.example:80', address: { socket_address: { address: '10.0.0.4', port_value: 80 } } } };
    expect(sharesOf(await outcomeOf({ clusters: [dfp()], endpoints: [assignment('c', [known])] }, { host: 'app.example' }))).toEqual({ '10.0.0.4:80': 100 });
  });
});

describe('aggregate', () => {
  const aggregate = (...clusters: string[]) => ({
    name: 'c',
    lb_policy: 'CLUSTER_PROVIDED',
    cluster_type: { name: 'envoy.clusters.aggregate', typed_config: { '@type': `${X}aggregate.v3.ClusterConfig`, clusters } },
  });
  const child = (name: string, more = {}) => ({ ...eds({ name, ...more }) });

  test('passes over children that are missing, empty or sick', async () => {
    const clusters = [aggregate('missing', 'empty', 'sick', 'well'), child('empty'), child('sick'), child('well')];
    const endpoints = [assignment('empty'), assignment('sick', [endpoint(1, { health: 'UNHEALTHY' })]), assignment('well', [endpoint(2)])];
    expect(sharesOf(await outcomeOf({ clusters, endpoints }))).toEqual({ '10.0.0.2:80': 100 });
  });

  test('panics when all are sick, child by child', async () => {
    const clusters = [aggregate('sick'), child('sick')];
    expect(sharesOf(await outcomeOf({ clusters, endpoints: [assignment('sick', [endpoint(1, { health: 'UNHEALTHY' })])] }))).toEqual({ '10.0.0.1:80': 100 });
  });

  test('passes over aggregates: they own no hosts', async () => {
    const inner = { ...aggregate('well'), name: 'inner' };
    const clusters = [aggregate('inner', 'other'), inner, child('well'), child('other')];
    expect(sharesOf(await outcomeOf({ clusters, endpoints: [assignment('well', [endpoint(1)]), assignment('other', [endpoint(2)])] }))).toEqual({
      '10.0.0.2:80': 100,
    });
  });

  test('a child whose subsets miss is not passed over', async () => {
    const clusters = [aggregate('subsets', 'well'), child('subsets', { lb_subset_config: { subset_selectors: [{ keys: ['v'] }] } }), child('well')];
    const endpoints = [assignment('subsets', [endpoint(1, { lb: { v: '1' } })]), assignment('well', [endpoint(2)])];
    expect(await outcomeOf({ clusters, endpoints })).toMatchObject({ ...UH, break: 'PC4003' });
    expect(sharesOf(await outcomeOf({ clusters, endpoints }, { metadataMatch: { v: '1' } }))).toEqual({ '10.0.0.1:80': 100 });
  });

  test('a child without endpoints in the dump leaves it undetermined', async () => {
    expect(askCluster(await worldIndex({ clusters: [aggregate('child'), child('child')] }), 'c').gap).toMatchObject({ id: 'PC1002' });
  });
});

describe('composite', () => {
  const composite = (...names: string[]) => ({
    name: 'c',
    lb_policy: 'CLUSTER_PROVIDED',
    cluster_type: { name: 'envoy.clusters.composite', typed_config: { '@type': `${X}composite.v3.ClusterConfig`, clusters: names.map((name) => ({ name })) } },
  });
  const world = (...names: string[]) => ({
    clusters: [composite(...names), eds({ name: 'sick', common_lb_config: { healthy_panic_threshold: {} } }), eds({ name: 'well' })],
    endpoints: [assignment('sick', [endpoint(1, { health: 'UNHEALTHY' })]), assignment('well', [endpoint(2)])],
  });

  test('takes the first child that offers a host', async () => {
    expect(sharesOf(await outcomeOf(world('missing', 'sick', 'well')))).toEqual({ '10.0.0.2:80': 100 });
    expect(await outcomeOf(world('missing', 'sick'))).toMatchObject(UH);
  });

  test('has no host for a TCP connection', async () => {
    expect(await outcomeOf(world('well'), { protocol: 'tcp' })).toMatchObject({ flags: 'UH' });
  });
});

test('a cluster type that is not modelled is undetermined, by name', async () => {
  const cluster_type = { name: 'envoy.clusters.redis', typed_config: { '@type': `${X}redis.v3.RedisClusterConfig` } };
  expect(askCluster(await worldIndex({ clusters: [{ name: 'c', cluster_type }] }), 'c').gap).toMatchObject({
    id: 'PC9001',
    what: 'cluster "c" has a type that is not modelled: envoy.clusters.redis',
  });
});

test('alt_stat_name is what logs show', async () => {
  expect(await outcomeOf({ clusters: [eds({ alt_stat_name: 'shown' })], endpoints: [assignment('c', [endpoint(1)])] })).toMatchObject({
    observability_name: 'shown',
  });
});

describe('secrets of upstream TLS', () => {
  const secret = { tls_certificate_sds_secret_configs: [{ name: 'default', sds_config: { ads: {} } }] };
  const typed_config = { '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', common_tls_context: secret };
  const clusters = [eds({ transport_socket: { name: 'tls', typed_config } })];
  const endpoints = [assignment('c', [endpoint(1)])];
  const rules = async (secrets: string[]) =>
    askCluster(await worldIndex({ clusters, endpoints, secrets }), 'c')
      .hops.map((hop) => hop.rule)
      .join('\n');

  test('one that the dump lacks is told, and the request counts as forwarded', async () => {
    expect(await rules([])).toContain('secret "default" is not in the dump');
    expect(await outcomeOf({ clusters, endpoints })).toMatchObject({ verdict: 'forwarded' });
  });

  test('one that is there is not', async () => {
    expect(await rules(['default'])).not.toContain('secret');
  });
});

import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { connectionManager, filter, gateway, host, httpListener, type Json, to, typed } from '../support/http-builders.ts';

const HTTP = 'envoy.extensions.filters.http';
const NO_ROUTE = { verdict: 'broken', status: 404, flags: 'NR', details: 'route_not_found' };

describe('where the routes come from', () => {
  test('inline: the connection manager holds them', async () => {
    const answer = (await gateway({ hosts: [host('inline', '*')] })).ask();
    expect(answer.only).toMatchObject({ route_config: 'routes', virtual_host: 'inline' });
    expect(answer.hops[0]).toMatchObject({ stage: 'route_config', path: expect.stringMatching(/typed_config\.route_config$/) });
  });

  test('RDS: by name', async () => {
    const rds = { rds: { route_config_name: 'b', config_source: { ads: {} } } };
    const { ask } = await gateway({ hcm: rds, routes: [{ name: 'a' }, { name: 'b', virtual_hosts: [host('rds', '*')] }] });
    expect(ask().only).toMatchObject({ route_config: 'b', virtual_host: 'rds' });
  });

  test('RDS: a dump that was masked does not hold them, and says what to fetch', async () => {
    const hcm = connectionManager('masked');
    const listeners = {
      '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
      dynamic_listeners: [{ name: 'l', active_state: { listener: typed('envoy.config.listener.v3.Listener', httpListener(hcm)) } }],
    };
    const proxy = buildProxyConfig('masked', await readDocuments(textSource('listeners.json', JSON.stringify({ configs: [listeners] }))));
    const answer = traceRequest(proxy, { listener: { address: '127.0.0.1', port: 8080 }, authority: 'a.com', path: '/' });
    expect(answer).toMatchObject({ verdict: 'undetermined', gap: { id: 'PC1001', what: expect.stringContaining('config_dump') } });
  });

  test('scopes that stand in the connection manager itself', async () => {
    const scoped_routes = {
      name: 's',
      scope_key_builder: { fragments: [{ header_value_extractor: { name: 'x-scope', element_separator: ',', index: 1 } }] },
      scoped_route_configurations_list: {
        scoped_route_configurations: [{ name: 'two', route_configuration_name: 'r', key: { fragments: [{ string_key: 'two' }] } }],
      },
    };
    const { ask } = await gateway({ hcm: { scoped_routes }, routes: [{ name: 'r', virtual_hosts: [host('scoped', '*')] }] });
    expect(ask({ headers: [['x-scope', 'one,two']] }).only).toMatchObject({ virtual_host: 'scoped' });
    expect(ask({ headers: [['x-scope', 'two']] }).only).toMatchObject(NO_ROUTE);
  });
});

describe('the walk', () => {
  test('names every hop in its order with its place, and why candidates were not taken', async () => {
    const routes = [to('b', { prefix: '/', headers: [{ name: ':method', string_match: { exact: 'POST' } }] }), to('a')];
    const { hops } = (await gateway({ hosts: [host('h', '*', routes)] })).ask();
    expect(hops.map((hop) => [hop.stage, hop.name, hop.state])).toEqual([
      ['route_config', 'routes', 'ok'],
      ['virtual_host', 'h', 'ok'],
      ['route', 'a', 'ok'],
      ['cluster', 'a', 'ok'],
      ['endpoints', '10.0.0.1:80', 'ok'],
    ]);
    expect(hops[2]?.rejected).toEqual([{ name: 'b', reason: 'header :method = "POST"', path: expect.stringMatching(/routes\[0\]\.match$/) }]);
  });

  test('lists what the virtual hosts serve where none fits', async () => {
    const { hops } = (await gateway({ hosts: [host('x', ['x.com', 'y.com'])] })).ask({ authority: 'a.com' });
    expect(hops.find((hop) => hop.stage === 'virtual_host')).toMatchObject({ state: 'broken', rejected: [{ name: 'x', reason: 'serves x.com, y.com' }] });
  });

  test('a request that is refused before routing still names the virtual host that it meets', async () => {
    const { ask } = await gateway({ hosts: [host('h', '*')] });
    expect(ask({ path: '/#' }).only).toMatchObject({ status: 400, virtual_host: 'h', route_config: 'routes' });
  });
});

describe('headers and paths that routing does not see as they came', () => {
  test('internal_only_headers stay for internal requests alone', async () => {
    const hosts = [host('h', '*', [to('b', { prefix: '/', headers: [{ name: 'x-secret', present_match: true }] }), to('a')])];
    const internal_address_config = { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] };
    const { ask } = await gateway({ hosts, routeConfig: { internal_only_headers: ['X-Secret'] }, hcm: { internal_address_config } });
    expect(ask({ headers: [['x-secret', '1']] }).only.cluster).toBe('a');
    expect(
      ask({
        headers: [
          ['x-secret', '1'],
          ['x-forwarded-for', '10.1.1.1'],
        ],
      }).only.cluster,
    ).toBe('b');
  });

  test.each<[readonly [number, number], string, string]>([
    [[1, 40], '/a;v=1/b;w', 'b'],
    [[1, 30], '/a;v=1/b;w', 'a'],
    [[1, 40], '/a;v=1', 'a'],
  ])('ignore_path_parameters_in_path_matching, Envoy %j: %s goes to %s', async (envoyVersion, path, expected) => {
    const hosts = [host('h', '*', [to('a', { path: '/a' }), to('b', { path: '/a/b' })])];
    const { ask } = await gateway({ hosts, envoyVersion, routeConfig: { ignore_path_parameters_in_path_matching: true } });
    expect(ask({ path }).only).toMatchObject({ cluster: expected, upstream_request: { path } });
  });

  test('an empty x-forwarded-proto matches no route, TLS redirects included', async () => {
    const { ask } = await gateway({ hosts: [host('h', '*', [to('a')], { require_tls: 'ALL' })] });
    expect(ask({ headers: [['x-forwarded-proto', '']] }).only).toMatchObject({ ...NO_ROUTE, virtual_host: 'h' });
  });

  test('a QUERY without a content type is refused since Envoy 1.40', async () => {
    const query = { method: 'QUERY' };
    const details = async (envoyVersion: readonly [number, number], request: Partial<TraceRequest> = query) =>
      (await gateway({ envoyVersion })).ask(request).only.details;
    expect(await details([1, 40])).toBe('query_missing_content_type');
    expect(await details([1, 40], { ...query, headers: [['content-type', 'a/b']] })).toBeNull();
    expect(await details([1, 39])).toBe('http1.codec_error');
    expect(await details([1, 39], { ...query, protocol: 'h2' })).toBeNull();
  });
});

describe('upgrades', () => {
  test('have filters of their own where the connection manager gives them some, with and without a route', async () => {
    const denyAll = filter(`${HTTP}.rbac.v3.RBAC`, { rules: {} });
    const router = { name: 'router', typed_config: typed(`${HTTP}.router.v3.Router`) };
    const hcm = { upgrade_configs: [{ upgrade_type: 'websocket', filters: [router] }] };
    const websocket: Partial<TraceRequest> = {
      headers: [
        ['connection', 'Upgrade'],
        ['upgrade', 'websocket'],
      ],
    };
    const { ask } = await gateway({ filters: [denyAll], hcm });
    expect([ask().only.status, ask(websocket).only.verdict]).toEqual([403, 'forwarded']);
    expect((await gateway({ hosts: [], filters: [denyAll], hcm })).ask(websocket).only).toMatchObject(NO_ROUTE);
  });
});

describe('local_reply_config changes the status of what Envoy answers by itself', () => {
  const status = (op: string, default_value: number): Json => ({ status_code_filter: { comparison: { op, value: { default_value, runtime_key: 'k' } } } });
  const mapper = (filterOf: Json, status_code = 599): Json => ({ filter: filterOf, status_code });
  const routes = [
    { name: 'dr', match: { path: '/dr' }, direct_response: { status: 404 } },
    { name: 'nc', match: { path: '/nc' }, route: { cluster: 'zz' } },
  ];
  const answer = async (mappers: Json[], request: Partial<TraceRequest> = { path: '/nr' }, runtime: Json = {}) =>
    (await gateway({ hosts: [host('h', '*', routes)], hcm: { local_reply_config: { mappers } }, runtime })).ask(request);

  test.each<[string, Json, Partial<TraceRequest>, number]>([
    ['by status', status('EQ', 404), { path: '/nr' }, 599],
    ['of a direct response too', status('EQ', 404), { path: '/dr' }, 599],
    ['from a status on', status('GE', 500), { path: '/nc' }, 599],
    ['up to a status', status('LE', 404), { path: '/nc' }, 503],
    ['by flag', { response_flag_filter: { flags: ['NR'] } }, { path: '/nr' }, 599],
    ['by any flag: a direct response has none', { response_flag_filter: {} }, { path: '/dr' }, 404],
    ['by a header of the request', { header_filter: { header: { name: 'x', string_match: { exact: 'a' } } } }, { path: '/nr', headers: [['x', 'a']] }, 599],
    ['by two at once', { and_filter: { filters: [status('EQ', 404), { header_filter: { header: { name: 'x' } } }] } }, { path: '/nr' }, 404],
    ['by one of two', { or_filter: { filters: [status('EQ', 500), status('EQ', 404)] } }, { path: '/nr' }, 599],
    ['of what the codec refuses', status('EQ', 400), { method: 'FOO' }, 599],
    ['whose flag comes too late for it', { response_flag_filter: {} }, { method: 'FOO' }, 400],
    ['but of a health check', { not_health_check_filter: {} }, { path: '/nr' }, 599],
  ])('%s', async (_, filterOf, request, expected) => {
    expect((await answer([mapper(filterOf)], request)).only.status).toBe(expected);
  });

  test('by runtime', async () => {
    const sampled = mapper({ runtime_filter: { runtime_key: 'map', percent_sampled: { numerator: 0 } } });
    expect((await answer([sampled])).only.status).toBe(404);
    expect((await answer([sampled], undefined, { map: 100 })).only.status).toBe(599);
  });

  test('the first mapper that fits counts, whether or not it has a status', async () => {
    expect((await answer([{ filter: status('EQ', 404) }, mapper(status('EQ', 404))])).only.status).toBe(404);
  });

  test('the status of a gRPC reply goes into its grpc-status', async () => {
    const { only } = await answer([mapper(status('EQ', 404), 429)], { path: '/nr', headers: [['content-type', 'application/grpc']] });
    expect(only).toMatchObject({ status: 200, grpc_status: 14 });
  });

  test('a filter that asks for the time is undetermined', async () => {
    const { gap } = await answer([mapper({ duration_filter: { comparison: { op: 'GE', value: { default_value: 0, runtime_key: 'd' } } } })]);
    expect(gap).toMatchObject({ id: 'PC9001', path: expect.stringMatching(/local_reply_config$/) });
  });
});

test('a stated random number picks the arm that Envoy would', async () => {
  const split = {
    weighted_clusters: {
      clusters: [
        { name: 'a', weight: 20 },
        { name: 'b', weight: 80 },
      ],
    },
  };
  const { ask } = await gateway({ hosts: [host('h', '*', [{ name: 'r', match: { prefix: '/' }, route: split }])] });
  expect([0n, 19n, 20n, 99n, 100n].map((random) => ask({}, {}, random).only)).toMatchObject([
    { cluster: 'a', probability: 1 },
    { cluster: 'a' },
    { cluster: 'b' },
    { cluster: 'b' },
    { cluster: 'a' },
  ]);
});

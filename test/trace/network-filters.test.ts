import { describe, expect, test } from 'vitest';
import { connect, connectOnce, endOf, hcm, type Json, listener, networkFilter, TLS_INSPECTOR, tcpProxy, tls } from '../support/connection-builders.ts';
import { cluster, typed } from '../support/http-builders.ts';

const with_ = (filters: readonly Json[], more: Json = {}, chain: Json = {}) => ({
  listeners: [listener('main', [{ name: 'a', filters, ...chain }], more)],
  clusters: [cluster('up'), cluster('other')],
});
const tcp = tcpProxy({ cluster: 'up' });
const denyAll = networkFilter('rbac.v3.RBAC', { rules: {} });

describe('RBAC', () => {
  test('denies before the connection manager sees a byte', async () => {
    expect(endOf(await connectOnce(with_([denyAll, hcm()])))).toMatchObject({
      verdict: 'answered',
      status: null,
      flags: null,
      details: 'rbac_access_denied_matched_policy[none]',
      connection: 'closed',
      break: 'PC7007',
    });
  });

  test('shadow rules only count', async () => {
    expect((await connectOnce(with_([networkFilter('rbac.v3.RBAC', { shadow_rules: {} }), hcm()]))).http).not.toBeNull();
  });

  test('knows the peer of the socket', async () => {
    const rules = { policies: { p: { permissions: [{ any: true }], principals: [{ direct_remote_ip: { address_prefix: '10.9.0.0', prefix_len: 16 } }] } } };
    expect((await connectOnce(with_([networkFilter('rbac.v3.RBAC', { rules }), hcm()]))).http).not.toBeNull();
  });

  test('an unknown client makes two ways', async () => {
    const rules = { policies: { p: { permissions: [{ any: true }], principals: [{ authenticated: { principal_name: { exact: 'spiffe://a' } } }] } } };
    const validation = { validation_context: { trusted_ca: { inline_string: 'a CA' } } };
    const parts = with_([networkFilter('rbac.v3.RBAC', { rules }), hcm()], {}, { transport_socket: tls(validation) });
    const ask = (client_cert: unknown) => connect(parts, { scheme: 'https', tls: { sni: 'a.com', alpn: [], client_cert } });
    expect((await ask(true)).map(({ http, conditions }) => [http !== null, conditions.length])).toEqual([
      [false, 1],
      [true, 1],
    ]);
    expect((await ask('spiffe://a')).map(({ http }) => http !== null)).toEqual([true]);
    expect((await ask('spiffe://b')).map(({ http }) => http !== null)).toEqual([false]);
    expect((await ask(false)).map(({ http }) => http !== null)).toEqual([false]);
  });

  test('a tcp_proxy that connects on data only is never reached', async () => {
    const lazy = tcpProxy({ cluster: 'up', upstream_connect_mode: 'ON_DOWNSTREAM_DATA', max_early_data_bytes: 1024 });
    expect(endOf(await connectOnce(with_([denyAll, lazy])))).toMatchObject({ verdict: 'answered', connection: 'closed' });
  });
});

describe('filters that decide by something outside the dump', () => {
  test.each<[string, Json]>([
    ['ext_authz', networkFilter('ext_authz.v3.ExtAuthz', { stat_prefix: 'x' })],
    ['ratelimit', networkFilter('ratelimit.v3.RateLimit', { domain: 'x' })],
    ['local_ratelimit', networkFilter('local_ratelimit.v3.LocalRateLimit', { token_bucket: { max_tokens: 1, fill_interval: '1s' } })],
  ])('%s: passes or closes, each under a condition', async (_, filter) => {
    const branches = await connect(with_([filter, hcm()]));
    expect(branches.map(({ conditions, http }) => [conditions.length, http !== null])).toEqual([
      [1, false],
      [1, true],
    ]);
  });

  test('a Wasm plugin is a gap, Istio’s telemetry is not', async () => {
    const plugin = (name: string, code: string) => networkFilter('wasm.v3.Wasm', { config: { name, vm_config: { code: { local: { inline_string: code } } } } });
    expect((await connectOnce(with_([plugin('x', 'mine'), hcm()]))).gap).toMatchObject({ id: 'PC9002' });
    expect((await connectOnce(with_([plugin('x', 'envoy.wasm.stats'), hcm()]))).gap).toBeNull();
  });
});

describe('filters that answer', () => {
  test('direct_response: the status of what it says, where that is HTTP', async () => {
    const says = (text: string) => with_([networkFilter('direct_response.v3.Config', { response: { inline_string: text } })]);
    expect(endOf(await connectOnce(says('HTTP/1.1 299 X\r\n\r\n')))).toMatchObject({
      verdict: 'answered',
      status: 299,
      details: 'direct_response',
      flags: null,
    });
    // Text of HTTP/1 is noise to a client that speaks HTTP/2.
    expect(endOf(await connectOnce(says('HTTP/1.1 299 X\r\n\r\n'), { protocol: 'h2' }))).toMatchObject({ verdict: 'answered', status: null });
    expect(endOf(await connectOnce(says('hello')))).toMatchObject({ verdict: 'answered', status: null, connection: 'closed' });
  });

  test('echo', async () => {
    expect(endOf(await connectOnce(with_([networkFilter('echo.v3.Echo')])))).toMatchObject({ verdict: 'answered', status: null });
  });

  test('redis_proxy forwards by what the client asks for', async () => {
    expect(endOf(await connectOnce(with_([networkFilter('redis_proxy.v3.RedisProxy', { stat_prefix: 'r' })])))).toMatchObject({
      verdict: 'forwarded',
      probability: null,
    });
  });
});

describe('filters before tcp_proxy', () => {
  test.each<[string, Json]>([
    ['mongo_proxy', networkFilter('mongo_proxy.v3.MongoProxy', { stat_prefix: 'm' })],
    ['connection_limit', networkFilter('connection_limit.v3.ConnectionLimit', { max_connections: 1 })],
    [
      'Istio’s metadata exchange',
      {
        name: 'istio.metadata_exchange',
        typed_config: typed('udpa.type.v1.TypedStruct', {
          type_url: 'type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange',
          value: { protocol: 'istio-peer-exchange' },
        }),
      },
    ],
  ])('%s changes nothing', async (_, filter) => {
    const branch = await connectOnce(with_([filter, tcp]));
    expect([endOf(branch).verdict, endOf(branch).cluster, branch.gap]).toEqual(['forwarded', 'up', null]);
  });

  test('set_filter_state may name the cluster', async () => {
    const named = (text: string) =>
      networkFilter('set_filter_state.v3.Config', {
        on_new_connection: [{ object_key: 'envoy.tcp_proxy.cluster', format_string: { text_format_source: { inline_string: text } } }],
      });
    expect(endOf(await connectOnce(with_([named('other'), tcp]))).cluster).toBe('other');
    const bySni = with_([named('%REQUESTED_SERVER_NAME%'), tcp], { listener_filters: [TLS_INSPECTOR] });
    expect(endOf(await connectOnce(bySni, { scheme: 'https', tls: { sni: 'a.com', alpn: [] } }))).toMatchObject({ cluster: 'a.com', flags: 'NC' });
    expect((await connectOnce(with_([named('%DOWNSTREAM_LOCAL_ADDRESS%'), tcp]))).gap).toMatchObject({ id: 'PC9001' });
  });

  test('an unknown filter is a gap that names it', async () => {
    const unknown = { name: 'mine', typed_config: typed('my.company.Filter', { x: 1 }) };
    expect((await connectOnce(with_([unknown, tcp]))).gap).toMatchObject({
      id: 'PC9001',
      what: expect.stringContaining('my.company.Filter'),
      path: '.configs[2].dynamic_listeners[0].active_state.listener.filter_chains[0].filters[0]',
    });
  });
});

test('a chain without filters closes every connection', async () => {
  expect(endOf(await connectOnce(with_([])))).toMatchObject({ verdict: 'broken', flags: null, connection: 'closed', break: 'PC7020' });
});

test('TLS that fails closes the connection, whatever the upstream', async () => {
  expect(endOf(await connectOnce(with_([tcp], {}, { transport_socket: tls() })))).toMatchObject({ verdict: 'broken', connection: 'closed', break: 'PC6001' });
});

test('what is not HTTP is nothing for a connection manager', async () => {
  expect(endOf(await connectOnce(with_([hcm()]), { scheme: 'tcp' }))).toMatchObject({ verdict: 'broken', flags: 'DPE', details: 'http1.codec_error' });
});

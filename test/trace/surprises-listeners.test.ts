import { describe, expect, test } from 'vitest';
import {
  address,
  chain,
  chainOf,
  connect,
  connectOnce,
  endOf,
  HTTP_INSPECTOR,
  hcm,
  type Json,
  listener,
  listenerFilter,
  networkFilter,
  PROXY_PROTOCOL,
  proxied,
  range,
  TLS_INSPECTOR,
  tcpChain,
  tcpProxy,
  tls,
} from '../support/connection-builders.ts';
import { cluster, typed } from '../support/http-builders.ts';

/** One listener at 127.0.0.1:80. */
const at80 = (chains: readonly Json[], filters: readonly Json[] = [], more: Json = {}): { listeners: readonly Json[] } => ({
  listeners: [listener('main', chains, { listener_filters: filters, ...more })],
});
const overTls = (sni: string | null, alpn: readonly string[] = []) => ({ scheme: 'https', tls: { sni, alpn } }) as const;
const NO_CHAIN = { verdict: 'broken', status: null, flags: 'NR', details: 'filter_chain_not_found', connection: 'closed', break: 'PC2002' };

describe('surprise 1: the order of criteria, and no way back', () => {
  const chains = [chain('p443', { destination_port: 443, server_names: ['b.com'] }), chain('any', {})];

  test('a chain for the port hides all chains without one: the connection is closed', async () => {
    expect(endOf(await connectOnce(at80(chains, [PROXY_PROTOCOL, TLS_INSPECTOR]), { ...proxied('10.0.0.1:443'), ...overTls('a.com') }))).toMatchObject(
      NO_CHAIN,
    );
  });

  test('the default filter chain serves what is left over', async () => {
    const parts = at80(chains, [PROXY_PROTOCOL, TLS_INSPECTOR], { default_filter_chain: chain('default') });
    expect(await chainOf(parts, proxied('10.0.0.1:443'))).toBe('default');
  });

  test('0.0.0.0/0 against no ranges: two answers, each under the condition of what Envoy kept at its start', async () => {
    const parts = at80([chain('zero', { prefix_ranges: [range('0.0.0.0/0')] }), chain('none', {})]);
    const branches = await connect(parts);
    expect(branches.map(({ filterChain, conditions }) => [filterChain?.name, conditions.length])).toEqual([
      ['zero', 1],
      ['none', 1],
    ]);
  });
});

describe('surprise 2: server names need tls_inspector', () => {
  const chains = [chain('a', { server_names: ['*.a.com'] }, { transport_socket: tls() }), chain('raw', { transport_protocol: 'raw_buffer' })];

  test('names are folded, a wildcard takes any number of labels but not the bare domain', async () => {
    const name = (sni: string) => chainOf(at80(chains, [TLS_INSPECTOR]), overTls(sni));
    expect(await Promise.all(['X.Y.A.com', 'a.com'].map(name))).toEqual(['a', 'none']);
  });

  test('without the inspector TLS bytes fall to a raw_buffer chain', async () => {
    const branch = await connectOnce(at80(chains), overTls('x.a.com'));
    expect(branch.filterChain?.name).toBe('raw');
    expect(endOf(branch)).toMatchObject({ flags: 'DPE', details: 'http1.codec_error' });
  });

  test('Envoy before 1.18 added the inspector by itself', async () => {
    expect(await chainOf({ ...at80(chains), envoyVersion: [1, 17] }, overTls('x.a.com'))).toBe('a');
  });

  test('an IP address is no server name', async () => {
    expect(await chainOf(at80([chain('ip', { server_names: ['1.2.3.4'] }), chain('none', {})], [TLS_INSPECTOR]), overTls('1.2.3.4'))).toBe('none');
  });
});

describe('surprise 3: application protocols', () => {
  test("the first of the client's protocols that a chain asks for; no way back to chains without one that fail", async () => {
    const chains = [chain('h2', { application_protocols: ['h2'] }), chain('http', { application_protocols: ['http/1.1'] })];
    expect(await chainOf(at80(chains, [TLS_INSPECTOR]), overTls('a.com', ['http/1.1', 'h2']))).toBe('http');
    expect(await chainOf(at80(chains, [TLS_INSPECTOR]), overTls('a.com', ['foo']))).toBe('none');
  });

  test('http_inspector feeds the same criterion for plaintext', async () => {
    const chains = [chain('http', { application_protocols: ['http/1.1'] }), chain('h2c', { application_protocols: ['h2c'] }), chain('other', {})];
    const parts = at80(chains, [TLS_INSPECTOR, HTTP_INSPECTOR]);
    expect(await chainOf(parts)).toBe('http');
    expect(await chainOf(parts, { protocol: 'h2' })).toBe('h2c');
    expect(await chainOf(parts, { scheme: 'tcp' })).toBe('other');
  });

  test('bytes whose first line is none of HTTP have no application protocol, an unknown method has', async () => {
    const parts = at80([chain('http', { application_protocols: ['http/1.1'] }), tcpChain('rest', 'a')], [HTTP_INSPECTOR], {});
    const chainFor = async (question: object) => chainOf({ ...parts, clusters: [cluster('a')] }, { protocol: 'http/1.1', ...question });
    expect(await chainFor({ path: '/a' })).toBe('http');
    expect(await chainFor({ method: 'FOO' })).toBe('http');
    expect(await chainFor({ path: '%2Fa' })).toBe('rest');
    expect(await chainFor({ method: 'F(O' })).toBe('rest');
    expect(await chainFor({ path: '/é' })).toBe('rest');
  });
});

describe('surprise 4: PROXY protocol', () => {
  const chains = [
    chain('peer', { direct_source_prefix_ranges: [range('127.0.0.0/8')], source_prefix_ranges: [range('10.9.0.0/16')] }),
    chain('other', { direct_source_prefix_ranges: [range('10.0.0.0/8')] }),
  ];

  test('the source follows the header, the direct source stays the peer', async () => {
    expect(await chainOf(at80(chains, [PROXY_PROTOCOL]), proxied('10.0.0.1:80'))).toBe('peer');
  });

  test('a connection without a header is closed before any chain is looked for', async () => {
    const branch = await connectOnce(at80(chains, [PROXY_PROTOCOL]));
    expect(branch.filterChain).toBeNull();
    expect(endOf(branch)).toMatchObject({ verdict: 'broken', flags: null, details: null, connection: 'closed' });
  });

  test('a header that no filter reads is no HTTP', async () => {
    expect(endOf(await connectOnce(at80([chain('any')]), proxied('10.0.0.1:80')))).toMatchObject({ status: 400, flags: 'DPE', details: 'http1.codec_error' });
  });

  test('a client with the restored local IP, or from loopback, is local', async () => {
    const parts = at80([chain('local', { source_type: 'SAME_IP_OR_LOOPBACK' }), chain('external', { source_type: 'EXTERNAL' })], [PROXY_PROTOCOL]);
    const from = (source: string) => chainOf(parts, proxied('10.0.0.1:80', source));
    expect(await Promise.all(['10.0.0.1:1', '127.0.0.1:1', '127.0.0.2:1', '10.9.9.9:1'].map(from))).toEqual(['local', 'local', 'external', 'external']);
  });
});

describe('surprise 5: use_original_dst hands over', () => {
  const unbound = (name: string, place: string, more: Json = {}): Json => listener(name, [chain(name)], { bind_to_port: false, ...more }, place);
  const parts = {
    listeners: [
      listener('interceptor', [tcpChain('stay', 'passthrough')], { use_original_dst: true, listener_filters: [PROXY_PROTOCOL] }),
      unbound('exact', '10.0.0.1:80'),
      unbound('v4', '0.0.0.0:80'),
      unbound('v6', ':::81'),
      unbound('inspecting', '10.0.0.5:80', {
        listener_filters: [TLS_INSPECTOR],
        filter_chains: [chain('tls', { transport_protocol: 'tls' }, { transport_socket: tls() }), chain('plain', {})],
      }),
    ],
    clusters: [cluster('passthrough')],
  };
  const target = async (destination: string): Promise<string> => (await connectOnce(parts, proxied(destination))).listener?.name ?? '';

  test('to the listener at exactly that address, else the wildcard of its family, else nowhere', async () => {
    expect(await Promise.all(['10.0.0.1:80', '10.0.0.2:80', '10.0.0.2:81', '[fd00::1]:81', '[fd00::1]:80'].map(target))).toEqual([
      'exact',
      'v4',
      'interceptor',
      'v6',
      'interceptor',
    ]);
  });

  test('the answer names the destination', async () => {
    expect((await connectOnce(parts, proxied('10.0.0.1:80'))).destination).toBe('10.0.0.1:80');
    expect((await connectOnce(parts, proxied('[fd00::1]:81'))).destination).toBe('[fd00::1]:81');
  });

  test('the target runs its own listener filters', async () => {
    expect(await chainOf(parts, { ...proxied('10.0.0.5:80'), ...overTls('a.com') })).toBe('tls');
    expect(await chainOf(parts, proxied('10.0.0.5:80'))).toBe('plain');
  });

  test('without use_original_dst nothing is handed over', async () => {
    const [interceptor, ...others] = parts.listeners;
    const still = { ...parts, listeners: [{ ...interceptor, use_original_dst: false }, ...others] };
    expect((await connectOnce(still, proxied('10.0.0.1:80'))).listener?.name).toBe('interceptor');
  });

  test('[::] with ipv4_compat owns IPv4 addresses as well', async () => {
    const compat = {
      name: 'compat',
      bind_to_port: false,
      filter_chains: [chain('compat')],
      address: { socket_address: { address: '::', port_value: 82, ipv4_compat: true } },
    };
    expect((await connectOnce({ ...parts, listeners: [...parts.listeners, compat] }, proxied('10.0.0.7:82'))).listener?.name).toBe('compat');
  });
});

test('surprise 6: a listener that does not bind its port refuses connections', async () => {
  const branch = await connectOnce({ listeners: [listener('unbound', [chain('a')], { bind_to_port: false })] });
  expect(endOf(branch)).toMatchObject({ verdict: 'broken', status: null, flags: null, connection: 'refused', break: 'PC2001' });
});

describe('surprise 7: listeners that Envoy rejects', () => {
  test('two chains with one match: such a listener never listens', async () => {
    const branch = await connectOnce(at80([chain('a'), chain('b')]));
    expect(endOf(branch)).toMatchObject({ connection: 'refused', break: 'PC2003' });
  });

  test('of two listeners at one address the first serves', async () => {
    expect((await connectOnce({ listeners: [listener('first', [chain('a')]), listener('second', [chain('b')])] })).listener?.name).toBe('first');
  });
});

describe('surprise 8: filter_chain_matcher', () => {
  const input = (name: string): Json => ({ name, typed_config: typed(`envoy.extensions.matching.common_inputs.network.v3.${name}`) });
  const action = (name: string): Json => ({ action: { name, typed_config: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: name } } });
  const byPort: Json = {
    matcher_tree: {
      input: input('DestinationPortInput'),
      exact_match_map: {
        map: {
          '444': action('unknown'),
          '80': {
            matcher: { matcher_tree: { input: input('ServerNameInput'), exact_match_map: { map: { 'a.com': action('a') } } }, on_no_match: action('b') },
          },
        },
      },
    },
  };
  const parts = at80([chain('a'), chain('b')], [PROXY_PROTOCOL, TLS_INSPECTOR], { filter_chain_matcher: byPort, default_filter_chain: chain('default') });

  test('a nested miss takes the nested on_no_match', async () => {
    expect(await chainOf(parts, { ...proxied('10.0.0.1:80'), ...overTls('b.com') })).toBe('b');
    expect(await chainOf(parts, { ...proxied('10.0.0.1:80'), ...overTls('a.com') })).toBe('a');
  });

  test('an action that names an unknown chain closes the connection, default chain or not', async () => {
    expect(endOf(await connectOnce(parts, proxied('10.0.0.1:444')))).toMatchObject(NO_CHAIN);
  });

  test('no match at all: the default filter chain, and without one the connection is closed', async () => {
    expect(await chainOf(parts, proxied('10.0.0.1:9'))).toBe('default');
    const bare = at80([chain('a'), chain('b')], [PROXY_PROTOCOL], { filter_chain_matcher: byPort });
    expect(endOf(await connectOnce(bare, proxied('10.0.0.1:9')))).toMatchObject(NO_CHAIN);
  });

  test('an input that the question leaves open is a gap', async () => {
    const bySource = at80([chain('a')], [], { filter_chain_matcher: { matcher_tree: { input: input('FilterStateInput'), exact_match_map: { map: {} } } } });
    expect((await connectOnce(bySource)).gap).toMatchObject({ id: 'PC9001' });
  });
});

describe('surprise 9: tcp_proxy', () => {
  const empty = { name: 'empty', type: 'STATIC', load_assignment: { cluster_name: 'empty' } };
  const through = async (name: string, clusters: readonly Json[] = [cluster('up'), empty]) =>
    endOf(await connectOnce({ ...at80([tcpChain('tcp', name)]), clusters }));

  test('a missing cluster is NC, a cluster without hosts UH, both closed without a status', async () => {
    expect(await through('missing')).toMatchObject({ verdict: 'broken', flags: 'NC', status: null, details: null, connection: 'closed', cluster: 'missing' });
    expect(await through('empty')).toMatchObject({ verdict: 'broken', flags: 'UH', status: null, details: null, connection: 'closed' });
    expect(await through('up')).toMatchObject({ verdict: 'forwarded', cluster: 'up', connection: null });
  });

  test('weighted clusters share by their sum, and weight 0 is never taken', async () => {
    const clusters = [
      { name: 'up', weight: 1 },
      { name: 'missing', weight: 3 },
      { name: 'never', weight: 0 },
    ];
    const branch = await connectOnce({ ...at80([{ name: 'tcp', filters: [tcpProxy({ weighted_clusters: { clusters } })] }]), clusters: [cluster('up')] });
    expect(branch.end?.map(({ cluster: name, probability, flags }) => [name, probability, flags])).toEqual([
      ['up', 0.25, null],
      ['missing', 0.75, 'NC'],
    ]);
  });

  test('sni_cluster replaces the cluster by the server name where there is one', async () => {
    const parts = {
      ...at80([{ name: 'tcp', filters: [networkFilter('sni_cluster.v3.SniCluster'), tcpProxy({ cluster: 'up' })] }], [TLS_INSPECTOR]),
      clusters: [cluster('up'), cluster('a.com')],
    };
    expect(endOf(await connectOnce(parts, overTls('a.com')))).toMatchObject({ verdict: 'forwarded', cluster: 'a.com' });
    expect(endOf(await connectOnce(parts, overTls(null)))).toMatchObject({ verdict: 'forwarded', cluster: 'up' });
  });

  test('RBAC looks at the first bytes only: by then the upstream connection stands', async () => {
    const parts = {
      ...at80([{ name: 'tcp', filters: [networkFilter('rbac.v3.RBAC', { rules: {} }), tcpProxy({ cluster: 'up' })] }]),
      clusters: [cluster('up')],
    };
    const branches = await connect(parts);
    expect(branches.map((b) => [b.conditions.length, endOf(b).verdict, endOf(b).details])).toEqual([
      [1, 'answered', 'rbac_access_denied_matched_policy[none]'],
      [1, 'forwarded', null],
    ]);
  });

  test('a missing cluster is noticed before RBAC denies', async () => {
    const parts = at80([{ name: 'tcp', filters: [networkFilter('rbac.v3.RBAC', { rules: {} }), tcpProxy({ cluster: 'missing' })] }]);
    expect(endOf(await connectOnce(parts))).toMatchObject({ verdict: 'broken', flags: 'NC' });
  });

  test('TLS that a tcp_proxy passes on needs no transport socket', async () => {
    expect(endOf(await connectOnce({ ...at80([tcpChain('tcp', 'up')]), clusters: [cluster('up')] }, overTls('a.com')))).toMatchObject({ verdict: 'forwarded' });
  });
});

describe('surprise 10: TLS and plaintext that meet', () => {
  test('TLS bytes at a plaintext connection manager: DPE http1.codec_error, garbage for the client', async () => {
    expect(endOf(await connectOnce(at80([chain('a')]), overTls('a.com')))).toMatchObject({
      verdict: 'broken',
      status: null,
      flags: 'DPE',
      details: 'http1.codec_error',
      connection: 'closed',
      break: 'PC2004',
    });
  });

  test('plaintext at a TLS chain: closed without flags, the chain known', async () => {
    const branch = await connectOnce(at80([chain('a', {}, { transport_socket: tls() })]));
    expect(branch.filterChain?.name).toBe('a');
    expect(endOf(branch)).toMatchObject({ verdict: 'broken', status: null, flags: null, details: null, connection: 'closed', break: 'PC6001' });
  });

  test('a required client certificate that is missing: closed without flags', async () => {
    const parts = at80([chain('a', {}, { transport_socket: tls({}, { require_client_certificate: true }) })]);
    expect(endOf(await connectOnce(parts, overTls('a.com')))).toMatchObject({ flags: null, connection: 'closed', break: 'PC6001' });
    const branch = await connectOnce(parts, { scheme: 'https', tls: { sni: 'a.com', alpn: [], client_cert: true } });
    expect(branch.http).not.toBeNull();
    expect(branch.facts.certificate).toMatchObject({ presented: true });
  });

  test('what ALPN agrees on is what the client speaks', async () => {
    const parts = at80([chain('a', {}, { transport_socket: tls({ alpn_protocols: ['h2', 'http/1.1'] }) })]);
    expect((await connectOnce(parts, { ...overTls('a.com', ['http/1.1', 'h2']), protocol: 'http/1.1' })).facts).toMatchObject({
      isTls: true,
      alpn: 'h2',
      protocol: 'h2',
    });
    expect((await connectOnce(parts, { ...overTls('a.com', ['foo']), protocol: 'http/1.1' })).facts).toMatchObject({ alpn: undefined, protocol: 'http/1.1' });
  });
});

describe('surprise 11: codecs', () => {
  const withCodec = (codec_type: string) => at80([{ name: 'a', filters: [hcm({ codec_type })] }]);

  test('HTTP/1 at an HTTP/2 codec: closed, DPE in the listener’s log alone', async () => {
    expect(endOf(await connectOnce(withCodec('HTTP2')))).toMatchObject({ status: null, flags: 'DPE', details: null, connection: 'closed' });
  });

  test('HTTP/2 at an HTTP/1 codec: http1.codec_error', async () => {
    expect(endOf(await connectOnce(withCodec('HTTP1'), { protocol: 'h2' }))).toMatchObject({ status: null, flags: 'DPE', details: 'http1.codec_error' });
  });

  test('AUTO reads both', async () => {
    const branches = await Promise.all([{}, { protocol: 'h2' } as const].map((question) => connectOnce(withCodec('AUTO'), question)));
    expect(branches.map(({ http }) => http !== null)).toEqual([true, true]);
  });
});

test('a listener filter that a port turns off leaves server names unknown there', async () => {
  const inspector = listenerFilter('tls_inspector.v3.TlsInspector', {}, { filter_disabled: { destination_port_range: { start: 3306, end: 3307 } } });
  const parts = at80([chain('tls', { transport_protocol: 'tls' }, { transport_socket: tls() }), chain('any', {})], [PROXY_PROTOCOL, inspector]);
  expect(await chainOf(parts, { ...proxied('10.0.0.1:3306'), ...overTls('a.com') })).toBe('any');
  expect(await chainOf(parts, { ...proxied('10.0.0.1:3307'), ...overTls('a.com') })).toBe('tls');
});

test('an additional address is an address', async () => {
  const parts = { listeners: [listener('main', [chain('a')], { additional_addresses: [{ address: address('127.0.0.1:81') }] })] };
  expect((await connectOnce(parts, { listener: { address: '127.0.0.1', port: 81 } })).listener?.name).toBe('main');
});

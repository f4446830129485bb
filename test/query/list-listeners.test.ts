import { describe, expect, test } from 'vitest';
import { filterRows } from '../../src/query/filter-rows.ts';
import { listenerFilters, listListeners, withoutChains } from '../../src/query/list-listeners.ts';
import { tableColumns } from '../../src/query/listing.ts';
import { chain, configDump, httpFilter, type Json, listener, listenersSection, proxyOf, rds, socketAddress, tcpFilter } from '../support/dump-builders.ts';
import { columnOf, tableOf } from '../support/table-of.ts';

const listed = async (...listeners: readonly Json[]) => listListeners(await proxyOf(configDump(listenersSection(...listeners))));
const one = async (chains: readonly Json[], rest: Json = {}) => listed({ ...listener('l', 80, ...chains), ...rest });

test('the default table has the columns of istioctl, in its order', async () => {
  const listing = await one([chain(httpFilter(rds('http.80')))]);
  expect(tableOf(listing)).toEqual([{ ADDRESSES: '0.0.0.0', PORT: '80', MATCH: 'ALL', DESTINATION: 'Route: http.80' }]);
});

describe('MATCH', () => {
  test('shows every way in which a filter chain matches', async () => {
    const filter_chain_match = {
      server_names: ['a.example', '*.b.example'],
      transport_protocol: 'tls',
      application_protocols: ['h2', 'http/1.1'],
      prefix_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }],
      destination_port: 8080,
      address_suffix: '1.2',
      suffix_len: 16,
      direct_source_prefix_ranges: [{ address_prefix: '10.9.0.0', prefix_len: 16 }],
      source_type: 'EXTERNAL',
      source_prefix_ranges: [{ address_prefix: '192.168.0.1', prefix_len: 32 }],
      source_ports: [1000, 1001],
    };
    const [match] = columnOf(await one([chain(tcpFilter({ cluster: 'x' }), { filter_chain_match })]), 'MATCH');
    expect(match).toBe(
      'SNI: a.example,*.b.example; Trans: tls; App: h2,http/1.1; Addr: 10.0.0.0/8:8080; Addr suffix: 1.2/16; ' +
        'Direct source: 10.9.0.0/16; Source type: EXTERNAL; Source: 192.168.0.1/32; Source port: 1000,1001',
    );
  });

  test('of a port alone is any address with that port', async () => {
    expect(columnOf(await one([chain(tcpFilter({ cluster: 'x' }), { filter_chain_match: { destination_port: 15006 } })]), 'MATCH')).toEqual(['Addr: *:15006']);
  });

  test('marks the default filter chain, which stands last', async () => {
    const listing = await one([chain(tcpFilter({ cluster: 'x' }), { filter_chain_match: { transport_protocol: 'tls' } })], {
      default_filter_chain: chain(tcpFilter({ cluster: 'y' })),
    });
    expect(columnOf(listing, 'MATCH')).toEqual(['Trans: tls', 'ALL (default chain)']);
  });

  test('follows a filter chain matcher to each chain, and says which chain no way leads to', async () => {
    const action = (name: string): Json => ({ action: { name, typed_config: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: name } } });
    const input = (type: string): Json => ({
      name: type,
      typed_config: { '@type': `type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3.${type}` },
    });
    const onPort = { matcher_tree: { input: input('DestinationPortInput'), exact_match_map: { map: { '80': action('http'), '443': action('tls') } } } };
    const filter_chain_matcher = {
      matcher_tree: { input: input('DestinationIPInput'), exact_match_map: { map: { '10.1.2.3': { matcher: onPort } } } },
      on_no_match: action('rest'),
    };
    const named = (name: string): Json => ({ ...chain(tcpFilter({ cluster: name })), name });
    const listing = await one(['http', 'tls', 'rest', 'unused'].map(named), { filter_chain_matcher });
    expect(columnOf(listing, 'MATCH')).toEqual(['Addr: 10.1.2.3; Port: 80', 'Addr: 10.1.2.3; Port: 443', 'else', 'never (no matcher leads here)']);
  });
});

describe('DESTINATION', () => {
  const destination = async (...filters: readonly Json[]) => columnOf(await one([{ filters }]), 'DESTINATION')[0];

  test('knows filters by type, not by name', async () => {
    expect(await destination(httpFilter(rds('r'), 'my.own.name'))).toBe('Route: r');
  });

  test('shows a cluster, bare where its name says Cluster itself', async () => {
    expect(await destination(tcpFilter({ cluster: 'outbound|80||a' }))).toBe('Cluster: outbound|80||a');
    expect(await destination(tcpFilter({ cluster: 'PassthroughCluster' }))).toBe('PassthroughCluster');
    expect(await destination(tcpFilter({ cluster: 'BlackHoleCluster' }))).toBe('BlackHoleCluster');
  });

  test('shows each arm of a weighted TCP proxy with its percentage', async () => {
    const weighted_clusters = {
      clusters: [
        { name: 'v1', weight: 1 },
        { name: 'v2', weight: 3 },
      ],
    };
    expect(await destination(tcpFilter({ weighted_clusters }))).toBe('Clusters: v1 (25%), v2 (75%)');
  });

  test('writes inline routes out, and a catch-all one as its cluster', async () => {
    const config = (prefix: string) => ({
      route_config: { virtual_hosts: [{ domains: ['*'], routes: [{ match: { prefix }, route: { cluster: 'agent' } }] }] },
    });
    expect(await destination(httpFilter(config('/healthz')))).toBe('Inline Route: /healthz*');
    expect(await destination(httpFilter(config('/')))).toBe('Cluster: agent');
  });

  test('of another filter names its type and the clusters that it names', async () => {
    const typed_config = {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.redis_proxy.v3.RedisProxy',
      stat_prefix: 'r',
      prefix_routes: { catch_all_route: { cluster: 'redis' } },
    };
    expect(await destination({ name: 'any', typed_config })).toBe('RedisProxy: redis');
  });

  test('of a TCP proxy of the v1 API is what its routes name', async () => {
    const config = { deprecated_v1: true, value: { route_config: { routes: [{ cluster: 'outbound|443||a', destination_ip_list: ['10.0.0.1/32'] }] } } };
    expect(await destination({ name: 'envoy.tcp_proxy', config })).toBe('Cluster: outbound|443||a');
  });

  test('of a chain without filters says so', async () => {
    expect(await destination()).toBe('no filters');
  });
});

test('a listener without filter chains has a row', async () => {
  expect(columnOf(await one([]), 'DESTINATION')).toEqual(['no filter chains']);
});

test('listeners stand by port, then address; chains in the order of Envoy', async () => {
  const b = { ...listener('b', 80, chain(tcpFilter({ cluster: '2' })), chain(tcpFilter({ cluster: '1' }))), address: socketAddress('10.0.0.2', 80) };
  const a = { ...listener('a', 80, chain(tcpFilter({ cluster: '3' }))), address: socketAddress('10.0.0.1', 80) };
  const c = listener('c', 9, chain(tcpFilter({ cluster: '4' })));
  expect(columnOf(await listed(b, a, c), 'DESTINATION')).toEqual(['Cluster: 4', 'Cluster: 3', 'Cluster: 2', 'Cluster: 1']);
});

test('additional addresses are listed, with their port where it is another one', async () => {
  const additional_addresses = [{ address: socketAddress('::', 80) }, { address: socketAddress('127.0.0.1', 81) }];
  expect(columnOf(await one([chain(tcpFilter({ cluster: 'x' }))], { additional_addresses }), 'ADDRESSES')).toEqual(['0.0.0.0,::,127.0.0.1:81']);
});

describe('STATE', () => {
  const section = (entry: Json) => configDump({ '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump', dynamic_listeners: [entry] });
  const some = listener('l', 80, chain(tcpFilter({ cluster: 'x' })));

  test('stands in the default table only where it has something to tell', async () => {
    const plain = await one([chain(tcpFilter({ cluster: 'x' }))]);
    expect(tableColumns(plain, false).map((column) => column.title)).not.toContain('STATE');
    expect(columnOf(plain, 'STATE', true)).toEqual(['active']);
  });

  test('lists warming and draining versions beside the active one', async () => {
    const listing = listListeners(
      await proxyOf(section({ name: 'l', active_state: { listener: some }, warming_state: { listener: some }, draining_state: { listener: some } })),
    );
    expect(columnOf(listing, 'STATE')).toEqual(['active', 'warming', 'draining']);
  });

  test('tells why an update was rejected', async () => {
    const error_state = { details: 'duplicate matcher', failed_configuration: { '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener', ...some } };
    const listing = listListeners(await proxyOf(section({ name: 'l', error_state })));
    expect(tableOf(listing)).toMatchObject([{ PORT: '80', DESTINATION: 'Cluster: x', STATE: 'rejected: duplicate matcher' }]);
  });
});

test('the wide table shows what clients must speak', async () => {
  const tls = (rest: Json) => ({
    transport_socket: {
      name: 'tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
        common_tls_context: { tls_certificate_sds_secret_configs: [{ name: 'default' }] },
        ...rest,
      },
    },
  });
  const filter = tcpFilter({ cluster: 'x' });
  const listing = await one([chain(filter), chain(filter, tls({})), chain(filter, tls({ require_client_certificate: true }))]);
  expect(columnOf(listing, 'TRANSPORT', true)).toEqual(['plaintext', 'TLS (default)', 'mTLS (default)']);
});

test('--verbose=false leaves one row for each listener, with its type', async () => {
  const mixed = listener('mixed', 80, chain(httpFilter(rds('r'))), chain(tcpFilter({ cluster: 'x' })));
  expect(tableOf(withoutChains(await listed(mixed, listener('none', 81))))).toEqual([
    { ADDRESSES: '0.0.0.0', PORT: '80', TYPE: 'HTTP+TCP' },
    { ADDRESSES: '0.0.0.0', PORT: '81', TYPE: 'UNKNOWN' },
  ]);
});

test.each([
  [{ port: '81' }, ['b']],
  [{ address: '0.0.0.0:80' }, ['a']],
  [{ type: 'tcp' }, ['b']],
  [{ cluster: 'out*' }, ['b']],
  [{ name: '~^a$' }, ['a']],
  [{ name: 'a', port: '81' }, []],
])('the filters %j leave %j', async (wanted, names) => {
  const { rows } = await listed(listener('a', 80, chain(httpFilter(rds('r')))), listener('b', 81, chain(tcpFilter({ cluster: 'outbound' }))));
  expect(filterRows(rows, listenerFilters(wanted)).kept.map((row) => row.listener.name)).toEqual(names);
});

test('/listeners alone gives names and addresses, and the notes say what it lacks', async () => {
  const listing = listListeners(await proxyOf({ listener_statuses: [{ name: 'l', local_address: socketAddress('0.0.0.0', 80) }] }));
  expect(tableOf(listing)).toEqual([{ ADDRESSES: '0.0.0.0', PORT: '80', MATCH: '-', DESTINATION: 'not in the input' }]);
  expect(listing.notes).toEqual([expect.stringContaining('/config_dump')]);
});

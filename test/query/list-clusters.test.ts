import { describe, expect, test } from 'vitest';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { filterRows } from '../../src/query/filter-rows.ts';
import { type ClusterFilters, type ClusterRow, clusterFilters, listClusters } from '../../src/query/list-clusters.ts';
import { clusterStatuses, clustersSection, configDump, type Json, largeProxyOf, proxyOf } from '../support/dump-builders.ts';
import { columnOf, tableOf } from '../support/table-of.ts';

const listed = async (...clusters: readonly Json[]) => listClusters(await proxyOf(configDump(clustersSection(...clusters))));
const ROW = { 'SERVICE FQDN': '-', PORT: '-', SUBSET: '-', DIRECTION: '-', TYPE: 'STATIC', 'DESTINATION RULE': '' };

test.each<[string, Partial<typeof ROW>]>([
  ['outbound|80|v1|a.ns.svc.cluster.local', { 'SERVICE FQDN': 'a.ns.svc.cluster.local', PORT: '80', SUBSET: 'v1', DIRECTION: 'outbound' }],
  ['inbound|8080||', { PORT: '8080', DIRECTION: 'inbound' }],
  ['outbound_.443_.v1_.a.example', { 'SERVICE FQDN': 'a.example', PORT: '443', SUBSET: 'v1', DIRECTION: 'outbound (by SNI)' }],
  ['BlackHoleCluster', { 'SERVICE FQDN': 'BlackHoleCluster' }],
  ['a|b|c|d', { 'SERVICE FQDN': 'a|b|c|d' }],
])("takes Istio's name %s apart", async (name, cells) => {
  expect(tableOf(await listed({ name }))).toEqual([{ ...ROW, ...cells }]);
});

test('shows custom cluster types by their own name', async () => {
  expect(columnOf(await listed({ name: 'a', cluster_type: { name: 'envoy.clusters.aggregate' } }, { name: 'b', type: 'EDS' }), 'TYPE')).toEqual([
    'envoy.clusters.aggregate',
    'EDS',
  ]);
});

test('names the DestinationRule', async () => {
  const metadata = { filter_metadata: { istio: { config: '/apis/networking.istio.io/v1/namespaces/shop/destination-rule/catalog' } } };
  expect(columnOf(await listed({ name: 'a', metadata }), 'DESTINATION RULE')).toEqual(['catalog.shop']);
});

test('lists warming clusters and says so', async () => {
  const section = { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', dynamic_warming_clusters: [{ cluster: { name: 'a' } }] };
  expect(tableOf(listClusters(await proxyOf(configDump(section))))).toEqual([{ ...ROW, 'SERVICE FQDN': 'a', STATE: 'warming' }]);
});

test('stand by host name, subset, port, direction', async () => {
  const names = ['outbound|80|v1|b', 'outbound|80||b', 'outbound|9||b', 'inbound|9||b', 'a'];
  const listing = await listed(...names.map((name) => ({ name })));
  expect(columnOf(listing, 'CLUSTER', true)).toEqual(['a', 'inbound|9||b', 'outbound|9||b', 'outbound|80||b', 'outbound|80|v1|b']);
});

test('the wide table shows balancing, transport and checks', async () => {
  const tls = {
    name: 'tlsMode-istio',
    transport_socket: {
      name: 'tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        sni: 'a.example',
        common_tls_context: { tls_certificate_sds_secret_configs: [{ name: 'default' }] },
      },
    },
  };
  const plain = {
    name: 'tlsMode-disabled',
    transport_socket: { name: 'raw', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer' } },
  };
  const cluster = {
    name: 'a',
    type: 'EDS',
    eds_cluster_config: { service_name: 'service-a' },
    lb_policy: 'LEAST_REQUEST',
    connect_timeout: '1s',
    transport_socket_matches: [tls, plain],
    outlier_detection: {},
    health_checks: [{ http_health_check: { path: '/' } }],
  };
  expect(tableOf(await listed(cluster), true)).toMatchObject([
    {
      'EDS SERVICE': 'service-a',
      'LB POLICY': 'LEAST_REQUEST',
      TRANSPORT: 'mTLS (SNI a.example) or plaintext',
      'CONNECT TIMEOUT': '1s',
      'HEALTH CHECKS': 'active HTTP, outlier detection',
    },
  ]);
});

test.each([
  [{ fqdn: 'a.ns' }, ['outbound|80||a.ns', 'inbound|81||a.ns', 'outbound|80|v1|a.ns']],
  [{ subset: 'v1' }, ['outbound|80|v1|a.ns']],
  [{ port: '81' }, ['inbound|81||a.ns']],
  [{ direction: 'inbound' }, ['inbound|81||a.ns']],
  [{ cluster: 'outbound|80||*' }, ['outbound|80||a.ns']],
  [{ type: 'STRICT_DNS' }, ['xds']],
])('the filters %j leave %j', async (wanted, names) => {
  const { rows } = await listed(
    { name: 'outbound|80||a.ns' },
    { name: 'outbound|80|v1|a.ns' },
    { name: 'inbound|81||a.ns' },
    { name: 'xds', type: 'STRICT_DNS' },
  );
  expect(filterRows(rows, clusterFilters(wanted)).kept.map((row) => row.cluster.name)).toEqual(names);
});

test('/clusters alone gives the names, and the notes say what it lacks', async () => {
  const listing = listClusters(await proxyOf(clusterStatuses({ 'outbound|80||a.ns': [] })));
  expect(tableOf(listing)).toEqual([{ ...ROW, 'SERVICE FQDN': 'a.ns', PORT: '80', DIRECTION: 'outbound', TYPE: '-' }]);
  expect(listing.notes).toEqual([expect.stringContaining('/config_dump')]);
});

describe('of a large dump', () => {
  const names = [
    ...['catalog', 'CATALOG-2', 'web', 'web.shop', 'a*b'].flatMap((host) => [`outbound|80||${host}`, `outbound|8080|v1|${host}`, `outbound|80|v10|${host}`]),
    ...['web', 'inbound|80||', 'PassthroughCluster', 'outbound|80||käse'],
  ];
  const largeProxy = (clusters: readonly string[]): Promise<ProxyConfig> =>
    largeProxyOf(configDump(clustersSection(...clusters.map((name) => ({ name, type: 'EDS' })))));

  test.each<ClusterFilters>([
    ...['catalog', 'CATALOG', 'web', 'web.shop', 'eb', 'a*b', 'w?b*', '*', '~^web', 'käse', 'nothing', 'inbound|80||', ''].map((fqdn) => ({ fqdn })),
    ...['v1', 'v', 'v1*', 'v2'].map((subset) => ({ subset })),
    ...['outbound|80||web', 'passthrough', 'PassthroughCluster', 'outbound|*'].map((cluster) => ({ cluster })),
    { fqdn: 'web.shop', subset: 'v1' },
    { fqdn: 'catalog', port: '80' },
    { fqdn: 'catalog', port: '8' },
    { fqdn: 'web', type: 'eds' },
    { subset: 'v1', direction: 'outbound' },
    { cluster: 'outbound|80|v1*', subset: '~v' },
    { port: '80' },
    { type: 'EDS' },
    { direction: 'inbound' },
  ])('what filters leave of it is the same, and what they say of nothing, when the others are left out before: %j', async (wanted) => {
    for (const known of [names, names.slice(0, -1)]) {
      const told = ({ rows }: { readonly rows: readonly ClusterRow[] }): unknown => {
        const { kept, miss } = filterRows(rows, clusterFilters(wanted));
        return [kept.map((row) => row.cluster.name), miss];
      };
      expect(told(listClusters(await largeProxy(known), wanted))).toEqual(told(listClusters(await largeProxy(known))));
    }
  });

  test('a filter by name has few clusters made', async () => {
    const proxy = await largeProxy(Array.from({ length: 500 }, (_, i) => `outbound|80||s${i}.shop`));
    expect(listClusters(proxy, { fqdn: 's499.shop' }).rows).toHaveLength(1);
    expect(listClusters(proxy, { fqdn: 's499' }).rows).toHaveLength(1);
    expect(listClusters(proxy, { fqdn: 's49*' }).rows).toHaveLength(11);
    expect(listClusters(proxy, { fqdn: 's499.shop', port: '80', direction: 'outbound' }).rows).toHaveLength(1);
  });
});

import { describe, expect, test } from 'vitest';
import { filterRows } from '../../src/query/filter-rows.ts';
import { type EndpointFilters, type EndpointRow, endpointFilters, listEndpoints } from '../../src/query/list-endpoints.ts';
import {
  assignment,
  clusterStatuses,
  clustersSection,
  configDump,
  endpoint,
  endpointsSection,
  hostStatus,
  type Json,
  largeProxyOf,
  proxyOf,
} from '../support/dump-builders.ts';
import { columnOf, tableOf } from '../support/table-of.ts';

const eds = (name: string, service_name?: string): Json => ({ name, type: 'EDS', eds_cluster_config: service_name ? { service_name } : {} });
const listed = async (...documents: readonly Json[]) => listEndpoints(await proxyOf(...documents));

describe('EDS and /clusters', () => {
  test('are joined through the service name of the cluster, by address', async () => {
    const listing = await listed(
      configDump(clustersSection(eds('a', 'service-a')), endpointsSection(assignment('service-a', endpoint('10.0.0.1', 80, { load_balancing_weight: 3 })))),
      clusterStatuses({ a: [hostStatus('10.0.0.1', 80, { failed_outlier_check: true }, { weight: 3 })] }),
    );
    expect(tableOf(listing, true)).toMatchObject([
      { ENDPOINT: '10.0.0.1:80', 'EDS HEALTH': 'HEALTHY', 'OUTLIER CHECK': 'FAILED', CLUSTER: 'a', WEIGHT: '3', FROM: 'EDS + /clusters' },
    ]);
    expect(listing.notes).toEqual([]);
  });

  test('each work alone, and the notes say which one it was', async () => {
    const dump = configDump(clustersSection(eds('a')), endpointsSection(assignment('a', endpoint('10.0.0.1', 80))));
    const fromEds = await listed(dump);
    expect(tableOf(fromEds)).toEqual([{ ENDPOINT: '10.0.0.1:80', STATUS: 'HEALTHY', 'OUTLIER CHECK': '-', CLUSTER: 'a' }]);
    expect(fromEds.notes).toEqual([expect.stringMatching(/^from EDS alone/)]);
    const fromClusters = await listed(clusterStatuses({ a: [hostStatus('10.0.0.1', 80)] }));
    expect(tableOf(fromClusters)).toEqual([{ ENDPOINT: '10.0.0.1:80', STATUS: 'HEALTHY', 'OUTLIER CHECK': 'OK', CLUSTER: 'a' }]);
    expect(fromClusters.notes).toEqual([expect.stringMatching(/^from \/clusters alone/)]);
  });

  test('a dump without EDS says how to take one with it', async () => {
    const listing = await listed(configDump(clustersSection(eds('a'))));
    expect(listing.rows).toEqual([]);
    expect(listing.notes).toEqual([expect.stringContaining('/config_dump?include_eds')]);
  });

  test('what only one of them has is listed too', async () => {
    const listing = await listed(
      configDump(clustersSection(eds('a')), endpointsSection(assignment('a', endpoint('10.0.0.1', 80)), assignment('unused', endpoint('10.0.0.3', 80)))),
      clusterStatuses({ a: [hostStatus('10.0.0.2', 80)], other: [hostStatus('10.0.0.4', 80)] }),
    );
    expect(tableOf(listing, true).map((row) => [row['ENDPOINT'], row['CLUSTER'], row['FROM']])).toEqual([
      ['10.0.0.1:80', 'a', 'EDS'],
      ['10.0.0.2:80', 'a', '/clusters'],
      ['10.0.0.3:80', 'unused', 'EDS'],
      ['10.0.0.4:80', 'other', '/clusters'],
    ]);
  });

  test('of a cluster whose endpoints are names, the resolved addresses are listed', async () => {
    const cluster = { name: 'dns', type: 'STRICT_DNS', load_assignment: assignment('dns', endpoint('db.internal', 5432)) };
    const resolved = clusterStatuses({ dns: [hostStatus('10.0.0.9', 5432, {}, { hostname: 'db.internal' })] });
    expect(columnOf(await listed(configDump(clustersSection(cluster))), 'ENDPOINT')).toEqual(['db.internal:5432']);
    expect(tableOf(await listed(configDump(clustersSection(cluster)), resolved), true)).toMatchObject([{ ENDPOINT: '10.0.0.9:5432', HOSTNAME: 'db.internal' }]);
  });
});

describe('STATUS', () => {
  test.each<[Json, string, string]>([
    [{}, 'HEALTHY', 'HEALTHY'],
    [{ eds_health_status: 'DRAINING' }, 'DRAINING', 'UNHEALTHY'],
    [{ failed_active_health_check: true }, 'HEALTHY, active check failed', 'UNHEALTHY'],
    [{ pending_dynamic_removal: true, failed_active_degraded_check: true }, 'HEALTHY, active check degraded, to be removed', 'DEGRADED'],
  ])('of %j is %s, counted as %s', async (health, text, counted) => {
    const listing = await listed(clusterStatuses({ a: [hostStatus('10.0.0.1', 80, health)] }));
    expect(columnOf(listing, 'STATUS')).toEqual([text]);
    expect(listing.columns.find((column) => column.key === 'status')?.json?.(listing.rows[0] as never)).toBe(counted);
  });

  test('of a cluster that should have endpoints and has none says so', async () => {
    const listing = await listed(configDump(clustersSection(eds('a'), { name: 'BlackHoleCluster' }), endpointsSection(assignment('a'))));
    expect(tableOf(listing)).toEqual([{ ENDPOINT: '(none)', STATUS: 'NO ENDPOINTS', 'OUTLIER CHECK': '-', CLUSTER: 'a' }]);
  });
});

test('shares follow weight and health', async () => {
  const hosts = [
    endpoint('10.0.0.1', 80, { load_balancing_weight: 1 }),
    endpoint('10.0.0.2', 80, { load_balancing_weight: 3 }),
    endpoint('10.0.0.3', 80, { health_status: 'UNHEALTHY' }),
  ];
  const listing = await listed(configDump(clustersSection(eds('a')), endpointsSection(assignment('a', ...hosts))));
  expect(columnOf(listing, 'SHARE', true)).toEqual(['25%', '75%', '0%']);
});

test('shares move to the next priority once too few are healthy', async () => {
  const level = (priority: number, ...lb_endpoints: readonly Json[]) => ({ priority, locality: { region: `r${priority}`, zone: 'z' }, lb_endpoints });
  const cluster_load = {
    cluster_name: 'a',
    endpoints: [level(0, endpoint('10.0.0.1', 80), endpoint('10.0.0.2', 80, { health_status: 'UNHEALTHY' })), level(1, endpoint('10.0.0.3', 80))],
  };
  const listing = await listed(configDump(clustersSection(eds('a')), endpointsSection(cluster_load)));
  expect(tableOf(listing, true).map((row) => [row['PRIORITY'], row['LOCALITY'], row['SHARE']])).toEqual([
    ['0', 'r0/z', '70%'],
    ['0', 'r0/z', '0%'],
    ['1', 'r1/z', '30%'],
  ]);
});

test('addresses of all kinds are written as istioctl writes them', async () => {
  const at = (address: Json) => ({ endpoint: { address } });
  const hosts = [
    endpoint('::1', 80),
    at({ pipe: { path: '/run/a.sock' } }),
    at({ envoy_internal_address: { server_listener_name: 'connect', endpoint_id: '10.0.0.1:80' } }),
  ];
  const listing = await listed(configDump(endpointsSection(assignment('a', ...hosts))));
  expect(columnOf(listing, 'ENDPOINT').toSorted()).toEqual(['[::1]:80', 'envoy://connect/10.0.0.1:80', 'unix:///run/a.sock']);
});

test.each([
  [{ address: '10.0.0.1' }, 2],
  [{ address: '10.0.0.1:81' }, 1],
  [{ port: '81' }, 1],
  [{ cluster: 'outbound|80||a' }, 2],
  [{ cluster: 'outbound' }, 3],
  [{ status: 'unhealthy' }, 1],
])('the filters %j leave %i rows', async (wanted, count) => {
  const { rows } = await listed(
    clusterStatuses({
      'outbound|80||a': [hostStatus('10.0.0.1', 80), hostStatus('10.0.0.1', 81)],
      'outbound|80||ab': [hostStatus('10.0.0.2', 80, { failed_outlier_check: true })],
    }),
  );
  expect(filterRows(rows, endpointFilters(wanted)).kept).toHaveLength(count);
});

describe('of a large dump', () => {
  const host = (i: number): Json => endpoint(`10.0.0.${i}`, 80 + (i % 2), i % 3 === 0 ? { health_status: 'UNHEALTHY' } : {});
  const clusters = [
    eds('catalog'),
    eds('catalog-v1'),
    eds('other', 'catalog-v2'),
    eds('web', 'elsewhere'),
    eds('Empty-Web'),
    { name: 'fixed', type: 'STATIC' },
  ];
  const names = ['catalog', 'catalog-v1', 'catalog-v2', 'elsewhere', 'orphan-web', 'Empty-Web'];
  const assignments = names.map((name, i) => assignment(name, ...(name === 'Empty-Web' ? [] : [host(i), host(i + 7)])));
  const dump = configDump(clustersSection(...clusters), endpointsSection(...assignments));

  test.each<EndpointFilters>([
    ...['catalog', 'CATALOG-V1', 'catalog-v2', 'cat*', 'web', 'eb', 'other', 'elsewhere', 'orphan', 'empty', 'fixed', 'nothing', '~^cat', '', '*'].map(
      (cluster) => ({
        cluster,
      }),
    ),
    { cluster: 'catalog', port: '80' },
    { cluster: 'catalog', port: '8' },
    { cluster: 'catalog', status: 'unhealthy' },
    { cluster: 'catalog-v1', address: '10.0.0.1' },
    { cluster: 'web', address: '~[' },
    { status: 'HEALTHY' },
  ])('what filters leave of it is the same, and what they say of nothing, when other clusters are left out before: %j', async (wanted) => {
    const told = ({ rows }: { readonly rows: readonly EndpointRow[] }): unknown => {
      const { kept, miss } = filterRows(rows, endpointFilters(wanted));
      return [kept.map((row) => [row.cluster, row.address, row.edsHealth, row.shares?.of(row), row.resource?.path]), miss];
    };
    const isBroken = wanted.address === '~[';
    for (const documents of [dump, configDump(clustersSection(...clusters)), configDump(endpointsSection(...assignments))]) {
      const [some, all] = [listEndpoints(await largeProxyOf(documents), wanted), listEndpoints(await largeProxyOf(documents))];
      if (isBroken) expect(() => told(some)).toThrow(SyntaxError);
      else expect(told(some)).toEqual(told(all));
    }
  });

  test('a filter by the cluster has few clusters looked at', async () => {
    const many = Array.from({ length: 500 }, (_, i) => `s${i}`);
    const proxy = await largeProxyOf(
      configDump(clustersSection(...many.map((name) => eds(name))), endpointsSection(...many.map((name) => assignment(name, host(1))))),
    );
    expect(listEndpoints(proxy, { cluster: 's499' }).rows).toHaveLength(1);
    expect(listEndpoints(proxy, { cluster: 's49*', port: '81' }).rows).toHaveLength(11);
  });
});

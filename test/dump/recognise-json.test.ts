import { describe, expect, test } from 'vitest';
import { textSource } from '../../src/dump/byte-source.ts';
import type { DumpDocument } from '../../src/dump/dump-document.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';

const ADMIN = 'type.googleapis.com/envoy.admin.v3.';
const CLUSTER = 'type.googleapis.com/envoy.config.cluster.v3.Cluster';

const readAll = (value: unknown): Promise<readonly DumpDocument[]> => readDocuments(textSource('x.json', JSON.stringify(value)));
async function read(value: unknown): Promise<DumpDocument> {
  const [document] = await readAll(value);
  if (document === undefined) throw new Error('no document');
  return document;
}
const seedsOf = (document: DumpDocument): string[] => document.seeds.map((seed) => `${seed.kind} ${seed.state} ${seed.path.join('.')}`);

describe('a /config_dump', () => {
  test('its resources with their states, in the order of the dump', async () => {
    const document = await read({
      configs: [
        {
          '@type': `${ADMIN}ListenersConfigDump`,
          static_listeners: [{ listener: { name: 's' }, last_updated: 't' }],
          dynamic_listeners: [
            {
              name: 'a',
              active_state: { version_info: '1', listener: { name: 'a' } },
              warming_state: { listener: { name: 'a' } },
              draining_state: { listener: { name: 'a' } },
            },
            {
              name: 'b',
              error_state: { details: 'why', version_info: '2', last_update_attempt: 't2', failed_configuration: { name: 'b' } },
              client_status: 'NACKED',
            },
          ],
        },
        {
          '@type': `${ADMIN}ClustersConfigDump`,
          dynamicWarmingClusters: [{ versionInfo: '3', cluster: { name: 'w' } }],
          static_clusters: [{ cluster: { name: 'c' } }],
        },
        { '@type': `${ADMIN}RoutesConfigDump`, dynamic_route_configs: [{ client_status: 'REQUESTED', name: 'never-came' }] },
      ],
    });
    expect(document.kind).toBe('config_dump');
    expect(seedsOf(document)).toEqual([
      'listener static configs.0.static_listeners.0.listener',
      'listener active configs.0.dynamic_listeners.0.active_state.listener',
      'listener warming configs.0.dynamic_listeners.0.warming_state.listener',
      'listener draining configs.0.dynamic_listeners.0.draining_state.listener',
      'listener error configs.0.dynamic_listeners.1.error_state.failed_configuration',
      'cluster warming configs.1.dynamicWarmingClusters.0.cluster',
      'cluster static configs.1.static_clusters.0.cluster',
      'route_config active configs.2.dynamic_route_configs.0',
    ]);
    expect(document.seeds[1]).toMatchObject({ version: '1', ownName: 'a', envelopeName: 'a', entry: { path: ['configs', 0, 'dynamic_listeners', 0] } });
    expect(document.seeds[4]).toMatchObject({ version: '2', lastUpdated: 't2', clientStatus: 'NACKED', rejection: { details: 'why' } });
    expect(document.seeds[5]).toMatchObject({ version: '3' });
    expect(document.seeds[7]).toMatchObject({ span: undefined, envelopeName: 'never-came', clientStatus: 'REQUESTED' });
    expect([...document.kinds]).toEqual(['listener', 'cluster', 'route_config']);
    expect([...document.partial]).toEqual([]);
  });

  test('several sections of one type are merged, an empty one counts as known', async () => {
    const section = (name: string) => ({ '@type': `${ADMIN}EcdsConfigDump`, ecds_filters: [{ ecds_filter: { name } }] });
    const document = await read({ configs: [section('a'), { '@type': `${ADMIN}SecretsConfigDump` }, section('b')] });
    expect(seedsOf(document)).toEqual(['ecds active configs.0.ecds_filters.0.ecds_filter', 'ecds active configs.2.ecds_filters.0.ecds_filter']);
    expect([...document.kinds]).toEqual(['ecds', 'secret']);
  });

  test('of the API v2', async () => {
    const document = await read({
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v2alpha.ListenersConfigDump',
          dynamicActiveListeners: [{ listener: { name: 'a' } }],
          static_listeners: [{ name: 'bare', filter_chains: [] }],
        },
      ],
    });
    expect(seedsOf(document)).toEqual(['listener active configs.0.dynamicActiveListeners.0.listener', 'listener static configs.0.static_listeners.0']);
  });

  test('the answer to ?resource=, of which nothing is known beside it', async () => {
    const document = await read({
      configs: [{ '@type': `${ADMIN}ClustersConfigDump.DynamicCluster`, version_info: '1', cluster: { '@type': CLUSTER, name: 'a' } }],
    });
    expect(seedsOf(document)).toEqual(['cluster active configs.0.cluster']);
    expect([...document.partial]).toEqual(['cluster']);
  });

  test('scoped routes stand in lists under one name', async () => {
    const document = await read({
      configs: [
        { '@type': `${ADMIN}ScopedRoutesConfigDump`, dynamic_scoped_route_configs: [{ name: 'x', scoped_route_configs: [{ name: 'a' }, { name: 'b' }] }] },
      ],
    });
    expect(document.seeds.map((seed) => [seed.path.slice(-2).join('.'), seed.envelopeName])).toEqual([
      ['scoped_route_configs.0', undefined],
      ['scoped_route_configs.1', undefined],
    ]);
  });

  test('as istioctl of 2018 printed it: a map instead of the list', async () => {
    const document = await read({
      configs: { clusters: { '@type': 'type.googleapis.com/envoy.admin.v2alpha.ClustersConfigDump', staticClusters: [{ name: 'a', type: 'EDS' }] } },
    });
    expect(seedsOf(document)).toEqual(['cluster static configs.clusters.staticClusters.0']);
  });
});

describe('resources by themselves', () => {
  const shapes: readonly (readonly [title: string, value: unknown, seeds: readonly string[]])[] = [
    ['a list with types', [{ '@type': CLUSTER, name: 'a' }], ['cluster active 0']],
    [
      'a list without types',
      [
        { name: 'a', connectTimeout: '1s' },
        { clusterName: 'e', endpoints: [] },
        { name: 'l', filterChains: [] },
        { name: 'r', virtualHosts: [] },
        { name: 's', tlsCertificate: {} },
      ],
      ['cluster active 0', 'endpoint active 1', 'listener active 2', 'route_config active 3', 'secret active 4'],
    ],
    ['a map by name', { a: { cluster_name: 'a' }, 'b.c': { cluster_name: 'b.c', endpoints: [] } }, ['endpoint active a', 'endpoint active b.c']],
    ['a map by type', { xds: { [CLUSTER]: { one: { name: 'one' } }, 'type.googleapis.com/acme.v1.Thing': {} } }, [`cluster active xds.${CLUSTER}.one`]],
    ['lists by plural', { Listeners: [{ name: 'a' }], Routes: [] }, ['listener active Listeners.0']],
    ['one route configuration', { virtual_hosts: [] }, ['route_config active ']],
    ['one cluster with its type', { '@type': CLUSTER, name: 'a' }, ['cluster active ']],
    ['a DiscoveryResponse', { versionInfo: '7', typeUrl: CLUSTER, resources: [{ '@type': CLUSTER, name: 'a' }] }, ['cluster active resources.0']],
    [
      'a DeltaDiscoveryResponse',
      { type_url: CLUSTER, system_version_info: '1', resources: [{ name: 'a', version: '9', resource: { '@type': CLUSTER, name: 'a' } }] },
      ['cluster active resources.0.resource'],
    ],
    ['a file for filesystem xDS', { resources: [{ '@type': CLUSTER, name: 'a' }] }, ['cluster active resources.0']],
    ["istioctl's clusters without a type", { ecdsFilters: [{ ecdsFilter: { name: 'a' } }] }, ['ecds active ecdsFilters.0.ecdsFilter']],
    ["istioctl's bootstrap", { bootstrap: { node: {} }, lastUpdated: 't' }, ['bootstrap static bootstrap']],
    ['one section', { '@type': `${ADMIN}ClustersConfigDump`, static_clusters: [{ cluster: { name: 'a' } }] }, ['cluster static static_clusters.0.cluster']],
    [
      "egctl's map of gateways",
      { default: { eg: { '@type': `${ADMIN}ClustersConfigDump`, static_clusters: [{ cluster: { name: 'a' } }] } } },
      ['cluster static default.eg.static_clusters.0.cluster'],
    ],
  ];
  test.each(shapes)('%s', async (_, value, seeds) => {
    expect(seedsOf(await read(value))).toEqual(seeds);
  });

  test('the version of a response is that of its resources', async () => {
    expect((await read({ versionInfo: '7', typeUrl: CLUSTER, nonce: 'n', resources: [{ '@type': CLUSTER }] })).seeds[0]?.version).toBe('7');
    expect((await read({ typeUrl: CLUSTER, nonce: 'n' })).kinds).toEqual(new Set(['cluster']));
  });

  test('keys of a map that differ by case alone are two names', async () => {
    expect(seedsOf(await read({ fooBar: { cluster_name: 'x' }, foo_bar: { cluster_name: 'y' } }))).toHaveLength(2);
  });
});

describe('CSDS', () => {
  test('both generations of a ClientConfig, with status and errors', async () => {
    const [one, two] = await readAll({
      config: [
        { node: { id: 'n1' }, xdsConfig: [{ clientStatus: 'CLIENT_ACKED', clusterConfig: { dynamicActiveClusters: [{ cluster: { name: 'a' } }] } }] },
        {
          node: { id: 'n2' },
          generic_xds_configs: [
            {
              type_url: CLUSTER,
              name: 'b',
              version_info: '4',
              client_status: 'NACKED',
              xds_config: { '@type': CLUSTER, name: 'b' },
              error_state: { details: 'bad', failed_configuration: { name: 'b' } },
            },
            { type_url: CLUSTER, name: 'missing', client_status: 'DOES_NOT_EXIST' },
            { type_url: CLUSTER, config_status: 'SYNCED' },
            { type_url: 'type.googleapis.com/acme.v1.Thing', name: 'x', xds_config: {} },
          ],
        },
      ],
    });
    expect([one?.proxy, two?.proxy]).toEqual(['n1', 'n2']);
    expect(one?.seeds).toMatchObject([
      { clientStatus: 'CLIENT_ACKED', path: ['config', 0, 'xdsConfig', 0, 'clusterConfig', 'dynamicActiveClusters', 0, 'cluster'] },
    ]);
    expect(two?.seeds.map((seed) => [seed.state, seed.envelopeName, seed.version, seed.clientStatus, seed.span !== undefined])).toEqual([
      ['active', 'b', '4', 'NACKED', true],
      ['error', 'b', undefined, 'NACKED', true],
      ['active', 'missing', undefined, 'DOES_NOT_EXIST', false],
    ]);
  });

  test("istiod's own status answer", async () => {
    const status = {
      '@type': 'type.googleapis.com/envoy.service.status.v3.ClientConfig',
      node: { id: 'p' },
      genericXdsConfigs: [{ typeUrl: CLUSTER, configStatus: 'STALE' }],
    };
    expect(await readAll({ versionInfo: '1', typeUrl: status['@type'], resources: [status, { ...status, node: { id: 'q' } }] })).toMatchObject([
      { kind: 'csds', proxy: 'p' },
      { kind: 'csds', proxy: 'q' },
    ]);
  });
});

describe('documents that are named for what they are', () => {
  const documents: readonly (readonly [kind: string, about: RegExp, value: unknown])[] = [
    ['clusters', /\/clusters/, { clusterStatuses: [] }],
    ['clusters', /istioctl proxy-config endpoint/, [{ name: 'a', hostStatuses: [] }]],
    ['listeners', /\/listeners/, { listener_statuses: [] }],
    ['certs', /\/certs/, { certificates: [] }],
    ['server_info', /\/server_info/, { version: 'x', state: 'LIVE', hot_restart_version: 'disabled' }],
    ['runtime', /\/runtime/, { layers: [], entries: {} }],
    ['memory', /\/memory/, { allocated: '1', heap_size: '2' }],
    ['stats', /\/stats\?format=json/, { stats: [] }],
    ['init_dump', /\/init_dump/, { unready_targets_dumps: [] }],
    ['ztunnel', /ztunnel's \/config_dump/, { workloads: [], services: [], policies: [], certificates: [], workloadState: {} }],
    ['ztunnel', /ztunnel's connections/, [{ state: 'Up', connections: {}, info: {} }]],
    ['istiod_debug', /syncz/, [{ proxy: 'a.b', cluster_sent: 'x' }]],
    ['istiod_debug', /endpointz/, [{ svc: 'a', ep: [] }]],
    ['istiod_debug', /endpointShardz/, { 'a.b': { ns: { Shards: {}, ServiceAccounts: {} } } }],
    ['istiod_debug', /configz/, [{ kind: 'Gateway', apiVersion: 'x/v1', metadata: {}, spec: {} }]],
    ['kubernetes', /Kubernetes object/, { apiVersion: 'v1', kind: 'Pod' }],
    ['router_check', /router_check_tool/, { tests: [] }],
    ['csds_request', /request for client status/, { node_matchers: [] }],
    ['xds_resources', /one filter/, { name: 'x', typedConfig: {} }],
    ['other', /a list of routes/, [{ match: {}, route: {} }]],
    ['other', /does not know \(a, b, c, d …\)/, { a: 1, b: 2, c: 3, d: 4, e: 5 }],
    ['other', /an empty JSON object/, {}],
    ['other', /does not know/, [1, 2]],
  ];
  test.each(documents)('%s: %s', async (kind, about, value) => {
    const document = await read(value);
    expect(document.kind).toBe(kind);
    expect(document.about).toMatch(about);
    expect(document.seeds).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { proxyStatus } from '../../src/query/proxy-status.ts';
import { readSyncz } from '../../src/query/sync-state.ts';

const section = (name: string, content: object) => ({ '@type': `type.googleapis.com/envoy.admin.v3.${name}`, ...content });
const cluster = (name: string, more: object = {}) => ({ cluster: { '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster', name }, ...more });

async function statusOf(configs: readonly object[], stats?: Record<string, number | string>) {
  const documents = await readDocuments(textSource('config_dump.json', JSON.stringify({ configs })));
  return proxyStatus(buildProxyConfig('web', documents), stats && new Map(Object.entries(stats)));
}

describe('the status of a discovery type', () => {
  test('is ACKED with the version that most resources have, and the newest time', async () => {
    const { types } = await statusOf([
      section('ClustersConfigDump', {
        static_clusters: [cluster('xds')],
        dynamic_active_clusters: [
          cluster('a', { version_info: '7', last_updated: '2026-01-01T00:00:00Z', client_status: 'ACKED' }),
          cluster('b', { version_info: '7', last_updated: '2026-01-03T00:00:00Z' }),
          cluster('c', { version_info: '6', last_updated: '2026-01-02T00:00:00Z' }),
        ],
      }),
    ]);
    expect(types.find(({ type }) => type === 'CDS')).toEqual({
      type: 'CDS',
      state: 'ACKED',
      resources: 3,
      warming: 0,
      rejected: 0,
      version: '7',
      lastUpdated: '2026-01-03T00:00:00Z',
      updatesRejected: undefined,
    });
    expect(types.find(({ type }) => type === 'LDS')?.state).toBeUndefined();
  });

  test('is NACKED with the reason, and WARMING where resources wait', async () => {
    const { types, rejected } = await statusOf([
      section('ListenersConfigDump', {
        dynamic_listeners: [{ name: 'bad', error_state: { details: 'no such filter', version_info: '9', last_update_attempt: '2026-01-01T00:00:00Z' } }],
      }),
      section('ClustersConfigDump', { dynamic_warming_clusters: [cluster('slow')] }),
    ]);
    expect(types.map(({ type, state }) => [type, state])).toContainEqual(['LDS', 'NACKED']);
    expect(types.map(({ type, state }) => [type, state])).toContainEqual(['CDS', 'WARMING']);
    expect(rejected).toEqual([{ type: 'LDS', name: 'bad', details: 'no such filter', version: '9', lastAttempt: '2026-01-01T00:00:00Z' }]);
  });

  test('counts refused updates by its own counters', async () => {
    const { types, connected, controlPlane } = await statusOf([], {
      'cluster_manager.cds.update_rejected': 2,
      'cluster.outbound|80||a.update_rejected': 3,
      'cluster.outbound|80||a.update_success': 5,
      'http.ingress.rds.80.update_rejected': 4,
      'listener.0.0.0.0_443.ssl.sds.tls.update_rejected': 1,
      'control_plane.connected_state': 0,
      'control_plane.identifier': '{"Component":"istiod","ID":"istiod-1"}',
    });
    expect(types.map(({ type, updatesRejected }) => [type, updatesRejected])).toEqual([
      ['CDS', 2],
      ['LDS', 0],
      ['EDS', 3],
      ['RDS', 4],
      ['SDS', 1],
      ['ECDS', 0],
    ]);
    expect({ connected, controlPlane }).toEqual({ connected: false, controlPlane: 'istiod-1' });
  });
});

test("istiod's nonces say what is in sync", () => {
  const [proxy] = readSyncz([
    { proxy: 'web.shop', cluster_sent: 'n1', cluster_acked: 'n1', listener_sent: 'n2', listener_acked: 'n1', route_sent: '', route_acked: '' },
  ]);
  expect([...(proxy?.types ?? [])]).toEqual([
    ['CDS', 'SYNCED'],
    ['LDS', 'STALE'],
    ['RDS', 'NOT SENT'],
    ['EDS', 'IGNORED'],
    ['ECDS', 'IGNORED'],
  ]);
});

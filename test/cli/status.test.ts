import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { json, text } from '../support/fake-admin.ts';
import { pod } from '../support/stand-in-api.ts';

const NOW = ['--now', '2026-01-01T01:00:00Z'] as const;
const section = (name: string, content: object) => ({ '@type': `type.googleapis.com/envoy.admin.v3.${name}`, ...content });
const CLUSTER = section('ClustersConfigDump.DynamicCluster', {
  version_info: '7',
  last_updated: '2026-01-01T00:00:00Z',
  cluster: { '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster', name: 'catalog' },
});
const LISTENERS = [section('ListenersConfigDump.DynamicListener', { name: 'web', active_state: { version_info: '9', last_updated: '2026-01-01T00:30:00Z' } })];
const SYNCZ = [{ proxy: 'web-1.shop', cluster_sent: 'n2', cluster_acked: 'n1', listener_sent: 'n1', listener_acked: 'n1', route_sent: '', route_acked: '' }];

let cluster: TestCluster;
let connected: number;

beforeEach(async () => {
  connected = 1;
  cluster = await startCluster({
    answer: (request, response) => {
      const url = new URL(request.url ?? '/', 'http://admin');
      const resource = url.searchParams.get('resource');
      if (url.pathname === '/debug/syncz') json(response, 200, SYNCZ);
      else if (url.pathname === '/stats')
        json(response, 200, {
          stats: [
            { name: 'control_plane.connected_state', value: connected },
            { name: 'cluster_manager.cds.update_rejected', value: 3 },
          ],
        });
      else if (resource === 'dynamic_active_clusters') json(response, 200, { configs: [CLUSTER] });
      else if (resource === 'dynamic_listeners') json(response, 200, { configs: LISTENERS });
      else if (resource !== null && resource !== 'ecds_filters') json(response, 200, {});
      else text(response, 404, `${resource} not found in config dump`);
    },
  });
  cluster.api.objects.pods.push(pod('web-1', { labels: { app: 'web' } }), pod('db', { container: 'postgres' }));
  cluster.open('web-1:15000');
});
afterEach(() => cluster.stop());

const withIstiod = (): void => {
  cluster.api.objects.pods.push(pod('istiod-1', { namespace: 'istio-system', container: 'discovery', labels: { app: 'istiod' } }));
  cluster.api.ports.set('istio-system/istiod-1:15014', { to: cluster.admin.port });
};

describe('pc status', () => {
  test('shows every proxy of the namespace, and leaves out what is none', async () => {
    const { status, out, err } = await cluster.pc('status', ...NOW);
    expect(status).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['PROXY', 'CDS', 'LDS', 'EDS', 'RDS', 'SDS', 'ECDS', 'CONTROL PLANE'],
      ['web-1.shop', 'ACKED 1 (1h)', 'ACKED 1 (30m)', '-', '-', '-', '-', 'connected'],
    ]);
    expect(err).toBe('note[PC1130]: 1 of 2 pods left out, which have no Envoy\n');
    await cluster.api.allClosed();
  });

  test("adds istiod's view where there is one", async () => {
    withIstiod();
    const { out } = await cluster.pc('status', 'web-1', ...NOW);
    expect(out).toContain('STALE 1 (1h)  SYNCED 1 (30m)');
    expect((await cluster.pc('status', 'web-1', '-o', 'wide', ...NOW)).out).toMatch(/web-1\.shop +CDS +ACKED +STALE +1 +0 +0 +3 +7 +1h/);
    expect(JSON.parse((await cluster.pc('status', 'web-1', '-o', 'json', ...NOW)).out)[0].types[0]).toMatchObject({
      type: 'CDS',
      state: 'ACKED',
      istiod: 'STALE',
    });
    await cluster.api.allClosed();
  });

  test("says so where istiod cannot be asked, and shows the proxy's own view", async () => {
    withIstiod();
    cluster.api.ports.delete('istio-system/istiod-1:15014');
    const { status, out, err } = await cluster.pc('status', 'web-1', ...NOW);
    expect([status, out]).toEqual([0, expect.stringContaining('ACKED 1 (1h)')]);
    expect(err).toContain('note[PC1134]: what istiod says is left out: istiod-1.istio-system: nothing listens on port 15014');
  });

  test('ends with status 1 where the control plane is not connected', async () => {
    connected = 0;
    expect(await cluster.pc('status', 'web-1', ...NOW)).toMatchObject({ status: 1, out: expect.stringContaining('NOT CONNECTED') });
  });

  test('asks for no resource as a whole', async () => {
    await cluster.pc('status', 'web-1', ...NOW);
    for (const request of cluster.admin.requests.filter((line) => line.includes('/config_dump'))) expect(request).toMatch(/resource=\w+&mask=/);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EnvoyProcess, startEnvoy } from '../../oracle/envoy-process.ts';
import { freePorts } from '../../oracle/free-ports.ts';
import { startCluster, type TestCluster } from '../../support/cluster.ts';
import { pc } from '../../support/pc.ts';
import { pod } from '../../support/stand-in-api.ts';
import { describeWithEnvoy } from '../../support/with-envoy.ts';

const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = { name: 'router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } };
const listener = (name: string, port: number, filters: object[]) => ({
  '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
  name,
  address: { socket_address: { address: '127.0.0.1', port_value: port } },
  filter_chains: [{ filters }],
});
const file = (name: string) => ({ path_config_source: { path: `./${name}` } });

describeWithEnvoy('a real Envoy behind a port-forward', (binary) => {
  let envoy: EnvoyProcess;
  let cluster: TestCluster;
  let folder: string;
  let port = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pc-live-'));
    port = (await freePorts(1))[0] as number;
    const routes = { name: 'web', virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'catalog' } }] }] };
    const hcm = {
      name: 'hcm',
      typed_config: { '@type': HCM, stat_prefix: 'web', rds: { route_config_name: 'web', config_source: file('rds.json') }, http_filters: [ROUTER] },
    };
    const broken = { name: 'tcp', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy' } };
    const endpoint = { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: 9 } } } };
    const one = (name: string) => ({
      '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
      name,
      type: 'EDS',
      eds_cluster_config: { eds_config: file(`eds-${name}.json`) },
    });
    const assignment = (name: string) => ({
      '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
      cluster_name: name,
      endpoints: [{ lb_endpoints: [endpoint] }],
    });
    const files: Record<string, object> = {
      'envoy.json': {
        node: { id: 'web-1', cluster: 'web' },
        admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
        dynamic_resources: { lds_config: file('lds.json'), cds_config: file('cds.json') },
      },
      'lds.json': { version_info: '9', resources: [listener('web', port, [hcm]), listener('bad', 1, [broken])] },
      'cds.json': { version_info: '7', resources: [one('catalog'), one('users')] },
      'eds-catalog.json': { resources: [assignment('catalog')] },
      'eds-users.json': { resources: [assignment('users')] },
      'rds.json': { version_info: '3', resources: [{ '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration', ...routes }] },
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
    envoy = await startEnvoy({ binary, directory: folder, bootstrap: 'envoy.json' });
    cluster = await startCluster();
    cluster.api.objects.pods.push(pod('web-1'));
    cluster.api.ports.set('shop/web-1:15000', { to: envoy.adminPort });
  });
  afterAll(async () => {
    await cluster?.stop();
    await envoy?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    ['listeners', []],
    ['listeners', ['--name', 'web']],
    ['routes', []],
    ['routes', ['--name', 'we*']],
    ['clusters', []],
    ['clusters', ['--cluster', 'catalog']],
    ['endpoints', []],
    ['secrets', []],
    ['ecds', []],
  ])('gives %s %j by parts as its whole dump does', async (command, filter) => {
    const dump = join(folder, 'config_dump.json');
    const status = join(folder, 'clusters.json');
    writeFileSync(dump, await envoy.admin('/config_dump?include_eds'));
    writeFileSync(status, await envoy.admin('/clusters?format=json'));
    // The wide table of a live proxy has the nodes of its pods.
    const form = command === 'endpoints' ? 'short' : 'wide';
    const live = await cluster.pc(command, 'web-1', ...filter, '-o', form);
    if (command === 'ecds') return expect(live).toMatchObject({ status: 0 });
    const saved = await pc(command, '-f', dump, ...(command === 'endpoints' ? ['-f', status] : []), ...filter, '-o', form);
    expect([live.status, live.out]).toEqual([saved.status, saved.out]);
    await cluster.api.allClosed();
  });

  test('is traced', async () => {
    const { status, out } = await cluster.pc('trace', `http://127.0.0.1:${port}/items`, 'web-1');
    expect(out).toContain('forwarded to catalog');
    expect(status).toBe(0);
  });

  test('tells what it took and what it refused', async () => {
    const { status, out, err } = await cluster.pc('status', 'web-1', '-o', 'wide', '--now', '2026-01-01T00:00:00Z');
    expect([status, err, out]).toEqual([1, '', expect.any(String)]);
    expect(out).toMatch(/web-1\.shop +CDS +ACKED +- +2 +0 +0 +0 +7 /);
    expect(out).toMatch(/web-1\.shop +LDS +NACKED +- +2 +0 +1 +\d+ +9 /);
    expect(out).toMatch(/web-1\.shop +RDS +ACKED +- +1 +0 +0 +0 +3 /);
    expect(out).toContain('web-1.shop refused LDS "bad"');
    expect(out).toContain('StatPrefix');
  });

  test('has its log levels set and reset', async () => {
    const first = await cluster.pc('log', 'web-1', '--level', 'http:debug');
    expect(first.out).toMatch(/web-1\.shop +http +debug +warning/);
    const second = await cluster.pc('log', 'web-1', '--level', 'http:warn');
    expect(second.out).toMatch(/http +warning +debug/);
  });

  test('is captured whole, and its status is told from the capture', async () => {
    const out = join(folder, 'capture.tar.gz');
    expect(await cluster.pc('capture', 'web-1', '-o', out)).toMatchObject({ status: 0, err: '' });
    const live = await cluster.pc('clusters', 'web-1');
    expect((await pc('clusters', '-f', out)).out).toBe(live.out);
    expect((await pc('status', '-f', out)).out).toMatch(/NACKED 1 of 2/);
  });
});

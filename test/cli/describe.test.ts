import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { json, text } from '../support/fake-admin.ts';
import { type Schema, schemaErrors } from '../support/json-schema.ts';
import { pc } from '../support/pc.ts';
import { projectRoot } from '../support/project-root.ts';
import { pod } from '../support/stand-in-api.ts';

const NOW = ['--now', '2026-01-01T00:00:00Z'] as const;
const SNAPSHOT = join(projectRoot(), 'snapshots/founding-story-missing-subset');
const schema = JSON.parse(readFileSync(join(projectRoot(), 'docs/schema/description.schema.json'), 'utf8')) as Schema;

describe('pc describe -f', () => {
  test('tells a gateway in a page: what it is, where it listens and routes, what check finds, what is not known', async () => {
    const { status, out, err } = await pc('describe', '-f', SNAPSHOT, ...NOW);
    expect(status).toBe(0);
    expect(err).toBe('');
    expect(out).toMatch(/^ {2}is +a gateway of Istio \(/m);
    expect(out).toMatch(/^ {2}8080 +0\.0\.0\.0 +anywhere .*http\.8080/m);
    expect(out).toMatch(/^ {2}catalog\.istioinaction\.io +http\.8080 .*VirtualService istioinaction\/catalog-v1-v2/m);
    expect(out).toMatch(/^Check {2}\d+ errors?/m);
    expect(out).toContain('error[PC4001]');
    expect(out).toMatch(/^Not known$/m);
  });

  test('its JSON is as docs/schema says, and YAML says the same', async () => {
    const { status, out } = await pc('describe', '-f', SNAPSHOT, '-o', 'json', ...NOW);
    expect(status).toBe(0);
    const document = JSON.parse(out) as { proxies: { findings: { counts: object } }[] };
    expect(schemaErrors(document, schema)).toEqual([]);
    expect(document.proxies).toHaveLength(1);
    expect(parse((await pc('describe', '-f', SNAPSHOT, '-o', 'yaml', ...NOW)).out)).toEqual(document);
    expect(schemaErrors({ version: 1, proxies: [{}] }, schema).join('\n')).toMatch(/identity is missing/);
  });

  test('no line is wider than a page, and colour is only for terminals', async () => {
    const { out } = await pc('describe', '-f', SNAPSHOT, ...NOW);
    expect(
      out
        .split('\n')
        .slice(1)
        .filter((line) => [...line].length > 120),
    ).toEqual([]);
    expect(out).not.toContain('\u001b');
  });
});

describe('pc describe TARGET', () => {
  let cluster: TestCluster;
  afterEach(() => cluster.stop());

  const admin = (name: string, content: object) => ({ '@type': `type.googleapis.com/envoy.admin.v3.${name}`, ...content });
  const node = { id: 'sidecar~10.1.0.1~web-1.shop~shop.svc.cluster.local', metadata: { ISTIO_VERSION: '1.28.0', NAME: 'web-1', NAMESPACE: 'shop' } };
  const DUMP = {
    configs: [
      admin('BootstrapConfigDump', {
        bootstrap: { node, dynamic_resources: { ads_config: { api_type: 'GRPC', grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }] } } },
      }),
      admin('ListenersConfigDump', {}),
      admin('ClustersConfigDump', {}),
    ],
  };

  async function start(may?: (user: string, verb: string, resource: string) => boolean): Promise<void> {
    cluster = await startCluster({
      ...(may === undefined ? {} : { may }),
      answer: (request, response) => {
        const { pathname } = new URL(request.url ?? '/', 'http://admin');
        if (pathname === '/config_dump') json(response, 200, DUMP);
        else if (pathname === '/server_info')
          json(response, 200, { version: 'abc/1.36.0/Clean/RELEASE/BoringSSL', state: 'LIVE', uptime_current_epoch: '93600s' });
        else if (pathname === '/stats')
          json(response, 200, {
            stats: [
              { name: 'control_plane.connected_state', value: 1 },
              { name: 'control_plane.identifier', value: '{"Component":"istiod","ID":"istiod-7f8b-xyz","Info":{"version":"1.28.0"}}' },
            ],
          });
        else if (pathname === '/clusters') json(response, 200, { cluster_statuses: [] });
        else if (pathname === '/certs') json(response, 200, { certificates: [] });
        else text(response, 404, 'not here');
      },
    });
    cluster.api.objects.pods.push(pod('web-1', { labels: { app: 'web' } }));
    cluster.open('web-1:15000');
  }

  test('adds the state of the server, the control plane, and what Istio asks of the pod', async () => {
    await start();
    cluster.api.objects['services'] = [
      { metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web' }, ports: [{ name: 'web', port: 80 }] } },
    ];
    const { status, out, err } = await cluster.pc('describe', 'web-1', ...NOW);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(/server +LIVE, up for 1 d 2 h/);
    expect(out).toMatch(/ADS over gRPC through cluster xds-grpc; it calls itself istiod-7f8b-xyz, connected/);
    expect(out).toMatch(/^What Istio asks of the pod$/m);
    expect(out).toMatch(/✓ the pod belongs to a Service: web$/m);
    expect(out).toMatch(/! Service ports say their protocol [\s\S]*web 80 \("web"\) does not/);
    expect(out).toMatch(/! labels app and version.*no label version/);
  });

  test('a role that may not list Services leaves that unknown, and says which right is missing', async () => {
    await start((_user, _verb, resource) => resource !== 'services');
    const { status, out } = await cluster.pc('describe', 'web-1', '-o', 'json', ...NOW);
    expect(status).toBe(0);
    const document = JSON.parse(out) as { proxies: { pod: { state: string; detail: string }[] }[] };
    expect(schemaErrors(document, schema)).toEqual([]);
    expect(document.proxies[0]?.pod[0]).toMatchObject({
      state: 'unknown',
      detail: expect.stringContaining('your role may not list services in namespace shop'),
    });
  });
});

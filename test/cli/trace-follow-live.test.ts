import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { type AdminAnswer, type FakeAdmin, json, startFakeAdmin } from '../support/fake-admin.ts';
import { projectRoot } from '../support/project-root.ts';
import { type Authorizer, pod } from '../support/stand-in-api.ts';

const SNAPSHOT = join(projectRoot(), 'snapshots', 'chain-gateway-webapp-catalog');
/** What the pods of the snapshot are called here, and where they are; while it was recorded, all were on 127.0.0.1. */
const PODS = { gateway: '10.0.0.7', webapp: '10.0.0.19', catalog: '10.0.0.16' } as const;
const PORTS: Readonly<Record<number, string>> = { 13019: PODS.webapp, 13016: PODS.catalog };
const URL = 'http://webapp.istioinaction.io/api/catalog';
const NEXT = 'http://catalog.istioinaction/items';

let cluster: TestCluster;
let admins: Map<string, FakeAdmin>;
let may: Authorizer;

beforeEach(async () => {
  may = () => true;
  cluster = await startCluster({ may: (...question) => may(...question) });
  admins = new Map();
  for (const [name, ip] of Object.entries(PODS)) {
    const admin = await startFakeAdmin(adminOf(name, ip));
    admins.set(name, admin);
    cluster.api.objects.pods.push(pod(name, { ip }));
    cluster.api.ports.set(`shop/${name}:15000`, { to: admin.port });
  }
});
afterEach(async () => {
  await cluster.stop();
  for (const admin of admins.values()) await admin.stop();
});

/** The recorded admin outputs of a proxy, with its pod's address. */
function adminOf(name: string, ip: string): AdminAnswer {
  const read = (file: string): unknown => placed(JSON.parse(readFileSync(join(SNAPSHOT, name, file), 'utf8')), ip);
  const answers: Readonly<Record<string, unknown>> = {
    '/config_dump': read('config_dump.json'),
    '/clusters': read('clusters.json'),
    '/certs': read('certs.json'),
  };
  return (request, response) => {
    const answer = answers[(request.url ?? '').split('?')[0] ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else json(response, 200, answer);
  };
}

/** The document with the addresses of the pods where they are dialled, and the proxy's own in its node. */
function placed(value: unknown, ip: string): unknown {
  if (Array.isArray(value)) return value.map((item) => placed(item, ip));
  if (typeof value !== 'object' || value === null) return value;
  const { address, port_value: port } = value as { readonly address?: unknown; readonly port_value?: number };
  if (address === '127.0.0.1' && port !== undefined && PORTS[port] !== undefined) return { ...value, address: PORTS[port] };
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      (key === 'id' || key === 'INSTANCE_IPS') && typeof member === 'string' ? member.replace('127.0.0.1', ip) : placed(member, ip),
    ]),
  );
}

const asked = (name: string): readonly string[] => admins.get(name)?.requests ?? [];

describe('pc trace --follow', () => {
  test('finds the pod behind each endpoint by its address, fetches its dump, and goes on, also with the next call', async () => {
    const { status, out } = await cluster.pc('trace', URL, '--from', 'gateway', '-n', 'shop', '--follow', '--next', NEXT);
    expect(status).toBe(0);
    expect(out).toMatch(
      /gateway\.shop\n.*10\.0\.0\.19:13019 {2}✓ mTLS {2}webapp\.shop\n.*the application at 127\.0\.0\.1:13080 gets it\n.*its application calls .* {2}webapp\.shop\n.*10\.0\.0\.16:13016 {2}✓ mTLS {2}catalog\.shop\n/,
    );
    for (const name of Object.keys(PODS)) expect(asked(name).filter((line) => line.includes('/config_dump'))).toHaveLength(1);
    await cluster.api.allClosed();
  });

  test('without --follow only the named proxy is asked', async () => {
    const { out } = await cluster.pc('trace', URL, '--from', 'gateway', '-n', 'shop');
    expect(out).not.toContain('the whole way');
    expect(asked('webapp')).toEqual([]);
  });

  test('an address that no pod has, and a pod without an Envoy, end the chain with the reason', async () => {
    cluster.api.objects.pods = cluster.api.objects.pods.filter((one) => one.metadata.name !== 'webapp');
    expect((await cluster.pc('trace', URL, '--from', 'gateway', '-n', 'shop', '--follow')).out).toContain('no running pod has 10.0.0.19: the chain ends here');
    const plain = pod('webapp', { ip: PODS.webapp, container: 'helper' });
    cluster.api.objects.pods.push(plain);
    const { status, out } = await cluster.pc('trace', URL, '--from', 'gateway', '-n', 'shop', '--follow');
    expect(status).toBe(0);
    expect(out).toMatch(/10\.0\.0\.19 is pod webapp\.shop: .*: the chain ends here/);
  });

  test('where the role shows no pods, the chain ends at the first proxy, and it is said', async () => {
    may = (_user, verb, resource) => !(verb === 'list' && resource === 'pods');
    const { status, out, err } = await cluster.pc('trace', URL, '--from', 'gateway', '-n', 'shop', '--follow');
    expect(status).toBe(0);
    expect(err).toContain('PC1131');
    expect(out).toContain('10.0.0.19: the chain ends here');
  });

  test('a capture of the same pods is followed as they are', async () => {
    const archive = join(cluster.folder, 'mesh.tar.gz');
    expect(await cluster.pc('capture', '-A', '-o', archive)).toMatchObject({ status: 0 });
    const { status, out } = await cluster.pc('trace', URL, '-f', archive, '--proxy', 'gateway', '--next', NEXT);
    expect(status).toBe(0);
    expect(out).toMatch(/10\.0\.0\.19:13019 {2}✓ mTLS {2}\S*webapp\n/);
    expect(out).toMatch(/10\.0\.0\.16:13016 {2}✓ mTLS {2}\S*catalog\n/);
    expect(out).toContain('accepts spiffe://cluster.local/ns/istioinaction/sa/catalog');
  });
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { json, jsonAnswers, text } from '../support/fake-admin.ts';
import { SECTIONS } from '../support/live-sections.ts';
import { pc } from '../support/pc.ts';
import { projectRoot } from '../support/project-root.ts';
import { pod } from '../support/stand-in-api.ts';

const SECRET = '-----BEGIN PRIVATE KEY-----\nMIIsecretsecret\n-----END PRIVATE KEY-----';
const secrets = [
  {
    name: 'tls',
    secret: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
      name: 'tls',
      tls_certificate: { private_key: { inline_string: SECRET } },
    },
  },
];

let cluster: TestCluster;
let folder: string;

beforeEach(async () => {
  const whole = jsonAnswers({ ...SECTIONS, SecretsConfigDump: secrets } as never, {
    '/clusters': { cluster_statuses: [] },
    '/server_info': { version: 'abc/1.40.0/Clean/RELEASE/BoringSSL', command_line_options: {} },
    '/memory': { allocated: '1', heap_size: '2' },
  });
  cluster = await startCluster({
    answer: (request, response) => {
      if (request.url === '/logging') text(response, 200, 'active loggers:\n  admin: info\n');
      else if (request.url === '/stats?format=json') json(response, 200, { stats: [{ name: 'a', value: 1 }] });
      else whole(request, response);
    },
  });
  folder = join(cluster.folder, 'out');
  for (let i = 0; i < 12; i++) {
    cluster.api.objects.pods.push(pod(`web-${i}`, { labels: { app: 'web' } }));
    cluster.open(`web-${i}:15000`);
  }
});
afterEach(() => cluster.stop());

const manifest = () => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));

describe('pc capture', () => {
  test('writes what a proxy tells, with a manifest, and -f reads it', async () => {
    const { status, out, err } = await cluster.pc('capture', 'web-3', '-o', folder);
    expect([status, out]).toEqual([0, `captured 1 proxy in ${folder}\n`]);
    expect(err).toContain('note[PC1134]: web-3.shop: GET /certs left out');
    const { proxies, redacted, context, finished } = manifest();
    expect({ redacted, context }).toEqual({ redacted: true, context: 'stand-in' });
    expect(Date.parse(finished)).not.toBeNaN();
    expect(proxies[0]).toMatchObject({
      name: 'web-3.shop',
      folder: 'shop/web-3',
      node: 'node-1',
      image: 'example/proxy:1',
      product: 'Istio',
      envoyVersion: 'abc/1.40.0/Clean/RELEASE/BoringSSL',
    });
    const live = await cluster.pc('clusters', 'web-3', '-o', 'wide');
    expect((await pc('clusters', '-f', folder, '-o', 'wide')).out).toBe(live.out);
    await cluster.api.allClosed();
  });

  test('captures many side by side, packed into one file that -f reads', async () => {
    const file = join(cluster.folder, 'web.tar.gz');
    expect(await cluster.pc('capture', '-l', 'app=web', '-o', file)).toMatchObject({ status: 0, out: `captured 12 proxies in ${file}\n` });
    expect(cluster.api.mostForwards()).toBeGreaterThan(1);
    expect(await pc('clusters', '-f', file, '--proxy', 'web-7', '-o', 'name')).toMatchObject({
      status: 0,
      out: 'cluster/catalog\ncluster/catalog-v2\ncluster/users\n',
    });
    expect(readdirSync(cluster.folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('takes secrets out, unless told otherwise', async () => {
    await cluster.pc('capture', 'web-1', '-o', folder);
    const dump = readFileSync(join(folder, 'shop/web-1/config_dump.json'), 'utf8');
    expect(dump).not.toContain('MIIsecret');
    expect(dump).toContain('[redacted]');
    await cluster.pc('capture', 'web-1', '-o', `${folder}2`, '--redact=false');
    expect(readFileSync(join(`${folder}2`, 'shop/web-1/config_dump.json'), 'utf8')).toContain('MIIsecret');
  });

  test('goes on where it was interrupted', async () => {
    cluster.fault('web-5:15000', { kind: 'drop', after: 100 });
    const first = await cluster.pc('capture', '-l', 'app=web', '-o', folder);
    expect(first.status).toBe(2);
    expect(first.err).toContain('error[PC1134]: 1 of 12 proxies could not be captured');
    expect(existsSync(join(folder, 'shop/web-5/config_dump.json'))).toBe(false);
    expect(manifest().finished).toBeUndefined();
    cluster.open('web-5:15000');
    const before = cluster.admin.requests.length;
    expect((await cluster.pc('capture', '-l', 'app=web', '-o', folder)).out).toBe(`captured 12 proxies (11 of them before) in ${folder}\n`);
    expect(cluster.admin.requests.length - before).toBe(9);
    expect(manifest().proxies).toHaveLength(12);
  });

  test('ends at once with Ctrl-C, keeps what is whole, and goes on from there', async () => {
    cluster.fault('web-0:15000', { kind: 'silent' });
    cluster.api.objects.pods = cluster.api.objects.pods.slice(0, 3);
    const running = cluster.pc('capture', '-l', 'app=web', '-o', folder);
    await vi.waitUntil(() => existsSync(join(folder, 'manifest.json')) && manifest().proxies.length === 2);
    process.emit('SIGINT');
    expect(await running).toEqual({
      status: 130,
      out: '',
      err: `interrupted: 2 of 3 proxies are in ${folder}; the same command goes on with the rest\n`,
    });
    await cluster.api.allClosed();
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).includes('partial'))).toEqual([]);
    cluster.open('web-0:15000');
    expect((await cluster.pc('capture', '-l', 'app=web', '-o', folder)).out).toBe(`captured 3 proxies (2 of them before) in ${folder}\n`);
  });

  test('tells the only failure once', async () => {
    cluster.fault('web-5:15000', { kind: 'refused' });
    const { status, err } = await cluster.pc('capture', 'web-5', '-o', folder);
    expect([status, err.match(/nothing listens on port 15000/g)?.length]).toEqual([2, 1]);
    expect(err).toMatch(/^error\[PC1112\]/);
  });

  test('leaves out pods without a proxy where a selection takes them as they come', async () => {
    cluster.api.objects.pods = [...cluster.api.objects.pods.slice(0, 2), pod('db', { container: 'sidecar' })];
    const { status, err } = await cluster.pc('capture', '-A', '-o', folder);
    expect(status).toBe(0);
    expect(err).toContain('1 of 3 pods left out, which have no Envoy');
  });

  test('says so where a selection has no proxy at all', async () => {
    cluster.api.objects.pods = ['db-1', 'db-2'].map((name) => pod(name, { container: 'sidecar' }));
    const { status, err } = await cluster.pc('capture', '-A', '-o', folder);
    expect([status, err]).toEqual([2, expect.stringContaining('error[PC1110]: none of the 2 pods has an Envoy; of the first: db-1.shop has no Envoy')]);
  });

  test.each([
    [['web-1'], '-o is missing'],
    [['-o', 'x'], 'no proxy is named'],
  ])('%j is refused', async (argv, words) => {
    const { status, err } = await cluster.pc('capture', ...argv);
    expect([status, err]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('pc redact', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'pc-redact-'));
  });
  afterEach(() => rmSync(out, { recursive: true, force: true }));

  const snapshots = join(projectRoot(), 'snapshots');
  const cases = readdirSync(snapshots).filter((name) => existsSync(join(snapshots, name, 'config_dump.json')));

  test.each(cases)('leaves the trace of %s as it is', async (name) => {
    const source = join(snapshots, name, 'config_dump.json');
    const redacted = join(out, 'config_dump.json');
    expect(await pc('redact', source, '-o', redacted)).toMatchObject({ status: 0 });
    const { requests } = JSON.parse(readFileSync(join(snapshots, name, 'case.json'), 'utf8'));
    expect(requests.length).toBeGreaterThan(0);
    const file = join(out, 'requests.jsonl');
    writeFileSync(file, requests.map((request: unknown) => `${JSON.stringify((request as { request?: unknown }).request ?? request)}\n`).join(''));
    const answer = (dump: string) => pc('trace', '-f', dump, '--requests', file, '-o', 'jsonl');
    const before = await answer(source);
    expect(before.status).toBe(0);
    expect((await answer(redacted)).out.replaceAll(redacted, source)).toBe(before.out);
  });

  test('takes secrets out of every file of a folder, and leaves out what it does not know', async () => {
    const folder = join(out, 'in');
    mkdirSync(join(folder, 'pod'), { recursive: true });
    const dump = JSON.stringify({ configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.SecretsConfigDump', dynamic_active_secrets: secrets }] });
    writeFileSync(join(folder, 'pod', 'config_dump.json'), dump);
    writeFileSync(join(folder, 'pod', 'envoy.yaml'), 'static_resources:\n  secrets:\n  - {name: a, generic_secret: {secret: {inline_string: hush}}}\n');
    writeFileSync(join(folder, 'pod', 'app.log'), 'password=hush\n');
    const target = join(out, 'shareable');
    const { status, err } = await pc('redact', folder, '-o', target);
    expect(status).toBe(0);
    expect(err).toContain('left out: pod/app.log');
    expect(readdirSync(join(target, 'pod')).sort()).toEqual(['config_dump.json', 'envoy.yaml']);
    for (const file of ['config_dump.json', 'envoy.yaml']) expect(readFileSync(join(target, 'pod', file), 'utf8')).not.toMatch(/hush|MIIsecret/);
  });

  test('keeps every other byte of a large dump, entry by entry', async () => {
    const clusters = Array.from({ length: 3000 }, (_, i) => ({
      cluster: { name: `c-${i}`, metadata: { filter_metadata: { x: { note: 'y'.repeat(500), password: 'hush' } } } },
    }));
    const dump = JSON.stringify(
      { configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', version_info: '1', dynamic_active_clusters: clusters }] },
      null,
      1,
    );
    const file = join(out, 'large.json');
    writeFileSync(file, dump);
    await pc('redact', file, '-o', `${file}.out`);
    expect(readFileSync(`${file}.out`, 'utf8')).toBe(`${dump.replaceAll('hush', '[redacted]')}\n`);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { startFakeAdmin } from '../support/fake-admin.ts';
import { pc } from '../support/pc.ts';
import { projectRoot } from '../support/project-root.ts';
import { pod } from '../support/stand-in-api.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SNAPSHOTS = join(projectRoot(), 'snapshots');
const BROKEN = join(SNAPSHOTS, 'founding-story-missing-subset');
const FIXED = join(SNAPSHOTS, 'founding-story-fixed');

describe('pc diff A B', () => {
  test('names just the subsets where a DestinationRule was missing, with exit status 1', async () => {
    const { status, out } = await pc('diff', BROKEN, FIXED);
    expect(status).toBe(1);
    const differences = out.split('\n').filter((line) => /^ +[-+~]/.test(line));
    expect(differences.map((line) => /subset (\S+) of catalog\.istioinaction\.svc\.cluster\.local is new/.exec(line)?.[1])).toEqual([
      'version-v1',
      'version-v2',
    ]);
    expect(out).toContain('clusters: 2 new; endpoints: 2 new; 17 resources are the same');
  });

  test('says the other way round what is gone', async () => {
    const { out } = await pc('diff', FIXED, BROKEN);
    expect(out).toMatch(/- subset version-v1 of catalog\.istioinaction\.svc\.cluster\.local is gone: cluster outbound\|80\|version-v1\|/);
  });

  test('ends with 0 where nothing differs', async () => {
    const { status, out } = await pc('diff', FIXED, FIXED);
    expect([status, out]).toEqual([0, expect.stringContaining('no difference in 21 resources')]);
  });

  test('--all brings versions and times in', async () => {
    const { status, out } = await pc('diff', BROKEN, FIXED, '--all', '--name', 'http.8080');
    expect([status, out]).toEqual([1, expect.stringMatching(/~ route config http\.8080\n +last updated 2\S+Z → 2\S+Z\n/)]);
    expect((await pc('diff', BROKEN, FIXED, '--name', 'http.8080')).status).toBe(0);
  });

  test('--kind and --name leave only what is asked for, and a name that is nowhere is said to be', async () => {
    const { out } = await pc('diff', BROKEN, FIXED, '--kind', 'endpoints', '--name', '*version-v2*');
    expect(out).toContain('endpoints: 1 new; 0 resources are the same');
    const nothing = await pc('diff', BROKEN, FIXED, '--name', 'version-v7');
    expect([nothing.status, nothing.err]).toEqual([2, expect.stringContaining('matches none of')]);
    expect((await pc('diff', BROKEN, FIXED, '--kind', 'clutsers')).err).toContain('did you mean cluster?');
  });

  test('-o json has counts, changes and patches', async () => {
    const document = JSON.parse(
      (await pc('diff', join(SNAPSHOTS, 'weighted-one-arm-missing'), join(SNAPSHOTS, 'weighted-missing-arm-of-zero-weight'), '-o', 'json')).out,
    );
    expect(document).toMatchObject({ version: 1, differs: true, not_compared: [] });
    const [changed] = document.resources;
    expect(changed).toMatchObject({ kind: 'route_config', name: 'http.8080', status: 'changed' });
    expect(changed.patch).toEqual([
      { op: 'replace', path: '/virtualHosts/0/routes/0/route/weightedClusters/clusters/0/weight', value: 100 },
      { op: 'replace', path: '/virtualHosts/0/routes/0/route/weightedClusters/clusters/1/weight', value: 0 },
    ]);
    expect(changed.changes.map((change: { path: string; text: string }) => [change.path, change.text])).toEqual([
      ['.virtual_hosts[0].routes[0].route.weighted_clusters.clusters[0].weight', expect.stringMatching(/arm outbound\|80\|version-v1\|\S+ 20 % → 100 %$/)],
      ['.virtual_hosts[0].routes[0].route.weighted_clusters.clusters[1].weight', expect.stringMatching(/arm outbound\|80\|version-v2\|\S+ 80 % → 0 %$/)],
    ]);
  });

  test('a side that does not show its endpoints is said so, and not taken for one without', async () => {
    const folder = tempFolder({});
    const dump = JSON.parse(readFileSync(join(FIXED, 'config_dump.json'), 'utf8'));
    dump.configs = dump.configs.filter((section: { '@type': string }) => !section['@type'].endsWith('EndpointsConfigDump'));
    writeFileSync(join(folder.path, 'short.json'), JSON.stringify(dump));
    const { status, out } = await pc('diff', join(folder.path, 'short.json'), join(FIXED, 'config_dump.json'));
    folder.remove();
    expect([status, out]).toEqual([0, expect.stringMatching(/not compared: endpoints, which A \(.*short\.json\) does not show/)]);
  });

  test('folders of several proxies are compared proxy by proxy', async () => {
    const dump = (name: string): string => readFileSync(join(SNAPSHOTS, name, 'config_dump.json'), 'utf8');
    const before = tempFolder({ 'one/config_dump.json': dump('founding-story-missing-subset'), 'two/config_dump.json': dump('cluster-header') });
    const after = tempFolder({ 'one/config_dump.json': dump('founding-story-fixed'), 'three/config_dump.json': dump('cluster-header') });
    const { status, out } = await pc('diff', before.path, after.path);
    before.remove();
    after.remove();
    expect(status).toBe(1);
    expect(out).toContain('clusters: 2 new');
    expect(out).toMatch(/proxy \S*two is only in A/);
    expect(out).toMatch(/proxy \S*three is only in B/);
  });

  test('a missing file is told as one', async () => {
    const { status, err } = await pc('diff', FIXED, './not-there.json');
    expect([status, err]).toEqual([2, expect.stringContaining('not-there.json')]);
  });
});

describe('pc diff FILE http://ADMIN', () => {
  let admin: Awaited<ReturnType<typeof startFakeAdmin>>;
  beforeAll(async () => {
    admin = await startFakeAdmin((request, response) => {
      const file = request.url?.startsWith('/config_dump') ? 'config_dump.json' : request.url?.startsWith('/clusters') ? 'clusters.json' : undefined;
      if (file === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(readFileSync(join(FIXED, file)));
    });
  });
  afterAll(() => admin.stop());

  test('compares a saved dump with a live proxy', async () => {
    const same = await pc('diff', FIXED, admin.url);
    expect([same.status, same.out]).toEqual([0, expect.stringContaining('no difference')]);
    const other = await pc('diff', BROKEN, admin.url);
    expect([other.status, other.out]).toEqual([1, expect.stringContaining('subset version-v1')]);
  });
});

describe('pc diff with pods', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({
      answer: (request, response) => {
        const file = request.url?.startsWith('/config_dump') ? 'config_dump.json' : 'clusters.json';
        response.writeHead(200, { 'content-type': 'application/json' }).end(readFileSync(join(FIXED, file)));
      },
    });
    cluster.api.objects.pods.push(pod('web-1', { labels: { app: 'web' } }), pod('web-2', { labels: { app: 'web' } }));
    cluster.open('web-1:15000');
    cluster.open('web-2:15000');
  });
  afterAll(() => cluster.stop());

  test('compares a saved dump with a pod', async () => {
    const { status, out } = await cluster.pc('diff', BROKEN, 'web-1');
    expect([status, out]).toEqual([1, expect.stringContaining('subset version-v1 of catalog.istioinaction.svc.cluster.local is new')]);
    expect(out).toMatch(/\nB web-1/);
  });

  test('compares two pods', async () => {
    const { status, out } = await cluster.pc('diff', 'web-1', 'web-2');
    expect([status, out]).toEqual([0, expect.stringContaining('no difference in 21 resources')]);
  });
});

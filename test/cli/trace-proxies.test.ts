import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '../support/cluster.ts';
import { jsonAnswers, startFakeAdmin } from '../support/fake-admin.ts';
import { SECTIONS } from '../support/live-sections.ts';
import { pod } from '../support/stand-in-api.ts';

const URL = 'http://web:8080/';
let cluster: TestCluster;
let other: Awaited<ReturnType<typeof startFakeAdmin>>;

beforeEach(async () => {
  cluster = await startCluster();
  for (const name of ['web-1', 'web-2', 'web-3']) cluster.api.objects.pods.push(pod(name, { labels: { app: 'web' } }));
  cluster.open('web-1:15000', 'web-2:15000');
  // The third has not got its listeners.
  other = await startFakeAdmin(jsonAnswers({ ...SECTIONS, ListenersConfigDump: [] }, { '/clusters': { cluster_statuses: [] } }));
  cluster.api.ports.set('shop/web-3:15000', { to: other.port });
});
afterEach(async () => {
  await cluster.stop();
  await other.stop();
});

describe('a trace through several proxies', () => {
  test('tells what the most do first, and who does otherwise', async () => {
    const { status, out } = await cluster.pc('trace', URL, '-l', 'app=web', '--all-pods');
    expect(status).toBe(1);
    expect(out).toMatch(/^2 of 3 proxies \(web-1\.shop, web-2\.shop\): /);
    expect(out).toMatch(/\n\n1 of 3 proxies \(web-3\.shop\): broken/);
    expect(out.match(/of 3 proxies/g)).toHaveLength(2);
    await cluster.api.allClosed();
  });

  test('is told once where all agree', async () => {
    cluster.open('web-3:15000');
    const { out } = await cluster.pc('trace', URL, '-l', 'app=web', '--all-pods');
    expect(out).toMatch(/^all 3 proxies \(web-1\.shop, web-2\.shop, web-3\.shop\): /);
  });

  test('is a list in JSON, whose answers name their proxy, and a line each in jsonl', async () => {
    const { out } = await cluster.pc('trace', URL, '-l', 'app=web', '--all-pods', '-o', 'json');
    const answers = JSON.parse(out) as { proxy: string; verdict: string; version: number }[];
    expect(answers.map(({ proxy, version }) => [proxy, version])).toEqual([
      ['web-1.shop', 1],
      ['web-2.shop', 1],
      ['web-3.shop', 1],
    ]);
    const lines = (await cluster.pc('trace', URL, '-l', 'app=web', '--all-pods', '-o', 'jsonl')).out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(answers);
  });

  test('may be cut down to one of them with --proxy', async () => {
    const { out } = await cluster.pc('trace', URL, '-l', 'app=web', '--all-pods', '--proxy', 'web-2.shop', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ version: 1, id: null });
  });
});

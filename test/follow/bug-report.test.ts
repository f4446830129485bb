import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pc } from '../support/pc.ts';
import { SHARED_DATA } from '../support/shared-data.ts';

const DUMPS = join(SHARED_DATA, 'dumps', 'istio__istio');
const MEMBER = /^bugreport-ce74670_([^_]+)_(.+?)_(certs|clusters|config_dump_include_eds\.json|listeners|server_info)$/;
const folder = mkdtempSync(join(tmpdir(), 'pc-bug-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The members of a bug-report, in the layout that istioctl gives them. */
function unpack(): void {
  for (const file of readdirSync(DUMPS)) {
    const [, namespace, pod, kind] = MEMBER.exec(file) ?? [];
    if (namespace === undefined || pod === undefined || kind === undefined) continue;
    const target = join(folder, 'proxies', namespace, pod);
    mkdirSync(target, { recursive: true });
    copyFileSync(join(DUMPS, file), join(target, kind.replace('config_dump_include_eds.json', 'config_dump?include_eds')));
  }
}

describe.skipIf(!existsSync(DUMPS))('a bug-report of a real mesh (../shared/data/dumps; skipped where it is absent)', () => {
  beforeAll(unpack);

  test('sleep calls reviews: its three pods, each over the mesh’s mutual TLS, with the ALPN of Istio’s own filter', async () => {
    const { status, out } = await pc('trace', 'http://reviews.default:9080/reviews/0', '-f', folder, '--proxy', 'sleep', '-o', 'json');
    const { proxies, chain } = JSON.parse(out) as { proxies: { name: string }[]; chain: { verdict: string; legs: { proxy: string; border: object | null }[] } };
    expect([status, chain.verdict]).toEqual([0, 'forwarded']);
    expect(proxies.map(({ name }) => name.replace(/-[0-9a-f]+-\w+$/, '')).sort()).toEqual([
      'default/reviews-v1',
      'default/reviews-v2',
      'default/reviews-v3',
      'default/sleep',
    ]);
    for (const { border } of chain.legs.slice(1))
      expect(border).toMatchObject({
        state: 'ok',
        sends: 'mTLS',
        takes: 'mTLS',
        alpn: ['istio-http/1.1', 'istio', 'http/1.1'],
        client_certificate: ['spiffe://cluster.local/ns/default/sa/sleep'],
        server_certificate: ['spiffe://cluster.local/ns/default/sa/bookinfo-reviews'],
        expected_names: ['spiffe://cluster.local/ns/default/sa/bookinfo-reviews'],
      });
  });

  test('a pod of which the report has no dump ends the chain, and is named by its address', async () => {
    const { status, out } = await pc('trace', 'http://productpage.default:9080/', '-f', folder, '--proxy', 'sleep');
    expect(status).toBe(0);
    expect(out).toContain('no dump is given for 192.168.195.218: the chain ends here');
  });

  test('what several proxies say alike is told once', async () => {
    const { out } = await pc(
      'trace',
      'http://reviews.default:9080/reviews/0',
      '-f',
      folder,
      '--proxy',
      'sleep',
      '--next',
      'http://details.default:9080/details/0',
    );
    expect(out.match(/^\S.*\(sidecar/gm)).toHaveLength(4);
    expect(out.match(/its application calls/g)).toHaveLength(3);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Schema, schemaErrors } from '../support/json-schema.ts';
import { pc } from '../support/pc.ts';
import { projectRoot } from '../support/project-root.ts';

const CATALOG = 'http://catalog.istioinaction.io/items';
const WEBAPP = 'http://webapp.istioinaction.io/api/catalog';
const THREE = 'snapshots/chain-gateway-webapp-catalog';
const CLEARTEXT = 'snapshots/chain-cleartext-to-mtls';
const EAST_WEST = 'snapshots/chain-east-west';
const folder = mkdtempSync(join(tmpdir(), 'pc-chain-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface ChainDocument {
  readonly verdict: string;
  readonly proxies: readonly { readonly name: string; readonly role: string }[];
  readonly chain: {
    readonly verdict: string;
    readonly legs: readonly {
      readonly proxy: string;
      readonly answer?: { readonly verdict: string };
      readonly border: { readonly state: string; readonly break: string | null } | null;
    }[];
    readonly ends: readonly { readonly kind: string; readonly break: string | null; readonly what: string; readonly address: string | null }[];
  };
}

const json = async (...argv: string[]): Promise<{ readonly status: number; readonly document: ChainDocument }> => {
  const { status, out } = await pc('trace', ...argv, '-o', 'json');
  return { status, document: JSON.parse(out) as ChainDocument };
};

describe('pc trace over several proxies', () => {
  test('a folder of several dumps is followed from the proxy that --proxy names: gateway, sidecar, application', async () => {
    const { status, document } = await json(WEBAPP, '-f', THREE, '--proxy', 'gateway');
    expect(status).toBe(0);
    expect(document.proxies.map(({ name, role }) => [name, role])).toEqual([
      ['gateway', 'gateway'],
      ['webapp', 'sidecar'],
    ]);
    expect(document.chain).toMatchObject({ verdict: 'forwarded', ends: [{ kind: 'application', address: '127.0.0.1:13080' }] });
  });

  test('--next goes on with what the application calls, and says that no dump tells it', async () => {
    const { status, out } = await pc('trace', WEBAPP, '-f', THREE, '--proxy', 'gateway', '--next', 'http://catalog.istioinaction/items');
    expect(status).toBe(0);
    expect(out).toMatch(
      /gateway\n.*✓ mTLS {2}webapp\n.*the application at 127\.0\.0\.1:13080 gets it\n.*its application calls GET http:\/\/catalog\.istioinaction\/items {2}webapp\n.*✓ mTLS {2}catalog\n/,
    );
    expect(out).toContain('no dump tells what it calls');
  });

  test('--next takes a pasted curl command with its headers, and is told to be of no use where no application is reached', async () => {
    const call = `curl -H 'x-user: jason' http://catalog.istioinaction/items`;
    const { document } = await json(WEBAPP, '-f', THREE, '--proxy', 'gateway', '--next', call);
    expect(JSON.stringify(document.chain.legs.at(-1))).toContain('jason');
    const { out } = await pc('trace', CATALOG, '-f', `${CLEARTEXT}/gateway`, '--next', call);
    expect(out).toContain('reaches no application behind a sidecar');
  });

  test('headers that let somebody in are not printed with what arrives', async () => {
    const { out } = await pc('trace', WEBAPP, '-f', THREE, '--proxy', 'gateway', '-H', 'authorization: Bearer hush', '-H', 'x-user: jason', '-o', 'json');
    expect(out).toContain('jason');
    expect(out).toContain('[redacted]');
    expect(out).not.toContain('hush');
  });

  test('of several -f the first one is where the request starts', async () => {
    const { document } = await json(
      WEBAPP,
      '-f',
      `${THREE}/gateway/config_dump.json`,
      '-f',
      `${THREE}/webapp/config_dump.json`,
      '-f',
      `${THREE}/catalog/config_dump.json`,
    );
    expect(document.chain.legs.map(({ proxy }) => proxy)).toHaveLength(2);
    expect(document.proxies[0]?.role).toBe('gateway');
  });

  test('a folder of several dumps without --proxy is not guessed at', async () => {
    const { status, err } = await pc('trace', WEBAPP, '-f', THREE);
    expect(status).toBe(2);
    expect(err).toContain('PC1010');
    expect(err).toContain('gateway');
  });

  test('STRICT against DISABLE breaks at the border: exit status 1, both sides and the object to change are named', async () => {
    const { status, out } = await pc('trace', CATALOG, '-f', CLEARTEXT, '--proxy', 'gateway');
    expect(status).toBe(1);
    expect(out).toContain('error[PC6005] cleartext-to-mtls: gateway sends plain text to 127.0.0.1:13016, where catalog takes TLS only');
    expect(out).toContain(`${CLEARTEXT}/gateway/config_dump.json`);
    expect(out).toContain(`${CLEARTEXT}/catalog/config_dump.json`);
    expect(out).toContain('DestinationRule istioinaction/catalog');
    expect(out).toContain('PeerAuthentication for catalog.istioinaction');
    expect(out).toContain('mode: ISTIO_MUTUAL');
  });

  test('the top of the document stays the answer of the first proxy, also where the break is further on', async () => {
    const alone = await json(CATALOG, '-f', CLEARTEXT, '--proxy', 'gateway', '--no-follow');
    const { document, status } = await json(CATALOG, '-f', CLEARTEXT, '--proxy', 'gateway');
    expect([alone.status, status]).toEqual([0, 1]);
    const { proxies: _, chain, ...top } = document;
    expect(top).toEqual(alone.document);
    expect(chain.legs[0]).not.toHaveProperty('answer');
    expect(chain.legs[1]).toMatchObject({ proxy: 'catalog', border: { state: 'broken', break: 'PC6005' }, answer: { verdict: 'broken' } });
  });

  test('an address that no dump has is said to end the chain, which is no break', async () => {
    const { status, document } = await json(CATALOG, '-f', `${EAST_WEST}/gateway`, '--follow');
    expect(status).toBe(0);
    expect(document.chain.ends).toMatchObject([{ kind: 'no-dump', address: '127.0.0.1:15443' }]);
  });

  test('--owner says whose an address is', async () => {
    const files = ['-f', `${EAST_WEST}/gateway`, '-f', `${EAST_WEST}/eastwest`, '-f', `${EAST_WEST}/catalog`];
    const { document } = await json(CATALOG, ...files, '--owner', '127.0.0.1:15443=catalog');
    expect(document.chain.legs.map(({ proxy }) => proxy)).toEqual(['gateway', 'catalog']);
    const wrong = await pc('trace', CATALOG, ...files, '--owner', 'eastwest');
    expect(wrong).toMatchObject({ status: 2, err: expect.stringContaining('PC1020') });
  });

  test('through an east-west gateway the mutual TLS of the caller is checked against the sidecar behind it', async () => {
    const { document } = await json(CATALOG, '-f', EAST_WEST, '--proxy', 'gateway');
    expect(document.chain.legs.map(({ proxy }) => proxy)).toEqual(['gateway', 'eastwest', 'catalog']);
    expect(document.chain.legs[2]?.border).toMatchObject({ state: 'ok', expected_names: ['spiffe://cluster.local/ns/istioinaction/sa/catalog'] });
  });

  test('a batch follows where --follow says so, with a chain on each line and without hops', async () => {
    const file = join(folder, 'requests.jsonl');
    const asked = ['catalog.istioinaction.io', 'nobody.example'].map((authority) => ({
      id: authority,
      listener: { address: '127.0.0.1', port: 8080 },
      authority,
      path: '/items',
    }));
    writeFileSync(file, asked.map((request) => `${JSON.stringify(request)}\n`).join(''));
    const { status, out } = await pc('trace', '-f', CLEARTEXT, '--proxy', 'gateway', '--follow', '--requests', file, '-o', 'jsonl');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ChainDocument & { readonly id: string });
    expect(status).toBe(0);
    expect(lines.map(({ id, verdict, chain }) => [id, verdict, chain.verdict])).toEqual([
      ['catalog.istioinaction.io', 'forwarded', 'broken'],
      ['nobody.example', 'broken', 'broken'],
    ]);
    expect(out).not.toContain('"hops"');
  });
});

test('README.md shows how the chain of a snapshot begins', async () => {
  const { out } = await pc('trace', CATALOG, '-f', CLEARTEXT, '--proxy', 'gateway');
  expect(readFileSync(join(projectRoot(), 'README.md'), 'utf8')).toContain(`\n${out.split('\n').slice(0, 5).join('\n')}\n`);
});

test('docs/schema/trace-answer.schema.json holds for chains, alone and in a batch', async () => {
  const schema = JSON.parse(readFileSync(join(projectRoot(), 'docs/schema/trace-answer.schema.json'), 'utf8')) as Schema;
  for (const [url, files] of [
    [CATALOG, [CLEARTEXT, '--proxy', 'gateway']],
    [CATALOG, [EAST_WEST, '--proxy', 'gateway']],
    [WEBAPP, [THREE, '--proxy', 'gateway', '--next', 'http://catalog.istioinaction/items']],
  ] as const) {
    const { document } = await json(url, '-f', ...files);
    expect(document.chain.legs.length).toBeGreaterThan(1);
    expect(schemaErrors(document, schema)).toEqual([]);
  }
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxies, loadProxy } from '../../src/cli/load-proxy.ts';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { lintPairs } from '../../src/lint/lint-pairs.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { cluster, configDump, type Json } from '../support/http-builders.ts';
import { projectRoot } from '../support/project-root.ts';

const SERVER = '10.10.0.20';
const snapshot = (name: string): Promise<ProxyConfig> => loadProxy({ files: [join(projectRoot(), 'snapshots', name)] });

async function client(more: Json = {}, port = 3000): Promise<ProxyConfig> {
  const server = await snapshot('catalog-sidecar-strict-mtls');
  const ip = server.bootstrap?.value.node?.id?.split('~')[1] ?? SERVER;
  const dump = configDump({ clusters: [{ ...cluster('catalog', `${ip}:${port}`), ...more }] });
  return buildProxyConfig('client', await readDocuments(textSource('client.json', JSON.stringify(dump))));
}

describe('plain text between two proxies', () => {
  test('to a STRICT sidecar is found, once for each endpoint', async () => {
    const found = lintPairs([await client(), await snapshot('catalog-sidecar-strict-mtls')]);
    expect(found.map(({ finding }) => finding.id)).toEqual(['PC6005']);
    expect(found[0]?.proxy.label).toBe('client');
  });

  test('to a PERMISSIVE one is fine, and so is TLS to a STRICT one', async () => {
    expect(lintPairs([await client(), await snapshot('catalog-sidecar-inbound')])).toEqual([]);
    const tls = { transport_socket: { name: 'envoy.transport_sockets.tls' } };
    expect(lintPairs([await client(tls), await snapshot('catalog-sidecar-strict-mtls')])).toEqual([]);
  });

  test('one end alone tells nothing', async () => {
    expect(lintPairs([await client()])).toEqual([]);
  });
});

const STRICT = join(projectRoot(), '..', 'shared', 'data', 'istio', 'd08-strict-mtls-vs-disable', 'real');

test.skipIf(!existsSync(STRICT))('a real mesh with STRICT against DISABLE (skipped where ../shared is not there)', async () => {
  const proxies = (await loadProxies({ files: [STRICT] })).map(({ name, documents, notes }) => buildProxyConfig(name, documents, notes));
  const found = lintPairs(proxies);
  expect(found.some(({ proxy }) => proxy.label.includes('webapp'))).toBe(true);
  expect(new Set(found.map(({ finding }) => finding.id))).toEqual(new Set(['PC6005']));
});

import { describe, expect, test } from 'vitest';
import { compareProxies } from '../../src/compare/compare-proxies.ts';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { diffText } from '../../src/render/diff-text.ts';
import { styleFor } from '../../src/render/style.ts';

const host = (address: string, health: object, hostname = ''): object => ({
  address: { socket_address: { address, port_value: 8080 } },
  health_status: health,
  hostname,
});

/** A proxy whose cluster "a" resolves a name, with what `/clusters` says of its hosts. */
async function proxyOf(...hosts: object[]): Promise<ProxyConfig> {
  const cluster = { name: 'a', type: 'STRICT_DNS' };
  const dump = { configs: [{ '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump', static_clusters: [{ cluster }] }] };
  const documents = [
    ...(await readDocuments(textSource('config_dump.json', JSON.stringify(dump)))),
    ...(await readDocuments(textSource('clusters.json', JSON.stringify({ cluster_statuses: [{ name: 'a', host_statuses: hosts }] })))),
  ];
  return buildProxyConfig('test', documents);
}

describe('the health that /clusters tells', () => {
  test('a host that fails its checks on one side', async () => {
    const difference = compareProxies(await proxyOf(host('10.0.0.5', {})), await proxyOf(host('10.0.0.5', { failed_active_health_check: true })), {
      all: false,
      showSecrets: false,
    });
    expect(difference.health).toEqual([{ cluster: 'a', address: '10.0.0.5:8080', before: 'healthy', after: 'unhealthy (failed active health check)' }]);
    expect(diffText(difference, { labels: ['a', 'b'], style: styleFor(false) })).toContain(
      'endpoint 10.0.0.5:8080 healthy → unhealthy (failed active health check) (cluster a)',
    );
  });

  test('addresses that a name resolves to on one side alone', async () => {
    const [a, b] = [await proxyOf(host('10.0.0.5', {}, 'a.example')), await proxyOf(host('10.0.0.6', {}, 'a.example'))];
    expect(compareProxies(a, b, { all: false, showSecrets: false }).health.map(({ address, before, after }) => [address, before, after])).toEqual([
      ['10.0.0.5:8080', 'healthy', undefined],
      ['10.0.0.6:8080', undefined, 'healthy'],
    ]);
  });
});

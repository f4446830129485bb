import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { type ByteSource, bytesSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { tarMembers } from '../../src/dump/tar-members.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import { listClusters } from '../../src/query/list-clusters.ts';
import { listEndpoints } from '../../src/query/list-endpoints.ts';
import { listListeners } from '../../src/query/list-listeners.ts';
import { type Listing, tableColumns } from '../../src/query/listing.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { tarOf } from '../support/tar.ts';
import { virtualSource } from '../support/virtual-source.ts';

const BEYOND = 2 ** 32 + 2 ** 20;
const ADMIN = 'type.googleapis.com/envoy.admin.v3';
const ENVOY = 'type.googleapis.com/envoy';

const section = (name: string, fields: object): object => ({ '@type': `${ADMIN}.${name}ConfigDump`, ...fields });
const CLUSTERS = section('Clusters', {
  dynamic_active_clusters: ['catalog', 'web'].map((name) => ({
    version_info: '1',
    cluster: { '@type': `${ENVOY}.config.cluster.v3.Cluster`, name, type: 'EDS', eds_cluster_config: { service_name: name } },
  })),
});
const ENDPOINTS = section('Endpoints', {
  dynamic_endpoint_configs: ['catalog', 'web'].map((name, i) => ({
    endpoint_config: {
      '@type': `${ENVOY}.config.endpoint.v3.ClusterLoadAssignment`,
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: `10.0.0.${i}`, port_value: 8080 } } } }] }],
    },
  })),
});
const LISTENERS = section('Listeners', {
  dynamic_listeners: [
    {
      name: 'web',
      active_state: {
        listener: {
          '@type': `${ENVOY}.config.listener.v3.Listener`,
          name: 'web',
          address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
          filter_chains: [
            {
              filters: [
                {
                  name: 'envoy.filters.network.tcp_proxy',
                  typed_config: { '@type': `${ENVOY}.extensions.filters.network.tcp_proxy.v3.TcpProxy`, stat_prefix: 'x', cluster: 'web' },
                },
              ],
            },
          ],
        },
      },
    },
  ],
});

/** Sections that follow one of an unknown type, so long that they stand beyond 4 GiB. */
function largeDump(indent: number): ByteSource {
  const row = { name: 'a {"quoted} name', numbers: [1, 2, { deep: ['\\', ']'] }] };
  const [head = '', tail = ''] = JSON.stringify(
    { configs: [{ '@type': 'type.googleapis.com/example.Rows', rows: ['here'] }, CLUSTERS, ENDPOINTS, LISTENERS] },
    null,
    indent,
  ).split('"here"');
  const margin = indent === 0 ? '' : `\n${' '.repeat(indent * 4)}`;
  const text = JSON.stringify({ rows: Array.from({ length: 400 }, () => row) }, null, indent);
  const block = indent === 0 ? `${text},` : `${text.replaceAll('\n', margin)},${margin}`;
  return virtualSource('huge.json', head, block, Math.ceil(BEYOND / block.length), `"here"${tail}`);
}

const cells = <R>(listing: Listing<R>): unknown => listing.rows.map((row) => tableColumns(listing, true).map((column) => column.cell(row)));

function told(proxy: ProxyConfig): unknown {
  const request = { listenerName: 'web', scheme: 'http', method: 'GET', authority: 'web', path: '/' } as const;
  return [cells(listClusters(proxy)), cells(listEndpoints(proxy)), cells(listListeners(proxy)), traceRequest(proxy, request).verdict];
}

const proxyOf = async (source: ByteSource): Promise<ProxyConfig> => buildProxyConfig('proxy', await readDocuments(source));

describe('what stands beyond 4 GiB', () => {
  test.each([
    ['as Envoy indents it', 1],
    ['compact', 0],
  ])(
    'of a dump, %s, is found, read, and traced',
    async (_, indent) => {
      const source = largeDump(indent);
      expect(source.size).toBeGreaterThan(2 ** 32);
      const proxy = await proxyOf(source);
      const small = await proxyOf(bytesSource('small.json', new TextEncoder().encode(JSON.stringify({ configs: [CLUSTERS, ENDPOINTS, LISTENERS] }))));
      expect(told(proxy)).toEqual(told(small));
      const [cluster] = proxy.clusters;
      expect(cluster?.span?.start).toBeGreaterThan(2 ** 32);
      expect(cluster?.path.slice(0, 2)).toEqual(['configs', 1]);
      expect(cluster?.value).toEqual(small.clusters[0]?.value);
    },
    120_000,
  );

  test('of an archive is found without reading what stands before', async () => {
    const dump = JSON.stringify({ configs: [CLUSTERS, ENDPOINTS, LISTENERS] });
    const archive = Buffer.from(await tarOf({ 'junk.bin': 'x', 'config_dump.json': dump }));
    // The header of the first member says that it takes 5 GiB; its one block is repeated so often.
    const header = Buffer.from(archive.subarray(0, 512));
    const size = 5 * 2 ** 30;
    header.write(`${size.toString(8)}\0`, 124, 'latin1');
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    const source = virtualSource('x.tar', header.toString('latin1'), 'x'.repeat(512), size / 512, archive.subarray(1024).toString('latin1'));
    const [, member] = tarMembers(source);
    expect(member).toMatchObject({ name: 'config_dump.json', span: { start: size + 1024, end: size + 1024 + dump.length } });
    expect(Buffer.from(source.read(size + 1024, size + 1024 + dump.length)).toString()).toBe(dump);
  });
});

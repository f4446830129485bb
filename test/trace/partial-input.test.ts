import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { bytesSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';

const HCM = {
  '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
  route_config: { name: 'own', virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'elsewhere' } }] }] },
  http_filters: [{ name: 'router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } }],
};
const LISTENER = {
  '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
  name: 'web',
  address: { socket_address: { address: '127.0.0.1', port_value: 8080 } },
  filter_chains: [{ filters: [{ name: 'hcm', typed_config: HCM }] }],
};
const listeners = {
  '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
  dynamic_listeners: [{ name: 'web', active_state: { listener: LISTENER } }],
};
const clusters = { '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump' };
const request = { listener: { address: '127.0.0.1', port: 8080 }, authority: 'a.example' };

async function answerTo(document: unknown, question: object = request) {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  return traceRequest(buildProxyConfig('test', [...(await readDocuments(bytesSource('input', bytes)))]), question);
}

describe('what the input does not show', () => {
  test('with an empty clusters section the cluster is missing', async () => {
    expect((await answerTo({ configs: [listeners, clusters] })).outcomes).toMatchObject([{ verdict: 'broken', flags: 'NC' }]);
  });

  test('without a clusters section nothing is said of the cluster', async () => {
    const answer = await answerTo({ configs: [listeners] });
    expect(answer).toMatchObject({ verdict: 'undetermined', gap: { id: 'PC1001' } });
    expect(answer.gap?.what).toContain('"elsewhere"');
  });

  test('a bootstrap file that takes its clusters from xDS does not show them all', async () => {
    const { '@type': _, ...listener } = LISTENER;
    const bootstrap = {
      node: { id: 'n' },
      admin: {},
      static_resources: { listeners: [listener] },
      dynamic_resources: { cds_config: { ads: {} }, lds_config: { ads: {} } },
    };
    expect(await answerTo(bootstrap)).toMatchObject({ verdict: 'undetermined', gap: { id: 'PC1001' } });
    const other = await answerTo(bootstrap, { ...request, listener: { address: '127.0.0.1', port: 9090 } });
    expect(other).toMatchObject({ verdict: 'undetermined', gap: { id: 'PC1001' } });
  });
});

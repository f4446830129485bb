import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { type ByteSource, bytesSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { searchNatively } from '../../src/source/search-natively.ts';
import { explainAnswer } from '../../src/trace/explain-answer.ts';
import { spelledPaths } from '../../src/trace/spelled-paths.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';

const ADMIN = 'type.googleapis.com/envoy.admin.v3.';
const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';
const NODE = 'sidecar~10.0.0.1~web.shop~shop.svc.cluster.local';
const CLUSTERS = 20_000;

/** A sidecar's dump with many clusters and assignments, and a route config with two hosts: one cluster is there, one is not. */
function dump(): string {
  const each = <T>(make: (i: number) => T): T[] => Array.from({ length: CLUSTERS }, (_, i) => make(i));
  const endpoint = { endpoint: { address: { socket_address: { address: '10.1.2.3', port_value: 80 } } }, health_status: 'HEALTHY' };
  const host = (name: string): unknown => ({ name, domains: [name], routes: [{ match: { prefix: '/' }, route: { cluster: `outbound|80||${name}` } }] });
  const manager = { '@type': HCM, rds: { route_config_name: '80' }, http_filters: [{ name: 'router', typed_config: { '@type': ROUTER } }] };
  const listener = {
    name: 'l',
    address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
    filter_chains: [{ filters: [{ name: 'hcm', typed_config: manager }] }],
  };
  return JSON.stringify({
    configs: [
      { '@type': `${ADMIN}BootstrapConfigDump`, bootstrap: { node: { id: NODE } } },
      {
        '@type': `${ADMIN}ClustersConfigDump`,
        dynamic_active_clusters: each((i) => ({ cluster: { name: `outbound|80||c${i}`, type: 'EDS', eds_cluster_config: { service_name: `s${i}` } } })),
      },
      {
        '@type': `${ADMIN}EndpointsConfigDump`,
        dynamic_endpoint_configs: each((i) => ({ endpoint_config: { cluster_name: `s${i}`, endpoints: [{ lb_endpoints: [endpoint] }] } })),
      },
      { '@type': `${ADMIN}ListenersConfigDump`, dynamic_listeners: [{ name: 'l', active_state: { listener } }] },
      { '@type': `${ADMIN}RoutesConfigDump`, dynamic_route_configs: [{ route_config: { name: '80', virtual_hosts: [host('c777'), host('gone')] } }] },
    ],
  });
}

describe('a trace of a large dump', () => {
  const bytes = new TextEncoder().encode(dump());

  test.each([
    ['forwarded', 'c777'],
    ['broken', 'gone'],
  ])('that is %s reads what the request meets, and no more', async (verdict, authority) => {
    let read = 0;
    const plain = bytesSource('x.json', bytes);
    const counted: ByteSource = {
      ...plain,
      search: searchNatively,
      read(start, end) {
        read += Math.min(end, plain.size) - start;
        return plain.read(start, end);
      },
    };
    const proxy = buildProxyConfig('x', await readDocuments(counted));
    read = 0;
    const request = { listenerName: 'l', scheme: 'http', method: 'GET', authority, path: '/' } as const;
    const answer = spelledPaths(traceRequest(proxy, request), proxy);
    expect(answer.verdict).toBe(verdict);
    expect(answer.outcomes[0]?.cluster).toBe(`outbound|80||${authority}`);
    // Some of it more than once; two megabytes are not read.
    expect(read).toBeLessThan(32 * 1024);
    const [routeConfig] = proxy.named('route_config', '80');
    const left = routeConfig?.value.virtual_hosts?.filter((host) => Object.getOwnPropertyDescriptor(host, 'routes')?.get !== undefined);
    expect(left?.map(({ name }) => name)).toEqual(['c777', 'gone'].filter((name) => name !== authority));
    // What is said of a break names what comes near, for which all names are gone through.
    const small = buildProxyConfig('x', await readDocuments(plain));
    expect(explainAnswer(answer, request, proxy)).toEqual(explainAnswer(spelledPaths(traceRequest(small, request), small), request, small));
  });
});

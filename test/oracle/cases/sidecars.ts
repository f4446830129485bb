import type { ProxyIdentity } from '../istio/bootstrap.ts';
import { assignment, BLACK_HOLE, INBOUND_PASSTHROUGH, inboundCluster, PASSTHROUGH, serviceCluster } from '../istio/clusters.ts';
import { httpConnectionManager, tcpProxy } from '../istio/http-connection-manager.ts';
import { sidecarHttpListener, sidecarTcpListener, virtualInbound, virtualOutbound } from '../istio/listeners.ts';
import { CATALOG, FORUM, outbound, PODS } from '../istio/names.ts';
import { forward, routeConfig, serviceDomains, unknownHosts, virtualHost } from '../istio/routes.ts';
import { authoritySecret, certificateSecret, meshTls } from '../istio/tls.ts';
import { redirected, type SnapshotCase } from '../record/snapshot-case.ts';
import type { JsonObject, XdsResources } from '../xds-files.ts';
import { V1, V2 } from './gateway.ts';

const WEBAPP_POD: ProxyIdentity = { role: 'sidecar', workload: 'webapp', address: '10.10.0.9' };
const CATALOG_POD: ProxyIdentity = { role: 'sidecar', workload: 'catalog', address: '127.0.0.1' };

const cohort = { prefix: '/', headers: [{ name: 'x-istio-cohort', string_match: { exact: 'internal' } }] };
const manager = (name: string): JsonObject => httpConnectionManager({ statPrefix: `outbound_0.0.0.0_${name};`, routes: name, edge: false, serverName: false });

/** What the webapp's sidecar has for calls to the rest of the mesh. */
function outboundSide(policy: 'ALLOW_ANY' | 'REGISTRY_ONLY'): XdsResources {
  const catalog = virtualHost(`${CATALOG}:80`, serviceDomains(CATALOG, '10.200.1.20'), [
    forward(V2, { virtualService: 'catalog-mesh', match: cohort }),
    forward(
      [
        [V1, 20],
        [V2, 80],
      ],
      { virtualService: 'catalog-mesh' },
    ),
  ]);
  const forum = virtualHost(`${FORUM}:80`, serviceDomains(FORUM, '10.200.1.21'), [forward(outbound(80, FORUM), { name: 'default' })]);
  return {
    listeners: [
      virtualOutbound(policy === 'ALLOW_ANY' ? 'PassthroughCluster' : 'BlackHoleCluster'),
      sidecarHttpListener(80, manager('80')),
      sidecarTcpListener('10.200.1.40', 5432, tcpProxy('outbound|5432||orders.istioinaction.svc.cluster.local')),
      sidecarTcpListener('10.200.1.22', 9090, tcpProxy(outbound(80, FORUM))),
    ],
    routes: [routeConfig('80', [catalog, forum, unknownHosts(policy)])],
    clusters: [
      BLACK_HOLE,
      PASSTHROUGH,
      serviceCluster(CATALOG),
      serviceCluster(CATALOG, 'version-v1'),
      serviceCluster(CATALOG, 'version-v2'),
      serviceCluster(FORUM),
    ],
    endpoints: [
      assignment(CATALOG, '', ['catalog-v1', 'catalog-v2']),
      assignment(CATALOG, 'version-v1', ['catalog-v1']),
      assignment(CATALOG, 'version-v2', ['catalog-v2', 'catalog-v2b']),
      assignment(FORUM, '', ['forum']),
    ],
  };
}

const outboundRequests = [
  redirected('by-short-name', 15001, '10.200.1.20:80', 'catalog', '/items', { times: 40 }),
  redirected('by-long-name', 15001, '10.200.1.20:80', `${CATALOG}:80`, '/items', { times: 40 }),
  redirected('by-address', 15001, '10.200.1.20:80', '10.200.1.20', '/items', { times: 40 }),
  redirected('internal-cohort', 15001, '10.200.1.20:80', 'catalog.istioinaction', '/items', { headers: [['x-istio-cohort', 'internal']], times: 8 }),
  redirected('forum', 15001, '10.200.1.21:80', 'forum', '/'),
  redirected('outside-the-mesh', 15001, '127.0.0.1:80', 'www.example.com', '/'),
  redirected('tcp-service', 15001, '10.200.1.22:9090', 'forum', '/'),
  redirected('tcp-service-without-cluster', 15001, '10.200.1.40:5432', 'orders', '/'),
  redirected('unknown-port', 15001, `127.0.0.1:${PODS.forum}`, 'anything.example.com', '/'),
  redirected('the-proxy-itself', 15001, '127.0.0.1:15001', 'catalog', '/'),
];

export const webappAllowAny: SnapshotCase = {
  name: 'webapp-sidecar-outbound',
  story:
    'The webapp calls other services through its sidecar: by name, by address, one TCP service whose cluster is missing, and destinations outside the mesh, which pass through (ALLOW_ANY).',
  proxy: WEBAPP_POD,
  resources: () => outboundSide('ALLOW_ANY'),
  requests: outboundRequests,
};

export const webappRegistryOnly: SnapshotCase = {
  name: 'webapp-sidecar-registry-only',
  story: 'The same sidecar with REGISTRY_ONLY: unknown hosts get 502 and unknown ports end in the BlackHoleCluster.',
  proxy: WEBAPP_POD,
  resources: () => outboundSide('REGISTRY_ONLY'),
  requests: outboundRequests,
};

const inboundRoutes: JsonObject = {
  name: `inbound|${PODS['catalog-app']}||`,
  validate_clusters: false,
  virtual_hosts: [
    {
      name: 'inbound|http|80',
      domains: ['*'],
      routes: [
        {
          name: 'default',
          match: { prefix: '/' },
          decorator: { operation: `${CATALOG}:80/*` },
          route: { cluster: `inbound|${PODS['catalog-app']}||`, timeout: '0s' },
        },
      ],
    },
  ],
};

/** The chains of virtualInbound for the catalog's port, and for whatever else arrives. */
function inboundChains(mode: 'PERMISSIVE' | 'STRICT'): JsonObject[] {
  const port = PODS['catalog-app'];
  const own = httpConnectionManager({ statPrefix: `inbound_0.0.0.0_${port};`, routes: inboundRoutes, edge: false });
  const rest = { ...inboundRoutes, name: 'InboundPassthroughCluster' };
  const passthrough = JSON.parse(
    JSON.stringify(rest).replaceAll(`"cluster":"inbound|${port}||"`, '"cluster":"InboundPassthroughCluster"').replaceAll('inbound|http|80', 'inbound|http|0'),
  );
  const http = httpConnectionManager({ statPrefix: 'InboundPassthroughCluster', routes: passthrough, edge: false });
  const tcp = tcpProxy('InboundPassthroughCluster');
  const istio = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];
  const chain = (name: string, match: JsonObject, filter: JsonObject): JsonObject => ({
    name,
    filter_chain_match: match,
    filters: [filter],
    ...(match['transport_protocol'] === 'tls' && match['application_protocols'] ? { transport_socket: meshTls() } : {}),
  });
  const plain = [
    chain('virtualInbound-catchall-http', { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] }, http),
    chain('virtualInbound', { transport_protocol: 'raw_buffer' }, tcp),
    chain('virtualInbound', { transport_protocol: 'tls' }, tcp),
    chain(`0.0.0.0_${port}`, { destination_port: port, transport_protocol: 'raw_buffer' }, own),
  ];
  return [
    chain('virtualInbound-catchall-http', { transport_protocol: 'tls', application_protocols: istio.slice(2) }, http),
    chain('virtualInbound', { transport_protocol: 'tls', application_protocols: ['istio-peer-exchange', 'istio'] }, tcp),
    chain(`0.0.0.0_${port}`, { destination_port: port, transport_protocol: 'tls', application_protocols: istio }, own),
    ...(mode === 'PERMISSIVE' ? plain : []),
  ];
}

function inbound(mode: 'PERMISSIVE' | 'STRICT'): SnapshotCase['resources'] {
  return ({ authority }) => ({
    listeners: [virtualInbound(inboundChains(mode), [PODS['catalog-app']])],
    clusters: [BLACK_HOLE, INBOUND_PASSTHROUGH, inboundCluster(PODS['catalog-app'])],
    secrets: [
      certificateSecret('default', authority.issue('catalog', { uris: ['spiffe://cluster.local/ns/istioinaction/sa/catalog'] })),
      authoritySecret('ROOTCA', authority.cert),
    ],
  });
}

const sni = `outbound_.80_._.${CATALOG}`;
const mutual = { tls: { sni, alpn: ['istio-http/1.1', 'istio'], client_cert: true } };
const app = `127.0.0.1:${PODS['catalog-app']}`;
const inboundRequests = [
  redirected('mutual-tls', 15006, app, 'catalog', '/items', mutual),
  redirected('plaintext', 15006, app, 'catalog', '/items'),
  redirected('tls-without-mesh-alpn', 15006, app, 'catalog', '/items', { tls: { sni: 'catalog', alpn: ['http/1.1'] } }),
  redirected('tls-without-certificate', 15006, app, 'catalog', '/items', { tls: { sni, alpn: ['istio'] } }),
  redirected('other-port', 15006, `127.0.0.1:${PODS.forum}`, 'catalog', '/items'),
  redirected('other-port-mutual-tls', 15006, `127.0.0.1:${PODS.forum}`, 'catalog', '/items', mutual),
  redirected('the-proxy-itself', 15006, '127.0.0.1:15006', 'catalog', '/items'),
];

export const catalogPermissive: SnapshotCase = {
  name: 'catalog-sidecar-inbound',
  story: 'The catalog receives calls through its sidecar in PERMISSIVE mode: mutual TLS from the mesh and plaintext from outside are both served.',
  proxy: CATALOG_POD,
  resources: inbound('PERMISSIVE'),
  requests: inboundRequests,
};

export const catalogStrict: SnapshotCase = {
  name: 'catalog-sidecar-strict-mtls',
  story: 'The same with a PeerAuthentication in STRICT mode: no filter chain takes plaintext, and the connection is closed without an HTTP answer.',
  proxy: CATALOG_POD,
  resources: inbound('STRICT'),
  requests: inboundRequests,
};

import type { ProxyIdentity } from '../istio/bootstrap.ts';
import { httpFilter } from '../istio/http-connection-manager.ts';
import { CATALOG, FORUM, PODS, WEBAPP } from '../istio/names.ts';
import { authoritySecret, certificateSecret } from '../istio/tls.ts';
import {
  connectOriginate,
  connectTerminate,
  defaultRoute,
  HBONE_PORT,
  httpChain,
  inboundVip,
  internalCluster,
  mainInternal,
  tcpChain,
  vipAssignment,
  vipCluster,
  type WaypointPort,
} from '../istio/waypoint.ts';
import { ask, type RecordedRequest, type SnapshotCase } from '../record/snapshot-case.ts';
import type { JsonObject, XdsResources } from '../xds-files.ts';

const WAYPOINT: ProxyIdentity = { role: 'waypoint', workload: 'waypoint', address: '10.10.0.7' };

const VIP = { catalog: '10.200.1.20', webapp: '10.200.1.22', forum: '10.200.1.21' };
const CATALOG_HTTP = inboundVip(80, 'http', CATALOG);
const CATALOG_TCP = inboundVip(7070, 'tcp', CATALOG);
const WEBAPP_HTTP = inboundVip(80, 'http', WEBAPP);
const FORUM_HTTP = inboundVip(80, 'http', FORUM);
const FORUM_TCP = inboundVip(9090, 'tcp', FORUM);
const EMPTY = inboundVip(81, 'http', WEBAPP);
const CATALOG_V2 = `inbound-vip|80|http/v2|${CATALOG}`;

/** An AuthorizationPolicy: only the webapp may call the forum. The peer's identity comes from the tunnel. */
const ONLY_WEBAPP = httpFilter('envoy.filters.http.rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', {
  rules: {
    policies: {
      'ns[istioinaction]-policy[forum]-rule[0]': {
        permissions: [{ any: true }],
        principals: [
          {
            filter_state: { key: 'io.istio.peer_principal', string_match: { exact: 'spiffe://cluster.local/ns/istioinaction/sa/webapp' } },
          },
        ],
      },
    },
  },
});

const v2 = { match: { prefix: '/', headers: [{ name: 'x-istio-cohort', string_match: { exact: 'internal' } }] }, name: 'v2' };
const catalogRoutes = [defaultRoute(CATALOG_V2, v2), defaultRoute(CATALOG_HTTP)];

const port = (address: string, number: number, host: string, protocol: 'http' | 'tcp', chain: (name: string) => JsonObject): WaypointPort => ({
  address,
  port: number,
  chain: chain(`inbound-vip|${number}||${host}-${protocol}`),
});

function resources(tunnelTo: JsonObject): SnapshotCase['resources'] {
  return ({ authority }): XdsResources => {
    const [originate, originateCluster] = connectOriginate();
    const inside = mainInternal(
      [
        port(VIP.catalog, 80, CATALOG, 'http', (name) => httpChain(name, CATALOG_HTTP, [], catalogRoutes)),
        port(VIP.catalog, 7070, CATALOG, 'tcp', (name) => tcpChain(name, CATALOG_TCP)),
        port(VIP.webapp, 80, WEBAPP, 'http', (name) => httpChain(name, WEBAPP_HTTP)),
        port(VIP.webapp, 81, WEBAPP, 'http', (name) => httpChain(name, EMPTY)),
        port(VIP.forum, 80, FORUM, 'http', (name) => httpChain(name, FORUM_HTTP, [ONLY_WEBAPP])),
        port(VIP.forum, 9090, FORUM, 'tcp', (name) => tcpChain(name, FORUM_TCP)),
      ],
      { addresses: ['10.244.0.11', '10.244.0.12'], http: httpChain('direct-http', CATALOG_HTTP), tcp: tcpChain('direct-tcp', CATALOG_TCP) },
    );
    return {
      listeners: [connectTerminate(), inside, originate],
      clusters: [tunnelTo, originateCluster, vipCluster(CATALOG_HTTP), vipCluster(CATALOG_TCP, {}), vipCluster(FORUM_HTTP), vipCluster(EMPTY)],
      endpoints: [
        vipAssignment(CATALOG_HTTP, [PODS['catalog-v1']]),
        vipAssignment(CATALOG_TCP, [PODS['catalog-v1']]),
        vipAssignment(FORUM_HTTP, [PODS.forum], 'connect_originate'),
        vipAssignment(EMPTY, []),
      ],
      secrets: [
        certificateSecret('default', authority.issue('waypoint', { uris: ['spiffe://cluster.local/ns/istioinaction/sa/waypoint'] })),
        authoritySecret('ROOTCA', authority.cert),
      ],
    };
  };
}

/** A request as ztunnel sends it: in a tunnel to what the client dialled. */
function tunnelled(id: string, destination: string, host: string, path: string, more: Partial<RecordedRequest> = {}): RecordedRequest {
  return ask(id, HBONE_PORT, host, path, { tunnel: { authority: destination }, ...more });
}

const certificate = (name: string) => ({ alpn: ['h2'], client_cert: `spiffe://cluster.local/ns/istioinaction/sa/${name}` });
const catalog = `${VIP.catalog}:80`;

export const waypoint: SnapshotCase = {
  name: 'waypoint',
  story:
    'A waypoint of the ambient mesh: connect_terminate takes the tunnel apart, the internal listener main_internal picks the service by the address and port that the client dialled. The webapp has no cluster, one of its ports no endpoints, and the forum lets only the webapp in.',
  proxy: WAYPOINT,
  resources: resources(internalCluster('main_internal', 'main_internal')),
  requests: [
    tunnelled('service', catalog, 'catalog', '/items?id=1'),
    tunnelled('service-http2', catalog, 'catalog', '/items', { protocol: 'h2' }),
    tunnelled('subset-without-cluster', catalog, 'catalog', '/items', { headers: [['x-istio-cohort', 'internal']] }),
    tunnelled('service-without-cluster', `${VIP.webapp}:80`, 'webapp', '/'),
    tunnelled('service-without-endpoints', `${VIP.webapp}:81`, 'webapp', '/'),
    tunnelled('unknown-address', '10.200.1.99:80', 'catalog', '/items'),
    tunnelled('unknown-port', `${VIP.catalog}:8080`, 'catalog', '/items'),
    tunnelled('tcp-service', `${VIP.catalog}:7070`, 'catalog', '/'),
    tunnelled('tcp-service-without-cluster', `${VIP.forum}:9090`, 'forum', '/'),
    tunnelled('pod', '10.244.0.11:3000', 'catalog', '/items'),
    tunnelled('pod-other-port', '10.244.0.12:9', 'catalog', '/items'),
    tunnelled('allowed-peer', `${VIP.forum}:80`, 'forum', '/', { tunnel: { authority: `${VIP.forum}:80`, tls: certificate('webapp') } }),
    tunnelled('any-peer', `${VIP.forum}:80`, 'forum', '/', { judged: 'conditional' }),
    tunnelled('name-in-place-of-address', `${CATALOG}:80`, 'catalog', '/items'),
    tunnelled('address-without-port', VIP.catalog, 'catalog', '/items'),
    tunnelled('tunnel-without-certificate', catalog, 'catalog', '/items', { tunnel: { authority: catalog, tls: { alpn: ['h2'] } } }),
    tunnelled('tunnel-without-tls', catalog, 'catalog', '/items', { tunnel: { authority: catalog, tls: null } }),
    ask('no-tunnel', HBONE_PORT, 'catalog', '/items', { protocol: 'h2', tls: { alpn: ['h2'], client_cert: true } }),
  ],
};

export const withoutHandover: SnapshotCase = {
  name: 'waypoint-without-internal-upstream',
  story:
    'The cluster main_internal lacks its internal_upstream transport socket, so what the tunnel knows is not handed over: no filter chain matches, and every tunnel ends without a word.',
  proxy: WAYPOINT,
  resources: resources(internalCluster('main_internal', 'main_internal', {})),
  requests: [tunnelled('service', catalog, 'catalog', '/items')],
};

export const tunnelToNowhere: SnapshotCase = {
  name: 'waypoint-main-internal-missing',
  story:
    'connect_terminate sends tunnels to the cluster main_internal, which is not there. Its route config is inline, and Envoy checks the clusters of such ones: it refuses the listener, and nothing listens for tunnels.',
  proxy: WAYPOINT,
  resources: resources(internalCluster('other_internal', 'main_internal')),
  requests: [tunnelled('service', catalog, 'catalog', '/items')],
};

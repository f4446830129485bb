import type { ProxyIdentity } from '../istio/bootstrap.ts';
import {
  allowAccounts,
  autoMutual,
  behindWaypoint,
  inboundEndpoint,
  inboundListener,
  inboundPort,
  meshSecrets,
  onePod,
  passThrough,
  simpleUpstream,
  tunnelOut,
} from '../istio/chained.ts';
import { BLACK_HOLE, PASSTHROUGH, serviceCluster } from '../istio/clusters.ts';
import { httpConnectionManager } from '../istio/http-connection-manager.ts';
import { sidecarHttpListener, virtualOutbound } from '../istio/listeners.ts';
import { CATALOG, FORUM, NAMESPACE, outbound, PODS, WEBAPP } from '../istio/names.ts';
import { forward, routeConfig, serviceDomains, unknownHosts, virtualHost } from '../istio/routes.ts';
import { meshTls } from '../istio/tls.ts';
import {
  connectTerminate,
  HBONE_PORT,
  httpChain,
  INTERNAL_UPSTREAM,
  inboundVip,
  internalCluster,
  mainInternal,
  tcpChain,
  vipAssignment,
  vipCluster,
} from '../istio/waypoint.ts';
import type { ChainCase, ChainedProxy } from '../record/chain-case.ts';
import { ask, redirected } from '../record/snapshot-case.ts';
import type { JsonObject } from '../xds-files.ts';
import { CATALOG_HOST, catalogHost, gatewayListener, gatewayRoutes } from './gateway.ts';

const LOOPBACK = '127.0.0.1';
/** The port of the catalog's pod, and where its application really listens. */
const CATALOG_PORT = 13016;
const WEBAPP_PORT = 13019;
const EAST_WEST_PORT = 15443;
const SECOND_INBOUND = 15106;

const GATEWAY: ProxyIdentity = { role: 'router', workload: 'istio-ingressgateway', namespace: 'istio-system', address: LOOPBACK };
const EAST_WEST: ProxyIdentity = { role: 'router', workload: 'istio-eastwestgateway', namespace: 'istio-system', address: LOOPBACK };
const CATALOG_POD: ProxyIdentity = { role: 'sidecar', workload: 'catalog', address: LOOPBACK, podPorts: [PODS['catalog-app']] };
const WEBAPP_POD: ProxyIdentity = { role: 'sidecar', workload: 'webapp', address: LOOPBACK, podPorts: [PODS.webapp] };

const sniOf = (host: string): string => `outbound_.80_._.${host}`;
const account = (name: string): string => `spiffe://cluster.local/ns/${NAMESPACE}/sa/${name}`;
const CATALOG_TLS = autoMutual(sniOf(CATALOG), [account('catalog')]);

/** The DestinationRule of the catalog, as the cluster's metadata names it. */
const BY_RULE: JsonObject = {
  metadata: {
    filter_metadata: {
      istio: {
        config: `/apis/networking.istio.io/v1/namespaces/${NAMESPACE}/destination-rule/catalog`,
        default_original_port: 80,
        services: [{ host: CATALOG, name: 'catalog', namespace: NAMESPACE }],
      },
    },
  },
};

/** The gateway with one host, the catalog; `tls` is what its cluster speaks. */
function gateway(tls: JsonObject, port = CATALOG_PORT): ChainedProxy {
  return {
    identity: GATEWAY,
    resources: ({ authority }) => ({
      listeners: [gatewayListener()],
      routes: [gatewayRoutes([catalogHost([forward(outbound(80, CATALOG), { virtualService: 'catalog' })])])],
      clusters: [BLACK_HOLE, serviceCluster(CATALOG, '', tls)],
      endpoints: [onePod(outbound(80, CATALOG), port)],
      secrets: meshSecrets(authority, 'istio-ingressgateway'),
    }),
  };
}

/** The catalog's sidecar in a PeerAuthentication mode. */
function catalog(
  mode: Parameters<typeof inboundPort>[1],
  application: number = PODS['catalog-app'],
  inbound?: number,
  before: readonly JsonObject[] = [],
): ChainedProxy {
  return {
    identity: CATALOG_POD,
    resources: ({ authority }) => ({
      listeners: [inboundListener(inboundPort(CATALOG_PORT, mode, meshTls(), before), CATALOG_PORT, inbound)],
      clusters: [BLACK_HOLE, inboundEndpoint(CATALOG_PORT, application)],
      secrets: meshSecrets(authority, 'catalog'),
    }),
  };
}

const TO_CATALOG = [{ from: CATALOG_PORT, to: 15006 }];
const items = { ...ask('items', 8080, CATALOG_HOST, '/items'), start: 'gateway' };

const reached: ChainCase = {
  name: 'chain-gateway-to-sidecar',
  story: 'The gateway sends to the catalog over mutual TLS; the sidecar takes it and hands it to the application. Everything agrees.',
  proxies: { gateway: gateway(CATALOG_TLS), catalog: catalog('STRICT') },
  redirections: TO_CATALOG,
  requests: [items],
};

const wrongPort: ChainCase = {
  name: 'chain-wrong-port',
  story: 'The sidecar hands the request to port 3999, where no application listens: it listens on 3000, as the pod declares.',
  proxies: { gateway: gateway(CATALOG_TLS), catalog: catalog('STRICT', 3999) },
  redirections: TO_CATALOG,
  requests: [items],
};

const cleartext: ChainCase = {
  name: 'chain-cleartext-to-mtls',
  story: 'A DestinationRule with tls.mode DISABLE against a PeerAuthentication in STRICT mode: the sidecar closes the plain connection.',
  proxies: { gateway: gateway(BY_RULE), catalog: catalog('STRICT') },
  redirections: TO_CATALOG,
  requests: [items],
};

const tlsToCleartext: ChainCase = {
  name: 'chain-tls-to-cleartext',
  story: 'A DestinationRule with ISTIO_MUTUAL against a PeerAuthentication in DISABLE mode: the sidecar reads the handshake as HTTP.',
  proxies: { gateway: gateway({ ...BY_RULE, ...CATALOG_TLS }), catalog: catalog('DISABLE') },
  redirections: TO_CATALOG,
  requests: [items],
};

const wrongNames: ChainCase = {
  name: 'chain-server-certificate',
  story: 'subjectAltNames of the DestinationRule name another service account than the one that the catalog runs under.',
  proxies: { gateway: gateway({ ...BY_RULE, ...autoMutual(sniOf(CATALOG), [account('catalog-v1')]) }), catalog: catalog('STRICT') },
  redirections: TO_CATALOG,
  requests: [items],
};

const noCertificate: ChainCase = {
  name: 'chain-client-certificate',
  story: 'A DestinationRule with tls.mode SIMPLE brings no client certificate, which the sidecar in STRICT mode requires.',
  proxies: { gateway: gateway({ ...BY_RULE, transport_socket: simpleUpstream(CATALOG) }), catalog: catalog('STRICT') },
  redirections: TO_CATALOG,
  requests: [items],
};

const eastWest: ChainCase = {
  name: 'chain-east-west',
  story: 'The services of another cluster stand behind its east-west gateway, which passes TLS on by SNI: it knows the catalog, and not the forum.',
  proxies: {
    gateway: {
      identity: GATEWAY,
      resources: ({ authority }) => ({
        listeners: [gatewayListener()],
        routes: [
          gatewayRoutes([
            catalogHost([forward(outbound(80, CATALOG), { virtualService: 'catalog' })]),
            virtualHost('forum.istioinaction.io:8080', ['forum.istioinaction.io'], [forward(outbound(80, FORUM), { virtualService: 'forum' })]),
          ]),
        ],
        clusters: [BLACK_HOLE, serviceCluster(CATALOG, '', CATALOG_TLS), serviceCluster(FORUM, '', autoMutual(sniOf(FORUM), [account('forum')]))],
        endpoints: [onePod(outbound(80, CATALOG), EAST_WEST_PORT), onePod(outbound(80, FORUM), EAST_WEST_PORT)],
        secrets: meshSecrets(authority, 'istio-ingressgateway'),
      }),
    },
    eastwest: {
      identity: EAST_WEST,
      resources: () => ({
        listeners: [passThrough(EAST_WEST_PORT, [sniOf(CATALOG)])],
        clusters: [BLACK_HOLE, { ...serviceCluster(CATALOG), name: sniOf(CATALOG), alt_stat_name: `${sniOf(CATALOG)};` }],
        endpoints: [onePod(outbound(80, CATALOG), CATALOG_PORT)],
      }),
    },
    catalog: catalog('STRICT'),
  },
  redirections: TO_CATALOG,
  requests: [items, { ...ask('forum', 8080, 'forum.istioinaction.io', '/'), start: 'gateway' }],
};

const webapp: ChainedProxy = {
  identity: WEBAPP_POD,
  resources: ({ authority }) => ({
    listeners: [
      inboundListener(inboundPort(WEBAPP_PORT, 'STRICT', meshTls()), WEBAPP_PORT),
      virtualOutbound('PassthroughCluster'),
      sidecarHttpListener(80, httpConnectionManager({ statPrefix: 'outbound_0.0.0.0_80;', routes: '80', edge: false, serverName: false })),
    ],
    routes: [
      routeConfig('80', [
        virtualHost(`${CATALOG}:80`, serviceDomains(CATALOG, '10.200.1.20'), [forward(outbound(80, CATALOG), { name: 'default' })]),
        unknownHosts('ALLOW_ANY'),
      ]),
    ],
    clusters: [BLACK_HOLE, PASSTHROUGH, inboundEndpoint(WEBAPP_PORT, PODS.webapp), serviceCluster(CATALOG, '', CATALOG_TLS)],
    endpoints: [onePod(outbound(80, CATALOG), CATALOG_PORT)],
    secrets: meshSecrets(authority, 'webapp'),
  }),
};

const threeProxies: ChainCase = {
  name: 'chain-gateway-webapp-catalog',
  story: 'The gateway calls the webapp; the webapp, an application of its own, calls the catalog through its sidecar.',
  proxies: {
    gateway: {
      identity: GATEWAY,
      resources: ({ authority }) => ({
        listeners: [gatewayListener()],
        routes: [
          gatewayRoutes([
            virtualHost('webapp.istioinaction.io:8080', ['webapp.istioinaction.io'], [forward(outbound(80, WEBAPP), { virtualService: 'webapp' })]),
          ]),
        ],
        clusters: [BLACK_HOLE, serviceCluster(WEBAPP, '', autoMutual(sniOf(WEBAPP), [account('webapp')]))],
        endpoints: [onePod(outbound(80, WEBAPP), WEBAPP_PORT)],
        secrets: meshSecrets(authority, 'istio-ingressgateway'),
      }),
    },
    webapp,
    catalog: catalog('STRICT', PODS['catalog-app'], SECOND_INBOUND),
  },
  redirections: [
    { from: WEBAPP_PORT, to: 15006 },
    { from: CATALOG_PORT, to: SECOND_INBOUND },
  ],
  requests: [
    { ...ask('api', 8080, 'webapp.istioinaction.io', '/api/catalog'), start: 'gateway' },
    { ...redirected('next-call', 15001, '10.200.1.20:80', 'catalog.istioinaction', '/items'), start: 'webapp' },
  ],
};

const WAYPOINT: ProxyIdentity = { role: 'waypoint', workload: 'waypoint', address: LOOPBACK };
const CATALOG_VIP = '10.200.1.20';
const vip = inboundVip(80, 'http', CATALOG);
const out = tunnelOut([account('waypoint')]);

const throughWaypoint: ChainCase = {
  name: 'chain-gateway-waypoint',
  story:
    'The catalog is in the ambient mesh, behind a waypoint: the gateway opens an HBONE tunnel to it by an internal listener, and the waypoint sends to a pod.',
  proxies: {
    gateway: {
      identity: { ...GATEWAY, tunnels: true },
      resources: ({ authority }) => ({
        listeners: [gatewayListener(), out.listener],
        routes: [gatewayRoutes([catalogHost([forward(outbound(80, CATALOG), { virtualService: 'catalog' })])])],
        clusters: [BLACK_HOLE, serviceCluster(CATALOG, '', INTERNAL_UPSTREAM), out.cluster],
        endpoints: [behindWaypoint(outbound(80, CATALOG), `${CATALOG_VIP}:80`, `${LOOPBACK}:${HBONE_PORT}`)],
        secrets: meshSecrets(authority, 'istio-ingressgateway'),
      }),
    },
    waypoint: {
      identity: WAYPOINT,
      resources: ({ authority }) => ({
        listeners: [
          connectTerminate(),
          mainInternal([{ address: CATALOG_VIP, port: 80, chain: httpChain(`inbound-vip|80||${CATALOG}-http`, vip) }], {
            addresses: [LOOPBACK],
            http: httpChain('direct-http', vip),
            tcp: tcpChain('direct-tcp', vip),
          }),
        ],
        clusters: [internalCluster('main_internal', 'main_internal'), vipCluster(vip, {})],
        endpoints: [vipAssignment(vip, [PODS['catalog-v1']])],
        secrets: meshSecrets(authority, 'waypoint'),
      }),
    },
  },
  redirections: [],
  requests: [items],
};

const rewritten: ChainCase = {
  name: 'chain-rewritten-request',
  story:
    'A VirtualService at the gateway rewrites the path and the host and sets a header; the waypoint behind it routes what it gets: by that header, and by the path.',
  proxies: {
    gateway: {
      identity: { ...GATEWAY, tunnels: true },
      resources: ({ authority }) => ({
        listeners: [gatewayListener(), out.listener],
        routes: [
          gatewayRoutes([
            catalogHost([
              {
                match: { prefix: '/api/' },
                route: { cluster: outbound(80, CATALOG), prefix_rewrite: '/', host_rewrite_literal: 'catalog', timeout: '0s' },
                request_headers_to_add: [{ header: { key: 'x-istio-cohort', value: 'internal' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }],
                request_headers_to_remove: ['x-secret'],
              },
              forward(outbound(80, CATALOG), { virtualService: 'catalog' }),
            ]),
          ]),
        ],
        clusters: [BLACK_HOLE, serviceCluster(CATALOG, '', INTERNAL_UPSTREAM), out.cluster],
        endpoints: [behindWaypoint(outbound(80, CATALOG), `${CATALOG_VIP}:80`, `${LOOPBACK}:${HBONE_PORT}`)],
        secrets: meshSecrets(authority, 'istio-ingressgateway'),
      }),
    },
    waypoint: {
      identity: WAYPOINT,
      resources: ({ authority }) => {
        const v2 = inboundVip(80, 'http', `version-v2.${CATALOG}`);
        const secret = { prefix: '/', headers: [{ name: 'x-secret', present_match: true }] };
        const routes = [
          { name: 'secret', match: secret, direct_response: { status: 418 } },
          { name: 'cohort', match: { prefix: '/items', headers: [{ name: 'x-istio-cohort', string_match: { exact: 'internal' } }] }, route: { cluster: v2 } },
          { name: 'default', match: { prefix: '/' }, route: { cluster: vip } },
        ];
        return {
          listeners: [
            connectTerminate(),
            mainInternal([{ address: CATALOG_VIP, port: 80, chain: httpChain(`inbound-vip|80||${CATALOG}-http`, vip, [], routes) }], {
              addresses: [LOOPBACK],
              http: httpChain('direct-http', vip),
              tcp: tcpChain('direct-tcp', vip),
            }),
          ],
          clusters: [internalCluster('main_internal', 'main_internal'), vipCluster(vip, {}), vipCluster(v2, {})],
          endpoints: [vipAssignment(vip, [PODS['catalog-v1']]), vipAssignment(v2, [PODS['catalog-v2']])],
          secrets: meshSecrets(authority, 'waypoint'),
        };
      },
    },
  },
  redirections: [],
  requests: [
    { ...ask('rewritten', 8080, CATALOG_HOST, '/api/items?page=2', { headers: [['x-secret', 'yes']] }), start: 'gateway' },
    { ...ask('as-it-came', 8080, CATALOG_HOST, '/items', { headers: [['x-istio-cohort', 'internal']] }), start: 'gateway' },
    { ...ask('with-secret', 8080, CATALOG_HOST, '/items', { headers: [['x-secret', 'yes']] }), start: 'gateway' },
  ],
};

const notAllowed: ChainCase = {
  name: 'chain-caller-not-allowed',
  story: 'An AuthorizationPolicy lets the webapp alone call the catalog: the sidecar knows the gateway by its certificate, and answers 403.',
  proxies: { gateway: gateway(CATALOG_TLS), catalog: catalog('STRICT', PODS['catalog-app'], undefined, [allowAccounts([account('webapp')])]) },
  redirections: TO_CATALOG,
  requests: [items],
};

const allowed: ChainCase = {
  name: 'chain-caller-allowed',
  story: 'The same with the gateway among those who may call.',
  proxies: {
    gateway: gateway(CATALOG_TLS),
    catalog: catalog('STRICT', PODS['catalog-app'], undefined, [allowAccounts([account('webapp'), account('istio-ingressgateway')])]),
  },
  redirections: TO_CATALOG,
  requests: [items],
};

/** Every case of several proxies that `npm run snapshots:record` records. */
export const CHAINS: readonly ChainCase[] = [
  reached,
  wrongPort,
  cleartext,
  tlsToCleartext,
  wrongNames,
  noCertificate,
  eastWest,
  threeProxies,
  throughWaypoint,
  rewritten,
  notAllowed,
  allowed,
];

import { httpConnectionManager } from '../istio/http-connection-manager.ts';
import { tlsListener } from '../istio/listeners.ts';
import { CATALOG, outbound, WEBAPP } from '../istio/names.ts';
import { forward, routeConfig, virtualHost } from '../istio/routes.ts';
import { certificateSecret, gatewayTls } from '../istio/tls.ts';
import { ask, type SnapshotCase } from '../record/snapshot-case.ts';
import type { JsonObject } from '../xds-files.ts';
import { BOTH_SUBSETS, CATALOG_HOST, GATEWAY, gatewayListener, gatewayRoutes } from './gateway.ts';

const WEBAPP_HOST = 'webapp.istioinaction.io';
const SERVERS = [
  { host: CATALOG_HOST, name: 'https-catalog', to: outbound(80, CATALOG) },
  { host: WEBAPP_HOST, name: 'https-webapp', to: outbound(80, WEBAPP) },
];
const routesOf = (name: string): string => `https.443.${name}.catalog-gateway.istioinaction`;

const chain = ({ host, name }: { host: string; name: string }): JsonObject => ({
  filter_chain_match: { server_names: [host] },
  filters: [httpConnectionManager({ statPrefix: 'outbound_0.0.0.0_8443;', routes: routesOf(name), edge: true })],
  transport_socket: gatewayTls(`kubernetes://${name}`),
});

const tls = (sni: string | null, alpn: readonly string[] = ['http/1.1']) => ({ tls: { ...(sni === null ? {} : { sni }), alpn } });

export const wrongSni: SnapshotCase = {
  name: 'tls-gateway-wrong-sni',
  story:
    'The Gateway terminates TLS for two hosts by their SNI. A client that sends another name, none, or no TLS at all is turned away; one that names one host in the SNI and the other in the request gets 404.',
  proxy: GATEWAY,
  resources: ({ authority }) => ({
    listeners: [tlsListener('0.0.0.0', 8443, SERVERS.map(chain)), gatewayListener()],
    routes: [
      gatewayRoutes([]),
      ...SERVERS.map(({ host, name, to }) =>
        routeConfig(routesOf(name), [virtualHost(`${host}:443`, [host], [forward(to, { virtualService: name.replace('https-', '') })])]),
      ),
    ],
    secrets: SERVERS.map(({ host, name }) => certificateSecret(`kubernetes://${name}`, authority.issue(host, { dns: [host] }))),
    ...BOTH_SUBSETS,
  }),
  requests: [
    ask('right', 8443, CATALOG_HOST, '/items', tls(CATALOG_HOST)),
    ask('right-http2', 8443, CATALOG_HOST, '/items', { ...tls(CATALOG_HOST, ['h2', 'http/1.1']), protocol: 'h2' }),
    ask('right-in-capitals', 8443, CATALOG_HOST, '/items', tls('Catalog.IstioInAction.io')),
    ask('wrong-sni', 8443, CATALOG_HOST, '/items', tls('catalog.example.com')),
    ask('no-sni', 8443, CATALOG_HOST, '/items', tls(null)),
    ask('other-server', 8443, CATALOG_HOST, '/items', tls(WEBAPP_HOST)),
    ask('plaintext', 8443, CATALOG_HOST, '/items'),
    ask('tls-to-the-plain-port', 8080, CATALOG_HOST, '/items', tls(CATALOG_HOST)),
    ask('plain-port', 8080, CATALOG_HOST, '/items'),
  ],
};

import { assignment, BLACK_HOLE, serviceCluster } from '../istio/clusters.ts';
import { CATALOG } from '../istio/names.ts';
import { forward } from '../istio/routes.ts';
import { ask, type SnapshotCase } from '../record/snapshot-case.ts';
import { configSource, type JsonObject } from '../xds-files.ts';
import { BOTH_SUBSETS, CATALOG_HOST, catalogHost, clustersWith, GATEWAY, gatewayListener, gatewayRoutes, SPLIT, V1, V2 } from './gateway.ts';

const listeners = [gatewayListener()];
const byPath = gatewayRoutes([
  catalogHost([
    forward(V1, { virtualService: 'catalog', name: 'v1', match: { prefix: '/v1' } }),
    forward(V2, { virtualService: 'catalog', name: 'v2', match: { prefix: '/v2' } }),
  ]),
]);
const v1 = ask('v1', 8080, CATALOG_HOST, '/v1/items');
const v2 = ask('v2', 8080, CATALOG_HOST, '/v2/items', { times: 12 });

export const subsetWithoutEndpoints: SnapshotCase = {
  name: 'subset-without-endpoints',
  story: 'The DestinationRule defines version-v2, but no pod carries its label: the cluster is there and has no endpoints.',
  proxy: GATEWAY,
  resources: () => ({ listeners, routes: [gatewayRoutes([catalogHost([SPLIT])])], ...clustersWith({ 'version-v1': ['catalog-v1'], 'version-v2': [] }) }),
  requests: [ask('items', 8080, CATALOG_HOST, '/items', { times: 60 })],
};

export const allUnhealthy: SnapshotCase = {
  name: 'all-endpoints-unhealthy',
  story:
    'No pod of version-v1 is healthy and half of version-v2: with the panic threshold of zero that Istio sets, v1 gets 503 and v2 is served by its healthy pod alone.',
  proxy: GATEWAY,
  resources: () => ({
    listeners,
    routes: [byPath],
    ...clustersWith({
      'version-v1': [['catalog-v1', 'UNHEALTHY']],
      'version-v2': [
        ['catalog-v2', 'UNHEALTHY'],
        ['catalog-v2b', 'HEALTHY'],
      ],
    }),
  }),
  requests: [v1, v2],
};

export const allUnhealthyPanic: SnapshotCase = {
  name: 'all-endpoints-unhealthy-panic',
  story:
    'The same health with a threshold of 50 %, which is what Envoy has where nobody sets one: v1 is in panic mode and its sick pod is used; v2 has half of its pods and is not.',
  proxy: GATEWAY,
  resources: () => ({
    listeners,
    routes: [byPath],
    ...clustersWith(
      {
        'version-v1': [['catalog-v1', 'UNHEALTHY']],
        'version-v2': [
          ['catalog-v2', 'DRAINING'],
          ['catalog-v2b', 'HEALTHY'],
        ],
      },
      { common_lb_config: {} },
    ),
  }),
  requests: [v1, v2],
};

const working = { listeners, routes: [byPath], ...BOTH_SUBSETS };

export const routeConfigMissing: SnapshotCase = {
  name: 'route-config-missing',
  story: 'The listener asks for the route config http.8080, which never comes: every request gets 404, as if no virtual host matched.',
  proxy: GATEWAY,
  resources: () => ({ ...working, routes: [] }),
  missing: [['rds', 'http.8080']],
  requests: [v1, ask('root', 8080, CATALOG_HOST, '/')],
};

/** Two chains that match the same connections: Envoy refuses the whole listener. */
const rejected: JsonObject = { ...gatewayListener(), filter_chains: [...(gatewayListener()['filter_chains'] as JsonObject[]), { filters: [] }] };
export const listenerRejected: SnapshotCase = {
  name: 'listener-rejected',
  story:
    'An update of the listener 0.0.0.0_8080 is refused, as two of its filter chains match the same: the old one goes on serving. A new listener, 0.0.0.0_8081, is refused likewise and never listens.',
  proxy: GATEWAY,
  resources: () => working,
  update: () => ({
    listeners: [rejected, { ...rejected, name: '0.0.0.0_8081', address: { socket_address: { address: '0.0.0.0', port_value: 8081 } } }],
  }),
  requests: [v1, ask('new-listener', 8081, CATALOG_HOST, '/v1/items')],
};

/** Its endpoints are to come from a server that is not there, and Envoy is told to wait for them without limit. */
const waiting = serviceCluster(CATALOG, 'version-v2', {
  eds_cluster_config: {
    service_name: V2,
    eds_config: {
      resource_api_version: 'V3',
      initial_fetch_timeout: '0s',
      api_config_source: { api_type: 'GRPC', transport_api_version: 'V3', grpc_services: [{ envoy_grpc: { cluster_name: 'agent' } }] },
    },
  },
});
export const clusterWarming: SnapshotCase = {
  name: 'cluster-warming',
  story: 'version-v2 was added, but its endpoints have not come yet: the cluster is warming, and for requests it is not there.',
  proxy: GATEWAY,
  resources: () => ({ ...working, ...clustersWith({ 'version-v1': ['catalog-v1'] }) }),
  update: () => ({
    clusters: [BLACK_HOLE, serviceCluster(CATALOG), serviceCluster(CATALOG, 'version-v1'), waiting],
    endpoints: [assignment(CATALOG, 'version-v1', ['catalog-v1'])],
  }),
  requests: [v1, ask('v2', 8080, CATALOG_HOST, '/v2/items')],
};

export const edsNeverCame: SnapshotCase = {
  name: 'endpoints-never-came',
  story: 'The endpoints of version-v2 were asked for and the time to wait is over: the cluster is there and empty.',
  proxy: GATEWAY,
  resources: () => ({
    listeners,
    routes: [byPath],
    clusters: [
      BLACK_HOLE,
      serviceCluster(CATALOG, 'version-v1'),
      serviceCluster(CATALOG, 'version-v2', { eds_cluster_config: { service_name: V2, eds_config: configSource('eds', V2, '1s') } }),
    ],
    endpoints: [assignment(CATALOG, 'version-v1', ['catalog-v1'])],
  }),
  missing: [['eds', V2]],
  requests: [v1, ask('v2', 8080, CATALOG_HOST, '/v2/items')],
};

import { BLACK_HOLE, serviceCluster } from '../istio/clusters.ts';
import { httpConnectionManager, httpFilter, networkFilter, tcpProxy } from '../istio/http-connection-manager.ts';
import { listener, socketAddress } from '../istio/listeners.ts';
import { CATALOG, PODS } from '../istio/names.ts';
import { answer, forward } from '../istio/routes.ts';
import { ask, type SnapshotCase } from '../record/snapshot-case.ts';
import type { JsonObject } from '../xds-files.ts';
import { BOTH_SUBSETS, CATALOG_HOST, catalogHost, clustersWith, GATEWAY, gatewayListener, gatewayRoutes, V1 } from './gateway.ts';

// What EnvoyFilter, another control plane or a request itself may bring about, and Istio's own objects do not.

const TO_V1 = forward(V1, { virtualService: 'catalog', name: 'all' });

/** The gateway with its one route, and filters before the others. */
function gateway(filters: readonly JsonObject[] = []): SnapshotCase['resources'] {
  return () => ({ listeners: [gatewayListener(filters)], routes: [gatewayRoutes([catalogHost([TO_V1])])], ...BOTH_SUBSETS });
}

/** A filter with some of its configuration set, or, where undefined, taken out. */
function changed(filter: JsonObject, more: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  const config = Object.fromEntries(Object.entries({ ...(filter['typed_config'] as JsonObject), ...more }).filter(([, value]) => value !== undefined));
  return { ...filter, typed_config: config as JsonObject };
}

export const noListener: SnapshotCase = {
  name: 'no-listener',
  story: 'The Gateway of port 8099 selects other pods, so that this proxy has no listener there: the connection is refused.',
  proxy: GATEWAY,
  resources: gateway(),
  requests: [ask('items', 8099, CATALOG_HOST, '/items')],
};

export const malformedRequests: SnapshotCase = {
  name: 'malformed-requests',
  story: 'Requests that the connection manager refuses before it looks for a route: without a host, with a fragment, with %00.',
  proxy: GATEWAY,
  resources: gateway(),
  requests: [
    ask('without-host', 8080, null, '/items'),
    ask('fragment', 8080, CATALOG_HOST, '/items#top'),
    ask('zero-byte', 8080, CATALOG_HOST, '/items%00'),
    ask('items', 8080, CATALOG_HOST, '/items'),
  ],
};

const upgrade = (type: string): [string, string][] => [
  ['connection', 'upgrade'],
  ['upgrade', type],
];

export const upgradeNotEnabled: SnapshotCase = {
  name: 'upgrade-not-enabled',
  story: 'A client asks for an upgrade to a protocol that the gateway does not have among its upgrade_configs.',
  proxy: GATEWAY,
  resources: gateway(),
  requests: [ask('mqtt', 8080, CATALOG_HOST, '/items', { headers: upgrade('mqtt') })],
};

const BUFFER = httpFilter('envoy.filters.http.buffer', 'envoy.extensions.filters.http.buffer.v3.Buffer', { max_request_bytes: 16 });

export const bodyTooLarge: SnapshotCase = {
  name: 'body-too-large',
  story: 'A buffer filter keeps the whole body and takes 16 bytes at most.',
  proxy: GATEWAY,
  resources: gateway([BUFFER]),
  requests: [
    ask('too-large', 8080, CATALOG_HOST, '/items', { method: 'POST', body: 'x'.repeat(17) }),
    ask('fits', 8080, CATALOG_HOST, '/items', { method: 'POST', body: 'x'.repeat(16) }),
  ],
};

const AUTHORIZATION = httpFilter('envoy.filters.http.ext_authz', 'envoy.extensions.filters.http.ext_authz.v3.ExtAuthz', {
  http_service: { server_uri: { uri: 'http://authorization.istioinaction', cluster: 'authorization', timeout: '0.5s' } },
});

export const authorizationDown: SnapshotCase = {
  name: 'authorization-down',
  story: 'The external authorization service cannot be reached, and the filter then refuses every request.',
  proxy: GATEWAY,
  resources: (env) => {
    const own = gateway([AUTHORIZATION])(env);
    const endpoints = [{ lb_endpoints: [{ endpoint: { address: socketAddress('127.0.0.1', 13099) } }] }];
    const service = { name: 'authorization', type: 'STATIC', connect_timeout: '1s', load_assignment: { cluster_name: 'authorization', endpoints } };
    return { ...own, clusters: [...(own.clusters ?? []), service] };
  },
  requests: [ask('items', 8080, CATALOG_HOST, '/items', { judged: 'undetermined' })],
};

/** Route configs by a request header: scoped routes. */
function scopedListener(): JsonObject {
  const manager = httpConnectionManager({ statPrefix: 'scoped', routes: 'http.8080', edge: true });
  const scope = (tenant: string): JsonObject => ({
    name: `tenant-${tenant}`,
    route_configuration: { ...gatewayRoutes([catalogHost([TO_V1])]), name: `tenant-${tenant}` },
    key: { fragments: [{ string_key: tenant }] },
  });
  const scoped = {
    name: 'tenants',
    scope_key_builder: { fragments: [{ header_value_extractor: { name: 'x-tenant', index: 0 } }] },
    scoped_route_configurations_list: { scoped_route_configurations: [scope('a'), scope('b')] },
  };
  return listener('0.0.0.0', 8080, [{ filters: [changed(manager, { rds: undefined, scoped_routes: scoped })] }]);
}

export const scopedRoutes: SnapshotCase = {
  name: 'scoped-routes',
  story: 'The route config is picked by the header x-tenant: for a tenant without a scope there is none.',
  proxy: GATEWAY,
  resources: (env) => ({ ...gateway()(env), listeners: [scopedListener()] }),
  requests: [
    ask('known-tenant', 8080, CATALOG_HOST, '/items', { headers: [['x-tenant', 'a']] }),
    ask('unknown-tenant', 8080, CATALOG_HOST, '/items', { headers: [['x-tenant', 'z']] }),
    ask('no-tenant', 8080, CATALOG_HOST, '/items'),
  ],
};

export const nonForwardingRoute: SnapshotCase = {
  name: 'route-does-not-forward',
  story: 'A route with non_forwarding_action, as gRPC servers that speak xDS have them: a proxy has nothing to do with it.',
  proxy: GATEWAY,
  resources: (env) => ({
    ...gateway()(env),
    routes: [gatewayRoutes([catalogHost([answer({ non_forwarding_action: {} }, { name: 'server-side', match: { prefix: '/grpc' } }), TO_V1])])],
  }),
  requests: [ask('server-side', 8080, CATALOG_HOST, '/grpc/method'), ask('items', 8080, CATALOG_HOST, '/items')],
};

/** One cluster over both versions of the catalog, balanced by the version that the route asks for. */
function subsetBalancing(fallback: string): SnapshotCase['resources'] {
  const wanted = (version: string, prefix: string): JsonObject =>
    forward('catalog', {
      name: `version-${version}`,
      match: { prefix },
      more: { route: { cluster: 'catalog', metadata_match: { filter_metadata: { 'envoy.lb': { version } } } } },
    });
  const host = (pod: keyof typeof PODS, version: string): JsonObject => ({
    endpoint: { address: socketAddress('127.0.0.1', PODS[pod]) },
    metadata: { filter_metadata: { 'envoy.lb': { version } } },
  });
  const cluster = {
    name: 'catalog',
    type: 'STATIC',
    connect_timeout: '1s',
    lb_subset_config: { fallback_policy: fallback, subset_selectors: [{ keys: ['version'] }] },
    load_assignment: { cluster_name: 'catalog', endpoints: [{ lb_endpoints: [host('catalog-v1', 'v1'), host('catalog-v2', 'v2')] }] },
  };
  return () => ({
    listeners: [gatewayListener()],
    routes: [gatewayRoutes([catalogHost([wanted('v3', '/v3'), wanted('v1', '/')])])],
    clusters: [BLACK_HOLE, serviceCluster(CATALOG), cluster],
  });
}

export const subsetNotSelected: SnapshotCase = {
  name: 'subset-not-selected',
  story: 'A cluster balances over subsets of its hosts by their metadata; one route asks for a version that no host has.',
  proxy: GATEWAY,
  resources: subsetBalancing('NO_FALLBACK'),
  requests: [ask('version-v3', 8080, CATALOG_HOST, '/v3/items'), ask('version-v1', 8080, CATALOG_HOST, '/items')],
};

export const dropOverload: SnapshotCase = {
  name: 'drop-overload',
  story: 'The load assignment of a cluster asks for all requests to be dropped, as a control plane does in an overload.',
  proxy: GATEWAY,
  resources: (env) => {
    const own = gateway()(env);
    const { clusters, endpoints = [] } = clustersWith({ 'version-v1': ['catalog-v1'] });
    const policy = { drop_overloads: [{ category: 'overload', drop_percentage: { numerator: 100 } }] };
    return { ...own, clusters: clusters ?? [], endpoints: endpoints.map((one) => (one['cluster_name'] === V1 ? { ...one, policy } : one)) };
  },
  requests: [ask('items', 8080, CATALOG_HOST, '/items')],
};

export const noRouter: SnapshotCase = {
  name: 'no-router',
  story: 'An HTTP filter chain without any filter, and so without the router: Envoy takes the configuration, and requests hang.',
  proxy: GATEWAY,
  resources: (env) => {
    const manager = httpConnectionManager({ statPrefix: 'outbound_0.0.0.0_8080;', routes: 'http.8080', edge: true });
    return { ...gateway()(env), listeners: [listener('0.0.0.0', 8080, [{ filters: [changed(manager, { http_filters: [] })] }])] };
  },
  requests: [ask('items', 8080, CATALOG_HOST, '/items')],
};

const DENY = networkFilter('envoy.filters.network.rbac', 'envoy.extensions.filters.network.rbac.v3.RBAC', {
  stat_prefix: 'tcp.',
  rules: { action: 'DENY', policies: { 'ns[istioinaction]-policy[no-tcp]-rule[0]': { permissions: [{ any: true }], principals: [{ any: true }] } } },
});

export const networkRbacDeny: SnapshotCase = {
  name: 'network-rbac-deny',
  story: 'An AuthorizationPolicy on a TCP port denies every connection: the RBAC network filter closes it at the first byte.',
  proxy: GATEWAY,
  resources: (env) => ({ ...gateway()(env), listeners: [listener('0.0.0.0', 8080, [{ filters: [DENY, tcpProxy(V1)] }])] }),
  requests: [ask('connection', 8080, CATALOG_HOST, '/items', { judged: 'conditional' })],
};

export const chainWithoutFilters: SnapshotCase = {
  name: 'filter-chain-without-filters',
  story: 'A filter chain that an EnvoyFilter left without filters: Envoy takes the listener, and closes every connection.',
  proxy: GATEWAY,
  resources: (env) => ({ ...gateway()(env), listeners: [listener('0.0.0.0', 8080, [{ filters: [] }])] }),
  requests: [ask('items', 8080, CATALOG_HOST, '/items')],
};

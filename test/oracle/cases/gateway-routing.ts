import { httpFilter } from '../istio/http-connection-manager.ts';
import { CATALOG, outbound, WEBAPP } from '../istio/names.ts';
import { answer, forward, virtualHost } from '../istio/routes.ts';
import { ask, type SnapshotCase } from '../record/snapshot-case.ts';
import type { JsonObject } from '../xds-files.ts';
import { BOTH_SUBSETS, CATALOG_HOST, catalogHost, GATEWAY, gatewayListener, gatewayRoutes, SPLIT, V1, V2 } from './gateway.ts';

const gateway = (virtualHosts: readonly JsonObject[], before: readonly JsonObject[] = []): SnapshotCase['resources'] => {
  return () => ({ listeners: [gatewayListener(before)], routes: [gatewayRoutes(virtualHosts)], ...BOTH_SUBSETS });
};

export const unknownHost: SnapshotCase = {
  name: 'host-without-virtual-host',
  story: 'The Gateway serves catalog.istioinaction.io; the client asks for another host and gets 404 before any route is looked at.',
  proxy: GATEWAY,
  resources: gateway([catalogHost([SPLIT]), virtualHost('*.apps.istioinaction.io:8080', ['*.apps.istioinaction.io'], [forward(outbound(80, WEBAPP))])]),
  requests: [
    ask('other-host', 8080, 'catalog.example.com', '/items'),
    ask('misspelt-host', 8080, 'catalogue.istioinaction.io', '/items'),
    ask('parent-domain', 8080, 'istioinaction.io', '/items'),
    ask('trailing-dot', 8080, `${CATALOG_HOST}.`, '/items'),
    ask('wildcard-without-a-label', 8080, 'apps.istioinaction.io', '/'),
    ask('wildcard-with-two-labels', 8080, 'a.b.apps.istioinaction.io:8080', '/'),
    ask('ip-address', 8080, '127.0.0.1:8080', '/items'),
  ],
};

const exact = { headers: [{ name: 'x-istio-cohort', string_match: { exact: 'internal' } }] };
export const noRoute: SnapshotCase = {
  name: 'no-route-for-the-path',
  story:
    'The VirtualService routes /items, POST /orders, /api for one cohort and a version number by regular expression, and nothing else: other paths get 404 although the host is known.',
  proxy: GATEWAY,
  resources: gateway([
    catalogHost([
      forward(V1, { virtualService: 'catalog', name: 'items', match: { path_separated_prefix: '/items', case_sensitive: true } }),
      forward(V2, { virtualService: 'catalog', name: 'orders', match: { prefix: '/orders', headers: [{ name: ':method', string_match: { exact: 'POST' } }] } }),
      forward(V2, { virtualService: 'catalog', name: 'cohort', match: { prefix: '/api', ...exact } }),
      forward(V1, { virtualService: 'catalog', name: 'by-version', match: { safe_regex: { regex: '/v[0-9]+/items' } } }),
      forward(V1, {
        virtualService: 'catalog',
        name: 'debug',
        match: { path: '/status', query_parameters: [{ name: 'debug', string_match: { exact: 'true' } }] },
      }),
    ]),
  ]),
  requests: [
    ask('items', 8080, CATALOG_HOST, '/items'),
    ask('item', 8080, CATALOG_HOST, '/items/1'),
    ask('items-is-not-itemsets', 8080, CATALOG_HOST, '/itemsets'),
    ask('root', 8080, CATALOG_HOST, '/'),
    ask('capitals', 8080, CATALOG_HOST, '/Items'),
    ask('post-orders', 8080, CATALOG_HOST, '/orders', { method: 'POST', body: '{}' }),
    ask('get-orders', 8080, CATALOG_HOST, '/orders'),
    ask('api-internal', 8080, CATALOG_HOST, '/api', { headers: [['x-istio-cohort', 'internal']] }),
    ask('api-external', 8080, CATALOG_HOST, '/api', { headers: [['x-istio-cohort', 'external']] }),
    ask('api-without-header', 8080, CATALOG_HOST, '/api'),
    ask('version', 8080, CATALOG_HOST, '/v2/items?page=3'),
    ask('version-with-tail', 8080, CATALOG_HOST, '/v2/items/1'),
    ask('debug', 8080, CATALOG_HOST, '/status?debug=true'),
    ask('debug-off', 8080, CATALOG_HOST, '/status?debug=false'),
    ask('dots', 8080, CATALOG_HOST, '/x/../items'),
  ],
};

export const httpsRedirect: SnapshotCase = {
  name: 'https-redirect',
  story: 'The Gateway has tls.httpsRedirect: every plain request is sent to https, before any route is looked at.',
  proxy: GATEWAY,
  resources: gateway([catalogHost([SPLIT], { require_tls: 'ALL' })]),
  requests: [
    ask('items', 8080, CATALOG_HOST, '/items?id=1'),
    ask('with-port', 8080, `${CATALOG_HOST}:8080`, '/items'),
    ask('with-port-80', 8080, `${CATALOG_HOST}:80`, '/items'),
    ask('claims-https', 8080, CATALOG_HOST, '/items', { headers: [['x-forwarded-proto', 'https']] }),
  ],
};

export const redirect: SnapshotCase = {
  name: 'route-redirect',
  story: 'The VirtualService redirects old paths: to another path, to another host, and by prefix.',
  proxy: GATEWAY,
  resources: gateway([
    catalogHost([
      answer({ redirect: { path_redirect: '/items' } }, { virtualService: 'catalog-moved', name: 'path', match: { path: '/list' } }),
      answer(
        { redirect: { host_redirect: 'www.istioinaction.io', response_code: 'FOUND' } },
        { virtualService: 'catalog-moved', name: 'host', match: { prefix: '/www' } },
      ),
      answer(
        { redirect: { prefix_rewrite: '/v2/', response_code: 'PERMANENT_REDIRECT' } },
        { virtualService: 'catalog-moved', name: 'prefix', match: { prefix: '/v1/' } },
      ),
      answer({ redirect: { https_redirect: true, port_redirect: 8443 } }, { virtualService: 'catalog-moved', name: 'scheme', match: { prefix: '/secure' } }),
      answer(
        { redirect: { path_redirect: '/', strip_query: true, response_code: 'SEE_OTHER' } },
        { virtualService: 'catalog-moved', name: 'strip', match: { prefix: '/search' } },
      ),
      SPLIT,
    ]),
  ]),
  requests: [
    ask('path', 8080, CATALOG_HOST, '/list?page=2'),
    ask('host', 8080, `${CATALOG_HOST}:8080`, '/www/a'),
    ask('prefix', 8080, CATALOG_HOST, '/v1/items?id=1'),
    ask('scheme', 8080, `${CATALOG_HOST}:8080`, '/secure'),
    ask('strip', 8080, CATALOG_HOST, '/search?q=1'),
    ask('not-moved', 8080, CATALOG_HOST, '/items', { times: 40 }),
  ],
};

export const directResponse: SnapshotCase = {
  name: 'direct-response',
  story: 'The VirtualService answers by itself: maintenance for the shop, a plain 200 for the health check, and 404 for what is hidden.',
  proxy: GATEWAY,
  resources: gateway([
    catalogHost([
      answer(
        { direct_response: { status: 200, body: { inline_string: 'ok' } } },
        { virtualService: 'catalog-closed', name: 'health', match: { path: '/healthz' } },
      ),
      answer({ direct_response: { status: 404 } }, { virtualService: 'catalog-closed', name: 'hidden', match: { prefix: '/admin' } }),
      answer({ direct_response: { status: 503, body: { inline_string: 'closed for maintenance' } } }, { virtualService: 'catalog-closed', name: 'closed' }),
    ]),
  ]),
  requests: [
    ask('health', 8080, CATALOG_HOST, '/healthz'),
    ask('hidden', 8080, CATALOG_HOST, '/admin/users'),
    ask('closed', 8080, CATALOG_HOST, '/items'),
    ask('closed-grpc', 8080, CATALOG_HOST, '/catalog.Items/List', {
      protocol: 'h2',
      method: 'POST',
      body: '',
      headers: [['content-type', 'application/grpc']],
    }),
  ],
};

const FAULT = 'envoy.extensions.filters.http.fault.v3.HTTPFault';
const abort = (numerator: number, more: JsonObject = {}): JsonObject => ({
  typed_per_filter_config: {
    'envoy.filters.http.fault': {
      '@type': `type.googleapis.com/${FAULT}`,
      abort: { http_status: 503, percentage: { numerator, denominator: 'HUNDRED' } },
      ...more,
    },
  },
});
export const faultAbort: SnapshotCase = {
  name: 'fault-abort',
  story: 'The VirtualService injects faults: a test cohort always gets 503, the rest one time in four, and the fault comes before a missing cluster.',
  proxy: GATEWAY,
  resources: gateway([
    catalogHost([
      forward(V1, { virtualService: 'catalog-fault', name: 'cohort', match: { prefix: '/', ...exact }, more: abort(100) }),
      forward(outbound(80, CATALOG, 'version-v9'), { virtualService: 'catalog-fault', name: 'missing', match: { prefix: '/v9' }, more: abort(100) }),
      forward(V2, { virtualService: 'catalog-fault', name: 'rest', more: abort(25) }),
    ]),
  ]),
  requests: [
    ask('cohort', 8080, CATALOG_HOST, '/items', { headers: [['x-istio-cohort', 'internal']] }),
    ask('missing-cluster', 8080, CATALOG_HOST, '/v9/items'),
    ask('rest', 8080, CATALOG_HOST, '/items', { times: 60 }),
  ],
};

const policy = (name: string, rule: JsonObject): JsonObject => ({ [`ns[istioinaction]-policy[${name}]-rule[0]`]: rule });
const anyone: JsonObject = { and_ids: { ids: [{ any: true }] } };
const RBAC = httpFilter('envoy.filters.http.rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', {
  rules: {
    action: 'DENY',
    policies: {
      ...policy('no-admin', {
        permissions: [{ and_rules: { rules: [{ or_rules: { rules: [{ url_path: { path: { prefix: '/admin' } } }] } }] } }],
        principals: [anyone],
      }),
      ...policy('no-delete', {
        permissions: [{ and_rules: { rules: [{ or_rules: { rules: [{ header: { name: ':method', string_match: { exact: 'DELETE' } } }] } }] } }],
        principals: [anyone],
      }),
    },
  },
  shadow_rules_stat_prefix: 'istio_dry_run_allow_',
});
export const rbacDeny: SnapshotCase = {
  name: 'rbac-deny',
  story: 'An AuthorizationPolicy denies /admin and DELETE on the gateway: 403, also where no virtual host would match.',
  proxy: GATEWAY,
  resources: gateway([catalogHost([forward(V1, { virtualService: 'catalog' })])], [RBAC]),
  requests: [
    ask('items', 8080, CATALOG_HOST, '/items'),
    ask('admin', 8080, CATALOG_HOST, '/admin?x=1'),
    ask('delete', 8080, CATALOG_HOST, '/items/1', { method: 'DELETE' }),
    ask('admin-of-unknown-host', 8080, 'nobody.example.com', '/admin'),
    ask('items-of-unknown-host', 8080, 'nobody.example.com', '/items'),
  ],
};

export const clusterHeader: SnapshotCase = {
  name: 'cluster-header',
  story: 'An EnvoyFilter lets a header name the cluster: a known name is served, an unknown one or none gets 503.',
  proxy: GATEWAY,
  resources: gateway([
    catalogHost([{ name: 'by-header', match: { prefix: '/' }, route: { cluster_header: 'x-cluster', cluster_not_found_response_code: 'NOT_FOUND' } }]),
  ]),
  requests: [
    ask('known', 8080, CATALOG_HOST, '/items', { headers: [['x-cluster', V1]] }),
    ask('unknown', 8080, CATALOG_HOST, '/items', { headers: [['x-cluster', 'outbound|80|version-v9|catalog']] }),
    ask('absent', 8080, CATALOG_HOST, '/items'),
  ],
};

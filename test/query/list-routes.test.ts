import { describe, expect, test } from 'vitest';
import { filterRows } from '../../src/query/filter-rows.ts';
import { listRoutes, type RouteFilters, type RouteRow, routeFilters, withoutRoutes } from '../../src/query/list-routes.ts';
import {
  chain,
  configDump,
  httpFilter,
  type Json,
  largeProxyOf,
  listener,
  listenersSection,
  proxyOf,
  routesSection,
  virtualHost,
} from '../support/dump-builders.ts';
import { columnOf, tableOf } from '../support/table-of.ts';

const same = <T>(value: T): T => value;
const listed = async (...configs: readonly Json[]) => listRoutes(await proxyOf(configDump(routesSection(...configs))), same);
const ofRoutes = async (...routes: readonly Json[]) => listed({ name: 'r', virtual_hosts: [virtualHost('shop', ['shop.example'], ...routes)] });
const all = { prefix: '/' };

test("the default table has istioctl's columns, then where the route goes", async () => {
  const metadata = { filter_metadata: { istio: { config: '/apis/networking.istio.io/v1/namespaces/shop/virtual-service/catalog' } } };
  const listing = await ofRoutes({ match: { prefix: '/items' }, route: { cluster: 'outbound|80||catalog' }, metadata });
  expect(tableOf(listing)).toEqual([
    {
      NAME: 'r',
      'VHOST NAME': 'shop',
      DOMAINS: 'shop.example',
      MATCH: '/items*',
      'VIRTUAL SERVICE': 'catalog.shop',
      DESTINATION: 'outbound|80||catalog',
    },
  ]);
});

describe('DESTINATION', () => {
  test.each<[string, Json, string]>([
    ['a cluster', { route: { cluster: 'a' } }, 'a'],
    ['PassthroughCluster', { route: { cluster: 'PassthroughCluster' } }, 'PassthroughCluster'],
    [
      'each weighted arm with its percentage',
      {
        route: {
          weighted_clusters: {
            clusters: [
              { name: 'v1', weight: 1 },
              { name: 'v2', weight: 2 },
              { cluster_header: 'x-c', weight: 0 },
            ],
          },
        },
      },
      'v1 (33.33%), v2 (66.67%), cluster named by header x-c (0%)',
    ],
    ['a cluster named by a header', { route: { cluster_header: 'x-cluster' } }, 'cluster named by header x-cluster'],
    ['a cluster specifier plugin', { route: { cluster_specifier_plugin: 'lua' } }, 'cluster chosen by plugin lua'],
    ['a redirect to https', { redirect: { https_redirect: true } }, 'redirect 301 to https://{host}{path}'],
    [
      'a redirect with all parts',
      {
        redirect: {
          scheme_redirect: 'https',
          host_redirect: 'b.example',
          port_redirect: 8443,
          path_redirect: '/new',
          response_code: 'TEMPORARY_REDIRECT',
          strip_query: true,
        },
      },
      'redirect 307 to https://b.example:8443/new without query',
    ],
    ['a prefix redirect', { redirect: { prefix_rewrite: '/v2/' } }, 'redirect 301 to {scheme}://{host}/v2/{rest of path}'],
    ['a direct response', { direct_response: { status: 503, body: { inline_string: 'closed' } } }, 'direct response 503 "closed"'],
    ['a long body in short', { direct_response: { status: 200, body: { inline_string: 'x'.repeat(41) } } }, `direct response 200 "${'x'.repeat(40)}…"`],
    ['no forwarding', { non_forwarding_action: {} }, 'not forwarded'],
    ['no action', {}, 'no action'],
  ])('shows %s', async (_, action, text) => {
    expect(columnOf(await ofRoutes({ match: all, ...action }), 'DESTINATION')).toEqual([text]);
  });
});

describe('MATCH', () => {
  test.each<[Json, string]>([
    [{ prefix: '/a' }, '/a*'],
    [{ path: '/a' }, '/a'],
    [{ path_separated_prefix: '/a' }, 'PathPrefix:/a'],
    [{ safe_regex: { regex: '/a.*' } }, 'regex /a.*'],
    [{ prefix: '/a', case_sensitive: false }, '/a* (any case)'],
    [{ connect_matcher: {} }, 'CONNECT'],
    [
      {
        path_match_policy: {
          name: 'u',
          typed_config: { '@type': 'type.googleapis.com/envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig', path_template: '/a/{id}' },
        },
      },
      'template /a/{id}',
    ],
    [{ prefix: '/', headers: [{ name: ':method', string_match: { exact: 'GET' } }] }, '/* (+method)'],
    [{ prefix: '/', headers: [{ name: 'x' }], query_parameters: [{ name: 'q' }], grpc: {} }, '/* (+headers, query, more)'],
  ])('of %j is %s', async (match, text) => {
    expect(columnOf(await ofRoutes({ match, route: { cluster: 'a' } }), 'MATCH')).toEqual([text]);
  });

  test('shows the way through a matcher tree', async () => {
    const route = { '@type': 'type.googleapis.com/envoy.config.route.v3.Route', match: all, route: { cluster: 'tree' } };
    const input = { name: 'h', typed_config: { '@type': 'type.googleapis.com/envoy.type.matcher.v3.HttpRequestHeaderMatchInput', header_name: 'x-env' } };
    const matcher = { matcher_tree: { input, exact_match_map: { map: { prod: { action: { name: 'route', typed_config: route } } } } } };
    const listing = await listed({ name: 'r', virtual_hosts: [{ name: 'v', domains: ['*'], matcher }] });
    expect(tableOf(listing)).toMatchObject([{ MATCH: 'header x-env: prod /*', DESTINATION: 'tree' }]);
  });
});

describe('the wide table', () => {
  test('tells every condition', async () => {
    const match = {
      prefix: '/',
      headers: [
        { name: ':method', string_match: { exact: 'POST' } },
        { name: 'x-user', string_match: { prefix: 'j', ignore_case: true } },
        { name: 'x-old', present_match: true, invert_match: true },
        { name: 'x-n', range_match: { start: 1, end: 5 } },
        { name: 'x-s', suffix_match: 'end' },
      ],
      query_parameters: [
        { name: 'debug', present_match: true },
        { name: 'v', string_match: { safe_regex: { regex: '\\d+' } } },
      ],
      cookies: [{ name: 'session', string_match: { exact: 'x' } }],
      runtime_fraction: { default_value: { numerator: 5, denominator: 'TEN_THOUSAND' }, runtime_key: 'k' },
    };
    expect(tableOf(await ofRoutes({ match, route: { cluster: 'a' } }), true)).toMatchObject([
      {
        METHOD: 'POST',
        HEADERS: 'x-user^=j (any case) and not x-old present and x-n in [1,5) and x-s$=end',
        QUERY: 'debug present and v~=\\d+',
        'OTHER CONDITIONS': 'cookie session=x and 0.05% of requests (runtime k)',
      },
    ]);
  });

  test('tells what happens on the way', async () => {
    const route = {
      cluster: 'a',
      timeout: '0s',
      retry_policy: { retry_on: '5xx', num_retries: 3, per_try_timeout: '2s' },
      prefix_rewrite: '/v2',
      host_rewrite_literal: 'b.internal',
      request_mirror_policies: [{ cluster: 'shadow', runtime_fraction: { default_value: { numerator: 10 } } }],
    };
    expect(tableOf(await ofRoutes({ name: 'items', match: all, route }), true)).toMatchObject([
      {
        ROUTE: 'items',
        TIMEOUT: 'none',
        RETRIES: '3 on 5xx, 2s each',
        REWRITE: 'path prefix -> /v2; host -> b.internal',
        MIRROR: 'shadow (10%)',
        VERSION: 'v1',
      },
    ]);
  });

  test("takes a route's timeout of 15 seconds and its host's retries where it has none itself", async () => {
    const host = { ...virtualHost('v', ['*'], { match: all, route: { cluster: 'a' } }), retry_policy: { retry_on: 'reset' } };
    expect(tableOf(await listed({ name: 'r', virtual_hosts: [host] }), true)).toMatchObject([{ TIMEOUT: '15s (default)', RETRIES: '1 on reset' }]);
  });
});

describe('DOMAINS', () => {
  test.each([
    [['a.example'], 'a.example'],
    [['a:80', 'b:80'], 'a:80, b:80'],
    [['a.ns.svc.cluster.local', 'a', 'a:80', 'a.ns.svc', 'a.ns', '10.0.0.1'], 'a, a.ns + 1 more...'],
    [['[fd00::1]:80', '[fd00::1]'], '[fd00::1]'],
  ])('of %j are %s', async (domains, text) => {
    const listing = await listed({ name: 'r', virtual_hosts: [virtualHost('v', domains, { match: all, route: { cluster: 'a' } })] });
    expect(columnOf(listing, 'DOMAINS')).toEqual([text]);
  });
});

test('a virtual host without routes and a route config without virtual hosts have a row that says 404', async () => {
  const listing = await listed({ name: 'a', virtual_hosts: [virtualHost('v', ['*'])] }, { name: 'b' });
  expect(columnOf(listing, 'DESTINATION')).toEqual(['404: no routes', '404: no virtual hosts']);
});

test('route configs stand by number, then by name, unnamed ones last; routes in the order of Envoy', async () => {
  const config = (name: string, ...clusters: string[]) => ({
    name,
    virtual_hosts: [virtualHost('v', ['*'], ...clusters.map((cluster) => ({ match: all, route: { cluster } })))],
  });
  const listing = await listed(config('', '5'), config('b', '4'), config('9', '2', '1'), config('80', '3'));
  expect(columnOf(listing, 'DESTINATION')).toEqual(['2', '1', '3', '4', '5']);
});

test('without a routes section, route configs inside listeners are listed', async () => {
  const route_config = { name: 'inline', virtual_hosts: [virtualHost('v', ['*'], { match: all, route: { cluster: 'a' } })] };
  const listing = listRoutes(await proxyOf(configDump(listenersSection(listener('l', 80, chain(httpFilter({ route_config })))))), same);
  expect(tableOf(listing)).toMatchObject([{ NAME: 'inline', DESTINATION: 'a' }]);
  expect(listing.notes).toEqual(['the input has no routes section; these are the route configs inside its listeners']);
});

test('--verbose=false leaves one row for each route config', async () => {
  const hosts = ['a', 'b'].map((name) => virtualHost(name, [name], { match: all, route: { cluster: name } }));
  expect(tableOf(withoutRoutes(await listed({ name: 'r', virtual_hosts: hosts })))).toEqual([{ NAME: 'r', 'VIRTUAL HOSTS': '2' }]);
});

test('what a mask takes out of a route is not in the table', async () => {
  const masked = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('s3cret', '[redacted]')) as T;
  const match = { prefix: '/', headers: [{ name: 'authorization', string_match: { exact: 's3cret' } }] };
  const listing = listRoutes(await proxyOf(configDump(routesSection({ name: 'r', virtual_hosts: [virtualHost('v', ['*'], { match })] }))), masked);
  expect(columnOf(listing, 'HEADERS', true)).toEqual(['authorization=[redacted]']);
});

describe('filters', () => {
  const metadata = { filter_metadata: { istio: { config: '/apis/networking.istio.io/v1/namespaces/shop/virtual-service/catalog' } } };
  const rows = async () =>
    (
      await listed(
        { name: '80', virtual_hosts: [virtualHost('v', ['shop.example', 'shop'], { match: { prefix: '/items' }, route: { cluster: 'catalog' }, metadata })] },
        {
          name: 'http.8080',
          virtual_hosts: [
            virtualHost('w', ['*.example'], {
              match: { path: '/' },
              route: {
                weighted_clusters: {
                  clusters: [
                    { name: 'v1', weight: 1 },
                    { name: 'catalog-v2', weight: 1 },
                  ],
                },
              },
            }),
          ],
        },
      )
    ).rows;

  test.each([
    [{ name: '80' }, ['80']],
    [{ name: 'http*' }, ['http.8080']],
    [{ domain: 'shop' }, ['80']],
    [{ domain: 'example' }, ['80', 'http.8080']],
    [{ path: '/items*' }, ['80']],
    [{ path: '~^/$' }, ['http.8080']],
    [{ cluster: 'v1' }, ['http.8080']],
    [{ cluster: 'catalog' }, ['80']],
    [{ cluster: 'catalog*' }, ['80', 'http.8080']],
    [{ virtualService: 'catalog.shop' }, ['80']],
    [{ virtualService: 'catalog' }, ['80']],
  ])('%j leave %j', async (wanted, names) => {
    expect(filterRows(await rows(), routeFilters(wanted)).kept.map((row) => row.configName)).toEqual(names);
  });

  test('that match nothing tell how many rows there were and what is near', async () => {
    const { miss } = filterRows(await rows(), routeFilters({ domain: 'shop.exmaple' }));
    expect(miss).toEqual({ looked: 2, filters: [{ flag: '--domain', wanted: 'shop.exmaple' }], nearest: ['shop', 'shop.example'], onlyTogether: false });
  });

  test('that match nothing only together blame all of them', async () => {
    const { miss } = filterRows(await rows(), routeFilters({ name: '80', path: '/' }));
    expect(miss).toMatchObject({ nearest: [], onlyTogether: true });
  });
});

describe('of a large dump', () => {
  const route = (prefix: string, cluster: string): Json => ({ match: { prefix }, route: { cluster } });
  const configs = ['80', '8080', 'http.80', 'Web', 'inbound|80||'].map((name, i) => ({
    name,
    virtual_hosts:
      i === 3 ? [] : [virtualHost('a', ['a.shop', `b${i}.shop`], route('/a', 'a'), route('/b', `b${i}`)), virtualHost('c', ['c'], route('/', 'c'))],
  }));
  const dump = configDump(routesSection(...configs));

  test.each<RouteFilters>([
    ...['80', '8080', '808', 'http', 'WEB', 'w*', '*80', '~^8', 'nothing', '', '*'].map((name) => ({ name })),
    { name: '80', domain: 'a.shop' },
    { name: '80', domain: 'b4.shop' },
    { name: '80', domain: 'b4' },
    { name: '8080', cluster: 'b1', path: '/b' },
    { name: '8080', path: '~[' },
    { domain: 'a.shop' },
  ])('what filters leave of it is the same, and what they say of nothing, when other configs are left out before: %j', async (wanted) => {
    const told = ({ rows }: { readonly rows: readonly RouteRow[] }): unknown => {
      const { kept, miss } = filterRows(rows, routeFilters(wanted));
      return [kept.map((row) => [row.configName, row.hostName, row.match, row.destination.text]), miss];
    };
    const [some, all] = [listRoutes(await largeProxyOf(dump), same, wanted), listRoutes(await largeProxyOf(dump), same)];
    if (wanted.path === '~[') expect(() => told(some)).toThrow(SyntaxError);
    else expect(told(some)).toEqual(told(all));
  });

  test('a filter by the name of a config has no other one read', async () => {
    expect(listRoutes(await largeProxyOf(dump), same, { name: '80' }).rows.map((row) => row.configName)).toEqual(['80', '80', '80']);
  });
});

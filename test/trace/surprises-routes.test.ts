import { describe, expect, test } from 'vitest';
import type { TraceRequest } from '../../src/match/request.ts';
import { cluster, type Gateway, type GatewayParts, gateway, host, type Json, to, typed } from '../support/http-builders.ts';

/** A gateway whose routes go to clusters of their own names; `none` is what nothing else took. */
function routing(routes: Readonly<Record<string, Json>>, parts: GatewayParts = {}): Promise<Gateway> {
  const entries = Object.entries(routes).map(([name, match]) => to(name, match));
  const clusters = [...Object.keys(routes), 'none'].map((name) => cluster(name));
  return gateway({ clusters, ...parts, hosts: [host('host', '*', [...entries, to('none')])] });
}

const routeOf = ({ ask }: Gateway, request: Partial<TraceRequest>): string | null => ask(request).only.route;
const header = (matcher: Json, name = 'x-h'): Json => ({ prefix: '/', headers: [{ name, ...matcher }] });
const send = (...lines: [string, string][]): Partial<TraceRequest> => ({ headers: lines });
const exact = (value: string): Json => ({ string_match: { exact: value } });
const NO_ROUTE = { verdict: 'broken', status: 404, flags: 'NR', details: 'route_not_found' };
const template = (path_template: string): Json => ({
  path_match_policy: { name: 'template', typed_config: typed('envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig', { path_template }) },
});

describe("Envoy's surprises about matching routes, each as recorded from Envoy 1.40", () => {
  test('1: the first match wins, however unspecific, and no path specifier sees the query', async () => {
    const proxy = await routing({
      first: { prefix: '/a' },
      second: { path: '/a/b' },
      query: { prefix: '/q?x' },
      exact: { path: '/e?x=1' },
      regex: { safe_regex: { regex: '/r\\?.*' } },
    });
    expect(['/a/b', '/q?x', '/e?x=1', '/r?x'].map((path) => routeOf(proxy, { path }))).toEqual(['first', 'none', 'none', 'none']);
  });

  describe('2: a # in the target is refused, unless a runtime guard strips it', () => {
    test.each(['/a#b', '/a?b#c', '/#'])('%s', async (path) => {
      expect((await routing({})).ask({ path }).only).toMatchObject({ verdict: 'broken', status: 400, flags: null, details: 'path_normalization_failed' });
    });

    test('stripped from the path and from what goes upstream', async () => {
      const proxy = await routing({ a: { path: '/a' } }, { runtime: { 'envoy.reloadable_features.http_reject_path_with_fragment': false } });
      expect(proxy.ask({ path: '/a#b?c' }).only).toMatchObject({ route: 'a', upstream_request: { path: '/a' } });
    });
  });

  describe('3: safe_regex matches the whole path, by RE2, and case_sensitive does not touch it', () => {
    test.each([
      ['/a', '/ab', 'none'],
      ['^/a$', '/a', 'it'],
      ['/A', '/a', 'none'],
      ['(?i)/A', '/a', 'it'],
      ['/(\\pL)+', '/ab', 'it'],
      ['\\Q/a.b\\E', '/a.b', 'it'],
      ['\\Q/a.b\\E', '/axb', 'none'],
      ['\\A/a\\z', '/a', 'it'],
      ['/a\\b.*', '/a-', 'it'],
      ['/[[:alpha:]]+', '/ab', 'it'],
    ])('%s and %s: %s', async (regex, path, expected) => {
      expect(routeOf(await routing({ it: { safe_regex: { regex }, case_sensitive: false } }), { path })).toBe(expected);
    });
  });

  test.each([
    ['prefix', { prefix: '/API' }],
    ['path', { path: '/API' }],
    ['path_separated_prefix', { path_separated_prefix: '/API' }],
  ])('4: case_sensitive: false folds %s', async (_, match) => {
    const proxy = await routing({ it: { ...match, case_sensitive: false } });
    const strict = await routing({ it: match });
    expect([routeOf(proxy, { path: '/api' }), routeOf(strict, { path: '/api' })]).toEqual(['it', 'none']);
  });

  test.each([
    ['/api', 'it'],
    ['/api/', 'it'],
    ['/api/x', 'it'],
    ['/api?x', 'it'],
    ['/apix', 'none'],
    ['/api;x', 'none'],
    ['/api%2Fx', 'none'],
  ])('5: path_separated_prefix /api and %s: %s', async (path, expected) => {
    expect(routeOf(await routing({ it: { path_separated_prefix: '/api' } }), { path })).toBe(expected);
  });

  test.each([
    ['/api/*', '/api/x', 'it'],
    ['/api/*', '/api/', 'none'],
    ['/api/*', '/api/x/', 'none'],
    ['/api/{id}/items', '/api/1/items', 'it'],
    ['/deep/**', '/deep/', 'it'],
    ['/deep/**', '/deep', 'none'],
    ['/deep/**', '/deep/a/b', 'it'],
    ['/api/*', '/api/a%2Fb@c', 'it'],
    ['/API/*', '/api/x', 'none'],
    ['/api/*', '/api/x?y=/z', 'it'],
  ])('6: the template %s and %s: %s', async (path_template, path, expected) => {
    expect(routeOf(await routing({ it: template(path_template) }), { path })).toBe(expected);
  });

  describe('7: a header sent several times', () => {
    const twice = send(['x-h', 'a'], ['x-h', 'b']);
    test.each([
      ['each value is tried', exact('b'), 'it'],
      ['values are not joined', exact('a,b'), 'none'],
      ['inverted: none may match', { ...exact('a'), invert_match: true }, 'none'],
      ['a range takes any of them', { range_match: { start: '0', end: '5' } }, 'none'],
    ])('%s', async (_, matcher, expected) => {
      expect(routeOf(await routing({ it: header(matcher) }), twice)).toBe(expected);
    });

    test('with the old runtime guard values are joined', async () => {
      const runtime = { 'envoy.reloadable_features.match_headers_individually': false };
      expect(routeOf(await routing({ it: header(exact('a,b')) }, { runtime }), twice)).toBe('it');
    });

    test.each(['user-agent', 'accept', 'x-forwarded-for', 'cache-control', 'authorization'])('%s has a slot of its own, and is joined', async (name) => {
      const proxy = await routing({ joined: header(exact('a,b'), name), single: header(exact('a'), name) });
      expect(routeOf(proxy, send([name, 'a'], [name, 'b']))).toBe('joined');
    });

    test("Istio's cookie regex: HTTP/1 tries each line, HTTP/2 joins them with a semicolon and a blank", async () => {
      const proxy = await routing({ it: header({ string_match: { safe_regex: { regex: '^(.*?;)?(user=jason)(;.*)?$' } } }, 'cookie') });
      const lines = send(['cookie', 'a=b'], ['cookie', 'user=jason']);
      expect([
        routeOf(proxy, send(['cookie', 'a=b;user=jason'])),
        routeOf(proxy, send(['cookie', 'a=b; user=jason'])),
        routeOf(proxy, lines),
        routeOf(proxy, { ...lines, protocol: 'h2' }),
      ]).toEqual(['it', 'none', 'it', 'none']);
    });
  });

  describe('8: an absent header', () => {
    test.each<[string, Json, string]>([
      ['does not match inverted', { ...exact('a'), invert_match: true }, 'none'],
      ['matches present_match inverted', { present_match: true, invert_match: true }, 'it'],
      ['matches present_match: false', { present_match: false }, 'it'],
      ['matches an inverted matcher without a specifier', { invert_match: true }, 'it'],
      ['counts as empty where told so', { ...exact(''), treat_missing_header_as_empty: true }, 'it'],
      ['counts as empty and inverted', { ...exact('a'), invert_match: true, treat_missing_header_as_empty: true }, 'it'],
      ['is present where it counts as empty', { present_match: true, treat_missing_header_as_empty: true }, 'it'],
      ['is never absent then', { present_match: true, invert_match: true, treat_missing_header_as_empty: true }, 'none'],
      ['is no number', { range_match: { start: '0', end: '5' }, treat_missing_header_as_empty: true }, 'none'],
      ['is no number, inverted', { range_match: { start: '0', end: '5' }, invert_match: true, treat_missing_header_as_empty: true }, 'it'],
    ])('%s', async (_, matcher, expected) => {
      expect(routeOf(await routing({ it: header(matcher) }), {})).toBe(expected);
    });
  });

  test.each([
    ['-10', 'it'],
    ['4', 'it'],
    ['5', 'none'],
    ['+4', 'it'],
    ['04', 'it'],
    [' 4 ', 'it'],
    ['4.0', 'none'],
    ['0x4', 'none'],
    ['9223372036854775808', 'none'],
  ])('9: the range [-10, 5) and "%s": %s', async (value, expected) => {
    expect(routeOf(await routing({ it: header({ range_match: { start: '-10', end: '5' } }) }), send(['x-h', value]))).toBe(expected);
  });

  describe('10: pseudo headers and what Envoy adds', () => {
    test.each<[string, Json, Partial<TraceRequest>, string]>([
      [':path has its query, after normalisation', header(exact('/b?x'), ':path'), { path: '/a/../b?x' }, 'it'],
      [':authority has its port and its case', header(exact('A.com:80'), ':authority'), { authority: 'A.com:80' }, 'it'],
      ['host is :authority', header(exact('A.com'), 'Host'), { authority: 'a.com' }, 'none'],
      ['names of headers have no case', header(exact('a'), 'X-H'), send(['x-h', 'a']), 'it'],
      ['methods have', header(exact('get'), ':method'), {}, 'none'],
      ['PROPFIND is a method', header(exact('PROPFIND'), ':method'), { method: 'PROPFIND' }, 'it'],
      ['x-request-id is there before routing', header({ present_match: true }, 'x-request-id'), {}, 'it'],
    ])('%s', async (_, match, request, expected) => {
      expect(routeOf(await routing({ it: match }, { hcm: { normalize_path: true } }), request)).toBe(expected);
    });

    test.each(['put', 'FOO'])('the method %s is refused by HTTP/1', async (method) => {
      expect((await routing({})).ask({ method }).only).toMatchObject({ status: 400, flags: 'DPE', details: 'http1.codec_error' });
    });

    test('the value of a generated request id is in no dump', async () => {
      const { gap } = (await routing({ it: header(exact('x'), 'x-request-id') })).ask();
      expect(gap?.what).toMatch(/x-request-id/);
    });
  });

  describe('11: query parameters', () => {
    const parameter = (matcher: Json): Json => ({ prefix: '/', query_parameters: [{ name: 'e', ...matcher }] });
    test.each<[string, Json, string, string]>([
      ['the first of a name counts', parameter(exact('a')), '/?e=a&e=b', 'it'],
      ['the second does not', parameter(exact('b')), '/?e=a&e=b', 'none'],
      ['values are not decoded', parameter(exact('a')), '/?e=%61', 'none'],
      ['names are not decoded', parameter(exact('a')), '/?%65=a', 'none'],
      ['names have case', parameter(exact('a')), '/?E=a', 'none'],
      ['without a value it is empty', parameter(exact('')), '/?e', 'it'],
      ['an empty value too', parameter({ present_match: true }), '/?e=', 'it'],
      ['a semicolon separates nothing', parameter(exact('a')), '/?x;e=a', 'none'],
      ['a second question mark is part of the name', { prefix: '/', query_parameters: [{ name: '?e', ...exact('a') }] }, '/??e=a', 'it'],
      ['an absent one fails', parameter({ string_match: { safe_regex: { regex: '.*' } } }), '/', 'none'],
      ['but for present_match: false', parameter({ present_match: false }), '/', 'it'],
    ])('%s', async (_, match, path, expected) => {
      expect(routeOf(await routing({ it: match }), { path })).toBe(expected);
    });
  });

  describe('12: cookies', () => {
    const cookie = (matcher: Json): Json => ({ prefix: '/', cookies: [{ name: 's', ...matcher }] });
    test.each<[string, Json, [string, string][], string]>([
      ['the first of a name counts', cookie(exact('a')), [['cookie', 's=b; s=a']], 'none'],
      ['names have case', cookie(exact('a')), [['cookie', 'S=a']], 'none'],
      ['quotes are dropped', cookie(exact('a')), [['cookie', 's="a"']], 'it'],
      [
        'every line is searched',
        cookie(exact('a')),
        [
          ['cookie', 'x=1'],
          ['cookie', 's=a'],
        ],
        'it',
      ],
      ['an absent one matches inverted', cookie({ ...exact('a'), invert_match: true }), [], 'it'],
      ['without = it is absent', cookie(exact('')), [['cookie', 's']], 'none'],
      ['an empty value is a value', cookie(exact('')), [['cookie', 's=']], 'it'],
    ])('%s', async (_, match, headers, expected) => {
      expect(routeOf(await routing({ it: match }), { headers })).toBe(expected);
    });
  });

  describe('13: one random number serves every fraction and the split of the route', () => {
    const fraction = (numerator: number, more: Json = {}): Json => ({ prefix: '/', runtime_fraction: { default_value: { numerator }, ...more } });
    const shares = (proxy: Gateway): Json =>
      Object.fromEntries(proxy.ask().outcomes.map((o) => [`${o.route} to ${o.cluster}`, Math.round((o.probability ?? 0) * 1000) / 10]));

    test('30 % and then 60 % give 30, 30 and 40', async () => {
      expect(shares(await routing({ first: fraction(30), second: fraction(60) }))).toEqual({
        'first to first': 30,
        'second to second': 30,
        'none to none': 40,
      });
    });

    test('10 % behind 20 % is never reached', async () => {
      expect(shares(await routing({ first: fraction(20), second: fraction(10) }))).toEqual({ 'first to first': 20, 'none to none': 80 });
    });

    test('a half of the requests, split in halves, always takes the first cluster; the other half the second', async () => {
      const split = { weighted_clusters: { clusters: ['a', 'b'].map((name) => ({ name, weight: 50 })) } };
      const routes = [
        { name: 'half', match: fraction(50), route: split },
        { name: 'rest', match: { prefix: '/' }, route: split },
      ];
      expect(shares(await gateway({ hosts: [host('host', '*', routes)] }))).toEqual({ 'half to a': 50, 'rest to b': 50 });
    });

    test('runtime keys override the numerator; more than the denominator is always', async () => {
      const match = fraction(10, { runtime_key: 'canary' });
      expect(shares(await routing({ it: match }, { runtime: { canary: 25 } }))).toEqual({ 'it to it': 25, 'none to none': 75 });
      expect(shares(await routing({ it: match }, { runtime: { canary: 101 } }))).toEqual({ 'it to it': 100 });
    });

    test('a given random number picks one way', async () => {
      const proxy = await routing({ first: fraction(30), second: fraction(60) });
      expect([29n, 30n, 59n, 60n, 129n].map((random) => proxy.ask({}, {}, random).only.route)).toEqual(['first', 'second', 'second', 'none', 'first']);
    });
  });

  describe('14: tls_context', () => {
    test.each<[string, Json, Parameters<Gateway['ask']>[1], string]>([
      ['presented: false matches plaintext too', { presented: false }, {}, 'it'],
      ['nothing asked matches plaintext too', {}, {}, 'it'],
      ['presented: true does not', { presented: true }, {}, 'none'],
      [
        'a certificate that is accepted unverified',
        { presented: true, validated: false },
        { isTls: true, certificate: { presented: true, validated: false } },
        'it',
      ],
      ['and is not validated', { validated: true }, { isTls: true, certificate: { presented: true, validated: false } }, 'none'],
    ])('%s', async (_, tls_context, facts, expected) => {
      expect((await routing({ it: { prefix: '/', tls_context } })).ask({}, facts).only.route).toBe(expected);
    });
  });

  test('15: dynamic metadata and filter state are empty at the first routing, unless stated', async () => {
    const metadata = { filter: 'ns', path: [{ key: 'k' }], value: { string_match: { exact: 'v' } } };
    const proxy = await routing({
      it: { prefix: '/', dynamic_metadata: [metadata] },
      state: { prefix: '/', filter_state: [{ key: 's', string_match: { exact: 'v' } }] },
    });
    expect(routeOf(proxy, {})).toBe('none');
    expect(routeOf(proxy, { metadata: { 'ns.k': 'v' } })).toBe('it');
    expect(routeOf(proxy, { metadata: { 'filter_state.s': 'v' } })).toBe('state');
  });

  describe('16: gRPC', () => {
    test.each([
      ['application/grpc', 'it'],
      ['application/grpc+proto', 'it'],
      ['Application/grpc', 'none'],
      ['application/grpc;charset=utf-8', 'none'],
      ['application/grpc-web', 'none'],
    ])('content-type %s: %s', async (type, expected) => {
      expect(routeOf(await routing({ it: { prefix: '/', grpc: {} } }), send(['content-type', type]))).toBe(expected);
    });

    const grpc = send(['content-type', 'application/grpc']);
    test.each<[string, GatewayParts, Json]>([
      ['no route is 12', { hosts: [] }, { status: 200, grpc_status: 12, flags: 'NR' }],
      ['no cluster is 14', { hosts: [host('h', '*', [to('missing')])] }, { status: 200, grpc_status: 14, flags: 'NC' }],
      ['no host is 14', { clusters: [{ name: 'a', type: 'STATIC' }] }, { status: 200, grpc_status: 14, flags: 'UH' }],
      [
        'a direct response of 200 is 2',
        { hosts: [host('h', '*', [{ name: 'd', match: { prefix: '/' }, direct_response: { status: 200 } }])] },
        { status: 200, grpc_status: 2 },
      ],
    ])('local replies are 200 with a grpc-status: %s', async (_, parts, expected) => {
      expect((await gateway(parts)).ask(grpc).only).toMatchObject(expected);
    });
  });

  describe('17: CONNECT and upgrades', () => {
    const upgrade = (type: string): Partial<TraceRequest> => send(['connection', 'Upgrade'], ['upgrade', type]);
    const REJECTED = { verdict: 'broken', status: 403, flags: null, details: 'upgrade_failed' };
    const CONNECT = { method: 'CONNECT', path: 'a.com:80' };

    test('CONNECT takes connect_matcher routes alone, and no other request does', async () => {
      const proxy = await routing({ connect: { connect_matcher: {} } }, { hcm: { upgrade_configs: [{ upgrade_type: 'CONNECT' }] } });
      expect(routeOf(proxy, CONNECT)).toBe('connect');
      expect(routeOf(proxy, {})).toBe('none');
      expect((await routing({})).ask(CONNECT).only).toMatchObject(NO_ROUTE);
    });

    test('CONNECT without an upgrade config is refused, and names its cluster', async () => {
      expect((await routing({ connect: { connect_matcher: {} } })).ask(CONNECT).only).toMatchObject({ ...REJECTED, cluster: 'connect' });
    });

    test('an extended CONNECT is an upgrade, which takes ordinary routes', async () => {
      const hcm = { upgrade_configs: [{ upgrade_type: 'websocket' }], http2_protocol_options: { allow_connect: true } };
      const request = { protocol: 'h2', method: 'CONNECT', connect_protocol: 'websocket', path: '/chat' } as const;
      expect(routeOf(await routing({ connect: { connect_matcher: {} }, chat: { prefix: '/chat' } }, { hcm }), request)).toBe('chat');
    });

    test.each<[string, Json | undefined, Json | undefined, string, Json]>([
      ['enabled nowhere', undefined, undefined, 'websocket', REJECTED],
      ['enabled at the connection manager, in any case', { upgrade_type: 'WebSocket' }, undefined, 'websocket', { verdict: 'forwarded' }],
      ['of another type', { upgrade_type: 'websocket' }, undefined, 'foo', REJECTED],
      ['enabled at the route', undefined, { upgrade_type: 'websocket' }, 'websocket', { verdict: 'forwarded' }],
      ["the route's no wins", { upgrade_type: 'websocket' }, { upgrade_type: 'websocket', enabled: false }, 'websocket', REJECTED],
      ["the route's yes wins", { upgrade_type: 'websocket', enabled: false }, { upgrade_type: 'websocket' }, 'websocket', { verdict: 'forwarded' }],
    ])('an upgrade %s', async (_, onManager, onRoute, type, expected) => {
      const route = { name: 'r', match: { prefix: '/' }, route: { cluster: 'a', ...(onRoute ? { upgrade_configs: [onRoute] } : {}) } };
      const { ask } = await gateway({ hosts: [host('h', '*', [route])], hcm: onManager ? { upgrade_configs: [onManager] } : {} });
      expect(ask(upgrade(type)).only).toMatchObject(expected);
    });

    test('an upgrade without a route is told that it has none', async () => {
      expect((await gateway({ hosts: [] })).ask(upgrade('websocket')).only).toMatchObject(NO_ROUTE);
    });
  });

  describe('18: path options', () => {
    test.each<[Json, string, Json]>([
      [{}, '/a/../b', { upstream_request: { path: '/a/../b' } }],
      [{ normalize_path: true }, '/a/../%62%2F\\', { upstream_request: { path: '/b%2F/' } }],
      [{ normalize_path: true }, '/%00', { status: 400, details: 'path_normalization_failed', flags: null }],
      [{ merge_slashes: true }, '///admin//x?a//b', { upstream_request: { path: '/admin/x?a//b' } }],
      [{ merge_slashes: true }, '//', { upstream_request: { path: '//' } }],
      [{ path_with_escaped_slashes_action: 'REJECT_REQUEST' }, '/a%2Fb', { status: 400, details: 'path_normalization_failed' }],
      [
        { path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT' },
        '/a%2Fb?q',
        { status: 307, details: 'path_normalization_failed', location: '/a/b?q', verdict: 'answered' },
      ],
      [{ path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD' }, '/a%5Cb', { upstream_request: { path: '/a\\b' } }],
      [
        { path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD', normalize_path: true, merge_slashes: true },
        '/a%2F..%2F/admin%252F',
        { upstream_request: { path: '/admin%252F' } },
      ],
    ])('%j: %s', async (hcm, path, expected) => {
      expect((await routing({}, { hcm })).ask({ path }).only).toMatchObject(expected);
    });
  });

  describe('19: matcher trees', () => {
    const input = (name: string): Json => ({ name: 'input', typed_config: typed('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: name }) });
    const go = (name: string, match: Json = { prefix: '/' }): Json => ({
      action: { name: 'route', typed_config: typed('envoy.config.route.v3.Route', to(name, match)) },
    });
    const tree = async (matcher: Json): Promise<Gateway> => gateway({ hosts: [{ name: 'h', domains: ['*'], matcher }] });

    test('the path has its query, and the route still has its own match: a miss there is a 404', async () => {
      const { ask } = await tree({
        matcher_tree: { input: input(':path'), exact_match_map: { map: { '/a': go('a'), '/b': go('b', { prefix: '/other' }) } } },
        on_no_match: go('b'),
      });
      expect(ask({ path: '/a' }).only.cluster).toBe('a');
      expect(ask({ path: '/a?x' }).only.cluster).toBe('b');
      expect(ask({ path: '/b' }).only).toMatchObject(NO_ROUTE);
    });

    test('the longest prefix wins, and falls back to shorter ones where its own matcher finds nothing', async () => {
      const nested = { matcher: { matcher_tree: { input: input('x-h'), exact_match_map: { map: { v: go('b') } } } } };
      const { ask } = await tree({ matcher_tree: { input: input(':path'), prefix_match_map: { map: { '/': go('a'), '/deep': nested } } } });
      expect(ask({ path: '/deep', headers: [['x-h', 'v']] }).only.cluster).toBe('b');
      expect(ask({ path: '/deep' }).only.cluster).toBe('a');
    });

    test('repeated headers are one input, an empty one is a value, an absent one is none', async () => {
      const { ask } = await tree({ matcher_tree: { input: input('x-h'), exact_match_map: { map: { 'a,b': go('a'), '': go('b') } } } });
      expect(ask(send(['x-h', 'a'], ['x-h', 'b'])).only.cluster).toBe('a');
      expect(ask(send(['x-h', ''])).only.cluster).toBe('b');
      expect(ask().only).toMatchObject(NO_ROUTE);
    });
  });

  describe('20: scoped routes', () => {
    const scoped_routes = {
      name: 'scopes',
      scope_key_builder: { fragments: [{ header_value_extractor: { name: 'x-scope', element_separator: ';', element: { key: 'env', separator: '=' } } }] },
      rds_config_source: { ads: {} },
      scoped_rds: { scoped_rds_config_source: { ads: {} } },
    };
    const parts: GatewayParts = {
      hcm: { scoped_routes },
      scopedRoutes: [{ name: 'blue', route_configuration_name: 'blue-routes', key: { fragments: [{ string_key: 'blue' }] } }],
      routes: [{ name: 'blue-routes', virtual_hosts: [host('blue', '*')] }],
    };
    test.each([
      ['env=blue', 'blue'],
      ['x=1;env=blue', 'blue'],
      ['env=blue;env=red', 'blue'],
      ['env=red;env=blue', null],
      ['ENV=blue', null],
      ['x=blue', null],
    ])('%s: %s', async (value, expected) => {
      const only = (await gateway(parts)).ask(send(['x-scope', value])).only;
      expect(only.virtual_host).toBe(expected);
      if (expected === null) expect(only).toMatchObject(NO_ROUTE);
    });

    test('no header, no scope', async () => {
      expect((await gateway(parts)).ask().only).toMatchObject({ ...NO_ROUTE, virtual_host: null });
    });
  });

  test('20: virtual hosts on demand leave a miss undetermined', async () => {
    const routeConfig = { vhds: { config_source: { ads: {} } } };
    const { ask } = await gateway({ hosts: [host('h', 'known.com')], routeConfig });
    expect(ask({ authority: 'known.com' }).only.virtual_host).toBe('h');
    expect(ask({ authority: 'unknown.com' }).gap?.what).toMatch(/on demand/);
  });

  test('21: a route config that RDS never delivered, or that Envoy rejected, answers 404 to everything', async () => {
    const { ask } = await gateway({ hcm: { rds: { route_config_name: 'rejected', config_source: { ads: {} } } }, routes: [{ name: 'other' }] });
    expect(ask().only).toMatchObject({ ...NO_ROUTE, route_config: 'rejected', virtual_host: null });
  });

  test('21: a route to an unknown cluster, as RDS accepts it, is 503 NC', async () => {
    const { ask } = await gateway({
      hcm: { rds: { route_config_name: 'r', config_source: { ads: {} } } },
      routes: [{ name: 'r', virtual_hosts: [host('h', '*', [to('zz')])] }],
    });
    expect(ask().only).toMatchObject({ verdict: 'broken', status: 503, flags: 'NC', details: 'cluster_not_found', cluster: 'zz' });
  });
});

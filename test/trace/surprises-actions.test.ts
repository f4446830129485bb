import { describe, expect, test } from 'vitest';
import type { TraceRequest } from '../../src/match/request.ts';
import { cluster, filter, filterName, type Gateway, gateway, type HttpAnswer, host, type Json, ROUTER, to, typed } from '../support/http-builders.ts';

const HTTP = 'envoy.extensions.filters.http';
const RBAC = `${HTTP}.rbac.v3.RBAC`;
const FAULT = `${HTTP}.fault.v3.HTTPFault`;
const any = { prefix: '/' };
/** A gateway whose virtual host has these routes. */
const routes = (...entries: Json[]): Promise<Gateway> => gateway({ hosts: [host('host', '*', entries)] });
const action = (fields: Json, match: Json = any): Json => ({ name: 'route', match, ...fields });
const redirecting = async (redirect: Json, request: Partial<TraceRequest>, match: Json = any): Promise<string | null> =>
  (await routes(action({ redirect }, match))).ask(request).only.location;
const percentages = (answer: HttpAnswer): Json => Object.fromEntries(answer.outcomes.map((o) => [o.cluster, Math.round((o.probability ?? 0) * 1000) / 10]));
const NC = { verdict: 'broken', flags: 'NC', details: 'cluster_not_found' };
const proto = (value: string): Partial<TraceRequest> => ({ headers: [['x-forwarded-proto', value]] });

describe("Envoy's surprises about actions and filters, each as recorded from Envoy 1.40", () => {
  describe('1: a cluster that is not there', () => {
    test.each<[string, Json, Json]>([
      ['is 503 NC', { route: { cluster: 'zz' } }, { ...NC, status: 503, cluster: 'zz' }],
      ['or the status that the route names', { route: { cluster: 'zz', cluster_not_found_response_code: 'NOT_FOUND' } }, { ...NC, status: 404 }],
      ['whatever the retry policy', { route: { cluster: 'zz', retry_policy: { retry_on: '5xx' } } }, { ...NC, status: 503 }],
      ['as a route that does not forward', { non_forwarding_action: {} }, { ...NC, status: 503, route: 'route', cluster: null }],
    ])('%s', async (_, fields, expected) => {
      expect((await routes(action(fields))).ask().only).toMatchObject(expected);
    });
  });

  describe('2: weighted clusters', () => {
    const weighted = (clusters: Json[], more: Json = {}): Promise<Gateway> => routes(action({ route: { weighted_clusters: { clusters, ...more } } }));
    const split = [
      { name: 'a', weight: 20 },
      { name: 'b', weight: 80 },
    ];

    test('weights count relative to their own sum, whatever total_weight says', async () => {
      const clusters = [
        { name: 'a', weight: 1 },
        { name: 'b', weight: 3 },
      ];
      expect(percentages((await weighted(clusters, { total_weight: 100 })).ask())).toEqual({ a: 25, b: 75 });
    });

    test('a weight of zero is never chosen, even where its cluster is missing; a missing one with a weight gets NC in its share', async () => {
      const clusters = [
        { name: 'gone', weight: 0 },
        { name: 'missing', weight: 20 },
        { name: 'a', weight: 80 },
      ];
      const { outcomes } = (await weighted(clusters)).ask();
      expect(outcomes.map((o) => [o.cluster, o.probability, o.verdict, o.flags])).toEqual([
        ['missing', 0.2, 'broken', 'NC'],
        ['a', 0.8, 'forwarded', null],
      ]);
    });

    test('a cluster that stands twice gets both weights', async () => {
      expect(percentages((await weighted([...split, { name: 'a', weight: 100 }])).ask())).toEqual({ a: 60, b: 40 });
    });

    test.each<[string, string[], Json]>([
      ['its value, modulo the sum', ['119'], { a: 100 }],
      ['20 is the second', ['20'], { b: 100 }],
      ['64 bits', ['18446744073709551615'], { a: 100 }],
      ['more than 64 bits is random', ['18446744073709551616'], { a: 20, b: 80 }],
      ['a plus is part of a number', ['+5'], { a: 100 }],
      ['no number is random', ['abc'], { a: 20, b: 80 }],
      ['negative is random', ['-1'], { a: 20, b: 80 }],
      ['empty is random', [''], { a: 20, b: 80 }],
      ['absent is random', [], { a: 20, b: 80 }],
      ['repeated is random', ['5', '5'], { a: 20, b: 80 }],
    ])('header_name: %s', async (_, values, expected) => {
      const { ask } = await weighted(split, { header_name: 'X-Pick' });
      expect(percentages(ask({ headers: values.map((value) => ['x-pick', value] as const) }))).toEqual(expected);
    });

    test('a hash policy without its header is random, with it a condition', async () => {
      const { ask } = await routes(
        action({ route: { weighted_clusters: { clusters: split, use_hash_policy: true }, hash_policy: [{ header: { header_name: 'x-user' } }] } }),
      );
      expect(percentages(ask())).toEqual({ a: 20, b: 80 });
      expect(ask({ headers: [['x-user', 'jason']] }).outcomes.map((o) => [o.cluster, o.probability, o.conditions.length])).toEqual([
        ['a', null, 1],
        ['b', null, 1],
      ]);
    });

    test('runtime keys override weights', async () => {
      const route = action({ route: { weighted_clusters: { clusters: split, runtime_key_prefix: 'split' } } });
      const { ask } = await gateway({ hosts: [host('h', '*', [route])], runtime: { split: { a: 80, b: 20 } } });
      expect(percentages(ask())).toEqual({ a: 80, b: 20 });
    });
  });

  test.each<[string, [string, string][], Json]>([
    ['named', [['x-cluster', 'b']], { verdict: 'forwarded', cluster: 'b' }],
    ['absent', [], { ...NC, cluster: null }],
    ['empty', [['x-cluster', '']], NC],
    ['unknown', [['x-cluster', 'zz']], { ...NC, cluster: 'zz' }],
    ['in another case', [['x-cluster', 'B']], NC],
    [
      'sent twice: the first counts',
      [
        ['x-cluster', 'a'],
        ['x-cluster', 'b'],
      ],
      { cluster: 'a' },
    ],
  ])('3: cluster_header %s', async (_, headers, expected) => {
    expect((await routes(action({ route: { cluster_header: 'X-Cluster' } }))).ask({ headers }).only).toMatchObject(expected);
  });

  describe('4: redirects', () => {
    test('have the details direct_response and no flag', async () => {
      const only = (await routes(action({ redirect: { response_code: 'PERMANENT_REDIRECT' } }))).ask({ path: '/x?y' }).only;
      expect(only).toMatchObject({ verdict: 'answered', status: 308, flags: null, details: 'direct_response', location: 'http://a.com/x?y', route: 'route' });
    });

    test.each<[string, Json, Partial<TraceRequest>, string]>([
      ['a host alone drops the port', { host_redirect: 'new.com' }, { authority: 'a.com:8080' }, 'http://new.com/x'],
      ['a host brings its own', { host_redirect: 'new.com:81' }, { authority: 'a.com:8080' }, 'http://new.com:81/x'],
      ['a port replaces it', { port_redirect: 81 }, { authority: 'a.com:8080' }, 'http://a.com:81/x'],
      ['a path alone keeps host, port and case', { path_redirect: '/p' }, { authority: 'A.com:8080' }, 'http://A.com:8080/p'],
      ["https drops the old scheme's default port", { https_redirect: true }, { authority: 'a.com:80' }, 'https://a.com/x'],
      ['but no other one', { https_redirect: true }, { authority: 'a.com:443' }, 'https://a.com:443/x'],
      ['nor where the request counts as https', { https_redirect: true }, { authority: 'a.com:80', ...proto('https') }, 'https://a.com:80/x'],
      ['the scheme comes from x-forwarded-proto', {}, proto('https'), 'https://a.com/x'],
    ])('%s', async (_, redirect, request, expected) => {
      expect(await redirecting(redirect, { path: '/x', ...request })).toBe(expected);
    });

    test.each<[string, Json, Json, string, string]>([
      ['prefix_rewrite keeps the rest', { prefix_rewrite: '/' }, { prefix: '/px' }, '/px/y?q', '//y?q'],
      ['prefix_rewrite replaces the whole of an exact path', { prefix_rewrite: '/new' }, { path: '/px' }, '/px?q', '/new?q'],
      ['path_redirect keeps the query', { path_redirect: '/p' }, any, '/x?q', '/p?q'],
      ['path_redirect with a query of its own drops it', { path_redirect: '/p?own' }, any, '/x?q', '/p?own'],
      ['strip_query drops it', { path_redirect: '/p', strip_query: true }, any, '/x?q', '/p'],
      ['formats are not expanded', { path_redirect: '/%REQ(x)%' }, any, '/x', '/%REQ(x)%'],
    ])('%s', async (_, redirect, match, path, expected) => {
      expect(await redirecting(redirect, { path }, match)).toBe(`http://a.com${expected}`);
    });
  });

  describe('5: rewrites', () => {
    const upstream = async (route: Json, path: string, match: Json = any, headers: [string, string][] = []) =>
      (await routes(action({ route: { cluster: 'a', ...route } }, match))).ask({ path, headers }).only.upstream_request;
    test.each<[string, Json, Json, string, string]>([
      ['prefix_rewrite is textual', { prefix_rewrite: '/n' }, { prefix: '/b' }, '/bx', '/nx'],
      ['slashes and all', { prefix_rewrite: '/n' }, { prefix: '/c/' }, '/c/x', '/nx'],
      ['an empty one is none', { prefix_rewrite: '' }, { prefix: '/b' }, '/bx', '/bx'],
      ['regex_rewrite replaces every match', { regex_rewrite: { pattern: { regex: 'a' }, substitution: 'o' } }, any, '/banana', '/bonono'],
      ['in the path and never in the query', { regex_rewrite: { pattern: { regex: 'a' }, substitution: 'o' } }, any, '/a?a', '/o?a'],
    ])('%s', async (_, route, match, path, expected) => {
      expect((await upstream(route, path, match))?.path).toBe(expected);
    });

    test('host_rewrite_path_regex without a match puts the whole path into the host', async () => {
      const rewrite = { host_rewrite_path_regex: { pattern: { regex: '^/(.+)/.*$' }, substitution: '\\1' } };
      expect((await upstream(rewrite, '/tenant/x'))?.host).toBe('tenant');
      expect((await upstream(rewrite, '/x'))?.host).toBe('/x');
    });

    test('auto_host_rewrite leaves open what goes upstream', async () => {
      expect(await upstream({ auto_host_rewrite: true }, '/x')).toBeNull();
    });
  });

  test.each([
    [301, 'http://a.com/x?y'],
    [201, 'http://a.com/x?y'],
    [200, null],
    [404, null],
  ])('6: a direct response of %i has the location %s', async (status, location) => {
    const only = (await routes(action({ direct_response: { status } }))).ask({ path: '/x?y' }).only;
    expect(only).toMatchObject({ verdict: 'answered', status, details: 'direct_response', flags: null, location });
  });

  describe('7: filters run before a missing route is noticed', () => {
    const denyAll = filter(RBAC, { rules: { action: 'ALLOW', policies: {} } });
    const abort = filter(FAULT, { abort: { http_status: 418, percentage: { numerator: 100 } } });
    test.each<[string, Json, Json]>([
      ['RBAC', denyAll, { status: 403, flags: null, details: 'rbac_access_denied_matched_policy[none]' }],
      ['fault', abort, { status: 418, flags: 'FI', details: 'fault_filter_abort' }],
      ['health check', filter(`${HTTP}.health_check.v3.HealthCheck`, { pass_through_mode: false }), { status: 200, details: 'health_check_ok' }],
      ['basic auth', filter(`${HTTP}.basic_auth.v3.BasicAuth`, {}), { status: 401, details: 'no_credential_for_basic_auth' }],
    ])('%s', async (_, first, expected) => {
      for (const hosts of [[], [host('empty', '*', [])]]) expect((await gateway({ hosts, filters: [first] })).ask().only).toMatchObject(expected);
    });

    test.each<[string, Json]>([
      ['a redirect', { redirect: {} }],
      ['a direct response', { direct_response: { status: 200 } }],
      ['a missing cluster', { route: { cluster: 'zz' } }],
    ])('fault and RBAC come before %s', async (_, fields) => {
      for (const first of [abort, denyAll]) {
        const { ask } = await gateway({ hosts: [host('h', '*', [action(fields)])], filters: [first] });
        expect(ask().only).toMatchObject({ verdict: 'answered', route: 'route', status: first === abort ? 418 : 403 });
      }
    });

    test('ext_authz lets a missing route pass: 404 NR', async () => {
      const { ask } = await gateway({ hosts: [], filters: [filter(`${HTTP}.ext_authz.v3.ExtAuthz`, { http_service: {} })] });
      expect(ask().only).toMatchObject({ status: 404, flags: 'NR' });
    });

    const preflight = {
      method: 'OPTIONS',
      headers: [
        ['origin', 'http://b.com'],
        ['access-control-request-method', 'GET'],
      ],
    } as const;
    const cors = filter(`${HTTP}.cors.v3.Cors`);
    const policy = {
      typed_per_filter_config: {
        [filterName(`${HTTP}.cors.v3.Cors`)]: typed(`${HTTP}.cors.v3.CorsPolicy`, { allow_origin_string_match: [{ exact: 'http://b.com' }] }),
      },
    };
    test('a CORS preflight needs a route, and no cluster', async () => {
      const { ask } = await gateway({ hosts: [host('h', '*', [to('zz', any, policy)])], filters: [cors] });
      expect(ask(preflight).only).toMatchObject({ verdict: 'answered', status: 200, details: 'cors_response', flags: null });
      expect((await gateway({ hosts: [], filters: [cors] })).ask(preflight).only).toMatchObject({ status: 404, flags: 'NR' });
    });
  });

  describe('8: configuration per route', () => {
    const status = (http_status: number): Json => ({ [filterName(FAULT)]: typed(FAULT, { abort: { http_status, percentage: { numerator: 100 } } }) });
    const disabled = { [filterName(FAULT)]: typed('envoy.config.route.v3.FilterConfig', { disabled: true }) };
    const chain = [filter(FAULT, { abort: { http_status: 500, percentage: { numerator: 100 } } })];
    const asked = async (levels: { config?: Json; host?: Json; route?: Json; arm?: Json }, filters = chain) => {
      const of = (level: Json | undefined): Json => (level === undefined ? {} : { typed_per_filter_config: level });
      const split = { weighted_clusters: { clusters: [{ name: 'a', weight: 1, ...of(levels.arm) }] } };
      const entry = { ...action({ route: split }), ...of(levels.route) };
      return (await gateway({ filters, routeConfig: of(levels.config), hosts: [host('h', '*', [entry], of(levels.host))] })).ask().only;
    };

    test('the most specific level wins: weighted cluster, route, virtual host, route config', async () => {
      const levels = { config: status(501), host: status(502), route: status(503), arm: status(504) };
      expect((await asked(levels)).status).toBe(504);
      expect((await asked({ ...levels, arm: undefined as never })).status).toBe(503);
      expect((await asked({ config: status(501), host: status(502) })).status).toBe(502);
      expect((await asked({ config: status(501) })).status).toBe(501);
      expect((await asked({})).status).toBe(500);
    });

    test('a filter may be disabled on a route, and one that is disabled runs where a route configures it', async () => {
      expect((await asked({ route: disabled })).verdict).toBe('forwarded');
      expect((await asked({ host: disabled, route: status(503) })).status).toBe(503);
      const off = [filter(FAULT, {}, { disabled: true })];
      expect((await asked({}, off)).verdict).toBe('forwarded');
      expect((await asked({ route: status(503) }, off)).status).toBe(503);
    });
  });

  test('9: what follows after the host is chosen counts as forwarded: timeouts, retries, resets', async () => {
    const route = action({ route: { cluster: 'a', timeout: '0.001s', retry_policy: { retry_on: '5xx', num_retries: 3, per_try_timeout: '0.001s' } } });
    expect((await routes(route)).ask().only).toMatchObject({ verdict: 'forwarded', status: null, flags: null, cluster: 'a' });
  });

  test('9: dropped load is 503 UDO', async () => {
    const drop = { policy: { drop_overloads: [{ category: 'c', drop_percentage: { numerator: 100 } }] } };
    const eds = { name: 'a', type: 'EDS', eds_cluster_config: { eds_config: { ads: {} } } };
    const { ask } = await gateway({ clusters: [eds], endpoints: [{ ...(cluster('a')['load_assignment'] as Json), ...drop }] });
    expect(ask().only).toMatchObject({ verdict: 'broken', status: 503, flags: 'UDO' });
  });

  test('10: an internal redirect may route the request again: undetermined', async () => {
    const { ask } = await routes(action({ route: { cluster: 'a', internal_redirect_policy: {} } }));
    expect(ask().gap).toMatchObject({ id: 'PC9004', path: expect.stringMatching(/routes\[0\].route.internal_redirect_policy$/) });
  });

  test('11: header mutations come after routing: they never change the route', async () => {
    const add = { request_headers_to_add: [{ header: { key: 'x-canary', value: 'yes' } }] };
    const canary = to('b', { prefix: '/', headers: [{ name: 'x-canary', present_match: true }] });
    const { ask } = await gateway({ hosts: [host('h', '*', [canary, to('a')], add)], routeConfig: add });
    expect(ask().only.cluster).toBe('a');
  });

  test('12: without a router filter requests hang', async () => {
    const { ask } = await gateway({ hcm: { http_filters: [filter(`${HTTP}.compressor.v3.Compressor`)] } });
    expect(ask().only).toMatchObject({ verdict: 'broken', connection: 'hangs', status: null, break: 'PC7010' });
  });

  test('12: configuration for a filter that is not in the chain does nothing', async () => {
    const stray = { typed_per_filter_config: { absent: typed('envoy.config.route.v3.FilterConfig', { config: typed(FAULT, {}), is_optional: true }) } };
    expect((await gateway({ hosts: [host('h', '*', [to('a', any, stray)])] })).ask().only.verdict).toBe('forwarded');
  });

  test('13: x-envoy headers of clients count for internal requests only', async () => {
    const canary = to('b', { prefix: '/', headers: [{ name: 'x-envoy-retry-on', present_match: true }] });
    const hosts = [host('h', '*', [canary, to('a')])];
    const request: Partial<TraceRequest> = { headers: [['x-envoy-retry-on', '5xx']], source: { address: '10.0.0.9' } };
    const internal_address_config = { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] };
    expect((await gateway({ hosts })).ask(request).only.cluster).toBe('a');
    expect((await gateway({ hosts, hcm: { use_remote_address: true, internal_address_config } })).ask(request).only.cluster).toBe('b');
  });

  test('the router itself is no surprise', async () => {
    expect((await gateway({ hcm: { http_filters: [ROUTER] } })).ask().only.verdict).toBe('forwarded');
  });
});

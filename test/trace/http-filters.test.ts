import { describe, expect, test } from 'vitest';
import type { TraceRequest } from '../../src/match/request.ts';
import { filter, filterName, type GatewayParts, gateway, type HttpAnswer, host, type Json, to, typed } from '../support/http-builders.ts';

const HTTP = 'envoy.extensions.filters.http';
type Headers = NonNullable<TraceRequest['headers']>;
/** What a request meets behind one filter. */
const behind = async (first: Json, request: Partial<TraceRequest> = {}, parts: GatewayParts = {}): Promise<HttpAnswer> =>
  (await gateway({ ...parts, filters: [first] })).ask(request);
/** Parts with one route, which says something to a filter. */
const routeSays = (type: string, config: Json): GatewayParts => ({
  hosts: [host('h', '*', [to('a', { prefix: '/' }, { typed_per_filter_config: { [filterName(type)]: config } })])],
});
const always = { default_value: { numerator: 100 } };
const never = { default_value: { numerator: 0 } };
const FORWARDED = { verdict: 'forwarded', cluster: 'a' };
/** Status and details of each outcome, and whether it has a condition. */
const ways = (answer: HttpAnswer): Json[] => answer.outcomes.map((o) => ({ status: o.status, details: o.details, conditional: o.conditions.length > 0 }));

describe('fault', () => {
  const FAULT = `${HTTP}.fault.v3.HTTPFault`;
  const fault = (config: Json): Json => filter(FAULT, config);
  const abort = (numerator: number): Json => ({ abort: { http_status: 418, percentage: { numerator } } });
  const FI = { verdict: 'answered', status: 418, flags: 'FI', details: 'fault_filter_abort' };

  test('aborts its share', async () => {
    const { outcomes } = await behind(fault(abort(25)));
    expect(outcomes.map((o) => [o.verdict, o.flags, o.probability])).toEqual([
      ['answered', 'FI', 0.25],
      ['forwarded', null, 0.75],
    ]);
  });

  test.each<[string, Json, Partial<TraceRequest>, Json]>([
    ['nothing without a percentage', { abort: { http_status: 418 } }, {}, FORWARDED],
    ['of its cluster only', { ...abort(100), upstream_cluster: 'b' }, {}, FORWARDED],
    ['of its headers only', { ...abort(100), headers: [{ name: 'x', present_match: true }] }, {}, FORWARDED],
    ['of its nodes only', { ...abort(100), downstream_nodes: ['n'] }, { headers: [['x-envoy-downstream-service-node', 'n']] }, FI],
    ['none where no fault may be active', { ...abort(100), max_active_faults: 0 }, {}, FORWARDED],
    [
      'with a gRPC status',
      { abort: { grpc_status: 5, percentage: { numerator: 100 } } },
      { headers: [['content-type', 'application/grpc']] },
      { status: 200, grpc_status: 5 },
    ],
    ['behind a delay', { delay: { fixed_delay: '1s', percentage: { numerator: 100 } }, ...abort(100) }, {}, { ...FI, flags: 'DI,FI' }],
  ])('aborts %s', async (_, config, request, expected) => {
    expect((await behind(fault(config), request)).only).toMatchObject(expected);
  });

  test('a delay leaves its flag on later replies', async () => {
    const delay = fault({ delay: { fixed_delay: '1s', percentage: { numerator: 100 } } });
    expect((await behind(delay, {}, { hosts: [] })).only).toMatchObject({ status: 404, flags: 'DI,NR' });
  });

  test('runtime overrides its percentage', async () => {
    expect((await behind(fault(abort(0)), {}, { runtime: { 'fault.http.abort.abort_percent': 100 } })).only).toMatchObject(FI);
  });

  test('runtime may give a fraction and a status; a number is cut off behind the point', async () => {
    const runtime = { percent: { numerator: 100 }, half: 0.5, status: 503.9 };
    const named = (key: string, percent: number): Json => fault({ ...abort(percent), abort_percent_runtime: key, abort_http_status_runtime: 'status' });
    expect((await behind(named('percent', 0), {}, { runtime })).only).toMatchObject({ ...FI, status: 503 });
    expect((await behind(named('half', 100), {}, { runtime })).only).toMatchObject(FORWARDED);
  });

  describe('by header', () => {
    const byHeader = fault({ abort: { header_abort: {}, percentage: { numerator: 100 } } });
    const status = 'x-envoy-fault-abort-request';
    test.each<[Headers, Json]>([
      [[], FORWARDED],
      [[[status, '418']], FI],
      [[[status, '+418']], FI],
      [[[status, '199']], FORWARDED],
      [[[status, '418.0']], FORWARDED],
      [[['x-envoy-fault-abort-grpc-request', '5']], { status: 200, flags: 'FI' }],
      [
        [
          [status, '418'],
          [`${status}-percentage`, '0'],
        ],
        FORWARDED,
      ],
    ])('%j', async (headers, expected) => {
      expect((await behind(byHeader, { headers })).only).toMatchObject(expected);
    });

    test('a header may lower the percentage and never raise it', async () => {
      const half = fault({ abort: { header_abort: {}, percentage: { numerator: 50 } } });
      const chance = async (percentage: string) =>
        (
          await behind(half, {
            headers: [
              [status, '418'],
              [`${status}-percentage`, percentage],
            ],
          })
        ).outcomes.find((o) => o.flags === 'FI')?.probability;
      expect([await chance('10'), await chance('90')]).toEqual([0.1, 0.5]);
    });
  });
});

describe('rbac', () => {
  const RBAC = `${HTTP}.rbac.v3.RBAC`;
  const DENIED = { verdict: 'answered', status: 403, flags: null };
  const rules = (action: string, policies: Json): Json => ({ rules: { action, policies } });
  const policy = (permission: Json, principal: Json = { any: true }): Json => ({ permissions: [permission], principals: [principal] });
  const admin = policy({ url_path: { path: { prefix: '/admin' } } });

  test.each<[string, Json, string, Json]>([
    ['no rules allow everything', {}, '/', FORWARDED],
    ['ALLOW without a policy that fits denies', rules('ALLOW', { admin }), '/', { ...DENIED, details: 'rbac_access_denied_matched_policy[none]' }],
    ['ALLOW with one allows, whatever the query', rules('ALLOW', { admin }), '/admin?x', FORWARDED],
    [
      'DENY names its policy, blanks as underscores',
      rules('DENY', { 'no admin': admin }),
      '/admin',
      { details: 'rbac_access_denied_matched_policy[no_admin]' },
    ],
    ['LOG allows', rules('LOG', { admin }), '/admin', FORWARDED],
    ['shadow rules decide nothing', { shadow_rules: { action: 'DENY', policies: { admin } } }, '/admin', FORWARDED],
  ])('%s', async (_, config, path, expected) => {
    expect((await behind(filter(RBAC, config), { path })).only).toMatchObject(expected);
  });

  test('the rules of a route replace those of the filter; none at all let everything by', async () => {
    const denyAll = filter(RBAC, rules('ALLOW', {}));
    const perRoute = (config: Json) => routeSays(RBAC, typed(`${HTTP}.rbac.v3.RBACPerRoute`, config));
    expect((await behind(denyAll, {}, perRoute({}))).only).toMatchObject(FORWARDED);
    expect((await behind(filter(RBAC, {}), {}, perRoute({ rbac: rules('ALLOW', {}) }))).only).toMatchObject(DENIED);
  });

  test('remote_ip is the trusted client, direct_remote_ip the peer', async () => {
    const of = (principal: string) => filter(RBAC, rules('DENY', { p: policy({ any: true }, { [principal]: { address_prefix: '8.8.8.8', prefix_len: 32 } }) }));
    const request: Partial<TraceRequest> = { headers: [['x-forwarded-for', '8.8.8.8']], source: { address: '10.0.0.1' } };
    expect((await behind(of('remote_ip'), request)).only.status).toBe(403);
    expect((await behind(of('direct_remote_ip'), request)).only.verdict).toBe('forwarded');
  });

  test('a CEL condition is a condition, and so is the value of a header that Envoy makes up', async () => {
    const cel = filter(RBAC, rules('DENY', { cel: { ...policy({ any: true }), condition: {} } }));
    expect(ways(await behind(cel))).toMatchObject([{ conditional: true }, { conditional: true }]);
    const id = filter(RBAC, rules('DENY', { id: policy({ header: { name: 'x-request-id', string_match: { prefix: 'a' } } }) }));
    expect(ways(await behind(id))).toMatchObject([{ conditional: true }, { conditional: true }]);
  });
});

describe('cors', () => {
  const CORS = `${HTTP}.cors.v3.Cors`;
  const policy = (fields: Json): Json => typed(`${HTTP}.cors.v3.CorsPolicy`, fields);
  const origins = { allow_origin_string_match: [{ exact: 'http://a.com' }, { suffix: '.b.com' }] };
  const preflight = (origin: string, more: Partial<TraceRequest> = {}): Partial<TraceRequest> => ({
    method: 'OPTIONS',
    headers: [
      ['origin', origin],
      ['access-control-request-method', 'GET'],
    ],
    ...more,
  });
  const ANSWERED = { verdict: 'answered', status: 200, details: 'cors_response', flags: null };

  test.each<[string, Json, Partial<TraceRequest>, Json]>([
    ['of an allowed origin', origins, preflight('http://a.com'), ANSWERED],
    ['of a suffix', origins, preflight('http://x.b.com'), ANSWERED],
    ['of any origin', { allow_origin_string_match: [{ exact: '*' }] }, preflight('http://z.com'), ANSWERED],
    ['not of another origin: it goes on', origins, preflight('http://z.com'), FORWARDED],
    ['of another origin where told not to forward it', { ...origins, forward_not_matching_preflights: false }, preflight('http://z.com'), ANSWERED],
    ['not where it is off', { ...origins, filter_enabled: never }, preflight('http://a.com'), FORWARDED],
    [
      'not with an empty method',
      origins,
      {
        method: 'OPTIONS',
        headers: [
          ['origin', 'http://a.com'],
          ['access-control-request-method', ''],
        ],
      },
      FORWARDED,
    ],
    ['not by GET', origins, preflight('http://a.com', { method: 'GET' }), FORWARDED],
  ])('a preflight is answered %s', async (_, fields, request, expected) => {
    expect((await behind(filter(CORS), request, routeSays(CORS, policy(fields)))).only).toMatchObject(expected);
  });

  test('the old place of the policy, on the route before that on the virtual host, still counts', async () => {
    const onHost = { hosts: [host('h', '*', [to('a')], { cors: origins })] };
    const onRoute = {
      hosts: [
        host('h', '*', [{ name: 'r', match: { prefix: '/' }, route: { cluster: 'a', cors: { allow_origin_string_match: [{ exact: 'http://r.com' }] } } }], {
          cors: origins,
        }),
      ],
    };
    expect((await behind(filter(CORS), preflight('http://a.com'), onHost)).only).toMatchObject(ANSWERED);
    expect((await behind(filter(CORS), preflight('http://a.com'), onRoute)).only).toMatchObject({ verdict: 'forwarded' });
  });

  test('a redirect is no route to answer for', async () => {
    const hosts = [host('h', '*', [{ name: 'r', match: { prefix: '/' }, redirect: { path_redirect: '/x' } }])];
    expect((await behind(filter(CORS), preflight('http://a.com'), { hosts })).only).toMatchObject({ status: 301 });
  });
});

describe('buffer', () => {
  const BUFFER = `${HTTP}.buffer.v3.Buffer`;
  const ten = filter(BUFFER, { max_request_bytes: 10 });
  const body = (length: number): Partial<TraceRequest> => ({ method: 'POST', body: 'x'.repeat(length) });
  test('refuses what is longer', async () => {
    expect((await behind(ten, body(10))).only).toMatchObject(FORWARDED);
    expect((await behind(ten, body(11))).only).toMatchObject({ verdict: 'broken', status: 413, details: 'request_payload_too_large', flags: null });
  });

  test('a route may disable it or give another limit', async () => {
    const says = (config: Json) => routeSays(BUFFER, typed(`${HTTP}.buffer.v3.BufferPerRoute`, config));
    expect((await behind(ten, body(11), says({ disabled: true }))).only).toMatchObject(FORWARDED);
    expect((await behind(ten, body(11), says({ buffer: { max_request_bytes: 11 } }))).only).toMatchObject(FORWARDED);
  });

  test('over HTTP/2 it depends on how the body comes', async () => {
    expect(ways(await behind(ten, { ...body(11), protocol: 'h2' }))).toMatchObject([
      { status: 413, conditional: true },
      { status: null, conditional: true },
    ]);
  });
});

describe('basic auth', () => {
  const BASIC = `${HTTP}.basic_auth.v3.BasicAuth`;
  const users = { users: { inline_string: 'u:{SHA}abc\nv:{SHA}def' } };
  const authorization = (value: string): Partial<TraceRequest> => ({ headers: [['authorization', value]] });
  const basic = (credentials: string): Partial<TraceRequest> => authorization(`Basic ${btoa(credentials)}`);
  const refused = (details: string): Json => ({ verdict: 'answered', status: 401, flags: null, details });

  test.each<[string, Partial<TraceRequest>, Json]>([
    ['nothing', {}, refused('no_credential_for_basic_auth')],
    ['another scheme', authorization('Bearer x'), refused('invalid_scheme_for_basic_auth')],
    ['the scheme in lower case', authorization('basic dTpw'), refused('invalid_scheme_for_basic_auth')],
    ['a second blank', authorization('Basic  dTpw'), refused('invalid_format_for_basic_auth')],
    ['no colon', basic('up'), refused('invalid_format_for_basic_auth')],
    ['an unknown user', basic('w:p'), refused('invalid_credential_for_basic_auth')],
  ])('refuses %s', async (_, request, expected) => {
    expect((await behind(filter(BASIC, users), request)).only).toMatchObject(expected);
  });

  test('of a known user, or where the dump masks them, the password is a condition', async () => {
    const expected = [
      { status: null, details: null, conditional: true },
      { status: 401, details: 'invalid_credential_for_basic_auth', conditional: true },
    ];
    expect(ways(await behind(filter(BASIC, users), basic('u:p')))).toEqual(expected);
    expect(ways(await behind(filter(BASIC, { users: { inline_string: '[redacted]' } }), basic('w:p')))).toEqual(expected);
    expect(ways(await behind(filter(BASIC, users), authorization('Basic dTpw=')))).toEqual(expected);
  });

  test.each<[string, Partial<TraceRequest>, Json]>([
    ['nothing', {}, FORWARDED],
    ['another scheme', authorization('Bearer x'), FORWARDED],
    ['no malformed credentials', basic('up'), refused('invalid_format_for_basic_auth')],
  ])('allow_missing lets pass %s', async (_, request, expected) => {
    expect((await behind(filter(BASIC, { ...users, allow_missing: true }), request)).only).toMatchObject(expected);
  });

  test('users of the route take the place of those of the filter', async () => {
    const says = routeSays(BASIC, typed(`${HTTP}.basic_auth.v3.BasicAuthPerRoute`, { users: { inline_string: 'z:{SHA}x' } }));
    expect((await behind(filter(BASIC, users), basic('u:p'), says)).only).toMatchObject(refused('invalid_credential_for_basic_auth'));
  });
});

describe('API keys', () => {
  const KEYS = `${HTTP}.api_key_auth.v3.ApiKeyAuth`;
  const sources = [{ header: 'X-Api-Key' }, { query: 'key' }, { cookie: 'key' }];
  const shown = {
    credentials: [
      { key: 'k1', client: 'c1' },
      { key: 'k2', client: 'c2' },
    ],
    key_sources: sources,
  };
  const refused = (details: string, status = 401): Json => ({ verdict: 'answered', status, flags: null, details });

  test.each<[string, Partial<TraceRequest>, Json]>([
    ['none', {}, refused('missing_api_key')],
    ['empty', { headers: [['x-api-key', '']] }, refused('missing_api_key')],
    ['known', { headers: [['x-api-key', 'k1']] }, FORWARDED],
    ['behind Bearer', { headers: [['x-api-key', 'Bearer k1']] }, FORWARDED],
    ['unknown', { headers: [['x-api-key', 'k9']] }, refused('unknown_api_key')],
    ['as a parameter, decoded', { path: '/?key=k%31' }, FORWARDED],
    ['as a cookie', { headers: [['cookie', 'key=k2']] }, FORWARDED],
    ['the first source that has one counts', { path: '/?key=k1', headers: [['x-api-key', 'k9']] }, refused('unknown_api_key')],
  ])('%s', async (_, request, expected) => {
    expect((await behind(filter(KEYS, shown), request)).only).toMatchObject(expected);
  });

  test('without sources everything is refused', async () => {
    expect((await behind(filter(KEYS, { credentials: shown.credentials }))).only).toMatchObject(refused('missing_key_sources'));
  });

  test('a route may allow some clients only, have sources and keys of its own', async () => {
    const says = (config: Json) => routeSays(KEYS, typed(`${HTTP}.api_key_auth.v3.ApiKeyAuthPerRoute`, config));
    const k2: Partial<TraceRequest> = { headers: [['x-api-key', 'k2']] };
    expect((await behind(filter(KEYS, shown), k2, says({ allowed_clients: ['c1'] }))).only).toMatchObject(refused('client_not_allowed', 403));
    expect((await behind(filter(KEYS, shown), k2, says({ key_sources: [{ header: 'x-other' }] }))).only).toMatchObject(refused('missing_api_key'));
    expect((await behind(filter(KEYS, shown), k2, says({ credentials: [{ key: 'z', client: 'z' }] }))).only).toMatchObject(refused('unknown_api_key'));
  });

  test('keys that the dump masks are a condition', async () => {
    const masked = filter(KEYS, { credentials: [{ key: '[redacted]', client: 'c1' }], key_sources: sources });
    expect(ways(await behind(masked, { headers: [['x-api-key', 'k1']] }))).toEqual([
      { status: null, details: null, conditional: true },
      { status: 401, details: 'unknown_api_key', conditional: true },
    ]);
  });
});

describe('csrf', () => {
  const CSRF = `${HTTP}.csrf.v3.CsrfPolicy`;
  const on = filter(CSRF, { filter_enabled: always, additional_origins: [{ suffix: '.b.com' }] });
  const MISMATCH = { verdict: 'answered', status: 403, flags: null, details: 'csrf_origin_mismatch' };
  test.each<[string, string, Headers, Json]>([
    ['changes nothing', 'GET', [['origin', 'http://evil.com']], FORWARDED],
    ['without an origin', 'POST', [], MISMATCH],
    ['of its own origin, whatever the scheme', 'POST', [['origin', 'https://a.com']], FORWARDED],
    ['of another port', 'PUT', [['origin', 'http://a.com:80']], MISMATCH],
    ['of another case', 'DELETE', [['origin', 'http://A.com']], MISMATCH],
    ['of an additional origin', 'PATCH', [['origin', 'http://x.b.com']], FORWARDED],
    ['by its referer', 'POST', [['referer', 'http://a.com/x']], FORWARDED],
    [
      'Origin comes before Referer',
      'POST',
      [
        ['origin', 'http://evil.com'],
        ['referer', 'http://a.com/'],
      ],
      MISMATCH,
    ],
  ])('a request that comes %s: %s', async (_, method, headers, expected) => {
    expect((await behind(on, { method, headers })).only).toMatchObject(expected);
  });

  test('a share of the requests only', async () => {
    const half = filter(CSRF, { filter_enabled: { default_value: { numerator: 50 } } });
    expect((await behind(half, { method: 'POST' })).outcomes.map((o) => [o.status, o.probability])).toEqual([
      [403, 0.5],
      [null, 0.5],
    ]);
    expect((await behind(on, { method: 'POST' }, routeSays(CSRF, typed(CSRF, { filter_enabled: never })))).only).toMatchObject(FORWARDED);
  });
});

describe('CDN loops', () => {
  const loop = (config: Json = {}) => filter(`${HTTP}.cdn_loop.v3.CdnLoopConfig`, { cdn_id: 'me', ...config });
  const came = (value: string): Partial<TraceRequest> => ({ headers: [['cdn-loop', value]] });
  test.each<[string, Json, Json]>([
    ['other', {}, FORWARDED],
    ['other, me', {}, { status: 502, details: 'cdn_loop_detected' }],
    ['me;x="a,b"', {}, { status: 502 }],
    ['me', { max_allowed_occurrences: 1 }, FORWARDED],
    ['me, me', { max_allowed_occurrences: 1 }, { status: 502 }],
    ['"bad', {}, { status: 400, details: 'invalid_cdn_loop_header' }],
  ])('%s, %j', async (value, config, expected) => {
    expect((await behind(loop(config), came(value))).only).toMatchObject(expected);
  });
});

describe('health checks', () => {
  const CHECK = `${HTTP}.health_check.v3.HealthCheck`;
  const check = (config: Json): Json => filter(CHECK, { headers: [{ name: ':path', string_match: { exact: '/healthz' } }], ...config });
  const healthz = { path: '/healthz' };
  const own = check({ pass_through_mode: false });

  test('are answered by the proxy itself, with or without a route, exactly as its matchers say', async () => {
    expect((await behind(own, healthz, { hosts: [] })).only).toMatchObject({ verdict: 'answered', status: 200, details: 'health_check_ok', flags: null });
    expect((await behind(own, { path: '/healthz?x' })).only).toMatchObject(FORWARDED);
  });

  test('are passed through, or answered from what is kept for a while', async () => {
    expect((await behind(check({ pass_through_mode: true }), healthz)).only).toMatchObject(FORWARDED);
    expect(ways(await behind(check({ pass_through_mode: true, cache_time: '10s' }), healthz))).toMatchObject([
      { status: null, conditional: true },
      { status: 200, details: 'health_check_cached' },
      { status: 503, details: 'health_check_cached' },
    ]);
  });

  test('that look at clusters fail for a missing one, and else depend on its health', async () => {
    const of = (name: string) => check({ pass_through_mode: false, cluster_min_healthy_percentages: { [name]: { value: 50 } } });
    expect((await behind(of('zz'), healthz)).only).toMatchObject({ status: 503, flags: 'LH', details: 'health_check_failed_no_cluster_found' });
    expect(ways(await behind(of('a'), healthz))).toMatchObject([
      { status: 200, details: 'health_check_ok_cluster_healthy', conditional: true },
      { status: 503, details: 'health_check_failed_cluster_unhealthy' },
      { status: 503, details: 'health_check_failed_cluster_empty' },
    ]);
  });
});

describe('jwt_authn', () => {
  const JWT = `${HTTP}.jwt_authn.v3.JwtAuthentication`;
  const part = (value: unknown): string => btoa(JSON.stringify(value)).replace(/=+$/, '').replace(/\+/g, '-').replace(/\//g, '_');
  const token = (claims: Json): string => `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
  const good = token({ iss: 'https://issuer', aud: 'api' });
  const bearer = (text: string): Partial<TraceRequest> => ({ headers: [['authorization', `Bearer ${text}`]] });
  const providers = { p: { issuer: 'https://issuer' }, q: { issuer: 'https://other', from_headers: [{ name: 'x-jwt', value_prefix: 'T ' }] } };
  const requiring = (requires: Json, more: Json = {}): Json => filter(JWT, { providers, rules: [{ match: { prefix: '/' }, requires }], ...more });
  const one = { provider_name: 'p' };
  const MISSING = { verdict: 'answered', status: 401, flags: null, details: 'jwt_authn_access_denied{Jwt_is_missing}' };
  const HOPELESS = { ...MISSING, details: 'jwt_authn_access_denied{Jwt_verification_fails}' };
  const OPEN = [
    { status: null, conditional: true },
    { status: 401, conditional: true },
    { status: 403, conditional: true },
  ];

  test.each<[string, Partial<TraceRequest>, Json]>([
    ['no token', {}, MISSING],
    ['another scheme', { headers: [['authorization', 'Basic abc']] }, MISSING],
    ['the scheme in lower case', { headers: [['authorization', `bearer ${good}`]] }, MISSING],
    ['what is no token', bearer('garbage'), HOPELESS],
    ["another issuer's token", bearer(token({ iss: 'https://evil' })), HOPELESS],
    [
      'two tokens in one header',
      {
        headers: [
          ['authorization', `Bearer ${good}`],
          ['authorization', `Bearer ${good}`],
        ],
      },
      HOPELESS,
    ],
  ])('refuses for certain: %s', async (_, request, expected) => {
    expect((await behind(requiring(one), request)).only).toMatchObject(expected);
  });

  test('whether a token is good is a condition; a token that is a parameter leaves the path upstream', async () => {
    const byHeader = await behind(requiring(one), bearer(good));
    expect(ways(byHeader)).toMatchObject(OPEN);
    expect(byHeader.outcomes[0]?.upstream_request).not.toBeNull();
    const byParameter = await behind(requiring(one), { path: `/?access_token=${good}` });
    expect(ways(byParameter)).toMatchObject(OPEN);
    expect(byParameter.outcomes[0]?.upstream_request).toBeNull();
  });

  const any = (...requirements: Json[]): Json => ({ requires_any: { requirements } });
  const all = (...requirements: Json[]): Json => ({ requires_all: { requirements } });
  test.each<[string, Json, Partial<TraceRequest>, Json]>([
    ['allow_missing without a token', any(one, { allow_missing: {} }), {}, FORWARDED],
    ['allow_missing with a hopeless one', any(one, { allow_missing: {} }), bearer('garbage'), HOPELESS],
    ['allow_missing_or_failed with a hopeless one', any(one, { allow_missing_or_failed: {} }), bearer('garbage'), FORWARDED],
    ['extraction alone', { extract_only_without_validation: {} }, {}, FORWARDED],
    ['any of two, neither given', any(one, { provider_name: 'q' }), {}, MISSING],
    ['all of two, one missing', all(one, { provider_name: 'q' }), bearer(good), MISSING],
  ])('%s', async (_, requires, request, expected) => {
    expect((await behind(requiring(requires), request)).only).toMatchObject(expected);
  });

  test('a provider looks where it is told to, behind its prefix', async () => {
    const other = token({ iss: 'https://other' });
    expect(ways(await behind(requiring({ provider_name: 'q' }), { headers: [['x-jwt', `T ${other}`]] }))).toMatchObject(OPEN);
    expect((await behind(requiring({ provider_name: 'q' }), bearer(other))).only).toMatchObject(MISSING);
  });

  test('the first rule that fits counts; without one, or without a requirement, nothing is asked', async () => {
    const rules = [{ match: { prefix: '/open' } }, { match: { path: '/x' }, requires: one }, { match: { prefix: '/named' }, requirement_name: 'n' }];
    const first = filter(JWT, { providers, rules, requirement_map: { n: one } });
    const of = async (path: string) => (await behind(first, { path })).only.status;
    expect([await of('/open/x'), await of('/x?y'), await of('/named'), await of('/other')]).toEqual([null, 401, 401, null]);
  });

  test('a route may disable it or name a requirement, which has to exist', async () => {
    const first = filter(JWT, { providers, rules: [{ match: { prefix: '/' }, requires: one }], requirement_map: { none: { allow_missing: {} } } });
    const says = (config: Json) => routeSays(JWT, typed(`${HTTP}.jwt_authn.v3.PerRouteConfig`, config));
    expect((await behind(first, {}, says({ disabled: true }))).only).toMatchObject(FORWARDED);
    expect((await behind(first, {}, says({ requirement_name: 'none' }))).only).toMatchObject(FORWARDED);
    expect((await behind(first, {}, says({ requirement_name: 'zz' }))).only).toMatchObject({ status: 403 });
  });

  test('a CORS preflight may go by', async () => {
    const preflight: Partial<TraceRequest> = {
      method: 'OPTIONS',
      headers: [
        ['origin', 'x'],
        ['access-control-request-method', 'GET'],
      ],
    };
    expect((await behind(requiring(one, { bypass_cors_preflight: true }), preflight)).only).toMatchObject(FORWARDED);
    expect((await behind(requiring(one), preflight)).only).toMatchObject(MISSING);
  });

  test('a provider that clears the route cache routes the request again', async () => {
    const first = filter(JWT, { providers: { p: { ...providers.p, clear_route_cache: true } }, rules: [{ match: { prefix: '/' }, requires: one }] });
    expect((await behind(first, bearer(good))).gap?.what).toMatch(/routes the request again/);
  });
});

describe('rate limits', () => {
  const LOCAL = `${HTTP}.local_ratelimit.v3.LocalRateLimit`;
  const bucket = { token_bucket: { max_tokens: 1, fill_interval: '60s' } };
  const enforced = { ...bucket, filter_enabled: always, filter_enforced: always };
  const local = (config: Json): Json => filter(LOCAL, { stat_prefix: 'x', ...config });

  test.each<[string, Json]>([
    ['without a bucket', {}],
    ['not enabled', bucket],
    ['enabled and not enforced', { ...bucket, filter_enabled: always }],
    ['enforced and not enabled', { ...bucket, filter_enforced: always }],
  ])('a local one does nothing %s', async (_, config) => {
    expect((await behind(local(config))).only).toMatchObject(FORWARDED);
  });

  test('a local one depends on the tokens left, of which a dump knows nothing; a route may have its own', async () => {
    const expected = [
      { status: null, conditional: true },
      { status: 429, details: 'local_rate_limited', conditional: true },
    ];
    expect(ways(await behind(local(enforced)))).toMatchObject(expected);
    expect(ways(await behind(local({}), {}, routeSays(LOCAL, typed(LOCAL, { stat_prefix: 'y', ...enforced }))))).toMatchObject(expected);
  });

  test.each<[string, Json, Json]>([
    ['429', {}, { status: 429, flags: 'RL', details: 'local_rate_limited', verdict: 'answered' }],
    ['or its own status', { status: { code: 'ServiceUnavailable' } }, { status: 503 }],
    ['but none below 400', { status: { code: 'OK' } }, { status: 429 }],
  ])('an empty bucket refuses everything with %s', async (_, config, expected) => {
    expect((await behind(local({ ...enforced, token_bucket: { fill_interval: '60s' }, ...config }))).only).toMatchObject(expected);
  });

  test('a global one asks its service where the route has limits', async () => {
    const GLOBAL = `${HTTP}.ratelimit.v3.RateLimit`;
    const limited = {
      hosts: [host('h', '*', [{ name: 'r', match: { prefix: '/' }, route: { cluster: 'a', rate_limits: [{ actions: [{ remote_address: {} }] }] } }])],
    };
    const statuses = async (config: Json) => ways(await behind(filter(GLOBAL, { domain: 'd', ...config }), {}, limited)).map((way) => way['status']);
    expect((await behind(filter(GLOBAL, { domain: 'd' }))).only).toMatchObject(FORWARDED);
    expect(await statuses({})).toEqual([null, 429, null]);
    expect(await statuses({ failure_mode_deny: true, rate_limited_status: { code: 'Forbidden' } })).toEqual([null, 403, 500]);
  });
});

describe('ext_authz', () => {
  const AUTHZ = `${HTTP}.ext_authz.v3.ExtAuthz`;
  const service = { http_service: { server_uri: { uri: 'http://x', cluster: 'b', timeout: '1s' } } };

  test('lists what may come of it, and is undetermined: the service may name any status', async () => {
    const answer = await behind(filter(AUTHZ, service));
    expect(answer.gap).toMatchObject({ id: 'PC9003' });
    expect(ways(answer)).toMatchObject([{ status: null }, { status: 403, details: 'ext_authz_denied' }, { status: 403, details: 'ext_authz_error' }]);
  });

  test.each<[string, Json, GatewayParts]>([
    ['where it is off', { filter_enabled: never }, {}],
    ['in shadow mode', { shadow_mode: true }, {}],
    ['where the route disables it', {}, routeSays(AUTHZ, typed(`${HTTP}.ext_authz.v3.ExtAuthzPerRoute`, { disabled: true }))],
  ])('does nothing %s', async (_, config, parts) => {
    expect((await behind(filter(AUTHZ, { ...service, ...config }), {}, parts)).only).toMatchObject(FORWARDED);
  });
});

describe('lua', () => {
  const LUA = `${HTTP}.lua.v3.Lua`;
  const script = (inline_string: string): Json => filter(LUA, { default_source_code: { inline_string } });
  test.each([
    ['function envoy_on_response(handle) handle:headers():add("x", "y") end'],
    ['function envoy_on_request(handle) handle:logInfo(handle:headers():get("x")) end'],
  ])('a script that changes no request has no effect: %s', async (text) => {
    expect((await behind(script(text))).only).toMatchObject(FORWARDED);
  });

  test('of one that may answer nothing is said', async () => {
    const { gap } = await behind(script('function envoy_on_request(handle) handle:respond({[":status"] = "403"}, "no") end'));
    expect(gap).toMatchObject({ id: 'PC9002', path: expect.stringMatching(/http_filters\[0\]$/) });
  });

  test('a route may disable it', async () => {
    const says = routeSays(LUA, typed(`${HTTP}.lua.v3.LuaPerRoute`, { disabled: true }));
    expect((await behind(script('function envoy_on_request(h) h:respond({}, "") end'), {}, says)).only).toMatchObject(FORWARDED);
  });
});

describe('filters that set the metadata by which subsets are chosen', () => {
  const subset = (version: string): Json => ({
    endpoint: { address: { socket_address: { address: `10.0.0.${version}`, port_value: 80 } } },
    metadata: { filter_metadata: { 'envoy.lb': { version } } },
  });
  const clusters = [
    {
      name: 'a',
      type: 'STATIC',
      lb_subset_config: { fallback_policy: 'NO_FALLBACK', subset_selectors: [{ keys: ['version'] }] },
      load_assignment: { cluster_name: 'a', endpoints: [{ lb_endpoints: [subset('1'), subset('2')] }] },
    },
  ];
  const hostsOf = async (first: Json, headers: Headers = []) => {
    const { only } = await behind(first, { headers }, { clusters });
    return only.verdict === 'forwarded' ? only.endpoints?.map((e) => e.address) : only.flags;
  };
  const pair = { metadata_namespace: 'envoy.lb', key: 'version' };
  const fromHeader = (rule: Json): Json => filter(`${HTTP}.header_to_metadata.v3.Config`, { request_rules: [rule] });
  const setting = (config: Json): Json => filter(`${HTTP}.set_metadata.v3.Config`, config);

  test.each<[string, Json, Headers, unknown]>([
    ['header_to_metadata: the value of a header', fromHeader({ header: 'X-V', on_header_present: pair }), [['x-v', '2']], ['10.0.0.2:80']],
    ['a header that is absent', fromHeader({ header: 'x-v', on_header_present: pair }), [], 'UH'],
    ['a value for an absent header', fromHeader({ header: 'x-v', on_header_missing: { ...pair, value: '1' } }), [], ['10.0.0.1:80']],
    [
      'a value rewritten',
      fromHeader({ header: 'x-v', on_header_present: { ...pair, regex_value_rewrite: { pattern: { regex: '^v(.*)$' }, substitution: '\\1' } } }),
      [['x-v', 'v1']],
      ['10.0.0.1:80'],
    ],
    ['a cookie', fromHeader({ cookie: 'v', on_header_present: pair }), [['cookie', 'v=1']], ['10.0.0.1:80']],
    ['another namespace', fromHeader({ header: 'x-v', on_header_present: { ...pair, metadata_namespace: 'other' } }), [['x-v', '1']], 'UH'],
    ['set_metadata: a value', setting({ metadata: [{ metadata_namespace: 'envoy.lb', value: { version: '1' } }] }), [], ['10.0.0.1:80']],
    ['its old form', setting({ metadata_namespace: 'envoy.lb', value: { version: '2' } }), [], ['10.0.0.2:80']],
    [
      'the first value stays',
      setting({ metadata: ['1', '2'].map((version) => ({ metadata_namespace: 'envoy.lb', value: { version } })) }),
      [],
      ['10.0.0.1:80'],
    ],
    [
      'unless it may be overwritten',
      setting({ metadata: ['1', '2'].map((version) => ({ metadata_namespace: 'envoy.lb', value: { version }, allow_overwrite: true })) }),
      [],
      ['10.0.0.2:80'],
    ],
  ])('%s', async (_, first, headers, expected) => {
    expect(await hostsOf(first, headers)).toEqual(expected);
  });
});

describe('filters that steer a request to a host are undetermined where it gives them cause', () => {
  const STATEFUL = `${HTTP}.stateful_session.v3.StatefulSession`;
  const session = filter(STATEFUL, {
    session_state: {
      name: 's',
      typed_config: typed('envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState', { cookie: { name: 'sticky' } }),
    },
  });
  const setsHost = filter(`${HTTP}.set_filter_state.v3.Config`, { on_request_headers: [{ object_key: 'envoy.upstream.dynamic_host' }] });
  const onDemand = filter(`${HTTP}.on_demand.v3.OnDemand`, { odcds: { source: { ads: {} } } });
  const missing: GatewayParts = { hosts: [host('h', '*', [to('zz')])] };

  test.each<[string, Json, Partial<TraceRequest>, GatewayParts, RegExp | null]>([
    ['a session that the request does not carry', session, {}, {}, null],
    ['one that it carries', session, { headers: [['cookie', 'sticky=abc']] }, {}, /its session names/],
    [
      'one that the route turns off',
      session,
      { headers: [['cookie', 'sticky=abc']] },
      routeSays(STATEFUL, typed(`${HTTP}.stateful_session.v3.StatefulSessionPerRoute`, { disabled: true })),
      null,
    ],
    ['filter state of an upstream', setsHost, {}, {}, /hosts are chosen by/],
    [
      'metadata of a subset from the body',
      filter(`${HTTP}.json_to_metadata.v3.JsonToMetadata`, { request_rules: { rules: [{ on_present: { metadata_namespace: 'envoy.lb' } }] } }),
      {},
      {},
      /hosts are chosen by/,
    ],
    ['a cluster that is there', onDemand, {}, {}, null],
    ['one that may be fetched', onDemand, {}, missing, /fetch the cluster "zz"/],
  ])('%s', async (_, first, request, parts, what) => {
    const { gap } = await behind(first, request, parts);
    if (what === null) expect(gap).toBeNull();
    else expect(gap?.what).toMatch(what);
  });
});

describe('any filter', () => {
  test('header mutation never re-routes; a changed path leaves open what goes upstream', async () => {
    const mutate = (key: string) =>
      filter(`${HTTP}.header_mutation.v3.HeaderMutation`, { mutations: { request_mutations: [{ append: { header: { key, value: '/b' } } }] } });
    const hosts = [host('h', '*', [to('b', { prefix: '/b' }), to('a')])];
    expect((await behind(mutate('x-h'), {}, { hosts })).only).toMatchObject({ cluster: 'a', upstream_request: { path: '/' } });
    expect((await behind(mutate(':path'), {}, { hosts })).only).toMatchObject({ cluster: 'a', upstream_request: null });
  });

  test.each([`${HTTP}.compressor.v3.Compressor`, `${HTTP}.grpc_stats.v3.FilterConfig`, 'stats.PluginConfig'])('%s has no effect', async (type) => {
    expect((await behind(filter(type))).only).toMatchObject(FORWARDED);
  });

  test('one that pc does not know is named, with its place', async () => {
    const { gap } = await behind(filter('example.Custom', {}, { name: 'custom' }));
    expect(gap).toMatchObject({ id: 'PC9001', what: expect.stringContaining('"custom" (example.Custom)'), path: expect.stringMatching(/http_filters\[0\]$/) });
  });

  test('one that is disabled is not looked at', async () => {
    expect((await behind(filter('example.Custom', {}, { disabled: true }))).only).toMatchObject(FORWARDED);
  });

  test('ECDS delivers by name; what has not come is named', async () => {
    const FAULT = `${HTTP}.fault.v3.HTTPFault`;
    const discovered = { name: 'late', config_discovery: { config_source: { ads: {} }, type_urls: [`type.googleapis.com/${FAULT}`] } };
    const config = { name: 'late', typed_config: typed(FAULT, { abort: { http_status: 418, percentage: { numerator: 100 } } }) };
    expect((await behind(discovered, {}, { ecds: [config] })).only).toMatchObject({ status: 418 });
    expect((await behind(discovered)).gap).toMatchObject({ id: 'PC1001', what: expect.stringContaining('"late"') });
    const withDefault = { ...discovered, config_discovery: { ...discovered.config_discovery, default_config: config.typed_config } };
    expect((await behind(withDefault)).only).toMatchObject({ status: 418 });
  });
});

describe('filters of old dumps, which have no typed configuration', () => {
  const untyped = (name: string): Json => ({ hosts: [host('h', '*', [to('a', { prefix: '/' }, { per_filter_config: { [name]: { a: 'b' } } })])] });

  test('the router, CORS and gRPC-Web are known by their names', async () => {
    const filters = ['envoy.cors', 'envoy.filters.http.grpc_web', 'envoy.router'].map((name) => ({ name }));
    const { ask } = await gateway({ hcm: { http_filters: filters } });
    expect(ask().only).toMatchObject(FORWARDED);
  });

  test('Mixer may deny, whatever a route tells it', async () => {
    const answer = await behind({ name: 'mixer', config: { transport: { check_cluster: 'mixer' } } }, {}, untyped('mixer'));
    expect(answer.gap).toBeNull();
    expect(ways(answer)).toEqual([
      { status: null, details: null, conditional: true },
      { status: 403, details: '', conditional: true },
    ]);
  });

  test('an untyped word of the route to a filter that acts by it is a gap, and to one that is not there is nothing', async () => {
    const fault = filter(`${HTTP}.fault.v3.HTTPFault`, {});
    expect((await behind(fault, {}, untyped(filterName(`${HTTP}.fault.v3.HTTPFault`)))).gap).toMatchObject({ id: 'PC9001' });
    expect((await behind(fault, {}, untyped('another'))).only).toMatchObject(FORWARDED);
  });
});

test("Istio's own Wasm plugins let everything through", async () => {
  const plugin = (module: string): Json =>
    filter(`${HTTP}.wasm.v3.Wasm`, { config: { vm_config: { runtime: 'envoy.wasm.runtime.null', code: { local: { inline_string: module } } } } });
  expect((await behind(plugin('envoy.wasm.metadata_exchange'))).only).toMatchObject(FORWARDED);
  expect((await behind(plugin('mine'))).gap).toMatchObject({ id: 'PC9002' });
});

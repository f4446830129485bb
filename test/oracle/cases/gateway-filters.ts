import { generateKeyPairSync, sign } from 'node:crypto';
import { httpFilter } from '../istio/http-connection-manager.ts';
import { forward } from '../istio/routes.ts';
import { ask, type SnapshotCase } from '../record/snapshot-case.ts';
import type { JsonObject } from '../xds-files.ts';
import { BOTH_SUBSETS, CATALOG_HOST, catalogHost, GATEWAY, gatewayListener, gatewayRoutes, V1 } from './gateway.ts';

const withFilters = (filters: readonly JsonObject[]): SnapshotCase['resources'] => {
  return () => ({
    listeners: [gatewayListener(filters)],
    routes: [gatewayRoutes([catalogHost([forward(V1, { virtualService: 'catalog', name: 'all' })])])],
    ...BOTH_SUBSETS,
  });
};

// A key pair of this recording only; the private half is gone when it ends.
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strangers = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ISSUER = 'https://auth.istioinaction.io';

function token(claims: JsonObject, key = keys.privateKey): string {
  const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode({ alg: 'ES256', typ: 'JWT', kid: 'k1' })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const JWKS = JSON.stringify({ keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256' }] });
const FAR = 4102444800;
const bearer = (value: string): [string, string] => ['authorization', `Bearer ${value}`];

const JWT = httpFilter('envoy.filters.http.jwt_authn', 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
  providers: { 'origins-0': { issuer: ISSUER, local_jwks: { inline_string: JWKS }, payload_in_metadata: 'payload', forward: true } },
  rules: [
    { match: { path: '/healthz' } },
    { match: { prefix: '/private' }, requires: { provider_name: 'origins-0' } },
    { match: { prefix: '/' }, requires: { requires_any: { requirements: [{ provider_name: 'origins-0' }, { allow_missing: {} }] } } },
  ],
  bypass_cors_preflight: true,
});

export const jwtRequired: SnapshotCase = {
  name: 'jwt-required',
  story: 'A RequestAuthentication checks tokens: on /private one is required, elsewhere only a wrong one is refused, also where no virtual host would match.',
  proxy: GATEWAY,
  resources: withFilters([JWT]),
  requests: [
    ask('private-without-token', 8080, CATALOG_HOST, '/private'),
    ask('private-with-token', 8080, CATALOG_HOST, '/private', { headers: [bearer(token({ iss: ISSUER, sub: 'u', exp: FAR }))], judged: 'conditional' }),
    ask('items-without-token', 8080, CATALOG_HOST, '/items'),
    ask('items-with-token', 8080, CATALOG_HOST, '/items', { headers: [bearer(token({ iss: ISSUER, sub: 'u', exp: FAR }))], judged: 'conditional' }),
    ask('items-with-a-strangers-token', 8080, CATALOG_HOST, '/items', {
      headers: [bearer(token({ iss: ISSUER, exp: FAR }, strangers.privateKey))],
      judged: 'conditional',
    }),
    ask('items-with-garbage', 8080, CATALOG_HOST, '/items', { headers: [bearer('garbage')], judged: 'conditional' }),
    ask('items-with-expired-token', 8080, CATALOG_HOST, '/items', { headers: [bearer(token({ iss: ISSUER, exp: 1000 }))], judged: 'conditional' }),
    ask('private-of-unknown-host', 8080, 'nobody.example.com', '/private'),
    ask('no-requirement', 8080, CATALOG_HOST, '/healthz'),
  ],
};

const LIMIT = httpFilter('envoy.filters.http.local_ratelimit', 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
  stat_prefix: 'http_local_rate_limiter',
  token_bucket: { max_tokens: 2, tokens_per_fill: 2, fill_interval: '86400s' },
  filter_enabled: { default_value: { numerator: 100 } },
  filter_enforced: { default_value: { numerator: 100 } },
});

export const localRateLimit: SnapshotCase = {
  name: 'local-rate-limit',
  story: 'The gateway lets two requests a day through: what a third one meets depends on the requests before it, which no dump shows.',
  proxy: GATEWAY,
  resources: withFilters([LIMIT]),
  requests: [
    ask('items', 8080, CATALOG_HOST, '/items', { times: 5, judged: 'conditional' }),
    ask('unknown-host', 8080, 'nobody.example.com', '/items', { judged: 'conditional' }),
  ],
};

const HEALTH = httpFilter('envoy.filters.http.health_check', 'envoy.extensions.filters.http.health_check.v3.HealthCheck', {
  pass_through_mode: false,
  headers: [{ name: ':path', string_match: { exact: '/healthz' } }],
});

export const healthCheck: SnapshotCase = {
  name: 'health-check-filter',
  story: 'The gateway answers /healthz by itself, for any host and before the routes; with a query it is another path.',
  proxy: GATEWAY,
  resources: withFilters([HEALTH]),
  requests: [
    ask('health', 8080, CATALOG_HOST, '/healthz'),
    ask('health-of-unknown-host', 8080, 'nobody.example.com', '/healthz'),
    ask('health-with-query', 8080, CATALOG_HOST, '/healthz?full'),
    ask('items', 8080, CATALOG_HOST, '/items'),
  ],
};

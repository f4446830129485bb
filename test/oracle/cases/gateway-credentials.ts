import { createHash } from 'node:crypto';
import { httpFilter } from '../istio/http-connection-manager.ts';
import { forward } from '../istio/routes.ts';
import { ask, type SnapshotCase } from '../record/snapshot-case.ts';
import type { JsonObject } from '../xds-files.ts';
import { BOTH_SUBSETS, CATALOG_HOST, catalogHost, GATEWAY, gatewayListener, gatewayRoutes, V1 } from './gateway.ts';

function withFilter(filter: JsonObject): SnapshotCase['resources'] {
  return () => ({
    listeners: [gatewayListener([filter])],
    routes: [gatewayRoutes([catalogHost([forward(V1, { virtualService: 'catalog', name: 'all' })])])],
    ...BOTH_SUBSETS,
  });
}

const CSRF = httpFilter('envoy.filters.http.csrf', 'envoy.extensions.filters.http.csrf.v3.CsrfPolicy', {
  filter_enabled: { default_value: { numerator: 100 } },
  additional_origins: [{ suffix: '.partner.example.com' }],
});

const post = (origin?: string) => ({ method: 'POST', headers: origin ? ([['origin', origin]] as [string, string][]) : [] });

export const csrfOrigins: SnapshotCase = {
  name: 'csrf-origins',
  story: 'The gateway refuses a changing request whose Origin is neither its own host nor a partner, and one that names no origin.',
  proxy: GATEWAY,
  resources: withFilter(CSRF),
  requests: [
    ask('read', 8080, CATALOG_HOST, '/items'),
    ask('change-without-origin', 8080, CATALOG_HOST, '/items', post()),
    ask('change-from-own-origin', 8080, CATALOG_HOST, '/items', post(`http://${CATALOG_HOST}`)),
    ask('change-from-partner', 8080, CATALOG_HOST, '/items', post('https://shop.partner.example.com')),
    ask('change-from-elsewhere', 8080, CATALOG_HOST, '/items', post('https://evil.example.net')),
    ask('change-from-elsewhere-at-unknown-host', 8080, 'nobody.example.com', '/items', post('https://evil.example.net')),
  ],
};

// Made up for this recording; the dump shows `[redacted]` in its place.
const API_KEYS = httpFilter('envoy.filters.http.api_key_auth', 'envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth', {
  credentials: [{ key: 'a-key-of-this-recording', client: 'ops' }],
  key_sources: [{ header: 'x-api-key' }],
});

export const apiKeys: SnapshotCase = {
  name: 'api-keys',
  story: 'The gateway wants an API key: without one it refuses, and which keys are good the dump does not show.',
  proxy: GATEWAY,
  resources: withFilter(API_KEYS),
  requests: [
    ask('without-key', 8080, CATALOG_HOST, '/items'),
    ask('without-key-at-unknown-host', 8080, 'nobody.example.com', '/items'),
    ask('with-key', 8080, CATALOG_HOST, '/items', { headers: [['x-api-key', 'a-key-of-this-recording']], judged: 'conditional' }),
    ask('with-a-wrong-key', 8080, CATALOG_HOST, '/items', { headers: [['x-api-key', 'guessed']], judged: 'conditional' }),
  ],
};

// htpasswd of ops:right, which the dump redacts.
const BASIC = httpFilter('envoy.filters.http.basic_auth', 'envoy.extensions.filters.http.basic_auth.v3.BasicAuth', {
  users: { inline_string: `ops:{SHA}${createHash('sha1').update('right').digest('base64')}\n` },
});

const basic = (text: string): [string, string][] => [['authorization', `Basic ${Buffer.from(text).toString('base64')}`]];

export const basicAuth: SnapshotCase = {
  name: 'basic-auth',
  story: 'The gateway wants a user and a password: what is malformed it refuses for sure, and which pairs are good the dump does not show.',
  proxy: GATEWAY,
  resources: withFilter(BASIC),
  requests: [
    ask('without-password', 8080, CATALOG_HOST, '/items'),
    ask('without-colon', 8080, CATALOG_HOST, '/items', { headers: basic('ops') }),
    ask('with-another-scheme', 8080, CATALOG_HOST, '/items', { headers: [['authorization', 'Bearer x']] }),
    ask('right', 8080, CATALOG_HOST, '/items', { headers: basic('ops:right'), judged: 'conditional' }),
    ask('wrong', 8080, CATALOG_HOST, '/items', { headers: basic('ops:wrong'), judged: 'conditional' }),
  ],
};

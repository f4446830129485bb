import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { OWN } from './configuration.ts';
import { fieldOneTimeIn, oneTimeIn, together } from './sometimes.ts';

/** Two clusters that are there, one that is there and empty, and one that is not there. */
export const CLUSTERS = ['a', 'b', 'empty', 'missing'].map((name) => `${OWN}${name}`);

const cluster = fc.constantFrom(...CLUSTERS);

const rewrite: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constantFrom('/', '/n', '/n/', '').map((prefix_rewrite): JsonObject => ({ prefix_rewrite })),
  fc
    .constantFrom(['a', 'n'], ['/(.)/b', '/\\1\\1'], ['^/a', ''], ['[ab]+', 'z'])
    .map(([regex, substitution]): JsonObject => ({ regex_rewrite: { pattern: { regex: regex ?? '' }, substitution: substitution ?? '' } })),
);
const hostRewrite: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant<JsonObject>({ host_rewrite_literal: 'rewritten.com' }),
  fc.constant<JsonObject>({ host_rewrite_header: 'x-a' }),
  fc.constant<JsonObject>({ host_rewrite_path_regex: { pattern: { regex: '^/(.+)/b.*$' }, substitution: '\\1' } }),
);
const weighted: fc.Arbitrary<JsonObject> = fc
  .array(fc.tuple(cluster, fc.constantFrom(0, 1, 20, 50, 80)), { minLength: 1, maxLength: 3 })
  .filter((arms) => arms.some(([, weight]) => weight > 0))
  .chain((arms) =>
    oneTimeIn(6, { header_name: 'x-weight' }).map((byHeader) => ({
      weighted_clusters: { clusters: arms.map(([name, weight]) => ({ name, weight })), ...byHeader },
    })),
  );

const forward: fc.Arbitrary<JsonObject> = together(
  fc.oneof(
    { arbitrary: cluster.map((name): JsonObject => ({ cluster: name })), weight: 6 },
    { arbitrary: weighted, weight: 2 },
    { arbitrary: fc.constant<JsonObject>({ cluster_header: 'x-cluster' }), weight: 1 },
  ),
  oneTimeIn(3, rewrite),
  oneTimeIn(5, hostRewrite),
  fieldOneTimeIn(6, 'cluster_not_found_response_code', fc.constantFrom('NOT_FOUND', 'INTERNAL_SERVER_ERROR')),
).map((route) => ({ route }));

const newPath: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constantFrom<JsonObject[]>({ path_redirect: '/new' }, { path_redirect: '/new?x=1' }),
  fc.constantFrom<JsonObject[]>({ prefix_rewrite: '/n' }, { prefix_rewrite: '/' }),
  fc.constant<JsonObject>({ regex_rewrite: { pattern: { regex: 'a' }, substitution: 'n' } }),
);

const redirect: fc.Arbitrary<JsonObject> = together(
  fieldOneTimeIn(2, 'host_redirect', fc.constantFrom('other.com', 'other.com:81')),
  fieldOneTimeIn(3, 'port_redirect', fc.constantFrom(81, 443, 80)),
  oneTimeIn(2, newPath),
  oneTimeIn(2, fc.constantFrom<JsonObject[]>({ https_redirect: true }, { scheme_redirect: 'https' }, { scheme_redirect: 'http' })),
  fieldOneTimeIn(3, 'response_code', fc.constantFrom('FOUND', 'SEE_OTHER', 'TEMPORARY_REDIRECT', 'PERMANENT_REDIRECT')),
  oneTimeIn(4, { strip_query: true }),
).map((all) => ({ redirect: all }));

const direct: fc.Arbitrary<JsonObject> = fc.constantFrom(200, 204, 301, 404, 503).map((status) => ({ direct_response: { status } }));

/** What a route does with a request. */
export const action: fc.Arbitrary<JsonObject> = fc.oneof(
  { arbitrary: forward, weight: 8 },
  { arbitrary: redirect, weight: 3 },
  { arbitrary: direct, weight: 2 },
  { arbitrary: fc.constant<JsonObject>({ non_forwarding_action: {} }), weight: 1 },
);

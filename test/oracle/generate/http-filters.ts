import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { fieldOneTimeIn, oneTimeIn, together } from './sometimes.ts';
import { headerMatcher } from './value-matchers.ts';

const TYPES = {
  fault: 'envoy.extensions.filters.http.fault.v3.HTTPFault',
  rbac: 'envoy.extensions.filters.http.rbac.v3.RBAC',
  cors: 'envoy.extensions.filters.http.cors.v3.Cors',
};
const typed = (type: string, config: JsonObject): JsonObject => ({ '@type': `type.googleapis.com/${type}`, ...config });

const percentage = fc.constantFrom<JsonObject[]>({ numerator: 100 }, { numerator: 0 }, { numerator: 40, denominator: 'HUNDRED' });
/** The fault filter's config: a status for a share of the requests, or of those with some header. */
const fault: fc.Arbitrary<JsonObject> = together(
  fc.tuple(fc.constantFrom(418, 503), percentage).map(([http_status, share]): JsonObject => ({ abort: { http_status, percentage: share } })),
  fieldOneTimeIn(3, 'headers', fc.array(headerMatcher, { minLength: 1, maxLength: 1 })),
);

const permission: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant<JsonObject>({ any: true }),
  headerMatcher.map((header): JsonObject => ({ header })),
  fc.constantFrom('/a', '/a/b', '/').map((prefix): JsonObject => ({ url_path: { path: { prefix } } })),
  fc.constantFrom('/a', '/b').map((exact): JsonObject => ({ url_path: { path: { exact, ignore_case: true } } })),
  fc.constantFrom(80, 8080).map((destination_port): JsonObject => ({ destination_port })),
);
const anyPermission: fc.Arbitrary<JsonObject> = fc.oneof(
  { arbitrary: permission, weight: 3 },
  { arbitrary: permission.map((not_rule): JsonObject => ({ not_rule })), weight: 1 },
  { arbitrary: fc.array(permission, { minLength: 1, maxLength: 2 }).map((rules): JsonObject => ({ and_rules: { rules } })), weight: 1 },
  { arbitrary: fc.array(permission, { minLength: 1, maxLength: 2 }).map((rules): JsonObject => ({ or_rules: { rules } })), weight: 1 },
);
const principal: fc.Arbitrary<JsonObject> = fc.oneof(
  { arbitrary: fc.constant<JsonObject>({ any: true }), weight: 3 },
  { arbitrary: headerMatcher.map((header): JsonObject => ({ header })), weight: 2 },
  {
    arbitrary: fc.constantFrom('127.0.0.0', '10.0.0.0').map((address_prefix): JsonObject => ({ direct_remote_ip: { address_prefix, prefix_len: 8 } })),
    weight: 1,
  },
  { arbitrary: headerMatcher.map((header): JsonObject => ({ not_id: { header } })), weight: 1 },
);
const policy = fc.record({
  permissions: fc.array(anyPermission, { minLength: 1, maxLength: 2 }),
  principals: fc.array(principal, { minLength: 1, maxLength: 2 }),
});
/** The RBAC filter's config; an empty one allows everything, and shadow rules decide nothing. */
const rbac: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom('ALLOW', 'DENY'),
    fc.array(policy, { maxLength: 2 }).map((list): JsonObject => Object.fromEntries(list.map((one, i) => [`policy-${i}`, one]))),
    fc.constantFrom('rules', 'rules', 'rules', 'shadow_rules'),
  )
  .map(([action, policies, field]) => ({ [field]: { action, policies } }));

/** Filters before the router, by their own names, in any order. */
export const httpFilters: fc.Arbitrary<JsonObject[]> = fc
  .tuple(fc.shuffledSubarray(['fault', 'rbac', 'cors'] as const), fault, rbac, oneTimeIn(8, { disabled: true }))
  .map(([names, faultConfig, rbacConfig, disabled]) => {
    const configs = { fault: faultConfig, rbac: rbacConfig, cors: {} };
    return names.map((name, i) => ({ name, typed_config: typed(TYPES[name], configs[name]), ...(i === 0 ? disabled : {}) }));
  });

/** What a route, a virtual host or a weighted cluster says of these filters; it has no effect where the filter is not in the chain. */
export const perFilterConfig: fc.Arbitrary<JsonObject> = together(
  fieldOneTimeIn(
    2,
    'fault',
    fault.map((config) => typed(TYPES.fault, config)),
  ),
  oneTimeIn(
    2,
    fc.oneof(
      rbac.map((config): JsonObject => ({ rbac: typed('envoy.extensions.filters.http.rbac.v3.RBACPerRoute', { rbac: config }) })),
      fc.constant<JsonObject>({ rbac: typed('envoy.extensions.filters.http.rbac.v3.RBACPerRoute', {}) }),
      fc.constant<JsonObject>({ rbac: typed('envoy.config.route.v3.FilterConfig', { disabled: true }) }),
    ),
  ),
).map((typed_per_filter_config) => (Object.keys(typed_per_filter_config).length === 0 ? {} : { typed_per_filter_config }));

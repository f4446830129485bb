import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { action } from './actions.ts';
import { OWN } from './configuration.ts';
import { domainsOfHosts } from './domains.ts';
import { perFilterConfig } from './http-filters.ts';
import { routeMatcher } from './matcher-trees.ts';
import { pathMatcher } from './path-matchers.ts';
import { fieldOneTimeIn, oneTimeIn, together } from './sometimes.ts';
import { cookieMatcher, headerMatcher, queryMatcher } from './value-matchers.ts';

const some = <T>(item: fc.Arbitrary<T>, field: string): fc.Arbitrary<JsonObject> =>
  fc.array(item, { minLength: 1, maxLength: 2 }).map((list) => ({ [field]: list as JsonObject[] }));

const fraction: fc.Arbitrary<JsonObject> = fc
  .constantFrom<[number, string][]>([0, 'HUNDRED'], [30, 'HUNDRED'], [60, 'HUNDRED'], [100, 'HUNDRED'], [5000, 'TEN_THOUSAND'])
  .map(([numerator, denominator]) => ({ runtime_fraction: { default_value: { numerator, denominator } } }));

export const routeMatch: fc.Arbitrary<JsonObject> = together(
  pathMatcher,
  oneTimeIn(3, some(headerMatcher, 'headers')),
  oneTimeIn(5, some(queryMatcher, 'query_parameters')),
  oneTimeIn(12, some(cookieMatcher, 'cookies')),
  oneTimeIn(15, fraction),
  oneTimeIn(25, { grpc: {} }),
);

const route = fc
  .tuple(routeMatch, action, oneTimeIn(6, perFilterConfig))
  .map(([match, to, filters]): JsonObject => ({ match, ...fitting(match, to), ...filters }));

/** Envoy refuses prefix_rewrite together with a path template. */
function fitting(match: JsonObject, to: JsonObject): JsonObject {
  if (match['path_match_policy'] === undefined) return to;
  return JSON.parse(JSON.stringify(to, (key, value) => (key === 'prefix_rewrite' ? undefined : value)));
}

const catchAll = action.map((to): JsonObject => ({ match: { prefix: '/' }, ...to }));
const routesOfHost = fc
  .tuple(fc.array(route, { minLength: 1, maxLength: 6, size: 'max' }), fc.constantFrom([], [], undefined), catchAll)
  .map(([routes, none, last]) => (none === undefined ? [...routes, last] : routes));

/** The virtual host's routes as a list, or now and then as a matcher tree. */
const routesOrMatcher: fc.Arbitrary<JsonObject> = fc.oneof(
  { arbitrary: routesOfHost.map((routes): JsonObject => ({ routes })), weight: 12 },
  {
    arbitrary: routeMatcher(fc.tuple(pathMatcher, action).map(([match, to]) => ({ match, ...fitting(match, to) }))).map((matcher): JsonObject => ({ matcher })),
    weight: 1,
  },
);

/** A RouteConfiguration; every virtual host and route has a name, so that the access log tells which one was taken. */
export const routeConfig: fc.Arbitrary<JsonObject> = fc
  .tuple(
    domainsOfHosts.chain((hosts) =>
      fc.tuple(
        ...hosts.map((domains) =>
          fc
            .tuple(routesOrMatcher, fieldOneTimeIn(12, 'require_tls', fc.constantFrom('ALL', 'EXTERNAL_ONLY')), oneTimeIn(10, perFilterConfig))
            .map(([routes, requireTls, filters]) => ({ domains, ...routes, ...requireTls, ...filters })),
        ),
      ),
    ),
    oneTimeIn(3, { ignore_port_in_host_matching: true }),
    oneTimeIn(15, { vhost_header: 'x-host' }),
  )
  .map(([hosts, ignorePort, hostHeader]) => ({
    name: `${OWN}routes`,
    validate_clusters: false,
    ...ignorePort,
    ...hostHeader,
    virtual_hosts: (hosts as unknown as (JsonObject & { routes?: JsonObject[] })[]).map((host, h) => ({
      ...host,
      name: `host-${h}`,
      ...(host.routes === undefined ? {} : { routes: host.routes.map((one, r) => ({ name: `route-${h}-${r}`, ...one })) }),
    })),
  }));

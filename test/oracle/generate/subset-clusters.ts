import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { endpoint } from './clusters.ts';
import { type Configuration, OWN } from './configuration.ts';
import { connectionManager } from './http-listeners.ts';
import { fieldOneTimeIn, oneTimeIn, together } from './sometimes.ts';

/** Metadata under the namespace that subsets are made by. */
const metadata: fc.Arbitrary<JsonObject> = together(
  fieldOneTimeIn(2, 'v', fc.constantFrom('1', '2', '3')),
  fieldOneTimeIn(2, 'z', fc.constantFrom('a', 'b')),
  fieldOneTimeIn(4, 'n', fc.constantFrom(1, true)),
);
const labelled = (fields: JsonObject): JsonObject => ({ filter_metadata: { 'envoy.lb': fields } });

const selector = fc
  .tuple(
    fc.constantFrom(['v'], ['z'], ['v', 'z'], ['n'], ['z', 'v', 'n']),
    fieldOneTimeIn(3, 'fallback_policy', fc.constantFrom('NO_FALLBACK', 'ANY_ENDPOINT', 'DEFAULT_SUBSET')),
    oneTimeIn(6, { single_host_per_subset: false }),
  )
  .map(([keys, fallback, single]): JsonObject => ({ keys: [...keys], ...fallback, ...single }));

const subsetConfig: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom('NO_FALLBACK', 'ANY_ENDPOINT', 'DEFAULT_SUBSET'),
    fc.uniqueArray(selector, { minLength: 1, maxLength: 3, selector: (one) => JSON.stringify([...(one['keys'] as string[])].sort()) }),
    metadata,
    oneTimeIn(6, { panic_mode_any: true }),
  )
  .map(([fallback_policy, subset_selectors, default_subset, panic]) => ({ fallback_policy, subset_selectors, default_subset, ...panic }));

const hosts = fc.array(
  fc
    .tuple(endpoint(fc.constantFrom('HEALTHY', 'HEALTHY', 'UNHEALTHY', 'DEGRADED')), metadata)
    .map(([host, fields]): JsonObject => ({ ...host, metadata: labelled(fields) })),
  { maxLength: 5, size: 'max' },
);

const cluster = fc.tuple(hosts, subsetConfig, fc.constantFrom(undefined, 0, 50)).map(
  ([lb_endpoints, lb_subset_config, panic]): JsonObject => ({
    name: `${OWN}a`,
    type: 'STATIC',
    connect_timeout: '1s',
    lb_subset_config,
    load_assignment: { cluster_name: `${OWN}a`, endpoints: [{ lb_endpoints }] },
    common_lb_config: panic === undefined ? {} : { healthy_panic_threshold: { value: panic } },
  }),
);

const route = fc
  .tuple(metadata, fc.boolean())
  .map(([fields, plain]): JsonObject => ({ cluster: `${OWN}a`, ...(plain ? {} : { metadata_match: labelled(fields) }) }));

/** Routes, each with its own demands, to a cluster divided into subsets. */
export const subsets: fc.Arbitrary<Configuration> = fc.tuple(cluster, fc.array(route, { minLength: 1, maxLength: 4 })).map(([one, list]) => {
  const routes = list.map((to, i) => ({ name: `route-${i}`, match: { path_separated_prefix: `/${'abcd'[i]}` }, route: to }));
  const config = { name: `${OWN}routes`, virtual_hosts: [{ name: 'host', domains: ['*'], routes }] };
  return { about: 'subsets', listener: { filter_chains: [{ filters: [connectionManager(config)] }] }, routes: [], clusters: [one], random: true };
});

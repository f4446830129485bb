import fc from 'fast-check';
import { accessLog } from '../access-log.ts';
import { configSource, type JsonObject } from '../xds-files.ts';
import { CLUSTERS } from './actions.ts';
import { mixedCluster, PLAIN_CLUSTERS } from './clusters.ts';
import { type Configuration, OWN } from './configuration.ts';
import { httpFilters } from './http-filters.ts';
import { routeConfig } from './route-configs.ts';
import { fieldOneTimeIn, oneTimeIn, together } from './sometimes.ts';

/** The options of a connection manager that change what routing sees. */
const managerOptions: fc.Arbitrary<JsonObject> = together(
  oneTimeIn(2, { normalize_path: true }),
  oneTimeIn(3, { merge_slashes: true }),
  fieldOneTimeIn(3, 'path_with_escaped_slashes_action', fc.constantFrom('KEEP_UNCHANGED', 'REJECT_REQUEST', 'UNESCAPE_AND_REDIRECT', 'UNESCAPE_AND_FORWARD')),
  oneTimeIn(3, fc.constantFrom<JsonObject[]>({ strip_any_host_port: true }, { strip_matching_host_port: true })),
  oneTimeIn(5, { strip_trailing_host_dot: true }),
  oneTimeIn(3, { use_remote_address: true }),
  oneTimeIn(5, { upgrade_configs: [{ upgrade_type: 'websocket' }] }),
);

/** A connection manager with the plain filters; `routes` is the name for RDS or the route config itself. */
export function connectionManager(routes: string | JsonObject, options: JsonObject = {}, filters: readonly JsonObject[] = []): JsonObject {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
      stat_prefix: 'h',
      ...(typeof routes === 'string' ? { rds: { route_config_name: routes, config_source: configSource('rds', routes) } } : { route_config: routes }),
      http_filters: [
        ...filters,
        { name: 'envoy.filters.http.router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } },
      ],
      access_log: accessLog('http'),
      ...options,
    },
  };
}

/** A plain HTTP listener whose route config is the point, one time in three with filters before the router. A few get it by RDS, the rest inline. */
export const routing: fc.Arbitrary<Configuration> = fc
  .tuple(routeConfig, managerOptions, fc.nat(9), fc.oneof({ arbitrary: fc.constant([]), weight: 2 }, { arbitrary: httpFilters, weight: 1 }))
  .map(([routes, options, nth, filters]) => {
    const byRds = nth === 9;
    const text = JSON.stringify([routes, filters]);
    return {
      about: 'routing',
      listener: { filter_chains: [{ filters: [connectionManager(byRds ? String(routes['name']) : routes, options, filters)] }] },
      routes: byRds ? [routes] : [],
      clusters: PLAIN_CLUSTERS,
      random: text.includes('weighted_clusters') || text.includes('runtime_fraction') || text.includes('"abort"'),
    };
  });

/** One route to a cluster with a mixture of endpoints, which stand in the cluster or, one time in four, come by EDS. */
export const balancing: fc.Arbitrary<Configuration> = fc.tuple(mixedCluster, fc.nat(3)).map(([cluster, nth]) => {
  const route = { name: 'route', match: { prefix: '/' }, route: { cluster: CLUSTERS[0] ?? '' } };
  const routes = { name: `${OWN}routes`, virtual_hosts: [{ name: 'host', domains: ['*'], routes: [route] }] };
  const plain = { about: 'balancing', listener: { filter_chains: [{ filters: [connectionManager(routes)] }] }, routes: [], random: true };
  if (nth !== 3) return { ...plain, clusters: [cluster] };
  const { load_assignment, ...rest } = cluster;
  const service = `${OWN}service`;
  const byEds = { ...rest, type: 'EDS', eds_cluster_config: { service_name: service, eds_config: configSource('eds', service) } };
  return { ...plain, clusters: [byEds], endpoints: [{ ...(load_assignment as JsonObject), cluster_name: service }] };
});

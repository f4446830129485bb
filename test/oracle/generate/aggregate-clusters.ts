import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { mixedCluster, PLAIN_CLUSTERS } from './clusters.ts';
import { type Configuration, OWN } from './configuration.ts';
import { connectionManager } from './http-listeners.ts';

/** A cluster that stands for others, in order: a mixed one, a healthy one, an empty one, one that is missing. */
export const aggregates: fc.Arbitrary<Configuration> = fc
  .tuple(mixedCluster, fc.shuffledSubarray(['mixed', 'b', 'empty', 'missing'], { minLength: 1 }))
  .map(([mixed, names]) => {
    const aggregate: JsonObject = {
      name: `${OWN}aggregate`,
      connect_timeout: '1s',
      lb_policy: 'CLUSTER_PROVIDED',
      cluster_type: {
        name: 'envoy.clusters.aggregate',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig', clusters: names.map((name) => `${OWN}${name}`) },
      },
    };
    const route = { name: 'route', match: { prefix: '/' }, route: { cluster: `${OWN}aggregate` } };
    const config = { name: `${OWN}routes`, virtual_hosts: [{ name: 'host', domains: ['*'], routes: [route] }] };
    return {
      about: 'aggregate',
      listener: { filter_chains: [{ filters: [connectionManager(config)] }] },
      routes: [],
      clusters: [...PLAIN_CLUSTERS.slice(1), { ...mixed, name: `${OWN}mixed` }, aggregate],
      random: true,
    };
  });

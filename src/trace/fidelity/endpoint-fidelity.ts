import { type FidelityTable, modelled, noEffect, undetermined } from './fidelity-table.ts';

const E = 'envoy.config.endpoint.v3.';
const CORE = 'envoy.config.core.v3.';
const CHECK = 'where health checks are sent';

/** ClusterLoadAssignment and what it holds. */
export const ENDPOINT_FIDELITY: FidelityTable = {
  [`${E}ClusterLoadAssignment`]: {
    cluster_name: modelled('the service name of EDS clusters, else the cluster name'),
    endpoints: modelled('', { of: `${E}LocalityLbEndpoints` }),
    named_endpoints: undetermined('endpoints by name; the endpoints section of a dump never has them'),
    policy: modelled('', { of: `${E}ClusterLoadAssignment.Policy` }),
  },
  [`${E}ClusterLoadAssignment.Policy`]: {
    drop_overloads: modelled('DO with its probability, UDO for 100 %', {
      of: `${E}ClusterLoadAssignment.Policy.DropOverload`,
      proof: 'test/trace/cluster-refusals.test.ts',
    }),
    overprovisioning_factor: modelled('', { proof: 'traces g4_clusters/priorities' }),
    endpoint_stale_after: noEffect('which endpoints are left stands in the dump'),
    weighted_priority_health: modelled(
      'where the cluster configures it itself; dumps do not show it for EDS, and it is then taken as off: it moves shares between priorities only',
      {
        proof: 'test/match/priority-load.test.ts',
      },
    ),
  },
  [`${E}ClusterLoadAssignment.Policy.DropOverload`]: { category: noEffect('a name for statistics'), drop_percentage: modelled() },
  [`${E}LocalityLbEndpoints`]: {
    locality: modelled('for locality weights and zone-aware routing', { of: `${CORE}Locality` }),
    metadata: noEffect('of the locality: read by nothing that chooses hosts'),
    lb_endpoints: modelled('', { of: `${E}LbEndpoint` }),
    load_balancer_endpoints: undetermined('deprecated; Envoy refuses it'),
    leds_cluster_locality_config: undetermined('LEDS delivers the endpoints; the endpoints section of a dump shows them'),
    load_balancing_weight: modelled('unset is 0', { proof: 'test/match/locality-weights.test.ts' }),
    priority: modelled('', { proof: 'traces g4_clusters/priorities' }),
    proximity: noEffect('not read by Envoy'),
  },
  [`${E}LocalityLbEndpoints.LbEndpointList`]: { lb_endpoints: undetermined('deprecated; Envoy refuses it') },
  [`${E}LedsClusterLocalityConfig`]: {
    leds_config: undetermined('LEDS delivers the endpoints'),
    leds_collection_name: undetermined('LEDS delivers the endpoints'),
  },
  [`${E}LbEndpoint`]: {
    endpoint: modelled('', { of: `${E}Endpoint` }),
    endpoint_name: undetermined('an endpoint by name; the endpoints section of a dump never has it'),
    health_status: modelled('DRAINING and TIMEOUT as unhealthy; /clusters is preferred, as it tells DRAINING hosts, which do not count, from unhealthy ones', {
      proof: 'traces g4_clusters/health_single_panic_100',
    }),
    metadata: modelled('envoy.lb for subsets', { of: `${CORE}Metadata`, proof: 'traces g4_clusters/subset' }),
    load_balancing_weight: modelled('unset is 1; RANDOM ignores it', { proof: 'test/trace/cluster-balancing.test.ts' }),
  },
  [`${E}Endpoint`]: {
    address: modelled('', { of: `${CORE}Address` }),
    health_check_config: noEffect(CHECK, { of: `${E}Endpoint.HealthCheckConfig` }),
    hostname: modelled('the name that a dynamic forward proxy resolved'),
    additional_addresses: noEffect('further addresses of the same host, tried after it is chosen', { of: `${E}Endpoint.AdditionalAddress` }),
    observability_name: noEffect('a name for statistics'),
  },
  [`${E}Endpoint.HealthCheckConfig`]: {
    port_value: noEffect(CHECK),
    hostname: noEffect(CHECK),
    address: noEffect(CHECK),
    disable_active_health_check: noEffect(CHECK),
  },
  [`${E}Endpoint.AdditionalAddress`]: { address: noEffect('tried after the host is chosen') },
  [`${CORE}Address`]: {
    socket_address: modelled('', { of: `${CORE}SocketAddress` }),
    pipe: modelled('', { of: `${CORE}Pipe` }),
    envoy_internal_address: modelled('', { of: `${CORE}EnvoyInternalAddress`, proof: 'traces g5_listeners/internal_listener' }),
  },
  [`${CORE}SocketAddress`]: {
    protocol: noEffect('the host is chosen alike'),
    address: modelled(),
    port_value: modelled(),
    named_port: modelled('shown as it is'),
    resolver_name: undetermined('a custom resolver'),
    ipv4_compat: noEffect('dialling only'),
    network_namespace_filepath: noEffect('dialling only'),
  },
  [`${CORE}Pipe`]: { path: modelled(), mode: noEffect('of the socket file') },
  [`${CORE}EnvoyInternalAddress`]: { server_listener_name: modelled('the hand-over to that listener is not followed here'), endpoint_id: modelled() },
  [`${CORE}Locality`]: { region: modelled(), zone: modelled(), sub_zone: modelled() },
  [`${CORE}Metadata`]: { filter_metadata: modelled('envoy.lb'), typed_filter_metadata: noEffect('read by filters') },
};

import { condition, type FidelityTable, modelled, noEffect, undetermined } from './fidelity-table.ts';

const X = 'envoy.extensions.clusters.';
const DNS = 'how DNS is asked; the addresses found stand in the dump';
const CACHE = 'how names are resolved; that one resolves is a condition';
const REDIS = 'hosts are chosen by the hash slot of a Redis key';
const MODULE = 'code outside Envoy chooses the host';

/** Cluster types that are extensions. */
export const CLUSTER_TYPE_FIDELITY: FidelityTable = {
  [`${X}aggregate.v3.ClusterConfig`]: {
    clusters: modelled('their priorities in order; missing and empty children and nested aggregates are passed over', {
      proof: 'traces g4_clusters/aggregate',
    }),
  },
  [`${X}composite.v3.ClusterConfig`]: {
    clusters: modelled('the first attempt goes to the first that has a host', {
      of: `${X}composite.v3.ClusterConfig.ClusterEntry`,
      proof: 'test/trace/cluster-discovery.test.ts',
    }),
  },
  [`${X}composite.v3.ClusterConfig.ClusterEntry`]: { name: modelled() },
  [`${X}dynamic_forward_proxy.v3.ClusterConfig`]: {
    dns_cache_config: condition('that the requested name resolves', {
      of: 'envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig',
      proof: 'test/trace/cluster-discovery.test.ts',
    }),
    sub_clusters_config: condition('that the requested name resolves', { of: `${X}dynamic_forward_proxy.v3.SubClustersConfig` }),
    allow_insecure_cluster_options: noEffect('validation only'),
    allow_coalesced_connections: noEffect('which connection is used'),
  },
  [`${X}dynamic_forward_proxy.v3.SubClustersConfig`]: {
    lb_policy: noEffect('of the addresses of one name'),
    max_sub_clusters: noEffect('a limit on names seen at once'),
    sub_cluster_ttl: noEffect('when unused names are forgotten'),
    preresolve_clusters: noEffect('names resolved ahead'),
    dns_cluster_config: noEffect(CACHE),
  },
  'envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig': {
    name: noEffect(CACHE),
    dns_lookup_family: noEffect(CACHE),
    dns_refresh_rate: noEffect(CACHE),
    dns_min_refresh_rate: noEffect(CACHE),
    host_ttl: noEffect(CACHE),
    max_hosts: noEffect('a limit on names seen at once'),
    disable_dns_refresh_on_failure: noEffect(CACHE),
    dns_failure_refresh_rate: noEffect(CACHE),
    dns_cache_circuit_breaker: noEffect('a limit on names looked up at once'),
    use_tcp_for_dns_lookups: noEffect(CACHE),
    dns_resolution_config: noEffect(CACHE),
    typed_dns_resolver_config: noEffect(CACHE),
    preresolve_hostnames: noEffect('names resolved ahead'),
    dns_query_timeout: noEffect(CACHE),
    key_value_config: noEffect(CACHE),
    resolved_address_filter: undetermined('may refuse the address'),
  },
  [`${X}dns.v3.DnsCluster`]: {
    dns_refresh_rate: noEffect(DNS),
    dns_failure_refresh_rate: noEffect(DNS, { of: `${X}dns.v3.DnsCluster.RefreshRate` }),
    respect_dns_ttl: noEffect(DNS),
    dns_jitter: noEffect(DNS),
    typed_dns_resolver_config: noEffect(DNS),
    dns_lookup_family: noEffect(DNS),
    all_addresses_in_single_endpoint: modelled('as LOGICAL_DNS'),
    dns_min_refresh_rate: noEffect(DNS),
  },
  [`${X}dns.v3.DnsCluster.RefreshRate`]: { base_interval: noEffect(DNS), max_interval: noEffect(DNS) },
  [`${X}original_dst.v3.OriginalDstCluster`]: {
    use_http_header: modelled(),
    http_header_name: modelled(),
    upstream_port_override: modelled(),
    metadata_key: modelled('as original_dst_lb_config'),
  },
  [`${X}redis.v3.RedisClusterConfig`]: {
    cluster_refresh_rate: undetermined(REDIS),
    cluster_refresh_timeout: undetermined(REDIS),
    redirect_refresh_interval: undetermined(REDIS),
    redirect_refresh_threshold: undetermined(REDIS),
    failure_refresh_threshold: undetermined(REDIS),
    host_degraded_refresh_threshold: undetermined(REDIS),
    enable_zone_discovery: undetermined(REDIS),
  },
  [`${X}dynamic_modules.v3.ClusterConfig`]: {
    dynamic_module_config: undetermined(MODULE),
    cluster_name: undetermined(MODULE),
    cluster_config: undetermined(MODULE),
  },
  [`${X}mcp_multicluster.v3.ClusterConfig`]: { servers: undetermined('the MCP router chooses among its backends') },
};

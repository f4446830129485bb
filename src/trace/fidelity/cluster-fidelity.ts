import { CLUSTER_TYPE_FIDELITY } from './cluster-type-fidelity.ts';
import { ENDPOINT_FIDELITY } from './endpoint-fidelity.ts';
import { condition, type FidelityTable, modelled, noEffect } from './fidelity-table.ts';
import { LB_POLICY_FIDELITY } from './lb-policy-fidelity.ts';
import { UPSTREAM_FIDELITY } from './upstream-fidelity.ts';

const AFTER = 'takes effect after the host is chosen';
const STATS = 'statistics only';
const DNS = 'how DNS is asked; the addresses found stand in the dump';
const HEALTH = 'its results stand in the dump: host health in the endpoints section, the reasons in /clusters';
const C = 'envoy.config.cluster.v3.';

/** Cluster and the messages of its own file. */
const OWN: FidelityTable = {
  [`${C}Cluster`]: {
    transport_socket_matches: noEffect(`${AFTER}; secrets that the dump lacks are told as information`, {
      of: `${C}Cluster.TransportSocketMatch`,
      proof: 'traces g6_istio',
    }),
    transport_socket_matcher: noEffect(AFTER),
    name: modelled('by exact name; a cluster that only warms is not found', { proof: 'traces g6_istio/blog_broken' }),
    alt_stat_name: modelled('shown as observability_name', { proof: 'traces g4_clusters/alt_stat_name' }),
    stats_matcher: noEffect(STATS),
    type: modelled('STATIC, EDS, STRICT_DNS, LOGICAL_DNS, ORIGINAL_DST', { proof: 'traces g4_clusters/dns, original_dst' }),
    cluster_type: modelled('aggregate, composite, dynamic_forward_proxy, and the built-in types by extension name; others are undetermined', {
      of: `${C}Cluster.CustomClusterType`,
      proof: 'traces g4_clusters/aggregate',
    }),
    eds_cluster_config: modelled('endpoints are looked up by service_name; without them in the input the answer is undetermined (PC1002)', {
      of: `${C}Cluster.EdsClusterConfig`,
      proof: 'traces g4_clusters/eds_missing_file',
    }),
    connect_timeout: noEffect(AFTER),
    per_connection_buffer_limit_bytes: noEffect(AFTER),
    per_connection_buffer_high_watermark_timeout: noEffect(AFTER),
    lb_policy: modelled('which hosts are chosen and with which share; the hash of one request is not computed', {
      proof: 'test/trace/cluster-balancing.test.ts',
    }),
    load_assignment: modelled('where the dump has no endpoints section and the input no /clusters; names of DNS clusters are then conditions', {
      proof: 'test/trace/cluster-discovery.test.ts',
    }),
    health_checks: condition(`${HEALTH}; without either, that they pass is a condition`, { proof: 'traces g4_clusters/active_hc' }),
    max_requests_per_connection: noEffect(AFTER),
    circuit_breakers: modelled('thresholds of 0; others depend on the traffic of the moment', {
      of: `${C}CircuitBreakers`,
      proof: 'test/trace/cluster-refusals.test.ts',
    }),
    upstream_http_protocol_options: noEffect(AFTER),
    common_http_protocol_options: noEffect(AFTER),
    http_protocol_options: noEffect(AFTER),
    http2_protocol_options: noEffect(AFTER),
    typed_extension_protocol_options: modelled('HttpProtocolOptions, for its upstream filters; options of unknown types are undetermined'),
    dns_refresh_rate: noEffect(DNS),
    dns_jitter: noEffect(DNS),
    dns_failure_refresh_rate: noEffect(DNS),
    respect_dns_ttl: noEffect(DNS),
    dns_lookup_family: noEffect(DNS),
    dns_resolvers: noEffect(DNS),
    use_tcp_for_dns_lookups: noEffect(DNS),
    dns_resolution_config: noEffect(DNS),
    typed_dns_resolver_config: noEffect(DNS),
    wait_for_warm_on_init: noEffect('start-up order; whether the cluster is active stands in the dump'),
    outlier_detection: noEffect(HEALTH, { of: `${C}OutlierDetection` }),
    cleanup_interval: noEffect('when unused ORIGINAL_DST hosts are forgotten'),
    upstream_bind_config: noEffect(AFTER),
    lb_subset_config: modelled('ignored without a selector', { of: `${C}Cluster.LbSubsetConfig`, proof: 'traces g4_clusters/subset' }),
    ring_hash_lb_config: noEffect('shares follow the weights', { of: `${C}Cluster.RingHashLbConfig` }),
    maglev_lb_config: noEffect('shares follow the weights', { of: `${C}Cluster.MaglevLbConfig` }),
    original_dst_lb_config: modelled('', { of: `${C}Cluster.OriginalDstLbConfig`, proof: 'traces g4_clusters/original_dst' }),
    least_request_lb_config: noEffect('shares are those of idle hosts', { of: `${C}Cluster.LeastRequestLbConfig` }),
    round_robin_lb_config: noEffect('shares are those after slow start', { of: `${C}Cluster.RoundRobinLbConfig` }),
    common_lb_config: modelled('', { of: `${C}Cluster.CommonLbConfig`, proof: 'traces g4_clusters/health_prio_pairs_panic0' }),
    transport_socket: noEffect(`${AFTER}: plaintext to a TLS server and the reverse, an unknown certificate, a missing secret are UF or UC`),
    metadata: noEffect('read by filters and logs'),
    protocol_selection: noEffect(AFTER),
    upstream_connection_options: noEffect(AFTER, { of: `${C}UpstreamConnectionOptions` }),
    close_connections_on_host_health_failure: noEffect('open connections only'),
    ignore_health_on_host_removal: noEffect('which hosts remain stands in the dump'),
    filters: noEffect(`${AFTER}: network filters of the upstream connection`),
    load_balancing_policy: modelled('the first policy that this Envoy knows', { of: `${C}LoadBalancingPolicy`, proof: 'traces g4_clusters/lb_policy_api' }),
    lrs_server: noEffect(STATS),
    lrs_report_endpoint_metrics: noEffect(STATS),
    track_timeout_budgets: noEffect(STATS),
    upstream_config: noEffect(`${AFTER}: how it is dialled`),
    track_cluster_stats: noEffect(STATS, { of: `${C}TrackClusterStats` }),
    preconnect_policy: noEffect('connections made ahead', { of: `${C}Cluster.PreconnectPolicy` }),
    connection_pool_per_downstream_connection: noEffect(AFTER),
    queuing_policies: noEffect('requests that wait for a connection', { of: `${C}Cluster.QueuingPolicies` }),
    hosts: modelled('v2: as load_assignment'),
    tls_context: noEffect(`v2: ${AFTER}`),
    extension_protocol_options: noEffect('v2: options of network filters'),
  },
  [`${C}Cluster.TransportSocketMatch`]: { name: noEffect(AFTER), match: noEffect(AFTER), transport_socket: noEffect(AFTER) },
  [`${C}Cluster.CustomClusterType`]: { name: modelled(), typed_config: modelled('by its message') },
  [`${C}Cluster.EdsClusterConfig`]: {
    eds_config: noEffect('where endpoints come from'),
    service_name: modelled('the name of the load assignment', { proof: 'traces-simulation' }),
  },
  [`${C}Cluster.OriginalDstLbConfig`]: {
    use_http_header: modelled('', { proof: 'traces g4_clusters/original_dst' }),
    http_header_name: modelled('', { proof: 'traces g4_clusters/original_dst' }),
    upstream_port_override: modelled('', { proof: 'traces g4_clusters/original_dst' }),
    metadata_key: modelled('what a host hands on to an internal listener, and what the question states; else the verdict is undetermined', {
      proof: 'snapshots/chain-gateway-waypoint',
    }),
  },
  [`${C}Cluster.RefreshRate`]: { base_interval: noEffect(DNS), max_interval: noEffect(DNS) },
  [`${C}Cluster.PreconnectPolicy`]: {
    per_upstream_preconnect_ratio: noEffect(AFTER),
    predictive_preconnect_ratio: noEffect(AFTER),
    preconnect_enabled_metadata: noEffect(AFTER),
  },
  [`${C}Cluster.QueuingPolicies`]: { pending_rq_policy: noEffect('the order of waiting requests') },
  [`${C}UpstreamConnectionOptions`]: {
    tcp_keepalive: noEffect(AFTER),
    set_local_interface_name_on_upstream_connections: noEffect(AFTER),
    happy_eyeballs_config: noEffect(AFTER),
  },
  [`${C}TrackClusterStats`]: { timeout_budgets: noEffect(STATS), request_response_sizes: noEffect(STATS), per_endpoint_stats: noEffect(STATS) },
  [`${C}CircuitBreakers`]: {
    thresholds: modelled('', { of: `${C}CircuitBreakers.Thresholds` }),
    per_host_thresholds: noEffect('only their max_connections counts, and a host always gets its first connection'),
  },
  [`${C}CircuitBreakers.Thresholds`]: {
    priority: modelled('HTTP: the priority of the route; TCP: DEFAULT', { proof: 'test/trace/cluster-refusals.test.ts' }),
    max_connections: modelled('0: TCP is refused (UO); HTTP still gets its first connection', { proof: 'test/trace/cluster-refusals.test.ts' }),
    max_pending_requests: modelled('0: UO for HTTP, URX for TCP, without a host', { proof: 'test/trace/cluster-refusals.test.ts' }),
    max_requests: modelled('0: UO for HTTP, with the host; nothing for TCP', { proof: 'traces g7_fuzz/fz_0101' }),
    max_retries: noEffect('retries are information'),
    retry_budget: noEffect('retries are information'),
    track_remaining: noEffect(STATS),
    max_connection_pools: modelled('0: UH for HTTP', { proof: 'test/trace/cluster-refusals.test.ts' }),
  },
};

/** Rows of every message that a trace meets from a cluster on. */
export const CLUSTER_FIDELITY: FidelityTable = { ...OWN, ...ENDPOINT_FIDELITY, ...LB_POLICY_FIDELITY, ...CLUSTER_TYPE_FIDELITY, ...UPSTREAM_FIDELITY };

import { condition, type FidelityTable, modelled, noEffect } from './fidelity-table.ts';

const FILTERS = 'envoy.extensions.filters.network';
const RBAC = 'envoy.config.rbac.v3';
const TCP = `${FILTERS}.tcp_proxy.v3.TcpProxy`;
const OUTSIDE = 'which service is asked, and how';

/** Network filters. One of a type that has no model makes the answer undetermined. */
export const NETWORK_FILTER_ROWS: FidelityTable = {
  [TCP]: {
    stat_prefix: noEffect('statistics'),
    cluster: modelled('missing: NC; without a host: UH', { proof: 'g5 tcp_sni' }),
    weighted_clusters: modelled('each with its share', { of: `${TCP}.WeightedCluster`, proof: 'g5 tcp_weighted' }),
    on_demand: condition('a cluster that the dump does not hold may be fetched when it is needed'),
    metadata_match: modelled('for subsets'),
    idle_timeout: noEffect('after the connection stands'),
    downstream_idle_timeout: noEffect('after the connection stands'),
    upstream_idle_timeout: noEffect('after the connection stands'),
    access_log: noEffect('logging'),
    max_connect_attempts: noEffect('after the host is chosen'),
    backoff_options: noEffect('after the host is chosen'),
    hash_policy: noEffect('which host of the cluster'),
    tunneling_config: noEffect('how the upstream is spoken to'),
    max_downstream_connection_duration: noEffect('after the connection stands'),
    max_downstream_connection_duration_jitter_percentage: noEffect('after the connection stands'),
    access_log_flush_interval: noEffect('logging'),
    flush_access_log_on_connected: noEffect('logging'),
    access_log_options: noEffect('logging'),
    proxy_protocol_tlvs: noEffect('what the upstream is told'),
    proxy_protocol_tlv_merge_policy: noEffect('what the upstream is told'),
    upstream_connect_mode: modelled('whether the upstream connection is made before RBAC looks at the first bytes'),
    max_early_data_bytes: noEffect('buffering'),
    check_drain_close: noEffect('after the connection stands'),
  },
  [`${TCP}.WeightedCluster`]: { clusters: modelled('relative to the sum of weights', { of: `${TCP}.WeightedCluster.ClusterWeight` }) },
  [`${TCP}.WeightedCluster.ClusterWeight`]: { name: modelled(), weight: modelled('0: never'), metadata_match: modelled('wins per key') },
  [`${FILTERS}.rbac.v3.RBAC`]: {
    rules: modelled('', { of: `${RBAC}.RBAC`, proof: 'g5 network_filters' }),
    matcher: modelled('matcher trees over connection inputs'),
    shadow_rules: noEffect('only counted'),
    shadow_matcher: noEffect('only counted'),
    shadow_rules_stat_prefix: noEffect('statistics'),
    stat_prefix: noEffect('statistics'),
    enforcement_type: noEffect('the first bytes decide; later ones are the same connection'),
    delay_deny: noEffect('when the connection is closed'),
  },
  [`${RBAC}.RBAC`]: {
    action: modelled('ALLOW, DENY, LOG'),
    policies: modelled('in the order of their names; what they ask for and a dump cannot tell becomes a condition'),
    audit_logging_options: noEffect('logging'),
  },
  [`${FILTERS}.sni_cluster.v3.SniCluster`]: {},
  [`${FILTERS}.sni_dynamic_forward_proxy.v3.FilterConfig`]: {
    dns_cache_config: noEffect('the cluster behind it says whether the name resolves'),
    port_value: noEffect('which port of the resolved host'),
    save_upstream_address: noEffect('filter state'),
  },
  [`${FILTERS}.set_filter_state.v3.Config`]: {
    on_new_connection: modelled('the cluster for tcp_proxy; other keys change nothing that a dump shows'),
    on_downstream_tls_handshake: noEffect('filter state; matchers on it are conditions'),
    on_downstream_data: noEffect('filter state; matchers on it are conditions'),
  },
  [`${FILTERS}.connection_limit.v3.ConnectionLimit`]: {
    stat_prefix: noEffect('statistics'),
    max_connections: noEffect('one connection at a time is below the limit'),
    delay: noEffect('when a connection beyond the limit is closed'),
    runtime_enabled: noEffect('one connection at a time is below the limit'),
  },
  [`${FILTERS}.local_ratelimit.v3.LocalRateLimit`]: {
    stat_prefix: noEffect('statistics'),
    token_bucket: condition('a token left, or none'),
    runtime_enabled: modelled('off by its default value'),
    share_key: noEffect('which filters share the bucket'),
  },
  [`${FILTERS}.ratelimit.v3.RateLimit`]: {
    stat_prefix: noEffect('statistics'),
    domain: condition(OUTSIDE),
    descriptors: condition(OUTSIDE),
    timeout: condition(OUTSIDE),
    failure_mode_deny: condition(OUTSIDE),
    rate_limit_service: condition(OUTSIDE),
  },
  [`${FILTERS}.ext_authz.v3.ExtAuthz`]: {
    stat_prefix: noEffect('statistics'),
    grpc_service: condition(OUTSIDE),
    failure_mode_allow: condition(OUTSIDE),
    include_peer_certificate: condition(OUTSIDE),
    transport_api_version: condition(OUTSIDE),
    filter_enabled_metadata: condition(OUTSIDE),
    bootstrap_metadata_labels_key: condition(OUTSIDE),
    include_tls_session: condition(OUTSIDE),
    send_tls_alert_on_denial: noEffect('how the denial looks'),
    metadata_context_namespaces: condition(OUTSIDE),
    typed_metadata_context_namespaces: condition(OUTSIDE),
    shadow_mode: modelled('asks, and lets everything through'),
  },
  [`${FILTERS}.direct_response.v3.Config`]: { response: modelled('its status where it is HTTP', { proof: 'g5 network_filters' }) },
  [`${FILTERS}.echo.v3.Echo`]: {},
};

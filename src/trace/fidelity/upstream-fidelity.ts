import { type FidelityTable, modelled, noEffect } from './fidelity-table.ts';

const U = 'envoy.extensions.upstreams.';
const AFTER = 'takes effect after the host is chosen';
const EJECT = 'its ejections stand in the dump';

/** What belongs to the connection to a host: none of it changes which host is chosen. */
export const UPSTREAM_FIDELITY: FidelityTable = {
  [`${U}http.v3.HttpProtocolOptions`]: {
    common_http_protocol_options: noEffect(AFTER),
    upstream_http_protocol_options: noEffect(`${AFTER}: SNI and SAN of the upstream`),
    explicit_http_config: noEffect(AFTER),
    use_downstream_protocol_config: noEffect(AFTER),
    auto_config: noEffect(AFTER),
    http_filters: modelled('upstream filters that only change headers have no effect on the verdict; others are undetermined', {
      proof: 'test/trace/cluster-gaps.test.ts',
    }),
    header_validation_config: noEffect(AFTER),
    outlier_detection: noEffect(EJECT),
    request_mirror_policies: noEffect('a copy of the request'),
    hash_policy: noEffect('which host one request hashes to'),
    retry_policy: noEffect('retries are information'),
  },
  [`${U}http.v3.HttpProtocolOptions.ExplicitHttpConfig`]: {
    http_protocol_options: noEffect(AFTER),
    http2_protocol_options: noEffect(AFTER),
    http3_protocol_options: noEffect(AFTER),
  },
  [`${U}http.v3.HttpProtocolOptions.UseDownstreamHttpConfig`]: {
    http_protocol_options: noEffect(AFTER),
    http2_protocol_options: noEffect(AFTER),
    http3_protocol_options: noEffect(AFTER),
  },
  [`${U}http.v3.HttpProtocolOptions.AutoHttpConfig`]: {
    http_protocol_options: noEffect(AFTER),
    http2_protocol_options: noEffect(AFTER),
    http3_protocol_options: noEffect(AFTER),
    alternate_protocols_cache_options: noEffect(AFTER),
  },
  [`${U}http.v3.HttpProtocolOptions.OutlierDetection`]: { error_matcher: noEffect(EJECT) },
  [`${U}tcp.v3.TcpProtocolOptions`]: { idle_timeout: noEffect(AFTER) },
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': {
    common_tls_context: noEffect(
      `${AFTER}: a secret that is not delivered fails the connection (UF), and keeps a new cluster warming (NC) until its fetch times out`,
    ),
    sni: noEffect(AFTER),
    auto_host_sni: noEffect(AFTER),
    auto_sni_san_validation: noEffect(AFTER),
    allow_renegotiation: noEffect(AFTER),
    max_session_keys: noEffect(AFTER),
    enforce_rsa_key_usage: noEffect(AFTER),
  },
  'envoy.config.cluster.v3.Filter': { name: noEffect(AFTER), typed_config: noEffect(AFTER), config_discovery: noEffect(AFTER) },
  'envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget': {
    budget_percent: noEffect('retries'),
    budget_interval: noEffect('retries'),
    min_retry_concurrency: noEffect('retries'),
  },
  'envoy.config.cluster.v3.OutlierDetection': {
    consecutive_5xx: noEffect(EJECT),
    interval: noEffect(EJECT),
    base_ejection_time: noEffect(EJECT),
    max_ejection_percent: noEffect(EJECT),
    enforcing_consecutive_5xx: noEffect(EJECT),
    enforcing_success_rate: noEffect(EJECT),
    success_rate_minimum_hosts: noEffect(EJECT),
    success_rate_request_volume: noEffect(EJECT),
    success_rate_stdev_factor: noEffect(EJECT),
    consecutive_gateway_failure: noEffect(EJECT),
    enforcing_consecutive_gateway_failure: noEffect(EJECT),
    split_external_local_origin_errors: noEffect(EJECT),
    consecutive_local_origin_failure: noEffect(EJECT),
    enforcing_consecutive_local_origin_failure: noEffect(EJECT),
    enforcing_local_origin_success_rate: noEffect(EJECT),
    failure_percentage_threshold: noEffect(EJECT),
    enforcing_failure_percentage: noEffect(EJECT),
    enforcing_failure_percentage_local_origin: noEffect(EJECT),
    failure_percentage_minimum_hosts: noEffect(EJECT),
    failure_percentage_request_volume: noEffect(EJECT),
    max_ejection_time: noEffect(EJECT),
    max_ejection_time_jitter: noEffect(EJECT),
    successful_active_health_check_uneject_host: noEffect(EJECT),
    monitors: noEffect(EJECT),
    always_eject_one_host: noEffect(EJECT),
    detect_degraded_hosts: noEffect(EJECT),
  },
  'envoy.config.cluster.v3.UpstreamConnectionOptions.HappyEyeballsConfig': {
    first_address_family_version: noEffect(AFTER),
    first_address_family_count: noEffect(AFTER),
  },
};

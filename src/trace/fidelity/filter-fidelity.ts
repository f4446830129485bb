import type { FidelityTable } from './fidelity-table.ts';
import { rows } from './rows.ts';

const HTTP = 'envoy.extensions.filters.http';
const PROOF = 'test/trace/http-filters.test.ts';

/** How trace treats each field of the HTTP filters that it evaluates. */
export const FILTER_FIDELITY: FidelityTable = {
  [`${HTTP}.fault.v3.HTTPFault`]: {
    ...rows(
      'modelled',
      '',
      'delay abort upstream_cluster headers downstream_nodes delay_percent_runtime abort_percent_runtime abort_http_status_runtime',
      'snapshots/fault-abort',
    ),
    ...rows(
      'no effect',
      'how long, how fast, how it is counted',
      'delay_duration_runtime response_rate_limit response_rate_limit_percent_runtime disable_downstream_cluster_stats filter_metadata',
    ),
    ...rows('undetermined', 'the number of faults under way is not in a dump', 'max_active_faults max_active_faults_runtime abort_grpc_status_runtime'),
  },
  [`${HTTP}.rbac.v3.RBAC`]: {
    ...rows('modelled', '', 'rules matcher', 'snapshots/rbac-deny'),
    ...rows('no effect', 'shadow rules and statistics', 'rules_stat_prefix shadow_rules shadow_matcher shadow_rules_stat_prefix track_per_rule_stats'),
  },
  [`${HTTP}.cors.v3.Cors`]: {},
  [`${HTTP}.cors.v3.CorsPolicy`]: {
    ...rows('modelled', '', 'allow_origin_string_match filter_enabled forward_not_matching_preflights', PROOF),
    ...rows(
      'no effect',
      'headers of the answer',
      'allow_methods allow_headers expose_headers max_age allow_credentials shadow_enabled allow_private_network_access',
    ),
  },
  [`${HTTP}.buffer.v3.Buffer`]: rows('modelled', '', 'max_request_bytes', PROOF),
  [`${HTTP}.buffer.v3.BufferPerRoute`]: rows('modelled', '', 'disabled buffer', PROOF),
  [`${HTTP}.basic_auth.v3.BasicAuth`]: {
    ...rows('modelled', '', 'authentication_header allow_missing', PROOF),
    ...rows('condition', 'user names where the dump shows them; passwords never', 'users'),
    ...rows('no effect', '', 'forward_username_header emit_dynamic_metadata realm'),
  },
  [`${HTTP}.health_check.v3.HealthCheck`]: {
    ...rows('modelled', '', 'pass_through_mode headers', PROOF),
    ...rows('condition', 'the health of the named clusters', 'cluster_min_healthy_percentages'),
    ...rows('no effect', '', 'cache_time'),
  },
  [`${HTTP}.jwt_authn.v3.JwtAuthentication`]: {
    ...rows(
      'modelled',
      'whether a token is required and given; whether it is good is a condition',
      'providers rules bypass_cors_preflight requirement_map',
      PROOF,
    ),
    ...rows('no effect', '', 'strip_failure_response stat_prefix'),
    ...rows('undetermined', 'requirements by filter state', 'filter_state_rules'),
  },
  [`${HTTP}.ext_authz.v3.ExtAuthz`]: {
    ...rows(
      'condition',
      'the service decides',
      'grpc_service http_service failure_mode_allow status_on_error filter_enabled filter_enabled_metadata deny_at_disable shadow_mode',
    ),
    ...rows(
      'no effect',
      'what the service is told, and what is logged',
      'transport_api_version failure_mode_allow_header_add with_request_body validate_mutations metadata_context_namespaces typed_metadata_context_namespaces route_metadata_context_namespaces route_typed_metadata_context_namespaces include_peer_certificate stat_prefix bootstrap_metadata_labels_key allowed_headers disallowed_headers include_tls_session charge_cluster_response_stats encode_raw_headers decoder_header_mutation_rules enable_dynamic_metadata_ingestion filter_metadata emit_filter_state_stats max_denied_response_body_bytes enforce_response_header_limits emit_client_span',
    ),
    ...rows('undetermined', 'it may be skipped, or the request routed again', 'clear_route_cache clear_route_cache_headers'),
  },
  [`${HTTP}.ratelimit.v3.RateLimit`]: {
    ...rows(
      'condition',
      'the service counts',
      'rate_limit_service failure_mode_deny rate_limited_as_resource_exhausted rate_limited_status status_on_error rate_limits',
    ),
    ...rows(
      'no effect',
      '',
      'domain stage request_type timeout enable_x_ratelimit_headers disable_x_envoy_ratelimited_header response_headers_to_add stat_prefix metadata_namespace enable_retry_after_header',
    ),
    ...rows('undetermined', '', 'filter_enabled filter_enforced failure_mode_deny_percent'),
  },
  [`${HTTP}.local_ratelimit.v3.LocalRateLimit`]: {
    ...rows(
      'condition',
      'the tokens left are not in a dump',
      'status token_bucket filter_enabled filter_enforced descriptors rate_limited_as_resource_exhausted rate_limits always_consume_default_token_bucket local_rate_limit_per_downstream_connection local_cluster_rate_limit max_dynamic_descriptors',
    ),
    ...rows(
      'no effect',
      '',
      'stat_prefix request_headers_to_add_when_not_enforced response_headers_to_add stage enable_x_ratelimit_headers vh_rate_limits enable_retry_after_header',
    ),
  },
  [`${HTTP}.lua.v3.Lua`]: {
    ...rows('modelled', 'scripts that only read have no effect; of others nothing is said', 'inline_code source_codes default_source_code', PROOF),
    ...rows('no effect', '', 'stat_prefix filter_context package_paths package_cpaths shared_vm_id'),
    ...rows('undetermined', '', 'clear_route_cache'),
  },
  [`${HTTP}.header_mutation.v3.HeaderMutation`]: {
    ...rows('modelled', 'it never re-routes', 'mutations', PROOF),
    ...rows('no effect', '', 'most_specific_header_mutations_wins'),
  },
  [`${HTTP}.router.v3.Router`]: {
    ...rows(
      'no effect',
      'logging, tracing and statistics',
      'dynamic_stats start_child_span upstream_log upstream_log_options suppress_envoy_headers respect_expected_rq_timeout suppress_grpc_request_failure_code_stats reject_connect_request_early_data',
    ),
    ...rows('undetermined', 'may refuse or answer the request', 'strict_check_headers upstream_http_filters'),
  },
};

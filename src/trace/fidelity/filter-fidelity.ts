import { AUTH_FILTER_ROWS } from './auth-filter-rows.ts';
import type { FidelityTable } from './fidelity-table.ts';
import { RBAC_ROWS } from './rbac-rows.ts';
import { nested, rows } from './rows.ts';

const HTTP = 'envoy.extensions.filters.http';
const CORE = 'envoy.config.core.v3';
const PROOF = 'test/trace/http-filters.test.ts';

const OWN: FidelityTable = {
  'envoy.config.route.v3.FilterConfig': {
    ...rows('modelled', '', 'config disabled', PROOF),
    ...rows('no effect', 'a filter that is not in the chain does not count', 'is_optional'),
  },
  [`${HTTP}.fault.v3.HTTPFault`]: {
    ...nested(
      { delay: 'envoy.extensions.filters.common.fault.v3.FaultDelay', abort: `${HTTP}.fault.v3.FaultAbort`, headers: 'envoy.config.route.v3.HeaderMatcher' },
      'snapshots/fault-abort',
    ),
    ...rows(
      'modelled',
      '',
      'upstream_cluster downstream_nodes delay_percent_runtime abort_percent_runtime abort_http_status_runtime',
      'test/trace/http-filters.test.ts',
    ),
    ...rows(
      'no effect',
      'how long, how fast, how it is counted',
      'delay_duration_runtime response_rate_limit response_rate_limit_percent_runtime disable_downstream_cluster_stats filter_metadata',
    ),
    ...rows('undetermined', '0 means none; else the number of faults under way is not in a dump', 'max_active_faults'),
    ...rows('undetermined', 'runtime keys that are not looked up', 'max_active_faults_runtime abort_grpc_status_runtime'),
  },
  'envoy.extensions.filters.common.fault.v3.FaultDelay': {
    ...rows('modelled', 'the flag DI on later local replies', 'header_delay percentage', PROOF),
    ...rows('no effect', 'how long', 'fixed_delay'),
  },
  [`${HTTP}.fault.v3.FaultAbort`]: {
    ...rows('modelled', '', 'http_status grpc_status header_abort percentage', PROOF),
    ...rows('no effect', 'the body', 'response_body'),
  },
  [`${HTTP}.cors.v3.Cors`]: {},
  [`${HTTP}.cors.v3.CorsPolicy`]: {
    ...nested({ allow_origin_string_match: 'envoy.type.matcher.v3.StringMatcher', filter_enabled: `${CORE}.RuntimeFractionalPercent` }, PROOF),
    ...rows('modelled', '', 'forward_not_matching_preflights', PROOF),
    ...rows(
      'no effect',
      'headers of the answer',
      'allow_methods allow_headers expose_headers max_age allow_credentials shadow_enabled allow_private_network_access',
    ),
  },
  [`${HTTP}.buffer.v3.Buffer`]: rows('modelled', 'over HTTP/2 it takes more than one piece', 'max_request_bytes', PROOF),
  [`${HTTP}.buffer.v3.BufferPerRoute`]: rows('modelled', '', 'disabled buffer', PROOF),
  [`${HTTP}.cdn_loop.v3.CdnLoopConfig`]: rows('modelled', '', 'cdn_id max_allowed_occurrences', PROOF),
  [`${HTTP}.health_check.v3.HealthCheck`]: {
    ...rows('modelled', '', 'pass_through_mode', PROOF),
    ...nested({ headers: 'envoy.config.route.v3.HeaderMatcher' }, PROOF),
    ...rows('condition', 'the health of the named clusters; a missing one fails for certain', 'cluster_min_healthy_percentages', PROOF),
    ...rows('condition', 'whether an earlier answer is kept', 'cache_time', PROOF),
  },
  [`${HTTP}.ratelimit.v3.RateLimit`]: {
    ...rows(
      'condition',
      'the service counts',
      'rate_limit_service failure_mode_deny rate_limited_as_resource_exhausted rate_limited_status status_on_error rate_limits',
      PROOF,
    ),
    ...rows(
      'no effect',
      'what the service is told, headers, statistics',
      'domain stage request_type timeout enable_x_ratelimit_headers disable_x_envoy_ratelimited_header response_headers_to_add stat_prefix metadata_namespace enable_retry_after_header',
    ),
    ...rows('undetermined', 'it may be skipped', 'filter_enabled filter_enforced failure_mode_deny_percent'),
  },
  [`${HTTP}.ratelimit.v3.RateLimitPerRoute`]: rows('condition', 'the service counts', 'vh_rate_limits override_option rate_limits domain'),
  [`${HTTP}.local_ratelimit.v3.LocalRateLimit`]: {
    ...rows(
      'condition',
      'the tokens left are not in a dump; an empty bucket refuses for certain',
      'status token_bucket filter_enabled filter_enforced descriptors rate_limited_as_resource_exhausted rate_limits always_consume_default_token_bucket local_rate_limit_per_downstream_connection local_cluster_rate_limit max_dynamic_descriptors',
      PROOF,
    ),
    ...rows(
      'no effect',
      'headers, statistics',
      'stat_prefix request_headers_to_add_when_not_enforced response_headers_to_add stage enable_x_ratelimit_headers vh_rate_limits enable_retry_after_header',
    ),
  },
  [`${HTTP}.lua.v3.Lua`]: {
    ...rows('modelled', 'scripts that only read have no effect; of others nothing is said', 'inline_code source_codes default_source_code', PROOF),
    ...rows('no effect', 'what scripts may load', 'stat_prefix filter_context package_paths package_cpaths shared_vm_id'),
    ...rows('undetermined', 'whether the request is routed again', 'clear_route_cache'),
  },
  [`${HTTP}.lua.v3.LuaPerRoute`]: {
    ...rows('modelled', '', 'disabled name source_code', PROOF),
    ...rows('no effect', 'what scripts may load', 'filter_context package_paths package_cpaths shared_vm_id'),
  },
  [`${HTTP}.header_mutation.v3.HeaderMutation`]: {
    ...rows('modelled', 'it never re-routes; a changed path or host is not followed', 'mutations', PROOF),
    ...rows('no effect', 'which value goes upstream', 'most_specific_header_mutations_wins'),
  },
  [`${HTTP}.header_mutation.v3.HeaderMutationPerRoute`]: rows('modelled', '', 'mutations', PROOF),
  [`${HTTP}.header_to_metadata.v3.Config`]: {
    ...rows('modelled', 'what it sets under envoy.lb, by which subsets are chosen', 'request_rules', PROOF),
    ...rows('no effect', 'responses, statistics', 'response_rules stat_prefix'),
  },
  [`${HTTP}.set_metadata.v3.Config`]: rows('modelled', 'what it sets under envoy.lb', 'metadata_namespace value metadata', PROOF),
  [`${HTTP}.router.v3.Router`]: {
    ...rows(
      'no effect',
      'logging, tracing and statistics',
      'dynamic_stats start_child_span upstream_log upstream_log_options suppress_envoy_headers respect_expected_rq_timeout suppress_grpc_request_failure_code_stats reject_connect_request_early_data',
    ),
    ...rows('undetermined', 'may refuse or answer the request', 'strict_check_headers upstream_http_filters'),
  },
};

/** How trace treats each field of the HTTP filters that it evaluates, and of what a route says to them. */
export const FILTER_FIDELITY: FidelityTable = { ...OWN, ...AUTH_FILTER_ROWS, ...RBAC_ROWS };

import type { FidelityTable } from './fidelity-table.ts';
import { nested, rows } from './rows.ts';

const ROUTE = 'envoy.config.route.v3';
const MATCHER = 'envoy.type.matcher.v3';
const CORE = 'envoy.config.core.v3';
const HEADERS = 'request_headers_to_add request_headers_to_remove response_headers_to_add response_headers_to_remove';

/** How trace treats each field of route configurations. */
export const ROUTE_FIDELITY: FidelityTable = {
  [`${ROUTE}.RouteConfiguration`]: {
    ...rows('modelled', '', 'name virtual_hosts ignore_port_in_host_matching vhost_header typed_per_filter_config', 'test/match/virtual-host.test.ts'),
    ...rows('modelled', 'headers that only internal requests keep', 'internal_only_headers', 'test/trace/http.test.ts'),
    ...rows('modelled', 'path parameters are cut before matching', 'ignore_path_parameters_in_path_matching', 'test/trace/http.test.ts'),
    ...rows('no effect', 'header changes come after routing', `${HEADERS} most_specific_header_mutations_wins`),
    ...rows('no effect', 'a configuration that it forbids is not in the dump', 'validate_clusters'),
    ...rows('no effect', 'bodies, descriptions', 'max_direct_response_body_size_bytes metadata'),
    ...rows('no effect', 'copies are sent and their answers dropped', 'request_mirror_policies'),
    ...rows('condition', 'virtual hosts may be fetched on demand; met only where no host of the dump fits', 'vhds'),
    ...rows('no effect', 'met on the route that uses it', 'cluster_specifier_plugins'),
    ...rows('undetermined', 'an extension chooses the route', 'route_specifiers'),
  },
  [`${ROUTE}.VirtualHost`]: {
    ...rows('modelled', '', 'name domains routes matcher require_tls typed_per_filter_config', 'test/match/virtual-host.test.ts'),
    ...rows('modelled', 'where the CORS filter is in the chain', 'cors', 'test/trace/http-filters.test.ts'),
    ...rows('condition', 'where the rate limit filter is in the chain', 'rate_limits'),
    ...rows('no effect', 'statistics', 'virtual_clusters metadata'),
    ...rows(
      'no effect',
      'header changes come after routing',
      `${HEADERS} include_request_attempt_count include_attempt_count_in_response include_is_timeout_retry_header`,
    ),
    ...rows(
      'no effect',
      'what happens after the host is chosen',
      'retry_policy retry_policy_typed_config hedge_policy per_request_buffer_limit_bytes request_body_buffer_limit request_mirror_policies',
    ),
    ...rows('undetermined', 'an extension chooses the route', 'route_specifiers'),
    ...rows(
      'modelled',
      'known to be of no account for Mixer and filters without effect; for others undetermined',
      'per_filter_config',
      'test/trace/http-filters.test.ts',
    ),
  },
  [`${ROUTE}.Route`]: {
    ...rows('modelled', '', 'name typed_per_filter_config non_forwarding_action', 'test/trace/http.test.ts'),
    ...nested(
      { match: `${ROUTE}.RouteMatch`, route: `${ROUTE}.RouteAction`, redirect: `${ROUTE}.RedirectAction`, direct_response: `${ROUTE}.DirectResponseAction` },
      'snapshots/founding-story-fixed',
    ),
    ...rows('undetermined', 'a filter answers instead of a cluster', 'filter_action'),
    ...rows('undetermined', 'an extension chooses the route', 'route_specifiers'),
    ...rows(
      'modelled',
      'known to be of no account for Mixer and filters without effect; for others undetermined',
      'per_filter_config',
      'test/trace/http-filters.test.ts',
    ),
    ...rows('no effect', 'header changes come after routing', HEADERS),
    ...rows('no effect', 'description, tracing, statistics', 'metadata decorator tracing stat_prefix'),
    ...rows('no effect', 'buffering for retries', 'per_request_buffer_limit_bytes request_body_buffer_limit'),
  },
  [`${ROUTE}.RouteMatch`]: {
    ...rows('modelled', '', 'prefix path connect_matcher path_separated_prefix path_match_policy case_sensitive grpc', 'test/match/route-entry.test.ts'),
    ...rows('modelled', 'RE2, over the whole path without its query', 'safe_regex regex', 'test/match/regex.test.ts'),
    ...nested(
      {
        runtime_fraction: `${CORE}.RuntimeFractionalPercent`,
        headers: `${ROUTE}.HeaderMatcher`,
        query_parameters: `${ROUTE}.QueryParameterMatcher`,
        cookies: `${ROUTE}.CookieMatcher`,
        tls_context: `${ROUTE}.RouteMatch.TlsContextMatchOptions`,
        dynamic_metadata: `${MATCHER}.MetadataMatcher`,
        filter_state: `${MATCHER}.FilterStateMatcher`,
      },
      'test/match/route-entry.test.ts',
    ),
  },
  [`${ROUTE}.RouteMatch.TlsContextMatchOptions`]: rows('modelled', '', 'presented validated', 'test/match/route-entry.test.ts'),
  [`${CORE}.RuntimeFractionalPercent`]: rows(
    'modelled',
    'with the static runtime layers of the bootstrap',
    'default_value runtime_key',
    'test/match/random-space.test.ts',
  ),
  [`${ROUTE}.HeaderMatcher`]: {
    ...rows(
      'modelled',
      '',
      'name exact_match safe_regex_match range_match present_match prefix_match suffix_match contains_match invert_match treat_missing_header_as_empty regex_match',
      'test/match/header-matcher.test.ts',
    ),
    ...nested({ string_match: `${MATCHER}.StringMatcher` }, 'test/match/header-matcher.test.ts'),
  },
  [`${ROUTE}.QueryParameterMatcher`]: {
    ...rows('modelled', '', 'name present_match value regex', 'test/match/query-parameters.test.ts'),
    ...nested({ string_match: `${MATCHER}.StringMatcher` }, 'test/match/query-parameters.test.ts'),
  },
  [`${ROUTE}.CookieMatcher`]: {
    ...rows('modelled', '', 'name invert_match', 'test/match/cookies.test.ts'),
    ...nested({ string_match: `${MATCHER}.StringMatcher` }, 'test/match/cookies.test.ts'),
  },
  [`${MATCHER}.StringMatcher`]: {
    ...rows('modelled', '', 'exact prefix suffix safe_regex contains ignore_case', 'test/match/string-matcher.test.ts'),
    ...rows('undetermined', 'an extension matches', 'custom'),
  },
  [`${MATCHER}.MetadataMatcher`]: rows(
    'modelled',
    'absent at the first routing, unless given with --metadata',
    'filter path value invert',
    'test/match/route-entry.test.ts',
  ),
  [`${MATCHER}.FilterStateMatcher`]: {
    ...rows('modelled', 'absent at the first routing, unless given with --metadata', 'key string_match', 'test/match/route-entry.test.ts'),
    ...rows('undetermined', 'an address in filter state', 'address_match'),
  },
  [`${ROUTE}.RouteAction`]: {
    ...rows('modelled', '', 'cluster cluster_header cluster_not_found_response_code metadata_match priority', 'snapshots/founding-story-missing-subset'),
    ...nested({ weighted_clusters: `${ROUTE}.WeightedCluster` }, 'snapshots/weighted-one-arm-missing'),
    ...nested({ upgrade_configs: `${ROUTE}.RouteAction.UpgradeConfig` }, 'test/trace/http.test.ts'),
    ...rows(
      'modelled',
      'what goes upstream; a rewrite that pc does not follow leaves it unknown',
      'prefix_rewrite regex_rewrite path_rewrite_policy path_rewrite host_rewrite_literal auto_host_rewrite host_rewrite_header host_rewrite_path_regex host_rewrite',
      'test/match/rewrite.test.ts',
    ),
    ...rows('modelled', 'where the CORS filter is in the chain', 'cors', 'test/trace/http-filters.test.ts'),
    ...rows('condition', 'where the rate limit filter is in the chain', 'rate_limits include_vh_rate_limits'),
    ...rows('condition', 'the arm of a split that a hash chooses', 'hash_policy'),
    ...rows('undetermined', 'a plugin chooses the cluster', 'cluster_specifier_plugin inline_cluster_specifier_plugin'),
    ...rows('condition', "the upstream's answer may be routed again: undetermined", 'internal_redirect_policy internal_redirect_action'),
    ...rows('no effect', 'copies are sent and their answers dropped', 'request_mirror_policies request_mirror_policy'),
    ...rows(
      'no effect',
      'what happens after the host is chosen',
      'timeout idle_timeout flush_timeout early_data_policy retry_policy retry_policy_typed_config max_grpc_timeout grpc_timeout_offset hedge_policy max_stream_duration max_internal_redirects append_x_forwarded_host',
    ),
  },
  [`${ROUTE}.RouteAction.UpgradeConfig`]: {
    ...rows('modelled', '', 'upgrade_type enabled', 'test/trace/http.test.ts'),
    ...rows('no effect', 'how a CONNECT is carried on', 'connect_config'),
  },
  [`${ROUTE}.WeightedCluster`]: {
    ...nested({ clusters: `${ROUTE}.WeightedCluster.ClusterWeight` }, 'snapshots/weighted-one-arm-missing'),
    ...rows('modelled', '', 'runtime_key_prefix header_name', 'test/match/weighted-clusters.test.ts'),
    ...rows('condition', 'which arm a hash chooses', 'use_hash_policy'),
    ...rows('no effect', 'weights count relative to their own sum', 'total_weight', 'test/match/weighted-clusters.test.ts'),
  },
  [`${ROUTE}.WeightedCluster.ClusterWeight`]: {
    ...rows('modelled', '', 'name cluster_header weight metadata_match typed_per_filter_config host_rewrite_literal', 'test/match/weighted-clusters.test.ts'),
    ...rows('no effect', 'header changes come after routing', HEADERS),
    ...rows(
      'modelled',
      'known to be of no account for Mixer and filters without effect; for others undetermined',
      'per_filter_config',
      'test/trace/http-filters.test.ts',
    ),
  },
  [`${ROUTE}.RedirectAction`]: {
    ...rows(
      'modelled',
      '',
      'https_redirect scheme_redirect host_redirect port_redirect path_redirect prefix_rewrite regex_rewrite response_code strip_query',
      'test/match/redirect.test.ts',
    ),
    ...rows('undetermined', 'a format string', 'path_rewrite'),
  },
  [`${ROUTE}.DirectResponseAction`]: { ...rows('modelled', '', 'status', 'snapshots/direct-response'), ...rows('no effect', 'the body', 'body body_format') },
};

import type { FidelityTable } from './fidelity-table.ts';
import { nested, rows } from './rows.ts';

const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3';
const CORE = 'envoy.config.core.v3';

/** How trace treats each field of the HTTP connection manager. */
export const HTTP_FIDELITY: FidelityTable = {
  [`${HCM}.HttpConnectionManager`]: {
    ...rows('modelled', '', 'codec_type route_config scoped_routes', 'test/trace/http.test.ts'),
    ...nested({ rds: `${HCM}.Rds` }, 'snapshots/route-config-missing'),
    ...rows('modelled', 'each filter by its own rows', 'http_filters', 'snapshots/rbac-deny'),
    ...nested(
      {
        common_http_protocol_options: `${CORE}.HttpProtocolOptions`,
        http_protocol_options: `${CORE}.Http1ProtocolOptions`,
        upgrade_configs: `${HCM}.HttpConnectionManager.UpgradeConfig`,
        internal_address_config: `${HCM}.HttpConnectionManager.InternalAddressConfig`,
      },
      'test/trace/http.test.ts',
    ),
    ...rows('modelled', 'what it makes of the path', 'normalize_path merge_slashes path_with_escaped_slashes_action', 'test/oracle (path generator)'),
    ...rows('modelled', 'what it makes of the host', 'strip_matching_host_port strip_any_host_port strip_trailing_host_dot', 'test/oracle (domain generator)'),
    ...rows(
      'modelled',
      'x-forwarded-proto, internal requests, the trusted client',
      'use_remote_address xff_num_trusted_hops skip_xff_append',
      'test/trace/http.test.ts',
    ),
    ...rows('modelled', '', 'max_request_headers_kb generate_request_id local_reply_config', 'test/trace/http.test.ts'),
    ...rows(
      'no effect',
      'logging, tracing and statistics',
      'stat_prefix tracing access_log access_log_flush_interval flush_access_log_on_new_request access_log_options record_route_resolution_stats',
    ),
    ...rows(
      'no effect',
      'time limits and draining: what follows is beyond a dump',
      'stream_idle_timeout stream_flush_timeout request_timeout request_headers_timeout drain_timeout drain_timeout_jitter delayed_close_timeout http1_safe_max_connection_duration',
    ),
    ...rows(
      'no effect',
      'headers of the response or towards the upstream',
      'add_user_agent server_name server_header_transformation via always_set_request_id_in_response preserve_external_request_id proxy_100_continue proxy_status_config append_x_forwarded_port append_local_overload add_proxy_protocol_connection_state represent_ipv4_remote_address_as_ipv4_mapped_ipv6',
    ),
    ...rows(
      'no effect',
      'x-forwarded-client-cert is not matched on by default; a matcher on it sees what the client sent',
      'forward_client_cert_details set_current_client_cert_details forward_client_cert_matcher',
    ),
    ...rows(
      'no effect',
      'codec settings that no well-formed request meets',
      'http2_protocol_options http3_protocol_options stream_error_on_invalid_http_message',
    ),
    ...rows('no effect', 'how request ids are made', 'request_id_extension'),
    ...rows('condition', 'the scheme is taken as the client gave it', 'scheme_header_transformation'),
    ...rows(
      'undetermined',
      'an extension may change the request or its address before routing',
      'original_ip_detection_extensions early_header_mutation_extensions typed_header_validation_config forward_proto_config path_normalization_options',
    ),
  },
  [`${HCM}.Rds`]: {
    ...rows('modelled', '', 'route_config_name', 'snapshots/route-config-missing'),
    ...rows('no effect', 'where it came from', 'config_source'),
  },
  [`${HCM}.HttpConnectionManager.InternalAddressConfig`]: {
    ...rows('modelled', '', 'cidr_ranges', 'test/trace/http.test.ts'),
    ...rows('no effect', 'no request of pc comes over a unix socket', 'unix_sockets'),
  },
  [`${HCM}.HttpConnectionManager.UpgradeConfig`]: rows('modelled', '', 'upgrade_type filters enabled', 'test/trace/http.test.ts'),
  [`${CORE}.HttpProtocolOptions`]: {
    ...rows('modelled', '', 'max_headers_count headers_with_underscores_action', 'test/trace/http.test.ts'),
    ...rows(
      'no effect',
      'limits of connections, streams and responses',
      'idle_timeout max_connection_duration max_connection_duration_jitter max_response_headers_kb max_stream_duration max_requests_per_connection',
    ),
  },
  [`${CORE}.Http1ProtocolOptions`]: {
    ...rows('modelled', '', 'accept_http_10 default_host_for_http_10 allow_custom_methods', 'test/trace/http.test.ts'),
    ...rows(
      'no effect',
      'absolute targets are taken by default; the rest shapes bytes',
      'allow_absolute_url header_key_format enable_trailers allow_chunked_length override_stream_error_on_invalid_http_message send_fully_qualified_url use_balsa_parser',
    ),
    ...rows('undetermined', 'ignores some upgrade headers', 'ignore_http_11_upgrade'),
  },
};

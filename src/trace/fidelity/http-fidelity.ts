import type { FidelityTable } from './fidelity-table.ts';
import { nested, rows } from './rows.ts';

const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3';
const CORE = 'envoy.config.core.v3';

/** How trace treats each field of the HTTP connection manager. */
export const HTTP_FIDELITY: FidelityTable = {
  [`${HCM}.HttpConnectionManager`]: {
    ...rows('modelled', '', 'codec_type', 'test/match/http-codec.test.ts'),
    ...rows('modelled', '', 'route_config', 'test/trace/http.test.ts'),
    ...nested({ scoped_routes: `${HCM}.ScopedRoutes` }, 'test/trace/http.test.ts'),
    ...nested({ rds: `${HCM}.Rds` }, 'snapshots/route-config-missing'),
    ...nested({ http_filters: `${HCM}.HttpFilter` }, 'snapshots/rbac-deny', 'each filter by its own rows'),
    ...nested(
      {
        common_http_protocol_options: `${CORE}.HttpProtocolOptions`,
        http_protocol_options: `${CORE}.Http1ProtocolOptions`,
        upgrade_configs: `${HCM}.HttpConnectionManager.UpgradeConfig`,
        http2_protocol_options: `${CORE}.Http2ProtocolOptions`,
        internal_address_config: `${HCM}.HttpConnectionManager.InternalAddressConfig`,
        scheme_header_transformation: `${CORE}.SchemeHeaderTransformation`,
        proxy_status_config: `${HCM}.HttpConnectionManager.ProxyStatusConfig`,
      },
      'test/trace/http.test.ts',
    ),
    ...rows('modelled', 'what it makes of the path', 'normalize_path merge_slashes path_with_escaped_slashes_action', 'test/match/normalize-path.test.ts'),
    ...rows('modelled', 'what it makes of the host', 'strip_matching_host_port strip_any_host_port strip_trailing_host_dot', 'test/match/virtual-host.test.ts'),
    ...rows(
      'modelled',
      'x-forwarded-proto, internal requests, the trusted client',
      'use_remote_address xff_num_trusted_hops skip_xff_append',
      'test/trace/http.test.ts',
    ),
    ...nested({ local_reply_config: `${HCM}.LocalReplyConfig` }, 'test/trace/http.test.ts', 'the status; the body is not compared'),
    ...rows('modelled', '', 'max_request_headers_kb', 'test/match/http1-request.test.ts'),
    ...rows(
      'modelled',
      'the headers that matchers see; a value that Envoy makes up leaves a matcher on it undetermined',
      'generate_request_id preserve_external_request_id via add_user_agent append_x_forwarded_port forward_client_cert_details',
      'test/match/received-headers.test.ts',
    ),
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
      'server_name server_header_transformation always_set_request_id_in_response proxy_100_continue append_local_overload add_proxy_protocol_connection_state represent_ipv4_remote_address_as_ipv4_mapped_ipv6',
    ),
    ...rows('no effect', 'what x-forwarded-client-cert says; a matcher on it is undetermined', 'set_current_client_cert_details'),
    ...rows('undetermined', 'whether x-forwarded-client-cert is kept', 'forward_client_cert_matcher'),
    ...rows('no effect', 'requests over HTTP/3 are not traced', 'http3_protocol_options'),
    ...rows('no effect', 'whether a malformed request ends its stream or its connection', 'stream_error_on_invalid_http_message'),
    ...rows('no effect', 'how request ids are made', 'request_id_extension'),
    ...rows(
      'undetermined',
      'an extension may change the request or its address before routing',
      'original_ip_detection_extensions early_header_mutation_extensions typed_header_validation_config forward_proto_config path_normalization_options',
    ),
  },
  [`${HCM}.HttpFilter`]: {
    ...rows('modelled', 'by the message, whatever the name', 'name typed_config disabled', 'test/trace/http-filters.test.ts'),
    ...rows('modelled', 'ECDS by name; what has not come leaves the answer undetermined (PC1001)', 'config_discovery', 'test/trace/http-filters.test.ts'),
    ...rows('no effect', 'what Envoy does not know it left out', 'is_optional'),
    ...rows('modelled', 'v2: read by the well-known name', 'config', 'test/decode/decode-message.test.ts'),
  },
  [`${HCM}.LocalReplyConfig`]: {
    ...nested({ mappers: `${HCM}.ResponseMapper` }, 'test/trace/http.test.ts'),
    ...rows('no effect', 'the body', 'body_format'),
  },
  [`${HCM}.ResponseMapper`]: {
    ...rows('modelled', 'by status, flags, headers, runtime; others are undetermined where they would decide', 'filter', 'test/trace/http.test.ts'),
    ...rows('modelled', '', 'status_code', 'test/trace/http.test.ts'),
    ...rows('no effect', 'body and headers', 'body body_format_override headers_to_add'),
  },
  [`${HCM}.ScopedRoutes`]: {
    ...rows('modelled', '', 'scope_key_builder scoped_route_configurations_list', 'test/trace/http.test.ts'),
    ...rows('no effect', 'where scopes and routes came from', 'name rds_config_source scoped_rds'),
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
    ...rows('modelled', '', 'max_headers_count headers_with_underscores_action', 'test/match/http1-request.test.ts'),
    ...rows(
      'no effect',
      'limits of connections, streams and responses',
      'idle_timeout max_connection_duration max_connection_duration_jitter max_response_headers_kb max_stream_duration max_requests_per_connection',
    ),
  },
  [`${CORE}.Http1ProtocolOptions`]: {
    ...rows(
      'modelled',
      '',
      'accept_http_10 default_host_for_http_10 allow_custom_methods allow_absolute_url allow_chunked_length ignore_http_11_upgrade',
      'test/match/http1-request.test.ts',
    ),
    ...rows(
      'no effect',
      'how bytes are written and connections end; the parser is taken to be Balsa',
      'header_key_format enable_trailers override_stream_error_on_invalid_http_message send_fully_qualified_url use_balsa_parser',
    ),
  },
  [`${CORE}.Http2ProtocolOptions`]: {
    ...rows('modelled', 'an extended CONNECT needs it', 'allow_connect', 'test/match/http2-request.test.ts'),
    ...rows(
      'no effect',
      'frames, flow control, floods, metadata',
      'hpack_table_size max_concurrent_streams initial_stream_window_size initial_connection_window_size allow_metadata max_outbound_frames max_outbound_control_frames max_consecutive_inbound_frames_with_empty_payload max_inbound_priority_frames_per_stream max_inbound_window_update_frames_per_data_frame_sent stream_error_on_invalid_http_messaging override_stream_error_on_invalid_http_message custom_settings_parameters connection_keepalive use_oghttp2_codec max_metadata_size enable_huffman_encoding stream_reset_burst stream_reset_rate',
    ),
    ...rows('undetermined', 'further limits of header fields', 'max_header_field_size_kb disallow_obs_text'),
  },
  [`${CORE}.SchemeHeaderTransformation`]: {
    ...rows('modelled', '', 'scheme_to_overwrite', 'test/match/received-headers.test.ts'),
    ...rows('no effect', 'the scheme towards the upstream', 'match_upstream'),
  },
  [`${HCM}.HttpConnectionManager.ProxyStatusConfig`]: {
    ...rows(
      'no effect',
      'a header of the response',
      'remove_details remove_connection_termination_details remove_response_flags use_node_id literal_proxy_name',
    ),
    ...rows('undetermined', 'it changes the status of local replies', 'set_recommended_response_code'),
  },
};

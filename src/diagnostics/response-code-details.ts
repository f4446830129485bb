/** What `%RESPONSE_CODE_DETAILS%` or a reset reason in it means. */
export interface ResponseCodeDetail {
  readonly name: string;
  /** Who ended the request. */
  readonly by: 'proxy' | 'upstream' | 'client' | 'connection';
  readonly means: string;
  /** Where it is best looked at. */
  readonly next: string;
}

type Row = readonly [name: string, means: string, next: string];
const rows = (by: ResponseCodeDetail['by'], list: readonly Row[]): ResponseCodeDetail[] => list.map(([name, means, next]) => ({ name, by, means, next }));

const TRACE = 'pc trace URL -f config_dump.json';

/** The details of Envoy 1.40. Source: envoy/stream_info/stream_info.h ResponseCodeDetailValues, the codecs and filters, and the strings of the program. */
const DETAILS: readonly ResponseCodeDetail[] = [
  ...rows('upstream', [
    ['via_upstream', 'The upstream answered; the proxy only passed the answer on.', 'the log of the upstream host'],
    [
      'upstream_reset_before_response_started',
      'The connection to the upstream ended before its answer began. The reason stands in braces behind it.',
      'pc explain the reason in the braces',
    ],
    [
      'upstream_reset_after_response_started',
      'The connection to the upstream ended in the middle of its answer: the client saw a status and then a cut.',
      'the log of the upstream host',
    ],
    ['websocket_handshake_unsuccessful', 'The upstream did not answer the upgrade with 101.', 'the log of the upstream: does it speak websocket on this path?'],
    ['ext_authz_denied', 'The external authorization service refused the request.', 'the log of the authorization service'],
    ['request_rate_limited', 'The rate limit service refused the request.', 'the limits of the rate limit service'],
    ['ext_proc_local_response', 'The external processing service answered instead of the upstream.', 'the log of the processing service'],
  ]),
  ...rows('client', [
    ['downstream_remote_disconnect', 'The client closed the connection before it had the whole answer.', 'the timeout of the client'],
    ['downstream_remote_reset', 'The client reset the stream.', 'the deadline of the client'],
    ['http2.remote_reset', 'The client reset this HTTP/2 stream.', 'the deadline of the client'],
    ['http2.remote_refuse', 'The peer refused the HTTP/2 stream.', 'the stream limit of the peer'],
  ]),
  ...rows('proxy', [
    ['absolute_path_rejected', 'The request target does not begin with a slash (OPTIONS *, for example).', 'the request line of the client'],
    ['admin_filter_response', 'The admin interface answered: the request reached the admin port.', 'the port that the client calls'],
    ['cluster_not_found', 'The route names a cluster that the proxy does not have.', 'pc explain PC4001'],
    ['direct_response', 'The route answers by itself: a redirect, a fixed response, or require_tls.', TRACE],
    [
      'downstream_local_disconnect',
      'The proxy closed the connection of the client; the reason may stand in parentheses.',
      'pc explain the reason in the parentheses',
    ],
    ['downstream_header_timeout', 'The headers of the request took longer than request_headers_timeout.', 'the client, or a slow network'],
    ['drop_overload', 'The load assignment drops a share of the requests.', 'policy.drop_overloads of the load assignment'],
    ['unconditional_drop_overload', 'The load assignment drops all requests.', 'policy.drop_overloads of the load assignment'],
    ['duration_timeout', 'The connection reached max_connection_duration.', 'max_connection_duration of the listener'],
    ['early_connect_data', 'Data of a CONNECT request came before the 200 that allows it.', 'the client'],
    ['filter_added_invalid_request_data', 'A filter added request data at a place where it may not.', 'the filters of the chain (lua, wasm, ext_proc)'],
    ['filter_added_invalid_response_data', 'A filter added response data at a place where it may not.', 'the filters of the chain (lua, wasm, ext_proc)'],
    ['filter_chain_not_found', 'No filter chain of the listener fits the connection; it was closed.', 'pc explain PC2002'],
    [
      'filter_removed_required_headers',
      'A filter took out a header that a request or response must have.',
      'the filters of the chain (lua, wasm, header_mutation)',
    ],
    [
      'filter_removed_required_request_headers',
      'A filter took out a header that the request must have.',
      'the filters of the chain (lua, wasm, header_mutation)',
    ],
    [
      'filter_removed_required_response_headers',
      'A filter took out a header that the response must have.',
      'the filters of the chain (lua, wasm, header_mutation)',
    ],
    ['internal_redirect', 'The upstream answered with a redirect and the proxy followed it; this is the first half.', 'internal_redirect_policy of the route'],
    ['invalid_path', 'The path of the request is not valid.', 'the request line of the client'],
    ['low_version', 'The client speaks HTTP/1.0 or older, which is not accepted here.', 'accept_http_10, or the client'],
    ['maintenance_mode', 'The runtime puts the cluster into maintenance mode.', 'upstream.maintenance_mode in /runtime'],
    ['max_duration_timeout', 'The request reached max_stream_duration.', 'max_stream_duration of route and connection manager'],
    ['missing_host_header', 'The request has no Host header.', 'the client'],
    ['missing_path_rejected', 'The request has no path.', 'the client'],
    ['no_healthy_upstream', 'The cluster has no host that the proxy would send to.', 'pc explain PC5001'],
    ['overload', 'The overload manager refused the request.', 'the overload.* statistics and the memory limit of the proxy'],
    ['path_normalization_failed', 'The path breaks the path rules: a fragment (#), %00, or an escaped slash.', 'pc explain PC3010'],
    [
      'rejecting_because_detection_failed',
      "The client's original address could not be found, and the connection manager then refuses.",
      'original_ip_detection_extensions',
    ],
    ['request_header_timeout', 'The headers of the request took too long to come.', 'the client, or a slow network'],
    ['request_headers_failed_strict_check', 'An x-envoy-* header has a value that is refused.', 'strict_check_headers of the router'],
    ['request_overall_timeout', 'The whole request took longer than request_timeout to come.', 'request_timeout of the connection manager'],
    ['request_payload_exceeded_retry_buffer_limit', 'The body is too large to be kept for a retry.', 'per_request_buffer_limit_bytes'],
    ['request_payload_too_large', 'The body is larger than a buffering filter allows.', 'pc explain PC7002'],
    ['response_payload_too_large', 'The response is larger than a buffering filter allows.', 'the buffer limits of the filters'],
    ['response_timeout', 'The upstream did not answer within the timeout of the route.', 'pc explain UT'],
    ['upstream_response_timeout', 'The upstream did not answer within the timeout of the route.', 'pc explain UT'],
    ['route_configuration_not_found', 'There was no route configuration for the request.', 'pc explain PC3003'],
    ['route_not_found', 'No virtual host or no route fits the request.', 'pc explain PC3001, pc explain PC3002'],
    ['stream_idle_timeout', 'Nothing moved on the stream for longer than its idle timeout.', 'pc explain SI'],
    ['upgrade_failed', 'The request asks for an upgrade that is not enabled.', 'pc explain PC3011'],
    ['upstream_max_stream_duration_reached', 'The request took longer than max_stream_duration of the upstream.', 'pc explain UMSDR'],
    ['upstream_per_try_timeout', 'The last try took longer than per_try_timeout.', 'pc explain UT'],
    ['upstream_per_try_idle_timeout', 'The last try was idle for longer than per_try_idle_timeout.', 'pc explain UT'],
    [
      'ext_authz_error',
      'The external authorization service could not be asked, and the filter refuses then.',
      'pc endpoints for the cluster of the service; failure_mode_allow',
    ],
    ['ext_authz_unauthorized', 'External authorization refused the request.', 'the log of the authorization service'],
    ['ext_authz_invalid', 'The answer of the authorization service holds headers that are not valid.', 'the log of the authorization service'],
    ['ext_proc_error', 'The external processing service failed.', 'pc endpoints for the cluster of the service'],
    ['ext_proc_grpc_error', 'The call to the external processing service failed.', 'pc endpoints for the cluster of the service'],
    ['ext_proc_message_timeout', 'The external processing service did not answer in time.', 'message_timeout of the filter'],
    ['rbac_access_denied_matched_policy', 'RBAC refuses the request; the policy stands in brackets, none where no ALLOW policy fits.', 'pc explain PC7007'],
    ['jwt_authn_access_denied', 'The token is missing or not accepted; the reason stands in braces.', 'pc explain PC7004'],
    ['fault_filter_abort', 'The fault filter answered on purpose.', 'pc explain PC7001'],
    ['local_rate_limited', 'The local rate limit of this proxy is used up.', 'pc explain PC7006'],
    ['rate_limiter_error', 'The rate limit service could not be asked, and the filter refuses then.', 'pc explain RLSE'],
    ['rate_limited_by_quota', 'The rate limit quota is used up.', 'the quota service'],
    ['connection_rate_limited', 'New connections come faster than the limit allows.', 'connection_rate_limit of the listener'],
    ['denied_by_admission_control', 'Admission control sheds load, since too many requests fail.', 'the success rate of the upstream'],
    ['health_check_ok', 'The health check filter answered: the proxy is well.', TRACE],
    ['health_check_cached', 'The health check filter answered from its memory.', 'cache_time of the health check filter'],
    ['health_check_failed', 'The health check filter answers that the proxy is failing.', 'pc explain LH'],
    [
      'health_check_failed_cluster_empty',
      'The health check filter counts a cluster without hosts as failing.',
      'cluster_min_healthy_percentages of the filter',
    ],
    [
      'health_check_failed_cluster_unhealthy',
      'Too few hosts of a cluster are healthy for the health check filter.',
      'cluster_min_healthy_percentages of the filter',
    ],
    ['health_check_failed_no_cluster_found', 'The health check filter asks for a cluster that is not there.', 'cluster_min_healthy_percentages of the filter'],
    [
      'health_check_ok_cluster_healthy',
      'Enough hosts of the clusters are healthy for the health check filter.',
      'cluster_min_healthy_percentages of the filter',
    ],
    ['cache.response_from_cache_filter', 'The cache filter answered from its store.', 'the cache filter'],
    ['cache.insert_via_upstream', 'The upstream answered, and the cache filter kept the answer.', 'the cache filter'],
    ['cache.aborted_headers', 'The cache filter could not go on with an answer that it had begun.', 'the cache filter'],
    ['cors_response', 'The CORS filter answered a preflight request.', TRACE],
    ['csrf_origin_mismatch', 'The origin of the request is not one that the CSRF filter allows.', 'additional_origins of the csrf filter'],
    ['no_credential_for_basic_auth', 'The request has no Authorization header for basic authentication.', 'pc explain PC7003'],
    ['invalid_scheme_for_basic_auth', 'The Authorization header is not of the Basic scheme.', 'pc explain PC7003'],
    ['invalid_format_for_basic_auth', 'The Authorization header holds no user and password.', 'pc explain PC7003'],
    ['invalid_credential_for_basic_auth', 'User or password is wrong.', 'pc explain PC7003'],
    ['missing_api_key', 'The request has no API key.', 'the api_key_auth filter'],
    ['unknown_api_key', 'The API key of the request is not known.', 'the api_key_auth filter'],
    ['oauth.missing_credentials', 'The OAuth2 filter found no credentials.', 'the oauth2 filter'],
    ['oauth.race_redirect', 'The OAuth2 filter redirects, since the user is already logged in.', 'the oauth2 filter'],
    ['oauth.sign_out', 'The OAuth2 filter signed the user out.', 'the oauth2 filter'],
    ['oauth.logged_in', 'The OAuth2 filter finished the login and redirects.', 'the oauth2 filter'],
    ['lua_response', 'A Lua script answered the request.', 'the Lua script of the filter'],
    ['grpc_json_transcode_failure', 'The JSON body could not be turned into the gRPC message.', 'the request body and the service descriptor'],
    ['early_grpc_json_transcode_failure', 'The request fits no method of the gRPC service.', 'path, query and service descriptor'],
    ['grpc_json_reverse_transcode_failure', 'The gRPC message could not be turned into JSON.', 'the request body and the service descriptor'],
    ['early_grpc_json_reverse_transcode_failure', 'The gRPC request fits no HTTP rule of the service.', 'the service descriptor'],
    ['grpc_base_64_decode_failed', 'The grpc-web text body is not base64.', 'the client'],
    ['grpc_base_64_decode_failed_bad_size', 'The grpc-web text body has a length that base64 cannot have.', 'the client'],
    ['grpc_bridge_data_too_small', 'The gRPC reverse bridge got too little data.', 'the upstream behind the bridge'],
    ['grpc_bridge_content_type_wrong', 'The upstream behind the gRPC bridge answered with another content type.', 'the upstream behind the bridge'],
    ['grpc_bridge_content_length_missing', 'The upstream behind the gRPC bridge sent no content length.', 'the upstream behind the bridge'],
    ['grpc_bridge_content_length_wrong', 'The upstream behind the gRPC bridge sent a wrong content length.', 'the upstream behind the bridge'],
    ['file_server_rejected_method', 'The file server filter takes GET and HEAD only.', 'the client'],
    ['file_server_rejected_non_normalized_path', 'The file server filter refuses a path that is not normalised.', 'the client'],
    ['dns_resolution_failure', 'The name of the upstream could not be resolved.', 'pc explain DF'],
    ['dns_cache_pending_requests_overflow', 'Too many requests wait for DNS.', 'dns_cache_circuit_breaker'],
    ['http.invalid_authority', 'The Host header holds a character that no host may have.', 'the client'],
    ['http.invalid_scheme', 'The scheme of the request is not http or https.', 'the client'],
    ['http1.body_disallowed', 'The request has a body where none is allowed.', 'the client'],
    ['http1.codec_error', 'The bytes are not well-formed HTTP/1: TLS or HTTP/2 on a plain port, an unknown method, a control character.', 'pc explain PC2004'],
    ['http1.connection_header_rejected', 'The Connection header is malformed or too long.', 'the client'],
    ['http1.content_length_and_chunked_not_allowed', 'The request has Content-Length and chunked encoding at once.', 'the client'],
    ['http1.content_length_not_allowed', 'A Content-Length stands where none is allowed.', 'the peer'],
    ['http1.headers_too_large', 'The headers are larger than the limit.', 'max_request_headers_kb'],
    ['http1.https_url_on_plaintext_connection', 'The request line names an https URL on a connection without TLS.', 'the client'],
    ['http1.invalid_characters', 'A header holds characters that are not allowed.', 'the client'],
    ['http1.invalid_scheme', 'The request line names a scheme that is not allowed.', 'the client'],
    ['http1.invalid_transfer_encoding', 'The Transfer-Encoding is not one that is supported.', 'the client'],
    ['http1.invalid_url', 'The URL of the request is not valid.', 'the client'],
    ['http1.too_many_headers', 'There are more headers than the limit.', 'max_headers_count'],
    ['http1.transfer_encoding_not_allowed', 'A Transfer-Encoding stands where none is allowed.', 'the peer'],
    ['http1.unexpected_underscore', 'A header name has an underscore, which is refused here.', 'headers_with_underscores_action'],
    ['http2.cookies_total_bytes_too_large', 'The cookies together are larger than the limit.', 'the client'],
    ['http2.header_list_size_too_large', 'The headers are larger than the limit.', 'max_request_headers_kb'],
    ['http2.inbound_empty_frames_flood', 'The peer floods the connection with empty frames.', 'the peer'],
    ['http2.invalid.header.field', 'A header is not valid in HTTP/2.', 'the peer'],
    ['http2.outbound_frames_flood', 'The peer does not read what is sent to it.', 'the peer'],
    ['http2.too_many_headers', 'There are more headers than the limit.', 'max_headers_count'],
    ['http2.unexpected_underscore', 'A header name has an underscore, which is refused here.', 'headers_with_underscores_action'],
    ['http2.unknown.nghttp2.error', 'The HTTP/2 library reports an error of no known kind.', 'the debug log of http2'],
    ['http2.unknown.oghttp2.error', 'The HTTP/2 library reports an error of no known kind.', 'the debug log of http2'],
    ['http2.violation.of.messaging.rule', 'The peer breaks a rule of HTTP/2 messages.', 'the peer'],
    ['http3.headers_too_large', 'The headers are larger than the limit.', 'max_request_headers_kb'],
    ['http3.inconsistent_content_length', 'The body is not as long as Content-Length says.', 'the peer'],
    ['http3.invalid_header_field', 'A header is not valid in HTTP/3.', 'the peer'],
    ['http3.too_many_headers', 'There are more headers than the limit.', 'max_headers_count'],
    ['http3.too_many_trailers', 'There are more trailers than the limit.', 'max_headers_count'],
    ['http3.unexpected_underscore', 'A header name has an underscore, which is refused here.', 'headers_with_underscores_action'],
  ]),
  ...rows('connection', [
    ['remote_connection_failure', 'The upstream refused the connection: nothing listens there.', 'pc explain UF'],
    ['local_connection_failure', 'The connection could not be opened from this side.', 'pc explain UF'],
    ['connection_failure', 'The connection to the upstream did not come about.', 'pc explain UF'],
    ['connection_timeout', 'The connection to the upstream took longer than connect_timeout.', 'pc explain UF'],
    ['connection_termination', 'The upstream closed the connection before it answered.', 'pc explain UC'],
    ['overflow', 'A circuit breaker of the cluster is full.', 'pc explain UO'],
    ['remote_reset', 'The upstream reset the stream.', 'pc explain UR'],
    ['remote_refused_stream_reset', 'The upstream refused the stream.', 'pc explain UR'],
    ['local_reset', 'The proxy reset the stream.', 'pc explain LR'],
    ['local_refused_stream_reset', 'The proxy refused the stream.', 'pc explain LR'],
    ['protocol_error', 'The upstream breaks the rules of the protocol that is spoken to it.', 'pc explain UPE'],
    ['http2_ping_timeout', 'The peer does not answer the HTTP/2 keep-alive pings.', 'connection_keepalive'],
    ['on_idle_timeout', 'The connection was idle for longer than its idle timeout.', 'idle_timeout'],
    ['transport_socket_timeout', 'The TLS handshake of the client took too long.', 'transport_socket_connect_timeout of the filter chain'],
    ['max_connection_duration_reached', 'The connection lived as long as it may.', 'max_connection_duration'],
    ['tcp_session_idle_timeout', 'The TCP session was idle for longer than its idle timeout.', 'idle_timeout of the TCP proxy'],
    ['triggered_delayed_close_timeout', 'The client did not close its side in time.', 'delayed_close_timeout'],
    ['deferred_close_on_drained_connection', 'The connection was drained, and closed when it was empty.', 'the drain of the listener'],
    ['close_for_connect_request_or_tcp_tunneling', 'The tunnel ended, and its connection with it.', 'the other end of the tunnel'],
    ['http2_connection_protocol_violation', 'The peer breaks the rules of HTTP/2.', 'the peer'],
    [
      'closing_upstream_tcp_connection_due_to_downstream_remote_close',
      'The client closed, so the connection to the upstream was closed as well.',
      'the client',
    ],
    [
      'closing_upstream_tcp_connection_due_to_downstream_local_close',
      'The proxy closed the side of the client, and the upstream with it.',
      'the reason of the first close',
    ],
    [
      'closing_upstream_tcp_connection_due_to_downstream_reset_close',
      'The client reset its connection, so the connection to the upstream was closed as well.',
      'the client',
    ],
    [
      'non_pooled_tcp_connection_host_health_failure',
      'The host became unhealthy, and its connections were closed.',
      'close_connections_on_host_health_failure',
    ],
    ['tcp_initializion_failure', 'The TCP proxy could not begin: the reason follows (no cluster, no host).', TRACE],
  ]),
];

/** By name. Names with data behind them (`rbac_access_denied_matched_policy[x]`) stand here without it: see {@link explainDetails}. */
export const RESPONSE_CODE_DETAILS: ReadonlyMap<string, ResponseCodeDetail> = new Map(DETAILS.map((entry) => [entry.name, entry]));

/**
 * The entries for a `%RESPONSE_CODE_DETAILS%` as the log has it: the name itself, then the reasons within its braces or parentheses, outermost first.
 * Empty where it is none of Envoy's (a filter of its own making).
 */
export function explainDetails(text: string): readonly ResponseCodeDetail[] {
  const whole = RESPONSE_CODE_DETAILS.get(text);
  if (whole !== undefined) return [whole];
  const name = /^[a-z0-9_.]+/i.exec(text)?.[0] ?? '';
  const entry = RESPONSE_CODE_DETAILS.get(name);
  const inside = text.slice(name.length).split(/[{}()|[\],\s]+/);
  return [...(entry === undefined ? [] : [entry]), ...inside.flatMap((part) => RESPONSE_CODE_DETAILS.get(part) ?? [])];
}

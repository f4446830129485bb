/** One of Envoy's response flags: `%RESPONSE_FLAGS%`, and `%RESPONSE_FLAGS_LONG%`. */
export interface ResponseFlag {
  readonly flag: string;
  /** The name of `%RESPONSE_FLAGS_LONG%`. */
  readonly long: string;
  /** What usually goes with it; '' where it comes with any status. */
  readonly status: string;
  readonly means: string;
  /** Most likely first. */
  readonly causes: readonly string[];
  /** What to look at next, in pc or elsewhere. */
  readonly next: readonly string[];
}

const flag = (name: string, long: string, status: string, means: string, causes: readonly string[], ...next: string[]): ResponseFlag => ({
  flag: name,
  long,
  status,
  means,
  causes,
  next,
});

const TRACE = 'pc trace URL -f config_dump.json';
const ENDPOINTS = 'pc endpoints --cluster NAME';

/** The flags of Envoy 1.40. Source: envoy/stream_info/stream_info.h CoreResponseFlag, and what the program logs. */
const FLAGS: readonly ResponseFlag[] = [
  flag(
    'DC',
    'DownstreamConnectionTermination',
    '0, or what was sent so far',
    'The client closed its connection before the response was complete.',
    [
      'the client gave up: its own timeout is shorter than the answer takes',
      'the user closed the page, or the calling pod stopped',
      'a load balancer in front cut the connection',
    ],
    'compare DURATION with the timeout of the client',
  ),
  flag(
    'DF',
    'DnsResolutionFailed',
    '503',
    'The name of the upstream could not be resolved (dynamic forward proxy, or a cluster that asks DNS).',
    ['the host name is wrong or not known to the resolver', 'the DNS server does not answer the proxy'],
    'resolve the name from the pod of the proxy',
    ENDPOINTS,
  ),
  flag('DI', 'DelayInjected', '', 'The fault filter delayed the request on purpose.', ['fault injection (VirtualService fault.delay)'], TRACE),
  flag(
    'DO',
    'DropOverload',
    '503',
    'The request was dropped by the drop_overloads policy of the load assignment.',
    ['the control plane asks to shed a share of the load'],
    'look at policy.drop_overloads of the load assignment: pc endpoints -o json',
  ),
  flag(
    'DPE',
    'DownstreamProtocolError',
    '400',
    "The client's bytes are not the protocol that the port speaks, or break its rules.",
    ['TLS sent to a plaintext port', 'HTTP/2 sent to a port that takes HTTP/1 only, or the reverse', 'a malformed header, Host or request line'],
    'pc explain the RESPONSE_CODE_DETAILS of the line',
    TRACE,
  ),
  flag(
    'DR',
    'DownstreamRemoteReset',
    '0, or what was sent so far',
    'The client reset this HTTP/2 or HTTP/3 stream and kept the connection.',
    ['the client cancelled the call: a gRPC deadline, an aborted fetch'],
    'compare DURATION with the deadline of the client',
  ),
  flag(
    'DT',
    'DurationTimeout',
    '',
    'The connection lived longer than max_connection_duration allows and was closed.',
    ['max_connection_duration of the connection manager, or max_downstream_connection_duration of the TCP proxy'],
    'pc listeners -o json',
  ),
  flag('FI', 'FaultInjected', 'as configured', 'The fault filter answered the request on purpose.', ['fault injection (VirtualService fault.abort)'], TRACE),
  flag(
    'IH',
    'InvalidEnvoyRequestHeaders',
    '400',
    'An x-envoy-* header of the request has a value that strict_check_headers refuses.',
    ['the client sends x-envoy-… headers with odd values'],
    'leave the header out, or change strict_check_headers of the router filter',
  ),
  flag(
    'LH',
    'FailedLocalHealthCheck',
    '503',
    'The health check filter answers that this proxy is failing.',
    ['the service, or an admin call (/healthcheck/fail), marked the proxy as failing', 'it is being shut down'],
    'POST /healthcheck/ok to the admin port, or look at who failed it',
  ),
  flag(
    'LR',
    'LocalReset',
    '503',
    'Envoy itself reset the stream to the upstream.',
    ['a filter or the codec gave up on the stream', 'the response broke a limit'],
    'look at the debug log of http and pool for this request',
  ),
  flag(
    'NC',
    'NoClusterFound',
    '503',
    'The route names a cluster that the proxy does not have.',
    [
      'Istio: the VirtualService names a subset that no DestinationRule defines',
      'the destination host or port is misspelt, or hidden from this proxy',
      'the cluster is still warming, or Envoy rejected it',
    ],
    TRACE,
    'pc check --only PC4001',
    'pc clusters',
  ),
  flag(
    'NFCF',
    'NoFilterConfigFound',
    '500',
    'A filter whose configuration comes by ECDS had none yet.',
    ['the control plane does not deliver the extension configuration, or Envoy rejected it'],
    'pc ecds',
    'pc check --only PC7030',
  ),
  flag(
    'NR',
    'NoRouteFound',
    '404, or the connection closed',
    'No route fits the request; for connections, no filter chain.',
    [
      'the Host header is in no virtual host (a missing or extra port counts)',
      'no route of the virtual host matches path, method or headers',
      'the route config never came, or Envoy rejected it',
      'details filter_chain_not_found: SNI, ALPN or TLS itself fit no filter chain',
    ],
    TRACE,
    'pc routes',
  ),
  flag(
    'OM',
    'OverloadManagerTerminated',
    '503, or reset',
    'The overload manager ended the request to save memory or other resources.',
    ['the proxy is near its memory limit', 'it has too many connections'],
    'look at the overload.* statistics and the memory limit of the proxy',
  ),
  flag(
    'RFCF',
    'ResponseFromCacheFilter',
    '',
    'The cache filter answered from its store: nothing is wrong.',
    ['the response was cached'],
    'look at the cache headers if a fresh answer was wanted',
  ),
  flag(
    'RL',
    'RateLimited',
    '429',
    'A rate limit refused the request.',
    ['a local rate limit of this proxy is used up (details local_rate_limited)', 'the rate limit service says no (details request_rate_limited)'],
    TRACE,
  ),
  flag(
    'RLSE',
    'RateLimitServiceError',
    '500',
    'The rate limit service could not be asked, and the filter refuses then.',
    ['the service is down or not reachable from the proxy', 'failure_mode_deny is set'],
    'pc endpoints for the cluster of the service',
  ),
  flag(
    'SI',
    'StreamIdleTimeout',
    '408 or 504',
    'Nothing moved on the stream for longer than the stream idle timeout.',
    ['the upstream is silent for minutes (long polling, a stuck handler)', 'the client stopped sending its body'],
    'raise stream_idle_timeout, or the idle_timeout of the route, where long silence is meant',
  ),
  flag(
    'UAEX',
    'UnauthorizedExternalService',
    '403',
    'External authorization refused the request.',
    ['the authorization service says no', 'it could not be reached, and failure_mode_allow is not set'],
    TRACE,
    'look at the log of the authorization service',
  ),
  flag(
    'UC',
    'UpstreamConnectionTermination',
    '503',
    'The upstream closed the connection before it answered.',
    [
      'the upstream process closed an idle connection just as the request went out: its keep-alive is shorter than the proxy’s idle timeout',
      'the process crashed or was restarted',
      'plaintext was sent to a port that wants TLS (or mTLS)',
    ],
    'look at the log of the upstream host that the line names',
    'pc clusters -o json: transport_socket of the cluster',
  ),
  flag(
    'UDO',
    'UnconditionalDropOverload',
    '503',
    'The load assignment asks to drop all requests (drop_overloads at 100 %).',
    ['the control plane took the service out of use'],
    'look at policy.drop_overloads of the load assignment: pc endpoints -o json',
  ),
  flag(
    'UF',
    'UpstreamConnectionFailure',
    '503',
    'No connection to the upstream host came about.',
    [
      'nothing listens on that address and port: a wrong targetPort, a pod that is not up',
      'a network policy or a firewall drops the packets (details: connection timeout)',
      'the TLS handshake failed: certificate, SAN, or plaintext on the other side (see UPSTREAM_TRANSPORT_FAILURE_REASON)',
    ],
    'compare UPSTREAM_HOST with the ports that the pod listens on',
    ENDPOINTS,
  ),
  flag(
    'UH',
    'NoHealthyUpstream',
    '503',
    'The cluster has no host that Envoy would send to.',
    [
      'no pod matches the Service, or the labels of the subset',
      'no pod is ready',
      'health checks or outlier detection took all hosts out',
      'BlackHoleCluster: the destination is not in the service registry (REGISTRY_ONLY)',
    ],
    ENDPOINTS,
    TRACE,
  ),
  flag(
    'UMSDR',
    'UpstreamMaxStreamDurationReached',
    '504',
    'The request took longer than max_stream_duration of the cluster or route.',
    ['the upstream answers too slowly', 'a stream that is meant to live long has a duration limit'],
    'look at max_stream_duration of route and cluster',
  ),
  flag(
    'UO',
    'UpstreamOverflow',
    '503',
    'A circuit breaker of the cluster is full.',
    ['more requests or connections at once than the limits allow: the upstream is slow, or the limit is low', 'max_retries is used up by retries'],
    'pc clusters -o json: circuit_breakers (Istio: DestinationRule trafficPolicy.connectionPool)',
  ),
  flag(
    'UPE',
    'UpstreamProtocolError',
    '502',
    "The upstream's answer is not valid in the protocol that the proxy speaks to it.",
    ['HTTP/2 is spoken to an HTTP/1 server: a Service port named grpc or http2 by mistake', 'the upstream sends a malformed response'],
    'check the port name or appProtocol of the Service',
  ),
  flag(
    'UR',
    'UpstreamRemoteReset',
    '503',
    'The upstream reset the stream.',
    ['the upstream process gave up on the request', 'a GOAWAY or an HTTP/2 limit of the upstream'],
    'look at the log of the upstream host that the line names',
  ),
  flag(
    'URX',
    'UpstreamRetryLimitExceeded',
    'that of the last try',
    'All tries were used up; the flags beside it say how the last one failed.',
    ['the failure is not a passing one: each try fails the same way', 'TCP: max_connect_attempts is 1 by default, so that it stands beside UF'],
    'pc explain the flag beside it',
  ),
  flag(
    'UT',
    'UpstreamRequestTimeout',
    '504',
    'The upstream did not answer within the timeout of the route.',
    ['the upstream host is slow: compare the hosts with each other', 'the timeout of the route is shorter than the work takes', 'one pod of several hangs'],
    'pc why access.log: latency by upstream host',
    'look at timeout and perTryTimeout of the route',
  ),
];

/** By flag; `-`, no flag at all, is not in it. */
export const RESPONSE_FLAGS: ReadonlyMap<string, ResponseFlag> = new Map(FLAGS.map((entry) => [entry.flag, entry]));

import { accessLog, accessLogInTunnel } from '../access-log.ts';
import { configSource, type Json, type JsonObject } from '../xds-files.ts';
import { httpFilter, networkFilter } from './http-connection-manager.ts';
import { listener, socketAddress } from './listeners.ts';
import { meshTls } from './tls.ts';

/** The port of HBONE: CONNECT over HTTP/2 and mutual TLS. */
export const HBONE_PORT = 15008;

const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = httpFilter('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router');
const ORIGINAL_DST = networkFilter('envoy.filters.listener.original_dst', 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst');
const HTTP_INSPECTOR = networkFilter('envoy.filters.listener.http_inspector', 'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector');
const INPUTS = 'type.googleapis.com/envoy.extensions.matching.common_inputs.network.v3';

/** What the tunnel knows is handed to the connection inside as filter state. */
const shared = (key: string, format: string, factory?: string): JsonObject => ({
  object_key: key,
  format_string: { text_format_source: { inline_string: format } },
  shared_with_upstream: 'ONCE',
  ...(factory === undefined ? {} : { factory_key: factory }),
});

/** The listener that takes tunnels apart: every CONNECT goes to the internal listener, with its authority as the original destination. */
export function connectTerminate(cluster = 'main_internal'): JsonObject {
  const route = { match: { connect_matcher: {} }, route: { cluster, upgrade_configs: [{ upgrade_type: 'CONNECT', connect_config: {} }] } };
  const manager = networkFilter('envoy.filters.network.http_connection_manager', HCM, {
    stat_prefix: 'connect_terminate',
    route_config: { name: 'default', virtual_hosts: [{ name: 'default', domains: ['*'], routes: [route] }] },
    http_filters: [
      httpFilter('connect_authority', 'envoy.extensions.filters.http.set_filter_state.v3.Config', {
        on_request_headers: [
          shared('envoy.filters.listener.original_dst.local_ip', '%REQ(:AUTHORITY)%'),
          shared('envoy.filters.listener.original_dst.remote_ip', '%DOWNSTREAM_REMOTE_ADDRESS%'),
          shared('io.istio.peer_principal', '%DOWNSTREAM_PEER_URI_SAN%', 'envoy.string'),
          shared('io.istio.local_principal', '%DOWNSTREAM_LOCAL_URI_SAN%', 'envoy.string'),
        ],
      }),
      ROUTER,
    ],
    http2_protocol_options: { max_concurrent_streams: 100, allow_connect: true },
    server_name: 'istio-envoy',
    use_remote_address: false,
    forward_client_cert_details: 'APPEND_FORWARD',
    set_current_client_cert_details: { subject: true, dns: true, uri: true },
    upgrade_configs: [{ upgrade_type: 'CONNECT' }],
    stream_idle_timeout: '0s',
    access_log: accessLog('tunnel'),
  });
  const { traffic_direction: _, ...own } = listener('0.0.0.0', HBONE_PORT, [{ name: 'default', filters: [manager], transport_socket: meshTls(['h2']) }]);
  return { ...own, name: 'connect_terminate' };
}

/** A port of a service's address, and the filter chain that serves it. */
export interface WaypointPort {
  readonly address: string;
  readonly port: number;
  readonly chain: JsonObject;
}

/** The listener inside: the destination's address and port pick the chain. Addresses without ports are told apart by protocol, as pods are. */
export function mainInternal(
  ports: readonly WaypointPort[],
  pods: { readonly addresses: readonly string[]; readonly http: JsonObject; readonly tcp: JsonObject },
): JsonObject {
  const addresses = [...new Set(ports.map(({ address }) => address))];
  const services = addresses.map((address): JsonObject => {
    const own = ports.filter((p) => p.address === address);
    return { ranges: [range(address)], on_match: tree('port', 'DestinationPortInput', Object.fromEntries(own.map((p) => [String(p.port), to(p.chain)]))) };
  });
  const byProtocol = tree('application-protocol', 'ApplicationProtocolInput', { "'h2c'": to(pods.http), "'http/1.1'": to(pods.http) });
  const direct = { ranges: pods.addresses.map(range), on_match: { matcher: { ...(byProtocol['matcher'] as JsonObject), on_no_match: to(pods.tcp) } } };
  return {
    name: 'main_internal',
    internal_listener: {},
    traffic_direction: 'INBOUND',
    listener_filters: [ORIGINAL_DST, HTTP_INSPECTOR],
    filter_chains: [...ports.map(({ chain }) => chain), pods.http, pods.tcp],
    filter_chain_matcher: {
      matcher_tree: {
        input: input('ip', 'DestinationIPInput'),
        custom_match: {
          name: 'ip',
          typed_config: { '@type': 'type.googleapis.com/xds.type.matcher.v3.IPMatcher', range_matchers: [...services, direct] },
        },
      },
    },
    access_log: accessLogInTunnel('internal listener', HBONE_PORT),
  };
}

/** An HTTP port: its route config is inline and leads to the cluster of the service's own endpoints. */
export function httpChain(name: string, cluster: string, before: readonly JsonObject[] = [], routes: readonly Json[] = [defaultRoute(cluster)]): JsonObject {
  const manager = networkFilter('envoy.filters.network.http_connection_manager', HCM, {
    stat_prefix: 'inbound_0.0.0.0_80',
    route_config: { name: cluster, virtual_hosts: [{ name: 'inbound|http|80', domains: ['*'], routes: [...routes] }], validate_clusters: false },
    http_filters: [
      ...before,
      httpFilter('envoy.filters.http.grpc_stats', 'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', { emit_filter_state: true }),
      httpFilter('envoy.filters.http.fault', 'envoy.extensions.filters.http.fault.v3.HTTPFault'),
      httpFilter('envoy.filters.http.cors', 'envoy.extensions.filters.http.cors.v3.Cors'),
      ROUTER,
    ],
    server_name: 'istio-envoy',
    use_remote_address: false,
    upgrade_configs: [{ upgrade_type: 'websocket' }],
    stream_idle_timeout: '0s',
    normalize_path: true,
    path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
    access_log: accessLogInTunnel('http', HBONE_PORT),
  });
  return { name, filters: [manager] };
}

export function tcpChain(name: string, cluster: string): JsonObject {
  const config = { stat_prefix: cluster, cluster, access_log: accessLogInTunnel('tcp', HBONE_PORT) };
  return { name, filters: [networkFilter('envoy.filters.network.tcp_proxy', 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', config)] };
}

export function defaultRoute(cluster: string, more: JsonObject = {}): JsonObject {
  return { name: 'default', match: { prefix: '/' }, route: { cluster, timeout: '0s' }, decorator: { operation: ':80/*' }, ...more };
}

/** A cluster whose one endpoint is an internal listener of the same Envoy. Its transport socket is what hands metadata and filter state over. */
export function internalCluster(name: string, target: string, socket: JsonObject = INTERNAL_UPSTREAM): JsonObject {
  const endpoint = { endpoint: { address: { envoy_internal_address: { server_listener_name: target } } } };
  return {
    name,
    type: 'STATIC',
    connect_timeout: '10s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] },
    ...socket,
  };
}

const RAW = networkFilter('envoy.transport_sockets.raw_buffer', 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer');
export const INTERNAL_UPSTREAM: JsonObject = {
  transport_socket: networkFilter('internal_upstream', 'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport', {
    passthrough_metadata: [{ kind: { host: {} }, name: 'envoy.filters.listener.original_dst' }],
    transport_socket: RAW,
  }),
};

/** The cluster of a service's endpoints, as the waypoint serves it. */
export function inboundVip(port: number, protocol: 'http' | 'tcp', host: string): string {
  return `inbound-vip|${port}|${protocol}|${host}`;
}

export function vipCluster(name: string, more: JsonObject = INTERNAL_UPSTREAM): JsonObject {
  return {
    name,
    type: 'EDS',
    eds_cluster_config: { eds_config: configSource('eds', name), service_name: name },
    connect_timeout: '10s',
    lb_policy: 'LEAST_REQUEST',
    common_lb_config: { healthy_panic_threshold: {} },
    ...more,
  };
}

/** Endpoints that are dialled as they are, and those that are reached through `connect_originate` (pods that take HBONE). */
export function vipAssignment(name: string, ports: readonly number[], through?: string): JsonObject {
  const endpoints = ports.map((port): JsonObject => {
    const pod = `127.0.0.1:${port}`;
    if (through === undefined) return { endpoint: { address: socketAddress('127.0.0.1', port) }, health_status: 'HEALTHY' };
    const metadata = { filter_metadata: { 'envoy.filters.listener.original_dst': { local: pod } } };
    return { endpoint: { address: { envoy_internal_address: { server_listener_name: through, endpoint_id: pod } } }, health_status: 'HEALTHY', metadata };
  });
  return { cluster_name: name, endpoints: endpoints.length === 0 ? [] : [{ locality: { region: 'ap-northeast-2' }, lb_endpoints: endpoints }] };
}

/** The way out to pods. Where Istio opens another tunnel (port 15008 of the pod), the recorder dials the pod itself. */
export function connectOriginate(): readonly [listener: JsonObject, cluster: JsonObject] {
  const proxy = networkFilter('envoy.filters.network.tcp_proxy', 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: 'connect_originate',
    cluster: 'connect_originate',
  });
  return [
    { name: 'connect_originate', internal_listener: {}, listener_filters: [ORIGINAL_DST], filter_chains: [{ filters: [proxy] }] },
    {
      name: 'connect_originate',
      type: 'ORIGINAL_DST',
      connect_timeout: '10s',
      lb_policy: 'CLUSTER_PROVIDED',
      upstream_bind_config: { source_address: { address: '127.0.0.1', port_value: 0 } },
    },
  ];
}

function tree(name: string, type: string, map: Record<string, JsonObject>): JsonObject {
  return { matcher: { matcher_tree: { input: input(name, type), exact_match_map: { map } } } };
}

function input(name: string, type: string): JsonObject {
  return { name, typed_config: { '@type': `${INPUTS}.${type}` } };
}

function to(chain: JsonObject): JsonObject {
  const name = String(chain['name']);
  return { action: { name, typed_config: { '@type': 'type.googleapis.com/google.protobuf.StringValue', value: name } } };
}

function range(address: string): JsonObject {
  return { address_prefix: address, prefix_len: 32 };
}

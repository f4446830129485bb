import { accessLog } from '../access-log.ts';
import { configSource, type JsonObject } from '../xds-files.ts';

export interface HcmOptions {
  readonly statPrefix: string;
  /** Name of the route config that RDS gives, or the route config itself. */
  readonly routes: string | JsonObject;
  /** Whether this is the edge: then the peer's address is the client's, and x-forwarded-proto is overwritten. */
  readonly edge: boolean;
  /** Filters before Istio's own, e.g. RBAC. */
  readonly before?: readonly JsonObject[];
  /** Whether responses say `server: istio-envoy`. */
  readonly serverName?: boolean;
  readonly initialFetchTimeout?: string;
}

/** The HTTP connection manager as istiod writes it, without tracing and statistics. */
export function httpConnectionManager(options: HcmOptions): JsonObject {
  const { routes } = options;
  const source: JsonObject =
    typeof routes === 'string'
      ? { rds: { config_source: configSource('rds', routes, options.initialFetchTimeout), route_config_name: routes } }
      : { route_config: routes };
  return networkFilter('envoy.filters.network.http_connection_manager', 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
    stat_prefix: options.statPrefix,
    ...source,
    http_filters: [
      ...(options.before ?? []),
      httpFilter('envoy.filters.http.grpc_stats', 'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', {
        emit_filter_state: true,
        stats_for_all_methods: false,
      }),
      httpFilter('envoy.filters.http.fault', 'envoy.extensions.filters.http.fault.v3.HTTPFault'),
      httpFilter('envoy.filters.http.cors', 'envoy.extensions.filters.http.cors.v3.Cors'),
      httpFilter('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router'),
    ],
    ...(options.serverName === false ? {} : { server_name: 'istio-envoy' }),
    access_log: accessLog('http'),
    use_remote_address: options.edge,
    proxy_100_continue: true,
    upgrade_configs: [{ upgrade_type: 'websocket' }],
    stream_idle_timeout: '0s',
    normalize_path: true,
    path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
  });
}

/** A TCP proxy to one cluster, or to weighted ones. */
export function tcpProxy(cluster: string | readonly { readonly name: string; readonly weight: number }[], statPrefix = String(cluster)): JsonObject {
  return networkFilter('envoy.filters.network.tcp_proxy', 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: statPrefix,
    ...(typeof cluster === 'string' ? { cluster } : { weighted_clusters: { clusters: cluster.map((c) => ({ ...c })) } }),
    access_log: accessLog('tcp'),
  });
}

export function httpFilter(name: string, type: string, config: JsonObject = {}): JsonObject {
  return { name, typed_config: { '@type': `type.googleapis.com/${type}`, ...config } };
}

/** A network filter, a listener filter or a transport socket: a name and a typed config. */
export const networkFilter = httpFilter;

import type { DumpPath } from '../dump/dump-path.ts';
import type { JsonValue } from '../dump/json-value.ts';
import type {
  Cluster,
  TransportSocket,
  UpstreamHttpProtocolOptions,
  UpstreamsHttp_HttpProtocolOptions,
  UpstreamTlsContext,
} from '../model/generated/envoy-api.ts';
import { anyType, configOf, type Struct } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import { internalUpstream } from '../trace/internal-upstream.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';

/** What a cluster does to the bytes on their way to one of its hosts. */
export interface UpstreamConnection {
  /** Null: plain text. */
  readonly tls: { readonly context: UpstreamTlsContext; readonly path: DumpPath } | null;
  /** The version of the PROXY header that goes first. */
  readonly proxyHeader: 1 | 2 | undefined;
  readonly protocol: 'http/1.1' | 'h2' | 'as downstream' | 'by ALPN';
  readonly options: UpstreamHttpProtocolOptions;
  /** Where the cluster says what is spoken. */
  readonly path: DumpPath;
  readonly assumptions: readonly string[];
  /** What of it pc does not model; then nothing is known of the bytes. */
  readonly unknown: string | undefined;
}

const SOCKETS = 'envoy.extensions.transport_sockets';
const TLS = `${SOCKETS}.tls.v3.UpstreamTlsContext`;
const MATCH_KEY = 'envoy.transport_socket_match';
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/**
 * How a cluster connects to a host: by the first of transport_socket_matches whose labels the host's metadata has, else by its own
 * transport socket. Source: source/common/upstream/transport_socket_match_impl.cc TransportSocketMatcherImpl::resolve.
 */
export function upstreamConnection(index: ProxyIndex, cluster: Resource<Cluster>, host: string): UpstreamConnection {
  const { value, path } = cluster;
  const options = httpOptions(value);
  const base = {
    tls: null,
    proxyHeader: undefined,
    protocol: protocolOf(value, options),
    options: options?.upstream_http_protocol_options ?? value.upstream_http_protocol_options ?? {},
    path: [...path, 'name'],
    assumptions: [],
    unknown: undefined,
  };
  if (value.transport_socket_matcher !== undefined) return { ...base, unknown: 'transport_socket_matcher chooses how to connect' };
  const picked = pickSocket(index, value, host);
  const at = picked.at === undefined ? [...path, 'transport_socket'] : [...path, 'transport_socket_matches', picked.at, 'transport_socket'];
  const legacy = value.tls_context;
  if (picked.socket === undefined && legacy !== undefined)
    return { ...base, tls: { context: legacy as UpstreamTlsContext, path: [...path, 'tls_context'] }, path: [...path, 'tls_context'] };
  const layers = layersOf(picked.socket, at);
  return { ...base, ...layers, path: picked.socket === undefined ? base.path : at, assumptions: picked.assumptions };
}

function pickSocket(
  index: ProxyIndex,
  cluster: Cluster,
  host: string,
): { readonly socket: TransportSocket | undefined; readonly at: number | undefined; readonly assumptions: readonly string[] } {
  const matches = cluster.transport_socket_matches ?? [];
  const { metadata } = internalUpstream(index, cluster.name ?? '', host);
  const labels = (metadata[MATCH_KEY] ?? {}) as Struct;
  const found = matches.findIndex(({ match = {} }) => Object.entries(match).every(([key, value]) => sameValue(labels[key], value)));
  if (found < 0) return { socket: cluster.transport_socket, at: undefined, assumptions: [] };
  // Only EDS tells the labels of a host; /clusters has none.
  const first = matches[0];
  const isListed = index.assignments.has(cluster.eds_cluster_config?.service_name || (cluster.name ?? '')) || cluster.load_assignment !== undefined;
  if (!isListed && found > 0 && first !== undefined)
    return {
      socket: first.transport_socket,
      at: 0,
      assumptions: [`the metadata of ${host} is not in the input: "${first.name ?? ''}" is taken to be how cluster "${cluster.name ?? ''}" connects to it`],
    };
  return { socket: matches[found]?.transport_socket, at: found, assumptions: [] };
}

const sameValue = (one: JsonValue | undefined, other: JsonValue): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Sockets that wrap another one are looked through. */
function layersOf(socket: TransportSocket | undefined, path: DumpPath): Pick<UpstreamConnection, 'tls' | 'proxyHeader' | 'unknown'> {
  const plain = { tls: null, proxyHeader: undefined, unknown: undefined };
  if (socket === undefined) return plain;
  const config = configOf(socket);
  const inside = [...path, 'typed_config'];
  const inner = (): ReturnType<typeof layersOf> =>
    layersOf((config as { readonly transport_socket?: TransportSocket }).transport_socket, [...inside, 'transport_socket']);
  switch (anyType(config)) {
    case TLS:
      return { ...plain, tls: { context: config as UpstreamTlsContext, path: inside } };
    case `${SOCKETS}.raw_buffer.v3.RawBuffer`:
      return plain;
    case `${SOCKETS}.tap.v3.Tap`:
    case `${SOCKETS}.tcp_stats.v3.Config`:
    case `${SOCKETS}.internal_upstream.v3.InternalUpstreamTransport`:
      return inner();
    case `${SOCKETS}.proxy_protocol.v3.ProxyProtocolUpstreamTransport`: {
      const version = (config as { readonly config?: { readonly version?: unknown } }).config?.version;
      return { ...inner(), proxyHeader: version === 'V2' ? 2 : 1 };
    }
    default:
      if (config === undefined && /raw_buffer$/.test(socket.name ?? '')) return plain;
      return { ...plain, unknown: `the transport socket ${anyType(config) || socket.name || 'without a type'}` };
  }
}

function httpOptions(cluster: Cluster): UpstreamsHttp_HttpProtocolOptions | undefined {
  return cluster.typed_extension_protocol_options?.[HTTP_OPTIONS] as UpstreamsHttp_HttpProtocolOptions | undefined;
}

/** Source: source/extensions/upstreams/http/config.cc ProtocolOptionsConfigImpl; upstream_impl.cc ClusterInfoImpl::upstreamHttpProtocol. */
function protocolOf(cluster: Cluster, options: UpstreamsHttp_HttpProtocolOptions | undefined): UpstreamConnection['protocol'] {
  if (options?.use_downstream_protocol_config !== undefined || cluster.protocol_selection === 'USE_DOWNSTREAM_PROTOCOL') return 'as downstream';
  if (options?.auto_config !== undefined) return 'by ALPN';
  const isH2 = options?.explicit_http_config?.http2_protocol_options ?? cluster.http2_protocol_options;
  return isH2 === undefined ? 'http/1.1' : 'h2';
}

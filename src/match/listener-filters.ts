import type { DumpPath } from '../dump/dump-path.ts';
import type { HttpInspector, ListenerFilter, ProxyProtocol, TlsInspector } from '../model/generated/envoy-api.ts';
import type { AcceptedSocket } from './accepted-socket.ts';
import { parseIp, sameAddress } from './ip-address.ts';
import { isFilterDisabled } from './listener-filter-predicate.ts';

/** A listener filter with its configuration resolved (ECDS by name). */
export interface ListenerFilterStep {
  readonly name: string;
  /** Message name of the configuration. */
  readonly type: string;
  readonly config: object;
  readonly disabled: ListenerFilter['filter_disabled'];
  readonly path: DumpPath;
}

export type ListenerFilterResult =
  | { readonly kind: 'accepted'; readonly socket: AcceptedSocket }
  /** A filter closed the connection before any filter chain was looked for. */
  | { readonly kind: 'closed'; readonly why: string; readonly path: DumpPath }
  /** A filter that pc does not model, or a predicate that it cannot read. */
  | { readonly kind: 'unknown'; readonly what: string; readonly path: DumpPath };

type Step = (socket: AcceptedSocket, config: object) => AcceptedSocket | { readonly closed: string };

const LISTENER = 'envoy.extensions.filters.listener';

const same: Step = (socket) => socket;

/** How each listener filter changes what is known of a connection. A type that is not here is not modelled. */
const STEPS: Readonly<Record<string, Step>> = {
  [`${LISTENER}.tls_inspector.v3.TlsInspector`]: inspectTls,
  [`${LISTENER}.http_inspector.v3.HttpInspector`]: inspectHttp,
  [`${LISTENER}.proxy_protocol.v3.ProxyProtocol`]: readProxyHeader,
  [`${LISTENER}.original_dst.v3.OriginalDst`]: restoreDestination,
  // Istio's ambient mode: the destination that came through the tunnel.
  'istio.set_internal_dst_address.v1.Config': restoreDestination,
  // Binds the upstream connection to the client's address: nothing that a listener looks at.
  [`${LISTENER}.original_src.v3.OriginalSrc`]: same,
  // Filter state and load limits do not change which filter chain serves.
  [`${LISTENER}.set_filter_state.v3.Config`]: same,
  [`${LISTENER}.local_ratelimit.v3.LocalRateLimit`]: same,
};

/**
 * Runs a listener's filters over a new connection, in their order. Without tls_inspector neither SNI nor ALPN nor the transport
 * protocol is known, and a filter whose filter_disabled holds is passed by.
 * Source: source/common/listener_manager/active_tcp_socket.cc ActiveTcpSocket::continueFilterChain.
 */
export function runListenerFilters(steps: readonly ListenerFilterStep[], accepted: AcceptedSocket): ListenerFilterResult {
  let socket = accepted;
  for (const { type, config, disabled, path, name } of steps) {
    const isDisabled = isFilterDisabled(disabled, socket.local.port);
    if (isDisabled === undefined) return { kind: 'unknown', what: `filter_disabled of listener filter ${name}`, path: [...path, 'filter_disabled'] };
    if (isDisabled) continue;
    const step = STEPS[type];
    if (step === undefined) return { kind: 'unknown', what: `the listener filter ${type || name}`, path };
    const result = step(socket, config);
    if ('closed' in result) return { kind: 'closed', why: result.closed, path };
    socket = result;
  }
  return { kind: 'accepted', socket };
}

/** Source: source/extensions/filters/listener/tls_inspector/tls_inspector.cc Filter::parseClientHello, onServername, onALPN. */
function inspectTls(socket: AcceptedSocket, config: TlsInspector): AcceptedSocket | { readonly closed: string } {
  const { tls, payload, proxyHeader } = socket.bytes;
  if (payload !== 'tls' || tls === undefined || proxyHeader !== undefined) {
    return config.close_connection_on_client_hello_parsing_errors === true
      ? { closed: 'the connection does not begin with a TLS ClientHello, which tls_inspector demands' }
      : socket;
  }
  return { ...socket, transportProtocol: 'tls', serverName: tls.serverName.toLowerCase(), applicationProtocols: tls.applicationProtocols };
}

/** Plaintext only: it passes by what tls_inspector found to be TLS. Source: http_inspector.cc Filter::onAccept, done. */
function inspectHttp(socket: AcceptedSocket, _config: HttpInspector): AcceptedSocket {
  const { payload, proxyHeader } = socket.bytes;
  if ((socket.transportProtocol !== '' && socket.transportProtocol !== 'raw_buffer') || proxyHeader !== undefined) return socket;
  if (payload === 'tls' || payload === 'opaque') return socket;
  return { ...socket, applicationProtocols: [payload === 'h2' ? 'h2c' : payload] };
}

/**
 * The header is mandatory unless allow_requests_without_proxy_protocol; a version that is not allowed closes the connection, or stays
 * unread where headers are optional. UNKNOWN (or LOCAL) keeps the socket's own addresses; an equal destination restores nothing.
 * Source: source/extensions/filters/listener/proxy_protocol/proxy_protocol.cc Filter::parseBuffer, onData.
 */
function readProxyHeader(socket: AcceptedSocket, config: ProxyProtocol): AcceptedSocket | { readonly closed: string } {
  const header = socket.bytes.proxyHeader;
  const optional = config.allow_requests_without_proxy_protocol === true;
  if (header === undefined) return optional ? socket : { closed: 'the connection carries no PROXY protocol header, which the listener demands' };
  if ((config.disallowed_versions ?? []).includes(header.version === 1 ? 'V1' : 'V2')) {
    return optional ? socket : { closed: `PROXY protocol version ${header.version} is not allowed` };
  }
  const read = { ...socket, bytes: { ...socket.bytes, proxyHeader: undefined } };
  const { destination, source } = header;
  if (destination === undefined && source === undefined) return read;
  return { ...restoredTo(read, destination), remote: source ?? read.remote };
}

/**
 * SO_ORIGINAL_DST: without a redirection there is nothing to restore. In an internal listener, what the tunnel handed on is restored, the
 * client included. Source: original_dst.cc OriginalDstFilter::onAccept.
 */
function restoreDestination(socket: AcceptedSocket): AcceptedSocket {
  return { ...restoredTo(socket, socket.redirectedFrom), remote: socket.handedOnPeer ?? socket.remote };
}

function restoredTo(socket: AcceptedSocket, destination: AcceptedSocket['redirectedFrom']): AcceptedSocket {
  if (destination === undefined) return socket;
  const own = parseIp(socket.local.address);
  const original = parseIp(destination.address);
  const isSame = own !== undefined && original !== undefined && sameAddress(own, original) && socket.local.port === destination.port;
  return isSame ? socket : { ...socket, local: destination, isRestored: true };
}

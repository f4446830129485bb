import type { DumpPath } from '../dump/dump-path.ts';
import type { DownstreamTlsContext, FilterChain, Tap, TransportSocket } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';

/** What a filter chain does to the bytes before its network filters get them. */
export type ServerTransport =
  | { readonly kind: 'plaintext' }
  | { readonly kind: 'tls'; readonly context: DownstreamTlsContext; readonly path: DumpPath }
  /** QUIC serves UDP only. */
  | { readonly kind: 'quic'; readonly path: DumpPath }
  | { readonly kind: 'unknown'; readonly what: string; readonly path: DumpPath };

const SOCKETS = 'envoy.extensions.transport_sockets';

/**
 * The transport socket of a filter chain: none is plaintext, tap and tcp_stats look on at the socket they hold, starttls begins in
 * plaintext (a filter of the chain may ask for TLS later). Dumps before v3 put the TLS context at the chain itself.
 * Source: filter_chain_manager_impl.cc ListenerFilterChainFactoryBuilder::buildFilterChainInternal.
 */
export function transportOf(chain: FilterChain, path: DumpPath): ServerTransport {
  const legacy = (chain as { readonly tls_context?: DownstreamTlsContext }).tls_context;
  if (chain.transport_socket === undefined && legacy !== undefined) return { kind: 'tls', context: legacy, path: [...path, 'tls_context'] };
  return transportOfSocket(chain.transport_socket, [...path, 'transport_socket']);
}

function transportOfSocket(socket: TransportSocket | undefined, path: DumpPath): ServerTransport {
  if (socket === undefined) return { kind: 'plaintext' };
  const config = configOf(socket);
  const inside = [...path, 'typed_config'];
  switch (anyType(config)) {
    case `${SOCKETS}.tls.v3.DownstreamTlsContext`:
      return { kind: 'tls', context: config as DownstreamTlsContext, path: inside };
    case `${SOCKETS}.raw_buffer.v3.RawBuffer`:
    case `${SOCKETS}.starttls.v3.StartTlsConfig`:
      return { kind: 'plaintext' };
    case `${SOCKETS}.tap.v3.Tap`:
    case `${SOCKETS}.tcp_stats.v3.Config`:
      return transportOfSocket((config as Tap).transport_socket, [...inside, 'transport_socket']);
    case `${SOCKETS}.quic.v3.QuicDownstreamTransport`:
      return { kind: 'quic', path: inside };
    default:
      if (config === undefined && /raw_buffer$/.test(socket.name ?? '')) return { kind: 'plaintext' };
      return { kind: 'unknown', what: `the transport socket ${anyType(config) || socket.name || 'without a type'}`, path };
  }
}

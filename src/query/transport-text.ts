import type { CommonTlsContext, DownstreamTlsContext, TransportSocket, UpstreamTlsContext } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';

interface WithTransport {
  readonly transport_socket?: TransportSocket;
}

/**
 * What a filter chain or a cluster speaks below HTTP: `plaintext`, `TLS (secret)`, `mTLS (secret)`, or the type of another transport
 * socket. mTLS: the chain wants a client certificate, or the cluster has one of its own to show. In: whose it is; the `tls_context` of
 * the v2 API does not tell.
 */
export function transportText(holder: WithTransport, side: 'upstream' | 'downstream' = 'downstream'): string {
  const config = configOf(holder.transport_socket) ?? (holder as { readonly tls_context?: object }).tls_context;
  if (config === undefined) return holder.transport_socket === undefined ? 'plaintext' : (holder.transport_socket.name ?? 'unknown');
  const type = anyType(config as { readonly '@type'?: unknown });
  const short = type.slice(type.lastIndexOf('.') + 1);
  if (short === 'RawBuffer') return 'plaintext';
  if (short === 'UpstreamTlsContext' || (short === '' && side === 'upstream')) return upstreamText(config as UpstreamTlsContext);
  if (short === 'DownstreamTlsContext' || short === '') return downstreamText(config as DownstreamTlsContext);
  if (short === 'QuicDownstreamTransport')
    return `QUIC ${downstreamText((config as { readonly downstream_tls_context?: DownstreamTlsContext }).downstream_tls_context ?? {})}`;
  const inner = (config as WithTransport).transport_socket;
  return inner === undefined ? short : `${short} over ${transportText({ transport_socket: inner })}`;
}

function downstreamText(tls: DownstreamTlsContext): string {
  return (tls.require_client_certificate ? 'mTLS' : 'TLS') + secretsText(tls.common_tls_context);
}

function upstreamText(tls: UpstreamTlsContext): string {
  const own = certificateNames(tls.common_tls_context);
  return `${own.length > 0 ? 'mTLS' : 'TLS'}${tls.sni ? ` (SNI ${tls.sni})` : ''}`;
}

function secretsText(context: CommonTlsContext | undefined): string {
  const names = certificateNames(context);
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
}

function certificateNames(context: CommonTlsContext | undefined): string[] {
  const named = (context?.tls_certificate_sds_secret_configs ?? []).map((secret) => secret.name ?? '');
  const inline = (context?.tls_certificates ?? []).map((certificate) => certificate.certificate_chain?.filename ?? 'inline');
  return [...named, ...inline];
}

import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';

/** What a client speaks inside the connection: HTTP of some version, or bytes that are no HTTP at all. */
export type ClientSpeech = 'http/1.0' | 'http/1.1' | 'h2' | 'not http';

export type CodecResult = { readonly kind: 'understands' } | { readonly kind: 'closes'; readonly why: string; readonly details: string | null };

/**
 * Which codec a connection manager reads a connection with: its codec_type, or for AUTO what ALPN agreed on, else what the first bytes
 * look like (the HTTP/2 preface, or else HTTP/1). The HTTP/1 codec refuses all other bytes with http1.codec_error, the HTTP/2 codec
 * closes the connection before any request stands.
 * Source: source/common/http/conn_manager_utility.cc ConnectionManagerUtility::autoCreateCodec, determineNextProtocol.
 */
export function readByCodec(codecType: HttpConnectionManager['codec_type'], alpn: string | undefined, speech: ClientSpeech): CodecResult {
  const codec = codecType === 'HTTP1' ? 'HTTP/1' : codecType === 'HTTP2' || (alpn === undefined ? speech === 'h2' : alpn === 'h2') ? 'HTTP/2' : 'HTTP/1';
  if ((codec === 'HTTP/2') === (speech === 'h2') && speech !== 'not http') return { kind: 'understands' };
  const client = speech === 'not http' ? 'what is not HTTP' : speech === 'h2' ? 'HTTP/2' : 'HTTP/1';
  const why = `the connection manager reads ${codec}, and the client sends ${client}`;
  return { kind: 'closes', why, details: codec === 'HTTP/1' ? 'http1.codec_error' : null };
}

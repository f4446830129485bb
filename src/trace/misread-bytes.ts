import { readByCodec } from '../match/http-codec.ts';
import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';
import type { ConnectionContext } from './connection-context.ts';
import { outcome } from './outcome.ts';
import type { Outcome } from './trace-answer.ts';

/** What the codec makes of bytes that are not the HTTP it reads: TLS that nothing terminates, a PROXY header that nothing reads. */
export function misreading(
  { facts, socket, request }: ConnectionContext,
  hcm: HttpConnectionManager,
): { readonly why: string; readonly outcome: Outcome } | undefined {
  const { bytes } = socket;
  const isUnread = bytes.proxyHeader !== undefined;
  const isTlsUnread = bytes.payload === 'tls' && !facts.isTls;
  const isHttp = request.scheme !== 'tcp';
  const read = readByCodec(hcm.codec_type, facts.alpn, isUnread || isTlsUnread || !isHttp ? 'not http' : facts.protocol);
  if (read.kind === 'understands') return undefined;
  const why = isUnread
    ? 'a PROXY protocol header comes first, which no listener filter reads'
    : isTlsUnread
      ? 'TLS meets a filter chain in plaintext'
      : read.why;
  // An HTTP/1 client reads the 400 that follows; in a TLS handshake, or in HTTP/2, it is garbage.
  const isSeen = read.details !== null && isUnread && isHttp && !isTlsUnread && facts.protocol !== 'h2';
  return { why, outcome: outcome({ status: isSeen ? 400 : null, flags: 'DPE', details: read.details, connection: isSeen ? null : 'closed', break: 'PC2004' }) };
}

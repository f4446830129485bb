import type { Caller } from './arrival.ts';
import type { Border, ChainEnd, Leg } from './chain-answer.ts';
import { retriesConnection, retriesReset } from './retried.ts';

/**
 * The end of a chain at a border, as the caller logs it: an HTTP proxy answers 503, tcp_proxy closes the connection. What is closed
 * after it stood ends with UC: plain text to a chain that takes TLS only, and a client certificate that is refused over TLS 1.3, where
 * the client's part of the handshake is done by then. A handshake that fails and a refused connection end with UF.
 */
export function borderEnd({ id, from, probability, conditions, proxy }: Leg, caller: Caller | undefined, border: Border): ChainEnd {
  const isHttp = caller?.sent.kind === 'http';
  const isReset = border.break === 'PC6008' ? speaksTls13(caller) : border.sends === 'plaintext' && !NOT_LISTENING.has(border.break ?? '');
  const isRetried = caller !== undefined && (isReset ? retriesReset(caller.sent) : retriesConnection(caller.sent));
  return {
    leg: id,
    outcome: null,
    kind: 'border',
    verdict: 'broken',
    address: from?.address ?? null,
    probability,
    conditions,
    status: isHttp ? 503 : null,
    flags: isHttp ? `${isRetried ? 'URX,' : ''}${isReset ? 'UC' : 'UF'}` : null,
    details: null,
    break: border.break,
    what: `${caller?.name ?? ''} and ${proxy} do not agree: ${border.why}`,
  };
}

const NOT_LISTENING: ReadonlySet<string> = new Set(['PC2001', 'PC2003']);

/** Envoy's clients speak TLS 1.2 at most where the configuration says nothing else. */
function speaksTls13(caller: Caller | undefined): boolean {
  return caller?.connection.tls?.context.common_tls_context?.tls_params?.tls_maximum_protocol_version === 'TLSv1_3';
}

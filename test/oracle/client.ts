import type { TraceRequest, TunnelRequest } from '../../src/match/request.ts';
import { type ClientCertificate, ConnectionEnded, openConnection } from './client-connection.ts';
import { type Exchange, exchangeHttp1 } from './http1-exchange.ts';
import { exchangeHttp2 } from './http2-exchange.ts';
import { openTunnel } from './open-tunnel.ts';

/** What the client saw of one request. */
export interface ClientResult extends Exchange {
  /** Port of the client's socket, by which the access log's lines are found; 0 where there was no connection. */
  readonly localPort: number;
  readonly alpn: string | null;
  /** The request was sent through a tunnel that stood. */
  readonly isInTunnel?: boolean;
}

export interface SendOptions {
  readonly timeoutMs?: number;
  readonly certificate?: ClientCertificate;
}

/** Sends one request over a connection of its own, in the protocol that it names, or in h2 where TLS agreed on that, and closes the connection. */
export async function sendRequest(request: TraceRequest, options: SendOptions = {}): Promise<ClientResult> {
  if (request.tunnel !== undefined) return sendThroughTunnel(request, request.tunnel, options);
  try {
    const { socket, localPort, alpn } = await openConnection(request, options.certificate);
    const exchange = request.protocol === 'h2' || alpn === 'h2' ? exchangeHttp2 : exchangeHttp1;
    return { ...(await exchange(socket, request, options.timeoutMs ?? 3000)), localPort, alpn };
  } catch (ended) {
    if (!(ended instanceof ConnectionEnded)) throw ended;
    return { status: null, headers: {}, body: '', connection: ended.how, localPort: ended.localPort, alpn: null };
  }
}

/** Opens the tunnel that the request names, and sends the request inside it. A CONNECT that is refused is the answer itself. */
async function sendThroughTunnel(request: TraceRequest, tunnel: TunnelRequest, options: SendOptions): Promise<ClientResult> {
  const timeoutMs = options.timeoutMs ?? 3000;
  try {
    const tls = tunnel.tls === undefined ? { alpn: ['h2'], client_cert: true } : tunnel.tls;
    const { socket, localPort, alpn } = await openConnection({ ...request, tls }, options.certificate);
    const opened = await openTunnel(socket, tunnel, timeoutMs);
    if ('refused' in opened) return { ...opened.refused, localPort, alpn };
    const exchange = request.protocol === 'h2' ? exchangeHttp2 : exchangeHttp1;
    const exchanged = await exchange(opened.stream, request, timeoutMs);
    opened.close();
    return { ...exchanged, localPort, alpn, isInTunnel: true };
  } catch (ended) {
    if (!(ended instanceof ConnectionEnded)) throw ended;
    return { status: null, headers: {}, body: '', connection: ended.how, localPort: ended.localPort, alpn: null };
  }
}

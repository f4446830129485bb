import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { TraceRequest } from '../../src/match/request.ts';
import { proxyHeader } from './proxy-header.ts';

/** The client's certificate for mutual TLS. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A connection to Envoy, ready for the first byte of HTTP. */
export interface ClientConnection {
  readonly socket: Socket;
  /** Port of the client's own socket. */
  readonly localPort: number;
  /** What TLS agreed on; null without TLS or where nothing was agreed. */
  readonly alpn: string | null;
}

/** The connection could not be made, or TLS failed: how it ended, and the client's port where there was one. */
export class ConnectionEnded extends Error {
  readonly how: string;
  readonly localPort: number;

  constructor(how: string, localPort: number) {
    super(how);
    this.how = how;
    this.localPort = localPort;
  }
}

/** Connects to the request's listener on 127.0.0.1, sends its PROXY header and does the TLS handshake. Throws ConnectionEnded. */
export async function openConnection(request: TraceRequest, certificate?: ClientCertificate): Promise<ClientConnection> {
  const { listener } = request;
  if (listener === undefined) throw new Error('the request names no listener');
  const socket = connect({ host: '127.0.0.1', port: listener.port, noDelay: true });
  await settled(socket, 'connect', 0);
  const localPort = socket.localPort ?? 0;
  if (request.proxy_protocol === 1 || request.proxy_protocol === 2) {
    const source = { address: request.source?.address ?? '127.0.0.1', port: request.source?.port ?? localPort };
    socket.write(proxyHeader(request.proxy_protocol, source, request.destination ?? { address: '127.0.0.1', port: listener.port }));
  }
  if (!request.tls) return { socket, localPort, alpn: null };
  const { sni, alpn, client_cert } = request.tls;
  const secure = connectTls({
    socket,
    rejectUnauthorized: false,
    ...(sni ? { servername: sni } : {}),
    ...(alpn && alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
    ...(client_cert && certificate ? certificate : {}),
  });
  await settled(secure, 'secureConnect', localPort);
  return { socket: secure, localPort, alpn: secure.alpnProtocol || null };
}

/** Says in the contract's words how a connection ended. */
export function endOf(error: NodeJS.ErrnoException | undefined): string {
  if (error === undefined) return 'closed';
  if (error.code === 'ECONNREFUSED') return 'refused';
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'reset';
  if (error.code?.startsWith('ERR_SSL_')) return `tls:${error.code.slice('ERR_SSL_'.length)}`;
  return error.code ?? error.message;
}

function settled(socket: Socket | TLSSocket, event: string, localPort: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (how: string): void => {
      socket.destroy();
      reject(new ConnectionEnded(how, localPort));
    };
    const timer = setTimeout(() => fail('timeout'), 3000);
    const done = (act: () => void) => (): void => {
      clearTimeout(timer);
      act();
    };
    socket.once(event, done(resolve));
    socket.on('error', (error) => done(() => fail(endOf(error)))());
    socket.once(
      'close',
      done(() => fail('closed')),
    );
  });
}

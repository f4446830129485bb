import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TunnelRequest } from '../../src/match/request.ts';
import type { Exchange } from './http1-exchange.ts';

/** A tunnel that stands, as the socket of the connection inside it; or what refused it. */
export type OpenedTunnel = { readonly stream: Socket; readonly close: () => void } | { readonly refused: Exchange };

/** Sends CONNECT as one HTTP/2 stream, as ztunnel does for HBONE. The stream carries a connection once the answer is 200. */
export function openTunnel(socket: Socket, tunnel: TunnelRequest, timeoutMs: number): Promise<OpenedTunnel> {
  return new Promise((resolve) => {
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    const session: ClientHttp2Session = connect('http://127.0.0.1', { createConnection: () => socket, settings: { enablePush: false } });
    const close = (): void => {
      clearTimeout(timer);
      session.destroy();
      socket.destroy();
    };
    const refuse = (exchange: Exchange): void => {
      close();
      resolve({ refused: exchange });
    };
    const nothing = (connection: string): void => refuse({ status: null, headers: {}, body: '', connection });
    const timer = setTimeout(() => nothing('timeout'), timeoutMs);
    session.on('error', () => nothing('reset'));
    session.on('close', () => nothing('closed'));
    const stream = session.request({ ':method': 'CONNECT', ':authority': tunnel.authority, ...Object.fromEntries(tunnel.headers ?? []) });
    stream.on('error', () => undefined);
    stream.on('response', (headers) => {
      const status = Number(headers[':status']);
      const received = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      if (status !== 200) refuse({ status, headers: received, body: '', connection: null });
      else {
        clearTimeout(timer);
        resolve({ stream: asSocket(stream), close });
      }
    });
    stream.on('close', () => nothing(`h2_rst:${stream.rstCode}`));
  });
}

/** A stream of the tunnel as a socket: a wrapper, since whoever exchanges over a socket removes its listeners. */
function asSocket(stream: ClientHttp2Stream): Socket {
  const wrapper = new Duplex({
    read: () => stream.resume(),
    write: (chunk, _encoding, done) => (stream.writable ? stream.write(chunk, () => done()) : done()),
    final: (done) => stream.end(() => done()),
  });
  stream.on('data', (chunk: Buffer) => {
    if (!wrapper.push(chunk)) stream.pause();
  });
  stream.on('end', () => wrapper.push(null));
  stream.on('close', () => wrapper.destroy());
  return wrapper as unknown as Socket;
}

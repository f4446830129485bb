import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { TraceRequest } from '../../src/match/request.ts';
import type { Exchange } from './http1-exchange.ts';

/** Sends one request as one HTTP/2 stream. Node always sends an `:authority` or a host: a request without either cannot be sent. */
export function exchangeHttp2(socket: Socket, request: TraceRequest, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    let session: ClientHttp2Session | undefined;
    const finish = (exchange: Exchange): void => {
      clearTimeout(timer);
      session?.removeAllListeners();
      session?.on('error', () => undefined);
      session?.destroy();
      socket.destroy();
      resolve(exchange);
    };
    const nothing = (connection: string): void => finish({ status: null, headers: {}, body: '', connection });
    const timer = setTimeout(() => nothing('timeout'), timeoutMs);
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    session = connect('http://127.0.0.1', { createConnection: () => socket, settings: { enablePush: false } });
    session.on('error', () => nothing('reset'));
    session.on('close', () => nothing('closed'));
    const stream = session.request(http2Headers(request), { endStream: request.body === undefined });
    let status: number | null = null;
    let headers: Record<string, string> = {};
    let body = '';
    stream.setEncoding('latin1');
    stream.on('response', (received) => {
      status = Number(received[':status']);
      headers = Object.fromEntries(Object.entries(received).map(([name, value]) => [name, String(value)]));
    });
    stream.on('data', (chunk: string) => {
      body += chunk;
    });
    stream.on('error', () => undefined);
    stream.on('close', () => (status === null ? nothing(`h2_rst:${stream.rstCode}`) : finish({ status, headers, body, connection: null })));
    if (request.body !== undefined) stream.end(request.body);
  });
}

function http2Headers(request: TraceRequest): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = { ':method': request.method ?? 'GET' };
  if (request.method !== 'CONNECT' || request.connect_protocol !== undefined) {
    headers[':path'] = request.path ?? '/';
    headers[':scheme'] = request.scheme_h2 ?? (request.tls ? 'https' : 'http');
  }
  if (request.authority !== null && request.authority !== undefined) headers[':authority'] = request.authority;
  if (request.connect_protocol !== undefined) headers[':protocol'] = request.connect_protocol;
  for (const [name, value] of request.headers ?? []) {
    const key = name.toLowerCase();
    const earlier = headers[key];
    headers[key] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [earlier]), value];
  }
  return headers;
}

import type { Socket } from 'node:net';
import type { TraceRequest } from '../../src/match/request.ts';
import { endOf } from './client-connection.ts';

/** What came back over the connection. */
export interface Exchange {
  /** null where nothing that parses as a response came. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How the connection ended where no complete response came; null where one did. */
  readonly connection: string | null;
}

/** The exact bytes of a request over HTTP/1: what the request says and no header more, but a content-length where there is a body. */
export function http1Bytes(request: TraceRequest): Buffer {
  const version = request.protocol === 'http/1.0' ? '1.0' : '1.1';
  const method = request.method ?? 'GET';
  const lines = [`${method} ${request.path ?? '/'} HTTP/${version}`];
  if (request.authority !== null && request.authority !== undefined) lines.push(`Host: ${request.authority}`);
  for (const [name, value] of request.headers ?? []) lines.push(`${name}: ${value}`);
  const hasLength = (request.headers ?? []).some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const body = request.body ?? '';
  if (!hasLength && (body !== '' || /^(POST|PUT|PATCH)$/.test(method))) lines.push(`content-length: ${Buffer.byteLength(body)}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
}

/** Sends the bytes and reads one response; a response without length ends with the connection. Leaves the socket destroyed. */
export function exchangeHttp1(socket: Socket, request: TraceRequest, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const finish = (connection: string | null): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve({ status: null, headers: {}, body: '', ...parseResponse(received, request.method ?? 'GET'), connection });
    };
    const timer = setTimeout(() => finish('timeout'), timeoutMs);
    socket.removeAllListeners();
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (parseResponse(received, request.method ?? 'GET')?.complete) finish(null);
    });
    const ended = (how: string): void => finish(parseResponse(received, request.method ?? 'GET') ? null : how);
    socket.on('error', (error) => ended(endOf(error)));
    socket.on('end', () => ended('closed'));
    socket.on('close', () => ended('closed'));
    socket.write(http1Bytes(request));
  });
}

interface Response {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly complete: boolean;
}

function parseResponse(bytes: Buffer, method: string): Response | undefined {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
  if (end < 0 || status === 0) return undefined;
  if (status === 100) return parseResponse(bytes.subarray(end + 4), method);
  const headers: Record<string, string> = {};
  for (const line of text.slice(0, end).split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers[name] = (headers[name] === undefined ? '' : `${headers[name]},`) + line.slice(colon + 1).trim();
  }
  const body = text.slice(end + 4);
  const bodyless = method === 'HEAD' || status < 200 || status === 204 || status === 304 || (method === 'CONNECT' && status === 200);
  const length = headers['content-length'];
  const chunked = headers['transfer-encoding'] === 'chunked';
  const complete = bodyless || (length !== undefined && body.length >= Number(length)) || (chunked && body.endsWith('0\r\n\r\n'));
  return { status, headers, body, complete };
}

import { type IncomingMessage, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';

/** An answer that came whole. */
export interface Reply {
  readonly kind: 'reply';
  readonly status: number;
  readonly body: string;
}

/** The server gave its socket over to another protocol. */
export interface Upgraded {
  readonly kind: 'upgraded';
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly socket: Socket;
  readonly head: Buffer;
}

export type Answer = Reply | Upgraded;

/** An answer whose body comes piece by piece, for as long as the server has any. */
export interface Streamed {
  readonly kind: 'streamed';
  readonly body: AsyncIterable<Uint8Array>;
}

/** One request and its answer, whole, or the socket where the server upgrades the connection. Rejects with what the socket says, or ETIMEDOUT. */
export function exchange(options: RequestOptions, limitMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { request, settle } = begin(options, limitMs, reject);
    request.on('upgrade', (response, socket, head) => {
      const { statusCode = 101, headers } = response;
      settle(() => resolve({ kind: 'upgraded', status: statusCode, headers, socket: socket as Socket, head }));
    });
    request.on('response', (response) => {
      wholeBody(response).then(
        (body) => settle(() => resolve({ kind: 'reply', status: response.statusCode ?? 0, body })),
        (error: unknown) => settle(() => reject(error)),
      );
    });
    request.end();
  });
}

/**
 * One request whose answer is read as it comes: the limit is for its head. Another status than 200 gives the whole answer. The signal ends
 * the stream, as an end of its own and not as an error.
 */
export function openStream(options: RequestOptions, limitMs: number, signal: AbortSignal): Promise<Streamed | Reply> {
  return new Promise((resolve, reject) => {
    const { request, settle } = begin(options, limitMs, reject);
    const abort = (): void => void request.destroy();
    signal.addEventListener('abort', abort, { once: true });
    request.on('close', () => signal.removeEventListener('abort', abort));
    request.on('response', (response) => {
      if (response.statusCode === 200) return settle(() => resolve({ kind: 'streamed', body: untilAborted(response, signal) }));
      wholeBody(response).then(
        (body) => settle(() => resolve({ kind: 'reply', status: response.statusCode ?? 0, body })),
        (error: unknown) => settle(() => reject(error)),
      );
    });
    request.end();
    if (signal.aborted) abort();
  });
}

function begin(options: RequestOptions, limitMs: number, reject: (error: unknown) => void) {
  const request = options.protocol === 'http:' ? requestHttp(options) : requestHttps(options);
  const timer = setTimeout(() => request.destroy(Object.assign(new Error(`no answer in ${limitMs / 1000} s`), { code: 'ETIMEDOUT' })), limitMs);
  const settle = (end: () => void): void => {
    clearTimeout(timer);
    end();
  };
  request.on('error', (error) => settle(() => reject(error)));
  return { request, settle };
}

async function wholeBody(response: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of response as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

async function* untilAborted(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

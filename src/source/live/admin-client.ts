import type { Duplex, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Client } from 'undici';
import type { ByteSource } from '../../dump/byte-source.ts';
import { Failure } from '../../dump/failure.ts';
import { Spool } from '../spool.ts';
import { adminFailure, requestText } from './admin-failure.ts';

export interface AdminClientOptions {
  /** What the user calls the proxy. */
  readonly label: string;
  readonly origin: string;
  readonly basePath?: string;
  readonly socketPath?: string;
  /** Opens the byte stream that HTTP is spoken over, where it is not a socket of this machine. */
  readonly dial?: () => Promise<Duplex>;
  /** The time limit of one request, in milliseconds; none where undefined. */
  readonly limitMs?: number | undefined;
  /** Told while an answer comes in. */
  readonly onBytes?: (received: number) => void;
}

/** A status and the whole text of an answer. */
export interface AdminReply {
  readonly status: number;
  readonly text: string;
}

/** HTTP with one proxy's admin interface, over one connection at a time. Close it when done. */
export interface AdminClient {
  readonly label: string;
  /** GET: the body of a 200, whole. Throws Failure PC1113 for any other status, PC111x where it did not come whole. */
  get(path: string): Promise<ByteSource>;
  /** GET: the body of a 200 in pieces, as it comes. Throws like {@link get}, after the pieces that came. */
  pieces(path: string): AsyncIterable<Uint8Array>;
  /** Any status, with its text; for answers that are known to be small. */
  ask(method: 'GET' | 'POST', path: string): Promise<AdminReply>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;
const DECODERS: Readonly<Record<string, () => ReturnType<typeof createGunzip>>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
};

/** A client for the admin interface at an address, or behind a stream that `dial` opens. No connection is made before the first request. */
export function adminClient(options: AdminClientOptions): AdminClient {
  const { label, basePath = '', dial, limitMs } = options;
  const silence = limitMs === undefined ? SILENCE_MS : Math.max(SILENCE_MS, limitMs);
  const client = new Client(options.origin, {
    headersTimeout: silence,
    bodyTimeout: silence,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    maxResponseSize: -1,
    // undici never goes on where its connector answers in the same turn.
    connect: dial
      ? (_target, callback) => {
          dial().then(
            (stream) => callback(null, stream as never),
            (error: Error) => callback(error, null),
          );
        }
      : { timeout: Math.min(CONNECT_MS, limitMs ?? CONNECT_MS), ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }) },
  });

  async function* transfer(method: 'GET' | 'POST', path: string, onStatus: (status: number) => void): AsyncGenerator<Uint8Array> {
    const limit = timeLimit(limitMs);
    let received = 0;
    let answered = false;
    try {
      const reply = await client.request({
        method,
        path: basePath + path,
        headers: { accept: '*/*', 'accept-encoding': 'gzip' },
        signal: limit.signal,
        ...(method === 'POST' ? { body: '' } : {}),
      });
      answered = true;
      reply.body.on('error', () => undefined);
      onStatus(reply.statusCode);
      const encoding = String(reply.headers['content-encoding'] ?? 'identity').toLowerCase();
      for await (const piece of decoded(reply.body, encoding)) {
        received += piece.length;
        if (reply.statusCode === 200) options.onBytes?.(received);
        yield piece;
      }
    } catch (error) {
      throw adminFailure(error, { label, request: requestText(method, path), received, answered, limitMs: limit.signal?.aborted ? limitMs : undefined });
    } finally {
      limit.clear();
    }
  }

  async function* pieces(path: string): AsyncGenerator<Uint8Array> {
    let status = 0;
    const setStatus = (code: number): void => {
      status = code;
    };
    const start: Uint8Array[] = [];
    for await (const piece of transfer('GET', path, setStatus)) {
      if (status === 200) yield piece;
      else if (start.length < 4) start.push(piece);
    }
    if (status !== 200) throw statusFailure(label, path, status, Buffer.concat(start).toString('utf8'));
  }

  return {
    label,
    pieces,
    async get(path) {
      const spool = new Spool(`${label}${path}`);
      try {
        for await (const piece of pieces(path)) spool.add(piece);
        return spool.source();
      } catch (error) {
        spool.discard();
        throw error;
      }
    },
    async ask(method, path) {
      let status = 0;
      const setStatus = (code: number): void => {
        status = code;
      };
      const parts: Uint8Array[] = [];
      for await (const piece of transfer(method, path, setStatus)) parts.push(piece);
      return { status, text: Buffer.concat(parts).toString('utf8') };
    },
    close: () => client.destroy(),
  };
}

/** A status that is not 200, kept for those who know another way to the same data. */
export class AdminStatusFailure extends Failure {
  readonly status: number;
  readonly text: string;

  constructor(facts: ConstructorParameters<typeof Failure>[0], status: number, text: string) {
    super(facts);
    this.status = status;
    this.text = text;
  }
}

function statusFailure(label: string, path: string, status: number, text: string): AdminStatusFailure {
  const said = text.trim().split('\n')[0]?.slice(0, 200) ?? '';
  const what = `${label}: ${requestText('GET', path)} answers with status ${status}${said === '' ? '' : `: ${said}`}`;
  const next =
    status === 403 || status === 401
      ? 'something in front of the admin port forbids it (admin.allow_paths of newer Envoys, a proxy)'
      : status === 404
        ? 'check that this is the admin port of an Envoy: GET /server_info must answer'
        : 'ask the same path with curl to see the whole answer';
  return new AdminStatusFailure({ id: 'PC1113', what, place: label, next }, status, text);
}

/** The body as it was before its transfer. */
function decoded(body: Readable, encoding: string): Readable {
  const decoder = DECODERS[encoding]?.();
  if (decoder === undefined) return body;
  body.once('error', (error) => decoder.destroy(error));
  decoder.once('close', () => body.destroy());
  return body.pipe(decoder);
}

function timeLimit(limitMs: number | undefined): { readonly signal: AbortSignal | undefined; clear(): void } {
  if (limitMs === undefined) return { signal: undefined, clear: () => undefined };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

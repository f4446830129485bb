import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from './xds-files.ts';

/** One line of the access log that `accessLog` configures; null where Envoy printed `-`. */
export interface LogLine {
  /** Who wrote it: the HTTP connection manager, the TCP proxy, or the listener when the connection ended. */
  readonly writer: 'http' | 'tcp' | 'listener';
  /** `ip:port` of the client's own socket, whatever a PROXY header said. */
  readonly client: string;
  readonly status: number | null;
  readonly flags: string | null;
  readonly details: string | null;
  readonly termination: string | null;
  readonly route: string | null;
  readonly virtual_host: string | null;
  readonly cluster: string | null;
  readonly upstream_host: string | null;
  readonly filter_chain: string | null;
  readonly tls_failure: string | null;
}

const COMMON: JsonObject = {
  client: '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%',
  status: '%RESPONSE_CODE%',
  flags: '%RESPONSE_FLAGS%',
  details: '%RESPONSE_CODE_DETAILS%',
  termination: '%CONNECTION_TERMINATION_DETAILS%',
  cluster: '%UPSTREAM_CLUSTER%',
  upstream_host: '%UPSTREAM_HOST%',
  filter_chain: '%FILTER_CHAIN_NAME%',
  tls_failure: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
};

/** The `access_log` entries of a listener, an HTTP connection manager or a TCP proxy, written to access.log in Envoy's working directory. */
export function accessLog(writer: LogLine['writer']): JsonObject[] {
  const http: JsonObject = writer === 'http' ? { route: '%ROUTE_NAME%', virtual_host: '%CEL(xds.virtual_host_name)%' } : {};
  return [
    {
      name: 'envoy.access_loggers.file',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
        path: 'access.log',
        log_format: { json_format: { writer, ...COMMON, ...http } },
      },
    },
  ];
}

/** Reads an access log while Envoy writes it, and hands out its lines by the client's port. */
export class AccessLog {
  readonly #path: string;
  #offset = 0;
  #rest = '';
  readonly #lines = new Map<number, LogLine[]>();

  constructor(path: string) {
    this.#path = path;
  }

  /** Forgets what was read for a port: the next lines are those of a new connection. */
  forget(port: number): void {
    this.#lines.delete(port);
  }

  /** The lines of the connection from this client port, complete once the listener has written its own; what came by then after the time. */
  async linesOf(port: number, timeoutMs = 2000): Promise<readonly LogLine[]> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      this.#read();
      const lines = this.#lines.get(port) ?? [];
      if (lines.some((l) => l.writer === 'listener') || Date.now() > deadline) return lines;
      await sleep(5);
    }
  }

  #read(): void {
    if (!existsSync(this.#path)) return;
    const file = openSync(this.#path, 'r');
    const buffer = Buffer.alloc(1 << 16);
    for (let n = readSync(file, buffer, 0, buffer.length, this.#offset); n > 0; n = readSync(file, buffer, 0, buffer.length, this.#offset)) {
      this.#offset += n;
      this.#rest += buffer.toString('latin1', 0, n);
    }
    closeSync(file);
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#keep(line);
  }

  #keep(text: string): void {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as LogLine;
    const port = Number(/:(\d+)$/.exec(line.client ?? '')?.[1] ?? 0);
    this.#lines.set(port, [...(this.#lines.get(port) ?? []), line]);
  }
}

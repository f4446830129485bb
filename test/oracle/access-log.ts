import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from './xds-files.ts';

/** One line of the access log that `accessLog` configures; null where Envoy printed `-`. */
export interface LogLine {
  /** Who wrote it: the HTTP connection manager, the TCP proxy, or the listener when the connection ended; `tunnel`: what took a tunnel's CONNECT. */
  readonly writer: 'http' | 'tcp' | 'internal listener' | 'tunnel' | 'listener';
  /** `ip:port` of the client's own socket, whatever a PROXY header said. */
  readonly client: string;
  /** `ip:port` of the socket that it connected to. */
  readonly listener: string;
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
  listener: '%DOWNSTREAM_DIRECT_LOCAL_ADDRESS%',
  status: '%RESPONSE_CODE%',
  flags: '%RESPONSE_FLAGS%',
  details: '%RESPONSE_CODE_DETAILS%',
  termination: '%CONNECTION_TERMINATION_DETAILS%',
  cluster: '%UPSTREAM_CLUSTER%',
  upstream_host: '%UPSTREAM_HOST%',
  filter_chain: '%FILTER_CHAIN_NAME%',
  tls_failure: '%DOWNSTREAM_TRANSPORT_FAILURE_REASON%',
};

/** Inside a tunnel the client's address is what the tunnel handed on, and the listener is the one at the tunnel's port. */
export function accessLogInTunnel(writer: 'http' | 'tcp' | 'internal listener', port: number): JsonObject[] {
  return accessLog(writer, { client: '%DOWNSTREAM_REMOTE_ADDRESS%', listener: `127.0.0.1:${port}` });
}

/** The `access_log` entries of a listener, an HTTP connection manager or a TCP proxy, written to access.log in Envoy's working directory. */
export function accessLog(writer: LogLine['writer'], more: JsonObject = {}): JsonObject[] {
  const http: JsonObject = writer === 'http' || writer === 'tunnel' ? { route: '%ROUTE_NAME%', virtual_host: '%CEL(xds.virtual_host_name)%' } : {};
  return [
    {
      name: 'envoy.access_loggers.file',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
        path: 'access.log',
        log_format: { json_format: { writer, ...COMMON, ...http, ...more } },
      },
    },
  ];
}

/** A connection as both its ends know it: the client's port and the listener's. */
export interface ConnectionPorts {
  readonly client: number;
  readonly listener: number;
}

/** Reads an access log while Envoy writes it, and hands out its lines by connection. */
export class AccessLog {
  readonly #path: string;
  readonly #buffer = Buffer.alloc(1 << 16);
  readonly #lines = new Map<string, LogLine[]>();
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * The lines of a connection, complete once the listener has written its own, and for a tunnel the one inside too; what came by then
   * after the time. They are handed out once.
   */
  async takeLines(ports: ConnectionPorts, isTunnel = false, timeoutMs = 2000): Promise<readonly LogLine[]> {
    const key = `${ports.client}-${ports.listener}`;
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      this.#read();
      // A connection inside a tunnel that was not told who its client is has the internal client's address, which has no port.
      const unnamed = isTunnel ? (this.#lines.get(`0-${ports.listener}`) ?? []) : [];
      const lines = [...(this.#lines.get(key) ?? []), ...unnamed];
      const has = (writer: LogLine['writer']): boolean => lines.some((l) => l.writer === writer);
      if ((has('listener') && (!isTunnel || has('internal listener'))) || Date.now() > deadline) {
        this.#lines.delete(key);
        if (isTunnel) this.#lines.delete(`0-${ports.listener}`);
        return lines;
      }
      await sleep(4);
    }
  }

  #read(): void {
    if (!existsSync(this.#path)) return;
    const file = openSync(this.#path, 'r');
    for (let n = this.#fill(file); n > 0; n = this.#fill(file)) {
      this.#offset += n;
      this.#rest += this.#buffer.toString('latin1', 0, n);
    }
    closeSync(file);
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#keep(line);
  }

  #fill(file: number): number {
    return readSync(file, this.#buffer, 0, this.#buffer.length, this.#offset);
  }

  #keep(text: string): void {
    if (!text.startsWith('{')) return;
    const line = JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as LogLine;
    const key = `${portOf(line.client)}-${portOf(line.listener)}`;
    this.#lines.set(key, [...(this.#lines.get(key) ?? []), line]);
  }
}

function portOf(address: string | null): number {
  return Number(/:(\d+)$/.exec(address ?? '')?.[1] ?? 0);
}

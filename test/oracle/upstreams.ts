import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';

/** A server behind Envoy that names itself in what it answers. */
export interface Upstream {
  readonly name: string;
  /** `127.0.0.1:port`, as Envoy prints it. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly name: string;
  /** A fixed port; an ephemeral one where it is missing. */
  readonly port?: number;
  /** Speaks TLS with this certificate where given. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/**
 * Starts an HTTP/1 server on 127.0.0.1. It answers 200 with `x-upstream: NAME`, and `x-up-method`, `x-up-path` and `x-up-host` say what reached it;
 * upgrades and CONNECT are accepted.
 */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const server: Server = options.tls ? createTlsServer({ cert: options.tls.cert, key: options.tls.key }) : createServer();
  const open = new Set<Socket>();
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  });
  server.on('request', (request, response) => {
    request.resume();
    response.writeHead(200, arrival(options.name, request));
    response.end(request.method === 'HEAD' ? undefined : `${options.name}\n`);
  });
  const switchProtocols = (status: string) => (request: IncomingMessage, socket: { end(text: string): void }) => {
    const lines = Object.entries(arrival(options.name, request)).map(([name, value]) => `${name}: ${value}\r\n`);
    const upgrade = request.headers.upgrade === undefined ? '' : `connection: upgrade\r\nupgrade: ${request.headers.upgrade}\r\n`;
    socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}${upgrade}\r\n`);
  };
  server.on('upgrade', switchProtocols('101 Switching Protocols'));
  server.on('connect', switchProtocols('200 OK'));
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, options.port ?? 0);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return { name: options.name, address: `127.0.0.1:${port}`, port, close };
}

/** A port of 127.0.0.1 on which nothing listens. */
export async function refusedPort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server as Server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function arrival(name: string, request: IncomingMessage): Record<string, string> {
  return { 'x-upstream': name, 'x-up-method': request.method ?? '', 'x-up-path': request.url ?? '', 'x-up-host': request.headers.host ?? '' };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a fake admin interface does with one request. */
export type AdminAnswer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FakeAdmin {
  readonly url: string;
  readonly port: number;
  /** `GET /config_dump?mask=…` of every request so far. */
  readonly requests: readonly string[];
  /** Connections that are open now. */
  connections(): number;
  /** Done when no connection is open any more. */
  allClosed(): Promise<void>;
  stop(): Promise<void>;
}

/** An admin interface on loopback (or on a socket file) that answers as it is told. */
export async function startFakeAdmin(answer: AdminAnswer, socketPath?: string): Promise<FakeAdmin> {
  const requests: string[] = [];
  const open = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      if (open.size === 0) for (const done of waiting.splice(0)) done();
    });
  });
  await new Promise<void>((resolve) => (socketPath === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(socketPath, resolve)));
  const port = socketPath === undefined ? (server.address() as AddressInfo).port : 0;
  return {
    url: socketPath === undefined ? `http://127.0.0.1:${port}` : `unix:${socketPath}`,
    port,
    requests,
    connections: () => open.size,
    allClosed: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Answers with JSON by path, masks taken into account; 404 for any other path. */
export function jsonAnswers(sections: Readonly<Record<string, readonly object[]>>, more: Readonly<Record<string, unknown>> = {}): AdminAnswer {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://admin');
    const other = more[url.pathname];
    if (other !== undefined) return json(response, 200, other);
    if (url.pathname !== '/config_dump') return text(response, 404, 'invalid path. admin commands are:\n  /: Admin home page\n');
    const mask = url.searchParams.get('mask')?.split(',');
    const regex = url.searchParams.get('name_regex');
    const configs = Object.entries(sections)
      .filter(([section]) => section !== 'EndpointsConfigDump' || url.searchParams.has('include_eds'))
      .filter(([section]) => mask === undefined || MASKS[section] === mask.join(','))
      .map(([section, entries]) => {
        const field = (MASKS[section] ?? '').split(',')[0] ?? '';
        const kept = regex === null ? entries : entries.filter((entry) => new RegExp(`^(?:${regex.replace(/^\(\?is\)/, '')})$`, 'is').test(nameOf(entry)));
        return { '@type': `type.googleapis.com/envoy.admin.v3.${section}`, [field]: kept };
      });
    if (mask !== undefined && configs.length === 0) {
      return text(response, 400, `FieldMask ${mask.join(',')} could not be successfully applied to any configs.`);
    }
    return json(response, 200, { configs });
  };
}

const MASKS: Readonly<Record<string, string>> = {
  ListenersConfigDump: 'dynamic_listeners,static_listeners',
  RoutesConfigDump: 'dynamic_route_configs,static_route_configs',
  ClustersConfigDump: 'dynamic_active_clusters,dynamic_warming_clusters,static_clusters',
  EndpointsConfigDump: 'dynamic_endpoint_configs,static_endpoint_configs',
};

function nameOf(entry: object): string {
  const found = Object.values(entry).find((value: unknown) => typeof value === 'object' && value !== null && 'name' in value) as { name?: unknown } | undefined;
  return String((entry as { name?: unknown }).name ?? found?.name ?? '');
}

export function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function text(response: ServerResponse, status: number, value: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8' }).end(value);
}

import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Pod, Workload } from '../../src/source/kube/kube-objects.ts';

/** What goes wrong between a port of a pod and its reader. */
export type PortFault =
  | { readonly kind: 'refused' }
  | { readonly kind: 'silent' }
  /** The error channel speaks after so many bytes. */
  | { readonly kind: 'error'; readonly after: number; readonly message: string }
  /** The WebSocket is closed with a goodbye after so many bytes. */
  | { readonly kind: 'close'; readonly after: number }
  /** The connection is dropped without a goodbye after so many bytes. */
  | { readonly kind: 'drop'; readonly after: number };

/** Where a pod's port leads: a port of this machine, or a fault (on the way to such a port). */
export interface PodPort {
  readonly to: number;
  readonly fault?: PortFault;
}

/** Who may do what. In: the user, a verb, a resource, a namespace ('' for all). */
export type Authorizer = (user: string, verb: string, resource: string, namespace: string) => boolean;

export interface StandInOptions {
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Bearer token → user. Anonymous where a request has none. */
  readonly tokens?: Readonly<Record<string, string>>;
  readonly may?: Authorizer;
  /** How an upgrade is answered before it is looked at: a status and a body in place of a WebSocket. */
  readonly refuseUpgrade?: { readonly status: number; readonly body: string };
  /** The subprotocols that are taken. */
  readonly protocols?: readonly string[];
  /** From 1.35 on: a WebSocket to pods/portforward needs `create` besides, and its refusal gives no reason. */
  readonly asksForCreate?: boolean;
  /** The version that a plural is served in, where it is not v1. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Bytes of a message to the client. */
  readonly frameSize?: number;
}

/** The objects of the cluster, by plural, or by plural and group (`gateways.networking.istio.io`); to be changed while it runs. */
export interface StandInObjects {
  pods: Pod[];
  namespaces: string[];
  [plural: string]: unknown[];
}

/** A log that grows. */
export class StandInLog {
  private readonly lines: string[] = [];
  private readonly followers = new Set<ServerResponse>();

  write(...lines: readonly string[]): void {
    this.lines.push(...lines);
    for (const follower of this.followers) follower.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** The container ends. */
  end(): void {
    for (const follower of this.followers) follower.end();
  }

  get followed(): number {
    return this.followers.size;
  }

  serve(response: ServerResponse, query: URLSearchParams): void {
    const tail = query.get('tailLines');
    const shown = tail === null ? this.lines : this.lines.slice(Math.max(0, this.lines.length - Number(tail)));
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    if (shown.length > 0) response.write(shown.map((line) => `${line}\n`).join(''));
    if (query.get('follow') !== 'true') return void response.end();
    this.followers.add(response);
    response.on('close', () => this.followers.delete(response));
  }
}

export interface StandInApi {
  readonly url: string;
  readonly objects: StandInObjects;
  /** `namespace/pod:port`. */
  readonly ports: Map<string, PodPort>;
  /** The log of a pod's container, by `namespace/pod:container`; a write is seen by those who follow. */
  readonly logs: Map<string, StandInLog>;
  /** `GET /api/v1/…` of every request, and of whom. */
  readonly requests: { readonly line: string; readonly user: string; readonly groups: readonly string[] }[];
  /** Called when a port-forward to a pod begins. */
  onForward: (pod: string) => void;
  connections(): number;
  /** Most port-forwards that were open at the same time. */
  mostForwards(): number;
  allClosed(): Promise<void>;
  kubeconfig(user?: object, cluster?: object): string;
  stop(): Promise<void>;
}

const V4 = 'v4.channel.k8s.io';

/** A stand-in for an API server on loopback: reads of objects, and port-forwards by WebSocket as the kubelet's streaming library has them. */
export async function startStandInApi(options: StandInOptions = {}): Promise<StandInApi> {
  const objects: StandInObjects = { pods: [], namespaces: ['default', 'shop', 'istio-system'] };
  const ports = new Map<string, PodPort>();
  const requests: { line: string; user: string; groups: readonly string[] }[] = [];
  const open = new Set<Socket>();
  const waiting: (() => void)[] = [];
  const forwards = { now: 0, most: 0 };
  const logs = new Map<string, StandInLog>();
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://api');
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(url.pathname) ?? [];
    if (namespace === undefined || name === undefined) {
      reply(response, ...outcomeOf(request));
      return;
    }
    const refused = check(request, 'get', 'pods/log', namespace, name);
    const log = logs.get(`${namespace}/${name}:${url.searchParams.get('container')}`);
    if (refused !== undefined) reply(response, ...status(...refused));
    else if (log === undefined) reply(response, ...status(400, 'BadRequest', `container ${url.searchParams.get('container')} is not valid for pod ${name}`));
    else log.serve(response, url.searchParams);
  };
  const server: Server = options.tls ? createHttps(options.tls, handler) : createHttp(handler);
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: () => V4 });

  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      if (open.size === 0) for (const done of waiting.splice(0)) done();
    });
  });
  server.on('tlsClientError', () => undefined);

  const identify = (request: IncomingMessage): string | undefined => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const user = options.tokens === undefined ? 'admin' : token === undefined ? undefined : options.tokens[token];
    return user === undefined ? undefined : (request.headers['impersonate-user']?.toString() ?? user);
  };

  /** The refusal of a request, where it is one. */
  const check = (request: IncomingMessage, verb: string, resource: string, namespace: string, name: string): [number, string, string] | undefined => {
    const user = identify(request);
    const groups = [request.headers['impersonate-group'] ?? []].flat().flatMap((text) => text.split(', '));
    requests.push({ line: `${request.method} ${request.url}`, user: user ?? '', groups });
    if (user === undefined) return [401, 'Unauthorized', 'Unauthorized'];
    if (options.may?.(user, verb, resource, namespace) ?? true) return undefined;
    const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const [plain = '', sub] = resource.split('/');
    const what = `${resource}${name === '' ? ' is' : ` "${name}" is`} forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "" ${where}`;
    return [403, 'Forbidden', sub === undefined ? what : what.replace(resource, plain)];
  };

  function outcomeOf(request: IncomingMessage): [code: number, value: unknown] {
    const url = new URL(request.url ?? '/', 'http://api');
    const found = /^\/(?:api|apis\/([^/]+))\/(v1\w*)(?:\/namespaces\/([^/]+))?(?:\/([a-z]+))?(?:\/([^/]+))?$/.exec(url.pathname);
    if (found === null) return status(404, 'NotFound', 'the server could not find the requested resource');
    let [, group = '', version = '', namespace = '', plural = 'namespaces', name = ''] = found;
    if ((options.versions?.[plural] ?? 'v1') !== version) return status(404, 'NotFound', 'the server could not find the requested resource');
    if (found[4] === undefined) [namespace, plural, name] = ['', 'namespaces', namespace];
    else if (plural === 'namespaces') namespace = '';
    const refused = check(request, name === '' ? 'list' : 'get', plural, namespace, name);
    if (refused !== undefined) return status(...refused);
    const all = (
      plural === 'namespaces' ? objects.namespaces.map((ns) => ({ metadata: { name: ns } })) : (objects[`${plural}.${group}`] ?? objects[plural] ?? [])
    ) as Workload[];
    const within = all.filter((object) => namespace === '' || object.metadata.namespace === namespace);
    if (name === '') {
      const selector = url.searchParams.get('labelSelector');
      const items = within.filter((object) => selector === null || selects(selector, object.metadata.labels ?? {}));
      const limit = Number(url.searchParams.get('limit') ?? items.length);
      const from = Number(url.searchParams.get('continue') ?? 0);
      const next = from + limit < items.length ? { continue: String(from + limit) } : {};
      return [200, { kind: 'List', items: items.slice(from, from + limit), metadata: next }];
    }
    const object = within.find((o) => o.metadata.name === decodeURIComponent(name));
    if (object === undefined) return status(404, 'NotFound', `${plural} "${name}" not found`);
    return [200, object];
  }

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://api');
    const [, namespace = '', name = ''] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/portforward$/.exec(url.pathname) ?? [];
    const deny = (code: number, reason: string, message: string): void => {
      const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code });
      socket.end(
        `HTTP/1.1 ${code} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      );
    };
    const refused = check(request, 'get', 'pods/portforward', namespace, name);
    if (refused !== undefined) return deny(...refused);
    if (options.asksForCreate && check(request, 'create', 'pods/portforward', namespace, name) !== undefined) {
      return deny(403, 'Forbidden', `pods "${name}" is forbidden: `);
    }
    if (options.refuseUpgrade !== undefined) {
      const { status: code, body } = options.refuseUpgrade;
      socket.end(`HTTP/1.1 ${code} Refused\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
      return;
    }
    const pod = objects.pods.find((p) => p.metadata.name === name && p.metadata.namespace === namespace);
    if (pod === undefined) return deny(404, 'NotFound', `pods "${name}" not found`);
    if (pod.spec?.nodeName === undefined) return deny(400, 'BadRequest', `pod ${name} does not have a host assigned`);
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/, */);
    if (!offered.some((protocol) => (options.protocols ?? [V4]).includes(protocol))) {
      return deny(400, 'BadRequest', `unable to upgrade: the protocols ${offered.join(', ')} are not among those that are taken`);
    }
    webSockets.handleUpgrade(request, socket, head, (ws) => {
      forwards.now++;
      forwards.most = Math.max(forwards.most, forwards.now);
      ws.on('close', () => forwards.now--);
      ws.on('error', () => undefined);
      api.onForward(name);
      const port = Number(url.searchParams.get('ports'));
      forward(ws, socket, port, ports.get(`${namespace}/${name}:${port}`), `pod ${name}, uid ${pod.metadata.uid ?? ''}`, options.frameSize ?? 32 << 10);
    });
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: StandInApi = {
    url,
    objects,
    ports,
    logs,
    requests,
    onForward: () => undefined,
    connections: () => open.size,
    mostForwards: () => forwards.most,
    allClosed: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    kubeconfig: (user = {}, cluster = {}) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'stand-in',
        contexts: [{ name: 'stand-in', context: { cluster: 'stand-in', user: 'me', namespace: 'shop' } }],
        clusters: [{ name: 'stand-in', cluster: { server: url, ...cluster } }],
        users: [{ name: 'me', user }],
      }),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return api;
}

/** One port of a pod over one WebSocket: channel 0 is data, channel 1 errors; the first message of each names the port. */
function forward(ws: WebSocket, socket: Socket, port: number, leads: PodPort | undefined, pod: string, frameSize: number): void {
  const portBytes = Buffer.from([port & 0xff, port >> 8]);
  for (const channel of [0, 1]) ws.send(Buffer.concat([Buffer.from([channel]), portBytes]));
  const fail = (why: string): void => {
    ws.send(Buffer.concat([Buffer.from([1]), Buffer.from(`error forwarding port ${port} to ${pod}: ${why}`)]));
    ws.close();
  };
  const fault = leads?.fault;
  if (leads === undefined || fault?.kind === 'refused') {
    fail(`failed to connect to localhost:${port} inside namespace, IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused`);
    return;
  }
  if (fault?.kind === 'silent') return;
  const backend = connect(leads.to, '127.0.0.1');
  const limit = fault !== undefined && 'after' in fault ? fault.after : Number.POSITIVE_INFINITY;
  let sent = 0;
  const end = (): void => {
    backend.destroy();
    if (fault?.kind === 'error') fail(fault.message);
    else if (fault?.kind === 'drop') socket.destroy();
    else ws.close();
  };
  backend.on('data', (chunk: Buffer) => {
    const piece = chunk.subarray(0, Math.max(0, limit - sent));
    sent += piece.length;
    for (let at = 0; at < piece.length; at += frameSize) {
      ws.send(Buffer.concat([Buffer.from([0]), piece.subarray(at, at + frameSize)]));
    }
    if (sent >= limit) return end();
    if (socket.writableNeedDrain) {
      backend.pause();
      socket.once('drain', () => backend.resume());
    }
  });
  backend.on('error', (error: NodeJS.ErrnoException) => fail(error.code === 'ECONNREFUSED' ? 'connect: connection refused' : error.message));
  backend.on('end', () => ws.close());
  ws.on('message', (message: Buffer) => {
    if (message[0] === 0) backend.write(message.subarray(1));
  });
  ws.on('close', () => backend.destroy());
}

function selects(selector: string, labels: Readonly<Record<string, string>>): boolean {
  return (selector.match(/[^,(]+(?:\([^)]*\))?/g) ?? []).every((term) => {
    const set = /^\s*(\S+) (in|notin) \(([^)]*)\)$/.exec(term);
    if (set !== null) return (set[2] === 'in') === (set[3] ?? '').split(',').includes(labels[set[1] ?? ''] ?? '\0');
    const [, key = '', operator, value] = /^\s*(!?[^=!\s]+)\s*(?:(!?==?)\s*(.*))?$/.exec(term) ?? [];
    if (operator === undefined) return key.startsWith('!') ? labels[key.slice(1)] === undefined : labels[key] !== undefined;
    return (operator === '!=') !== (labels[key] === value);
  });
}

function status(code: number, reason: string, message: string): [code: number, value: unknown] {
  return [code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code }];
}

function reply(response: ServerResponse, code: number, value: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** A pod with one container beside its application, running and ready unless said otherwise. */
export function pod(
  name: string,
  more: { namespace?: string; labels?: Record<string, string>; ready?: boolean; phase?: string; container?: string; since?: string; ip?: string } = {},
): Pod {
  const { namespace = 'shop', labels = {}, ready = true, phase = 'Running', container = 'istio-proxy', since = '2026-01-01T00:00:00Z', ip } = more;
  return {
    metadata: { name, namespace, uid: `uid-of-${name}`, labels },
    spec: {
      ...(phase === 'Pending' ? {} : { nodeName: 'node-1' }),
      containers: [
        { name: 'app', image: 'example/app:1' },
        { name: container, image: 'example/proxy:1' },
      ],
    },
    status: {
      phase,
      ...(ip === undefined ? {} : { podIP: ip }),
      conditions: [{ type: 'Ready', status: ready && phase === 'Running' ? 'True' : 'False', lastTransitionTime: since }],
    },
  };
}

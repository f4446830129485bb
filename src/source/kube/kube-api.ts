import { createHash, randomBytes } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { Failure } from '../../dump/failure.ts';
import { environmentProxy } from './environment-proxy.ts';
import { type KubeConfigChoice, loadKubeConfig } from './kube-config.ts';
import { type Answer, exchange, openStream, type Reply } from './kube-exchange.ts';
import { connectionFailure, type KubeRequest, messageIn, type ServerName, statusFailure } from './kube-failure.ts';
import type { ObjectList } from './kube-objects.ts';
import { PortForwardStream } from './port-forward-stream.ts';

export interface KubeApiOptions extends KubeConfigChoice {
  readonly as?: string | undefined;
  readonly asGroups?: readonly string[];
  /** The time limit of one request, in milliseconds. */
  readonly limitMs?: number | undefined;
}

/** What pc asks of an API server. Each request has a connection of its own, which is closed behind it. */
export interface KubeApi {
  readonly name: ServerName;
  /** The namespace of the context. */
  readonly namespace: string;
  readonly config: KubeConfig;
  /** Throws Failure PC110x. */
  get<T>(request: KubeRequest & { readonly name: string }): Promise<T>;
  list<T>(request: KubeRequest, query?: Readonly<Record<string, string>>): Promise<readonly T[]>;
  /** The log of a container of a pod: what there is, then what comes, until the signal. Throws Failure PC110x; the stream ends where the container does. */
  log(namespace: string, pod: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** A stream to a port of a pod. Throws Failure PC110x or PC1121; the stream itself fails with `failureOf` what the API server says. */
  portForward(namespace: string, pod: string, port: number, failureOf: (why: string) => Error): Promise<Duplex>;
}

const SUBPROTOCOL = 'v4.channel.k8s.io';
const LIMIT_MS = 15_000;
const MAX_REFUSAL = 1 << 16;
const PAGE = '500';
/** What the protocol appends to the key, to be hashed with it (RFC 6455, section 1.3). */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The API server that the kubeconfig names. No connection is made here. Throws Failure PC1100 or PC1101. */
export function kubeApi(options: KubeApiOptions): KubeApi {
  const { config } = loadKubeConfig(options);
  const cluster = config.getCurrentCluster();
  const context = config.getCurrentContext();
  const base = new URL(cluster?.server ?? '');
  if (cluster !== null && cluster.proxyUrl === undefined) {
    const proxyUrl = environmentProxy(base.href, options.env);
    if (proxyUrl !== undefined) Object.assign(cluster, { proxyUrl });
  }
  const proxy = proxyOrigin(cluster?.proxyUrl);
  const name: ServerName = { server: base.origin, context, ...(proxy === undefined ? {} : { proxy }) };
  // Where there is no TLS there is nothing to verify; the client asks for this word all the same.
  if (cluster !== null && base.protocol === 'http:') Object.assign(cluster, { skipTLSVerify: true });
  const limitMs = options.limitMs ?? LIMIT_MS;

  const requestOptions = async (path: string): Promise<RequestOptions> => {
    const authorised: RequestOptions = { headers: {} };
    try {
      await config.applyToHTTPSOptions(authorised);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.trim().split('\n')[0] : String(cause);
      const next = 'run the command of the user entry by hand, or log in again';
      throw new Failure({ id: 'PC1119', what: `the credentials of context ${context} could not be got: ${why}`, place: context, next, cause });
    }
    return {
      ...authorised,
      protocol: base.protocol,
      host: base.hostname.replace(/^\[|\]$/g, ''),
      port: base.port === '' ? (base.protocol === 'http:' ? 80 : 443) : Number(base.port),
      path: base.pathname.replace(/\/$/, '') + path,
      headers: { accept: 'application/json', 'user-agent': 'pc', ...authorised.headers, ...impersonation(options) },
    };
  };

  const send = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => {
    const own = await requestOptions(path);
    return exchange({ ...own, headers: { ...(own.headers as object), ...headers } }, limitMs).catch((error: unknown) => {
      throw connectionFailure(error, name);
    });
  };

  const getJson = async (request: KubeRequest, path: string): Promise<unknown> => {
    const answer = await send(path);
    if (answer.kind !== 'reply' || answer.status !== 200) throw statusFailure(answer.status, answer.kind === 'reply' ? answer.body : '', request, name);
    try {
      return JSON.parse(answer.body) as unknown;
    } catch (cause) {
      const what = `the API server ${name.server} answers ${request.verb} ${request.resource} with something that is no JSON`;
      throw new Failure({ id: 'PC1118', what, place: name.server, next: `check the address of the cluster of context ${context}`, cause });
    }
  };

  return {
    name,
    namespace: config.getContextObject(context)?.namespace ?? options.env['PC_NAMESPACE'] ?? 'default',
    config,
    get: async <T>(request: KubeRequest & { readonly name: string }) =>
      (await getJson(request, `${resourcePath(request)}/${encodeURIComponent(request.name)}`)) as T,
    async list<T>(request: KubeRequest, query: Readonly<Record<string, string>> = {}) {
      const items: T[] = [];
      let next = '';
      do {
        const search = new URLSearchParams({ ...query, limit: PAGE, ...(next === '' ? {} : { continue: next }) });
        const page = (await getJson(request, `${resourcePath(request)}?${search}`)) as ObjectList<T>;
        items.push(...(page.items ?? []));
        next = page.metadata?.continue ?? '';
      } while (next !== '');
      return items;
    },
    async log(namespace, pod, query, signal) {
      const request: KubeRequest = { verb: 'get', resource: 'pods/log', group: '', namespace, name: pod };
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${new URLSearchParams(query)}`;
      const answer = await openStream(await requestOptions(path), limitMs, signal).catch((error: unknown) => {
        throw connectionFailure(error, name);
      });
      if (answer.kind === 'reply') throw statusFailure(answer.status, answer.body, request, name);
      return answer.body;
    },
    async portForward(namespace, pod, port, failureOf) {
      const request: KubeRequest = { verb: 'get', resource: 'pods/portforward', group: '', namespace, name: pod };
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/portforward?ports=${port}`;
      const key = randomBytes(16).toString('base64');
      const answer = await send(path, {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
        'sec-websocket-protocol': SUBPROTOCOL,
      });
      if (answer.kind === 'reply') throw refusal(answer, request, name);
      const accept = createHash('sha1')
        .update(key + ACCEPT_SUFFIX)
        .digest('base64');
      if (answer.headers['sec-websocket-accept'] !== accept || answer.headers['sec-websocket-protocol'] !== SUBPROTOCOL) {
        answer.socket.destroy();
        throw refusal({ kind: 'reply', status: 101, body: `it chose the protocol ${answer.headers['sec-websocket-protocol'] ?? '(none)'}` }, request, name);
      }
      return new PortForwardStream(answer.socket, answer.head, failureOf);
    },
  };
}

/** Why no port-forward was opened. */
function refusal(answer: Reply, request: KubeRequest, name: ServerName): Failure {
  if ([401, 403, 404].includes(answer.status)) return statusFailure(answer.status, answer.body, request, name);
  const said = statusFailure(answer.status, answer.body.slice(0, MAX_REFUSAL), request, name);
  const label = `${request.name}.${request.namespace}`;
  const unreached = /error dialing backend: *([^"]*)/.exec(said.message)?.[1]?.trim();
  if (unreached !== undefined) {
    const what = `${label}: the API server does not reach the node that the pod is on${unreached === '' ? '' : `: ${unreached}`}`;
    return new Failure({ id: 'PC1118', what, place: label, next: 'kubectl get nodes shows whether the node is ready; try again, or take another pod' });
  }
  if (/does not have a host assigned|not running|is not assigned/i.test(said.message) && answer.status !== 101) return said;
  if (answer.status === 400 || answer.status === 426 || answer.status === 101 || answer.status === 200 || answer.status === 405) {
    const what = `the API server ${name.server} opens no port-forward by WebSocket (status ${answer.status}${answer.body === '' ? '' : `: ${messageIn(answer.body)}`})`;
    const next = 'a proxy between here and the API server may not let WebSocket through; --via kubectl goes another way';
    return new Failure({ id: 'PC1121', what, place: name.server, next });
  }
  return said;
}

/** `/api/v1/namespaces/shop/pods`, `/apis/apps/v1/deployments`. */
function resourcePath({ group, version = 'v1', resource, namespace }: KubeRequest): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  if (resource === 'namespaces') return `${root}/namespaces`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${resource}`;
}

function proxyOrigin(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

function impersonation({ as, asGroups = [] }: KubeApiOptions): Record<string, string | string[]> {
  return { ...(as === undefined ? {} : { 'impersonate-user': as }), ...(asGroups.length === 0 ? {} : { 'impersonate-group': [...asGroups] }) };
}

import { jqPath } from '../dump/dump-path.ts';
import type { AcceptedSocket } from '../match/accepted-socket.ts';
import type { TraceRequest, TunnelRequest } from '../match/request.ts';
import type { HttpConnectionManager, Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { acceptConnection } from './accept-connection.ts';
import type { ConnectionBranch } from './connection-branch.ts';
import { type HandedOnFacts, handedOnFacts } from './handed-on-facts.ts';
import type { TraceOptions } from './http-context.ts';
import { internalUpstream } from './internal-upstream.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { EndpointShare, Gap, Outcome } from './trace-answer.ts';
import { traceConnection, traceInternalConnection } from './trace-connection.ts';
import { traceHttp } from './trace-http.ts';
import { connectRoutes, listenerOfHost, tunnelListener } from './tunnel-listener.ts';

/** One way of a request: the connection that it comes by, its share among the ways without conditions, and the request on that connection. */
export interface RequestWay {
  readonly branch: ConnectionBranch;
  readonly share: number;
  readonly request: TraceRequest;
}

/**
 * Follows a request through a tunnel: first its CONNECT, by the rules of any request, over mutual TLS; then, where that ends at an
 * internal listener of the same proxy, the connection inside. A CONNECT that ends elsewhere is the request's end.
 * Source: Envoy docs, "Internal listener" and "HTTP CONNECT termination"; Istio's HBONE.
 */
export function traceTunnel(index: ProxyIndex, request: TraceRequest, tunnel: TunnelRequest, options: TraceOptions): readonly RequestWay[] {
  const connect = connectRequest(index, request, tunnel);
  const isFound = request.listener === undefined && request.listenerName === undefined;
  return traceConnection(index, connect, options).flatMap((way): readonly RequestWay[] => {
    const outer = isFound
      ? { ...way, hops: way.hops.map((hop, i) => (i === 0 && hop.state === 'ok' ? { ...hop, rule: 'its routes take HBONE tunnels apart (CONNECT)' } : hop)) }
      : way;
    if (outer.http === null) return [{ branch: outer, share: 1, request }];
    const { hcm } = outer.http;
    const traced = traceHttp(index, outer.http, outer.facts, connect, options);
    const walked = { ...outer, hops: [...outer.hops, ...traced.hops], gap: outer.gap ?? traced.gap };
    const ended: Outcome[] = [];
    const ways: RequestWay[] = [];
    for (const outcome of traced.outcomes) {
      const inside = outcome.verdict === 'forwarded' ? insideOf(index, outcome.endpoints ?? []) : undefined;
      if (inside === undefined) ended.push(outcome);
      for (const { listener, host } of inside ?? []) {
        // What came before is told with the first way.
        const before = ways.length === 0 ? walked : { ...walked, hops: [], gap: null };
        ways.push(...enter(before, outcome, listener, host));
      }
    }
    if (ended.length > 0 || ways.length === 0)
      ways.push({ branch: { ...walked, ...(ways.length > 0 ? { hops: [], gap: null } : {}), end: ended, http: null }, share: 1, request });
    return ways;

    function enter(before: ConnectionBranch, outcome: Outcome, listener: Resource<Listener>, host: EndpointShare): readonly RequestWay[] {
      const handed = handedOnFacts(hcm, connect, internalUpstream(index, outcome.cluster ?? '', host.address));
      const gap = handed.unread === undefined ? notTakenApart(hcm, before) : notRead(handed.unread, before);
      if (gap !== undefined) {
        return [{ branch: { ...before, gap: before.gap ?? gap, end: [], http: null }, share: 1, request }];
      }
      const inner = insideRequest(request, { ...handed.metadata, ...request.metadata });
      const socket = insideSocket(inner, listener, host.address, handed);
      const rule = `out of the tunnel: "${outcome.cluster}" leads to this internal listener${handed.lacks === undefined ? '' : `; ${handed.lacks}`}`;
      const branches = traceInternalConnection(index, inner, socket, { listener, rule, terse: options.terse });
      const share = (outcome.probability ?? 1) * host.share;
      return branches.map((branch, i) => ({
        branch: {
          ...branch,
          conditions: [...before.conditions, ...outcome.conditions, ...branch.conditions],
          assumptions: [...before.assumptions, ...branch.assumptions],
          hops: i === 0 ? [...before.hops, ...branch.hops] : branch.hops,
          gap: branch.gap ?? (i === 0 ? before.gap : null),
        },
        share,
        request: inner,
      }));
    }
  });
}

/** The CONNECT: HTTP/2 over mutual TLS to the listener that the question names, or the one that takes tunnels. */
function connectRequest(index: ProxyIndex, request: TraceRequest, tunnel: TunnelRequest): TraceRequest {
  const { listener, listenerName, source, proxy_protocol, destination, metadata } = request;
  const tls = tunnel.tls === undefined ? { alpn: ['h2'], client_cert: true } : tunnel.tls;
  const own = listener === undefined && listenerName === undefined ? tunnelListener(index)?.name : listenerName;
  return {
    ...(listener === undefined ? {} : { listener }),
    ...(own === undefined ? {} : { listenerName: own }),
    ...(source === undefined ? {} : { source }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(proxy_protocol === undefined ? {} : { proxy_protocol, ...(destination === undefined ? {} : { destination }) }),
    scheme: tls === null ? 'http' : 'https',
    tls,
    protocol: 'h2',
    method: 'CONNECT',
    authority: tunnel.authority,
    headers: tunnel.headers ?? [],
  };
}

/** The internal listeners among the hosts; undefined where another host is among them. */
function insideOf(
  index: ProxyIndex,
  hosts: readonly EndpointShare[],
): readonly { readonly listener: Resource<Listener>; readonly host: EndpointShare }[] | undefined {
  const found = hosts.filter(({ share }) => share > 0).map((host) => ({ host, listener: listenerOfHost(index, host.address) }));
  const inside = found.flatMap(({ host, listener }) => (listener === undefined ? [] : [{ host, listener }]));
  return inside.length > 0 && inside.length === found.length ? inside : undefined;
}

/** The request on the connection inside: the socket outside is none of its business. */
function insideRequest(request: TraceRequest, metadata: Readonly<Record<string, string>>): TraceRequest {
  const { listener: _, listenerName: __, proxy_protocol: ___, destination: ____, tunnel: _____, ...inside } = request;
  return { ...inside, metadata };
}

/** The connection inside as the internal listener accepts it, with what was handed on for its original_dst filter. */
export function insideSocket(request: TraceRequest, listener: Resource<Listener>, host: string, handed: HandedOnFacts): AcceptedSocket {
  const local = { address: host, port: undefined };
  const arrival = { listener, local, redirectedFrom: handed.destination, assumptions: [], rejected: [], rule: '' };
  const nobody = { address: 'envoy://internal_client_address/', port: undefined };
  return { ...acceptConnection(arrival, request), remote: nobody, directRemote: nobody, handedOnPeer: handed.peer };
}

/** Only what a route takes apart (`connect_config`) arrives as it was sent; a PROXY header before it is not modelled. */
function notTakenApart(hcm: HttpConnectionManager, { http }: ConnectionBranch): Gap | undefined {
  const routes = connectRoutes(hcm);
  if (routes.length > 0 && routes.every(({ connect_config: config }) => config !== undefined && config.proxy_protocol_config === undefined)) return undefined;
  return {
    id: 'PC9001',
    what: 'a CONNECT that is not terminated (connect_config), or by a PROXY header, inside an internal listener',
    path: jqPath(http?.path ?? []),
  };
}

function notRead(format: string, { http }: ConnectionBranch): Gap {
  return { id: 'PC9001', what: `the format string ${format} of the tunnel's destination`, path: jqPath([...(http?.path ?? []), 'http_filters']) };
}

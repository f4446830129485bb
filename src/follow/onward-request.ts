import { parseIp } from '../match/ip-address.ts';
import type { SocketAddress, TraceRequest } from '../match/request.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { splitAuthority } from '../trace/find-listener-by-url.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import type { SentUpstream } from '../trace/sent-upstream.ts';
import type { Outcome } from '../trace/trace-answer.ts';
import { offeredProtocols } from './offered-protocols.ts';
import { bareName, presentedCertificates } from './presented-names.ts';
import { sentHeaders } from './sent-headers.ts';
import { type UpstreamConnection, upstreamConnection } from './upstream-connection.ts';

/** What a host of a cluster gets: the request in the form of a question to the proxy behind it. */
export type Onward =
  | { readonly kind: 'request'; readonly request: TraceRequest; readonly connection: UpstreamConnection; readonly assumptions: readonly string[] }
  | { readonly kind: 'unknown'; readonly why: string };

type Tls = NonNullable<TraceRequest['tls']>;

/** The request that goes on to one host. In: the outcome that forwards it, its cluster, the host as `ip:port`, the caller's own address. */
export function onwardRequest(
  index: ProxyIndex,
  outcome: Outcome,
  sent: SentUpstream,
  cluster: Resource<Cluster>,
  host: SocketAddress & { readonly text: string },
  from: string | undefined,
): Onward {
  const connection = upstreamConnection(index, cluster, host.text);
  if (connection.unknown !== undefined) return { kind: 'unknown', why: `how cluster "${cluster.name}" connects is not modelled: ${connection.unknown}` };
  const base = sent.kind === 'http' ? httpRequest(sent, outcome, connection) : tcpRequest(sent);
  if ('why' in base) return { kind: 'unknown', why: base.why };
  const { tunnel } = base.request;
  const own = base.request.tls ?? null;
  if (connection.tls !== null && own !== null && tunnel === undefined)
    return { kind: 'unknown', why: `cluster "${cluster.name}" puts the client's own TLS into another TLS connection, which is not modelled` };
  const spoken: Tls | null = connection.tls === null ? null : clientHello(index, cluster.value, connection, sent, base.request);
  const tls = tunnel === undefined ? (spoken ?? own) : own;
  const request: TraceRequest = {
    ...base.request,
    scheme: base.request.scheme === 'tcp' ? 'tcp' : tls === null ? 'http' : 'https',
    tls,
    ...(tunnel === undefined ? {} : { tunnel: { ...tunnel, tls: spoken } }),
    ...addressed(sent, connection, host, from),
  };
  const computed = base.computed.map((name) => `header ${name} is worked out at run time: what a route asks of it is not known`);
  return { kind: 'request', request, connection, assumptions: [...connection.assumptions, ...computed] };
}

/** Where the connection arrives, and from whom: by a PROXY header, the client's own addresses. */
function addressed(sent: SentUpstream, { proxyHeader }: UpstreamConnection, host: SocketAddress, from: string | undefined): Partial<TraceRequest> {
  const to = { address: host.address, port: host.port };
  if (proxyHeader === undefined) return { destination: to, ...(from === undefined ? {} : { source: { address: from } }) };
  const facts = sent.kind === 'http' ? sent.request.facts : sent.facts;
  const isKnown = parseIp(facts.remoteAddress) !== undefined && parseIp(facts.localAddress) !== undefined;
  return {
    listener: to,
    proxy_protocol: proxyHeader,
    ...(isKnown
      ? { destination: { address: facts.localAddress, port: facts.localPort ?? 0 }, source: { address: facts.remoteAddress, port: facts.remotePort ?? 0 } }
      : {}),
  };
}

type Base = { readonly request: TraceRequest; readonly computed: readonly string[] } | { readonly why: string };

function httpRequest(sent: Extract<SentUpstream, { kind: 'http' }>, outcome: Outcome, { protocol }: UpstreamConnection): Base {
  const upstream = outcome.upstream_request;
  if (upstream === null) return { why: 'what goes upstream is not known: a rewrite, or a filter that changes the request, that pc does not follow' };
  const { lines, computed } = sentHeaders(sent, upstream);
  const isH2 = protocol === 'h2' || (protocol === 'as downstream' && sent.request.protocol === 'h2');
  return {
    request: {
      scheme: 'http',
      protocol: isH2 ? 'h2' : 'http/1.1',
      method: upstream.method,
      authority: upstream.host,
      path: upstream.path,
      headers: lines,
      ...(sent.request.body === '' ? {} : { body: sent.request.body }),
    },
    computed,
  };
}

/** tcp_proxy carries on what came out of the filter chain's transport socket: the client's TLS where nothing terminated it. */
function tcpRequest({ question, facts, proxy }: Extract<SentUpstream, { kind: 'tcp' }>): Base {
  const inside = payloadOf(question);
  if (proxy.tunneling_config === undefined) {
    const isTls = !facts.isTls && (question.tls != null || question.scheme === 'https');
    const { host } = splitAuthority(question.authority ?? '');
    const tls = isTls ? (question.tls ?? { sni: host, alpn: [] }) : null;
    return { request: { ...inside, tls, ...(isTls || question.scheme !== 'https' ? {} : { scheme: 'http' }) }, computed: [] };
  }
  const authority = tunnelAuthority(proxy.tunneling_config.hostname ?? '', facts.localAddress, facts.localPort);
  if (authority === undefined) return { why: `the destination of the tunnel, ${proxy.tunneling_config.hostname}, is worked out at run time` };
  return { request: { ...inside, tunnel: { authority } }, computed: [] };
}

/** What of a question is said of the bytes, and not of the way to the proxy. */
function payloadOf({ scheme, protocol, tls, method, authority, path, headers, body, connect_protocol, scheme_h2 }: TraceRequest): TraceRequest {
  const said = { scheme, protocol, tls, method, authority, path, headers, body, connect_protocol, scheme_h2 };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function tunnelAuthority(format: string, address: string, port: number | undefined): string | undefined {
  if (!format.includes('%')) return format;
  if (format !== '%DOWNSTREAM_LOCAL_ADDRESS%' || address === '' || port === undefined) return undefined;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What the cluster's TLS says in its first message, and the names of the certificate that it brings. */
function clientHello(index: ProxyIndex, cluster: Cluster, connection: UpstreamConnection, sent: SentUpstream, request: TraceRequest): Tls {
  const context = connection.tls?.context ?? {};
  const certificates = presentedCertificates(index, context.common_tls_context);
  const names = certificates?.flatMap((certificate) => certificate.names.map(bareName));
  const brings = certificates === undefined || certificates.length > 0;
  const sni = context.sni || autoSni(connection, sent, request);
  return {
    ...(sni === undefined || sni === '' ? {} : { sni }),
    alpn: offeredProtocols(cluster, context, connection, sent, request.protocol === 'h2' ? 'h2' : 'http/1.1'),
    ...(brings ? { client_cert: names === undefined || names.length === 0 ? true : names } : {}),
  };
}

/** auto_sni: the authority without its port, or the header that is named. Source: source/common/router/router.cc (setFilterState for UpstreamServerName). */
function autoSni({ options }: UpstreamConnection, sent: SentUpstream, { authority, headers = [] }: TraceRequest): string | undefined {
  if (options.auto_sni !== true || sent.kind !== 'http') return undefined;
  const header = options.override_auto_sni_header?.toLowerCase();
  const named = header === undefined || header === '' ? undefined : headers.find(([name]) => name === header)?.[1];
  return splitAuthority(named ?? authority ?? '').host;
}

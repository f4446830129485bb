import { type ClientAddress, clientAddress } from '../match/client-address.ts';
import type { HeaderLine } from '../match/connection-header.ts';
import type { CodecError, DecodedRequest } from '../match/decoded-request.ts';
import { decodeHttp1 } from '../match/http1-request.ts';
import { decodeHttp2 } from '../match/http2-request.ts';
import { normalizeHost } from '../match/normalize-host.ts';
import { normalizePath } from '../match/normalize-path.ts';
import { type PseudoHeaders, receivedHeaders } from '../match/received-headers.ts';
import type { TraceRequest } from '../match/request.ts';
import { type RequestHeaders, requestHeaders } from '../match/request-headers.ts';
import type { RoutedRequest } from '../match/route-entry.ts';
import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { LocalReply } from './local-reply.ts';
import type { ProxyIndex } from './proxy-index.ts';
import { featureEnabled } from './runtime-layers.ts';

/** A request as it stands when the connection manager asks for its route. */
export interface HttpRequest extends RoutedRequest {
  readonly host: string;
  /** `:scheme`. */
  readonly scheme: string;
  /** The value of x-forwarded-proto after the connection manager set it. */
  readonly forwardedProto: string;
  /** Envoy counts the request as internal (x-envoy-internal: true). */
  readonly isInternal: boolean;
  /** The client that Envoy trusts: by x-forwarded-for where the connection manager is told so. */
  readonly trustedClient: string;
  readonly body: string;
  readonly facts: ConnectionFacts;
  readonly protocol: 'http/1.1' | 'h2' | 'http/1.0';
}

/** The request, or the reply that the connection manager gives before any route is looked up. */
export type ReceivedRequest =
  | { readonly kind: 'request'; readonly request: HttpRequest }
  /** `request` is undefined where the codec refused the bytes, so that there is none. */
  | { readonly kind: 'reply'; readonly reply: LocalReply; readonly headers: RequestHeaders; readonly request: HttpRequest | undefined };

/**
 * Takes a request through the checks and changes that come before routing, in Envoy's order: codec, host, path, headers.
 * Source: source/common/http/conn_manager_impl.cc ActiveStream::decodeHeaders.
 */
export function receiveRequest(question: TraceRequest, facts: ConnectionFacts, hcm: HttpConnectionManager, index: ProxyIndex): ReceivedRequest {
  const knowsQuery = isAtLeast(index, 40) && featureEnabled(index.runtime, 'http1_allow_query_method', true);
  const settings = { hcm, knowsQuery };
  const decoded = facts.protocol === 'h2' ? decodeHttp2(question, facts.isTls, settings) : decodeHttp1(question, facts.protocol === 'http/1.0', settings);
  if (decoded.kind === 'error') return { kind: 'reply', reply: codecReply(decoded), headers: requestHeaders(question.headers ?? []), request: undefined };
  const checked = checkRequest(decoded, facts, hcm, index);
  const request = prepareRequest(question, decoded, checked, facts, hcm, index);
  if (!('reply' in checked)) return { kind: 'request', request };
  // The refusal comes before the connection manager touches the headers: the route that the log names is found with those sent.
  const asSent = { ...request, headers: sentHeaders(decoded, checked) };
  return { kind: 'reply', reply: checked.reply, headers: asSent.headers, request: asSent };
}

function sentHeaders({ method, scheme, authority, lines }: DecodedRequest, { path, host }: CheckedRequest): RequestHeaders {
  const pseudo: HeaderLine[] = [[':method', method]];
  if (path !== undefined) pseudo.push([':path', path]);
  if (authority !== undefined) pseudo.push([':authority', host]);
  if (scheme !== undefined) pseudo.push([':scheme', scheme]);
  return requestHeaders([...pseudo, ...lines]);
}

/** Path and host as routing sees them, and the reply where the request goes no further. */
interface CheckedRequest {
  readonly path: string | undefined;
  readonly host: string;
  readonly reply?: LocalReply;
}

function checkRequest(decoded: DecodedRequest, facts: ConnectionFacts, hcm: HttpConnectionManager, index: ProxyIndex): CheckedRequest {
  const { path, authority = '' } = decoded;
  const refuse = (status: number, details: string): CheckedRequest => ({ path, host: authority, reply: broken(status, details, null) });
  if (decoded.authority === undefined) return refuse(400, 'missing_host_header');
  const needsContentType = decoded.method === 'QUERY' && isAtLeast(index, 40);
  if (needsContentType && !decoded.lines.some(([name]) => name === 'content-type')) return refuse(400, 'query_missing_content_type');
  const host = normalizeHost(authority, hcm, facts.localPort);
  if (path === undefined) return { path, host };
  if (!path.startsWith('/')) return refuse(404, path === '' ? 'missing_path_rejected' : 'absolute_path_rejected');
  if (path.includes('#') && featureEnabled(index.runtime, 'http_reject_path_with_fragment', true)) return refuse(400, 'path_normalization_failed');
  const normalized = normalizePath(withoutFragment(path), hcm);
  if (normalized.kind === 'rejected') return { ...refuse(400, 'path_normalization_failed'), path: normalized.path };
  if (normalized.kind === 'path') return { path: normalized.path, host };
  const { location } = normalized;
  return { path: location, host: authority, reply: { verdict: 'answered', status: 307, flags: null, details: 'path_normalization_failed', location } };
}

function withoutFragment(path: string): string {
  const fragment = path.indexOf('#');
  return fragment < 0 ? path : path.slice(0, fragment);
}

function prepareRequest(
  question: TraceRequest,
  { method, scheme, lines }: DecodedRequest,
  { path, host }: CheckedRequest,
  facts: ConnectionFacts,
  hcm: HttpConnectionManager,
  index: ProxyIndex,
): HttpRequest {
  const trustsPrivateNetworks = !isAtLeast(index, 33) || !featureEnabled(index.runtime, 'explicit_internal_address_config', true);
  const client = clientAddress(hcm, lines, facts.remoteAddress, trustsPrivateNetworks);
  const headers = headersOf({ method, path, authority: host, scheme }, lines, client, facts, hcm, index);
  const cut = path?.indexOf('?') ?? -1;
  return {
    method,
    path: path ?? '',
    pathOnly: cut < 0 ? (path ?? '') : (path?.slice(0, cut) ?? ''),
    headers,
    host,
    scheme: headers.first(':scheme') ?? '',
    forwardedProto: headers.first('x-forwarded-proto') ?? '',
    isInternal: client.isInternal,
    isTls: facts.isTls,
    certificate: facts.certificate,
    metadata: question.metadata ?? {},
    runtime: index.runtime.get,
    joinHeaderValues: !featureEnabled(index.runtime, 'match_headers_individually', true),
    trustedClient: client.trusted,
    body: question.body ?? '',
    facts,
    protocol: facts.protocol,
  };
}

function headersOf(
  pseudo: PseudoHeaders,
  lines: readonly HeaderLine[],
  client: ClientAddress,
  facts: ConnectionFacts,
  hcm: HttpConnectionManager,
  index: ProxyIndex,
): RequestHeaders {
  return receivedHeaders(pseudo, lines, {
    hcm,
    client,
    isTls: facts.isTls,
    hasClientCertificate: facts.certificate.presented,
    peer: facts.remoteAddress,
    localPort: facts.localPort,
    node: index.proxy.bootstrap?.value.node,
    sanitizesTe: isAtLeast(index, 29) && featureEnabled(index.runtime, 'sanitize_te', true),
  });
}

/** Whether this is Envoy 1.N or newer; one that does not say is taken as new. */
function isAtLeast({ envoyVersion }: ProxyIndex, minor: number): boolean {
  return envoyVersion === undefined || envoyVersion[0] > 1 || envoyVersion[1] >= minor;
}

/** The codec refuses: over HTTP/2 the client gets no response, its stream or connection is reset. */
function codecReply({ status, flags, details }: CodecError): LocalReply {
  return { ...broken(status ?? 400, details, flags), isFromCodec: true, isReset: status === null };
}

function broken(status: number, details: string, flags: string | null): LocalReply {
  return { verdict: 'broken', status, flags, details, break: 'PC3010' };
}

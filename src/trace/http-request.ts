import { isInCidr } from '../match/cidr.ts';
import { normalizeHost } from '../match/normalize-host.ts';
import { normalizePath } from '../match/normalize-path.ts';
import type { TraceRequest } from '../match/request.ts';
import { type RequestHeaders, requestHeaders } from '../match/request-headers.ts';
import type { RoutedRequest } from '../match/route-entry.ts';
import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { LocalReply } from './local-reply.ts';
import type { RuntimeLayers } from './runtime-layers.ts';

/** A request as it stands when the connection manager asks for its route. */
export interface HttpRequest extends RoutedRequest {
  readonly host: string;
  /** The value of x-forwarded-proto after the connection manager set it. */
  readonly forwardedProto: string;
  /** `:scheme`. */
  readonly scheme: string;
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

/** The methods that Envoy's HTTP/1 parser knows. Source: source/common/http/http1/balsa_parser.cc isMethodValid. */
const METHODS: ReadonlySet<string> = new Set(
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE MSEARCH NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'.split(
    ' ',
  ),
);

/** Codec limits of Envoy: `max_request_headers_kb` and `max_headers_count` by default. */
const DEFAULT_HEADERS_KB = 60;
const DEFAULT_HEADERS_COUNT = 100;

/**
 * Takes a request through the checks and changes that come before routing, in Envoy's order: codec, protocol version, host, path,
 * forwarded headers. Source: source/common/http/conn_manager_impl.cc ActiveStream::decodeHeaders, conn_manager_utility.cc
 * mutateRequestHeaders.
 */
export function receiveRequest(question: TraceRequest, facts: ConnectionFacts, hcm: HttpConnectionManager, runtime: RuntimeLayers): ReceivedRequest {
  const { protocol } = facts;
  // HTTP/2 turns an extended CONNECT into the upgrade that HTTP/1 would send.
  const isExtendedConnect = question.method === 'CONNECT' && question.connect_protocol !== undefined;
  const method = isExtendedConnect ? 'GET' : (question.method ?? 'GET');
  const lines = receivedLines(question, protocol, isExtendedConnect);
  const { target, authority: sentAuthority } = absoluteForm(question, protocol, lines);
  const codecReply = codecError(protocol, method, lines, hcm, target);
  if (codecReply !== undefined) return { kind: 'reply', reply: codecReply, headers: requestHeaders(lines), request: undefined };

  const isConnect = method === 'CONNECT';
  /** The request with what is known of its path and host so far: its route is looked up for the log even when it is refused. */
  const asRequest = (path: string, host: string | undefined): HttpRequest => {
    const isInternal = countsAsInternal(hcm, lines, facts);
    const forwardedProto = forwardedProtoOf(hcm, lines, facts);
    const scheme = schemeOf(question, protocol, forwardedProto, facts);
    const cut = path.indexOf('?');
    return {
      method,
      path,
      pathOnly: cut < 0 ? path : path.slice(0, cut),
      headers: routedHeaders({ lines, hcm, facts, method, path, host: host ?? '', forwardedProto, scheme, isInternal, isConnect, question, protocol }),
      host: host ?? '',
      forwardedProto,
      scheme,
      isInternal,
      isTls: facts.isTls,
      certificate: facts.certificate,
      metadata: question.metadata ?? {},
      runtime: runtime.get,
      joinHeaderValues: runtime.get('envoy.reloadable_features.match_headers_individually') === false,
      trustedClient: trustedClient(hcm, lines, facts),
      body: question.body ?? '',
      facts,
      protocol,
    };
  };
  const reject = (reply: LocalReply, path: string, host: string | undefined): ReceivedRequest => {
    const request = asRequest(path, host);
    return { kind: 'reply', reply, headers: request.headers, request };
  };

  const http1 = hcm.http_protocol_options;
  let authority = sentAuthority;
  let path = isConnect ? '' : target;
  if (protocol === 'http/1.0') {
    if (http1?.accept_http_10 !== true) return reject(broken(426, 'low_version', 'DPE'), path, authority);
    if (authority === undefined && http1.default_host_for_http_10) authority = http1.default_host_for_http_10;
  }
  if (authority === undefined) return reject(broken(400, 'missing_host_header', null), path, authority);
  const isJoined = hostLines(lines).length > 0 && protocol !== 'h2';
  if (!isJoined && !isValidAuthority(authority)) return reject(broken(400, 'http.invalid_authority', 'DPE'), path, authority);
  if (!isConnect) {
    if (!path.startsWith('/')) return reject(broken(404, 'absolute_path_rejected', null), path, authority);
    if (path.includes('#')) {
      if (runtime.get('envoy.reloadable_features.http_reject_path_with_fragment') !== false)
        return reject(broken(400, 'path_normalization_failed', null), path, authority);
      path = path.slice(0, path.indexOf('#'));
    }
    const normalized = normalizePath(path, hcm);
    if (normalized.kind === 'rejected') return reject(broken(400, 'path_normalization_failed', null), path, authority);
    if (normalized.kind === 'redirect') {
      const { location } = normalized;
      return reject({ verdict: 'answered', status: 307, flags: null, details: 'path_normalization_failed', location }, location, authority);
    }
    path = normalized.path;
  }
  return { kind: 'request', request: asRequest(path, normalizeHost(authority, hcm, facts.localPort)) };
}

/** The header lines as the codec hands them on: HTTP/2 joins cookies, and says an extended CONNECT as an upgrade. */
function receivedLines(question: TraceRequest, protocol: string, isExtendedConnect: boolean): readonly (readonly [string, string])[] {
  const lines = question.headers ?? [];
  if (protocol !== 'h2') return lines;
  const isCookie = ([name]: readonly [string, string]): boolean => name.toLowerCase() === 'cookie';
  const cookies = lines.filter(isCookie).map(([, value]) => value);
  const upgrade: readonly (readonly [string, string])[] = isExtendedConnect
    ? [
        ['connection', 'upgrade'],
        ['upgrade', question.connect_protocol ?? ''],
      ]
    : [];
  const joined: readonly (readonly [string, string])[] =
    cookies.length > 1 ? [...lines.filter((line) => !isCookie(line)), ['cookie', cookies.join('; ')]] : lines;
  return upgrade.length === 0 ? joined : [...joined, ...upgrade];
}

function broken(status: number, details: string, flags: string | null): LocalReply {
  return { verdict: 'broken', status, flags, details, break: 'PC3010' };
}

/** An absolute-form target (`GET http://a.com/x`) carries the authority; the Host header is then ignored. */
function absoluteForm(
  question: TraceRequest,
  protocol: string,
  lines: readonly (readonly [string, string])[],
): { target: string; authority: string | undefined } {
  const path = question.path ?? '/';
  const hosts = hostLines(lines);
  const own = question.authority?.trim();
  // Further Host lines are joined to the first one, as with every header that Envoy keeps in a slot of its own.
  const authority = protocol === 'h2' ? (own ?? hosts[0]) : own === undefined ? (hosts.length > 0 ? hosts.join(',') : undefined) : [own, ...hosts].join(',');
  const absolute = protocol === 'h2' ? null : /^https?:\/\/([^/?#]*)(.*)$/i.exec(path);
  if (absolute === null) return { target: path, authority };
  const rest = absolute[2] ?? '';
  return { target: rest === '' ? '/' : rest.startsWith('/') ? rest : `/${rest}`, authority: (absolute[1] ?? '').replace(/^.*@/, '') };
}

const hostLines = (lines: readonly (readonly [string, string])[]): string[] =>
  lines.filter(([name]) => name.toLowerCase() === 'host').map(([, value]) => value);

function codecError(
  protocol: string,
  method: string,
  lines: readonly (readonly [string, string])[],
  hcm: HttpConnectionManager,
  target: string,
): LocalReply | undefined {
  if (protocol !== 'h2') {
    if (hcm.http_protocol_options?.allow_custom_methods !== true && !METHODS.has(method)) return broken(400, 'http1.codec_error', 'DPE');
    if (method !== 'CONNECT' && !target.startsWith('/') && target !== '*') return broken(400, 'http1.codec_error', 'DPE');
    // Blanks and raw non-ASCII bytes end the target early or are refused by the parser.
    if (/[\0-\x20\x7f]/.test(target)) return broken(400, 'http1.codec_error', 'DPE');
  }
  const name = protocol === 'h2' ? 'http2' : 'http1';
  const options = hcm.common_http_protocol_options;
  if (options?.headers_with_underscores_action === 'REJECT_REQUEST' && lines.some(([header]) => header.includes('_')))
    return broken(400, `${name}.unexpected_underscore`, 'DPE');
  const size = lines.reduce((sum, [header, value]) => sum + header.length + value.length, 0);
  if (size > (hcm.max_request_headers_kb ?? DEFAULT_HEADERS_KB) * 1024) return broken(431, `${name}.headers_too_large`, 'DPE');
  if (lines.length + 2 > (options?.max_headers_count ?? DEFAULT_HEADERS_COUNT)) return broken(431, `${name}.too_many_headers`, 'DPE');
  return undefined;
}

/** Source: source/common/http/header_utility.cc HeaderUtility::authorityIsValid (nghttp2's table of authority characters). */
function isValidAuthority(authority: string): boolean {
  return /^[A-Za-z0-9\-._~%!$&'()*+;=:@[\]]*$/.test(authority);
}

/**
 * Internal means: one trusted client address, and it lies in internal_address_config. Without use_remote_address that address is
 * the last of x-forwarded-for. Source: ConnectionManagerUtility::mutateRequestHeaders.
 */
function countsAsInternal(hcm: HttpConnectionManager, lines: readonly (readonly [string, string])[], facts: ConnectionFacts): boolean {
  const forwarded = lines
    .filter(([name]) => name.toLowerCase() === 'x-forwarded-for')
    .map(([, value]) => value)
    .join(',');
  const ranges = hcm.internal_address_config?.cidr_ranges ?? [];
  const isInternalAddress = (address: string): boolean => ranges.some((range) => isInCidr(address, range));
  if (hcm.use_remote_address === true) return forwarded === '' && isInternalAddress(facts.remoteAddress);
  return forwarded !== '' && !forwarded.includes(',') && isInternalAddress(forwarded.trim());
}

/** An HTTP/2 client says its scheme; for HTTP/1 it follows x-forwarded-proto. Source: ConnectionManagerUtility::getScheme. */
function schemeOf(question: TraceRequest, protocol: string, forwardedProto: string, facts: ConnectionFacts): string {
  const own = facts.isTls ? 'https' : 'http';
  if (protocol === 'h2') return question.scheme_h2 ?? own;
  return forwardedProto === 'https' || forwardedProto === 'http' ? forwardedProto : own;
}

/** Source: ConnectionManagerUtility::mutateRequestHeaders, Utility::getLastAddressFromXFF. */
function trustedClient(hcm: HttpConnectionManager, lines: readonly (readonly [string, string])[], facts: ConnectionFacts): string {
  const hops = hcm.xff_num_trusted_hops ?? 0;
  const skip = hcm.use_remote_address === true ? hops - 1 : hops;
  if (skip < 0) return facts.remoteAddress;
  const forwarded = lines.filter(([name]) => name.toLowerCase() === 'x-forwarded-for').flatMap(([, value]) => value.split(','));
  return forwarded.at(-1 - skip)?.trim() || facts.remoteAddress;
}

function forwardedProtoOf(hcm: HttpConnectionManager, lines: readonly (readonly [string, string])[], facts: ConnectionFacts): string {
  const own = facts.isTls ? 'https' : 'http';
  if (hcm.use_remote_address === true && (hcm.xff_num_trusted_hops ?? 0) === 0) return own;
  return requestHeaders(lines).first('x-forwarded-proto') ?? own;
}

interface HeaderFacts {
  readonly lines: readonly (readonly [string, string])[];
  readonly hcm: HttpConnectionManager;
  readonly facts: ConnectionFacts;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly forwardedProto: string;
  readonly scheme: string;
  readonly isInternal: boolean;
  readonly isConnect: boolean;
  readonly question: TraceRequest;
  readonly protocol: string;
}

/** Headers that only an internal client may set. Source: conn_manager_utility.cc cleanInternalHeaders. */
const INTERNAL_ONLY: ReadonlySet<string> = new Set(
  'retry-on retry-grpc-on max-retries upstream-alt-stat-name upstream-rq-timeout-ms upstream-rq-per-try-timeout-ms upstream-rq-timeout-alt-response expected-rq-timeout-ms force-trace ip-tags original-url hedge-on-per-try-timeout retriable-status-codes retriable-header-names'
    .split(' ')
    .map((name) => `x-envoy-${name}`),
);

/** The headers that route matchers and filters see. */
function routedHeaders(of: HeaderFacts): RequestHeaders {
  const { hcm, facts } = of;
  const edge = hcm.use_remote_address === true && !of.isInternal;
  const out: [string, string][] = [[':method', of.method]];
  if (!of.isConnect || of.path !== '') out.push([':path', of.path]);
  out.push([':authority', of.host]);
  out.push([':scheme', of.scheme]);
  const dropsUnderscores = hcm.common_http_protocol_options?.headers_with_underscores_action === 'DROP_HEADER';
  for (const [name, value] of of.lines) {
    const lower = name.toLowerCase();
    if (lower === 'host' || lower === 'x-forwarded-proto' || lower === 'x-envoy-internal') continue;
    if (dropsUnderscores && lower.includes('_')) continue;
    if (edge && INTERNAL_ONLY.has(lower)) continue;
    if (of.protocol !== 'h2' && (lower === 'connection' || lower === 'keep-alive' || lower === 'proxy-connection') && !isUpgrade(of.lines)) continue;
    out.push([lower, trimValue(value)]);
  }
  out.push(['x-forwarded-proto', of.forwardedProto]);
  if (hcm.use_remote_address === true && hcm.skip_xff_append !== true && facts.remoteAddress !== '') out.push(['x-forwarded-for', facts.remoteAddress]);
  if (of.isInternal) out.push(['x-envoy-internal', 'true']);
  const hasId = of.lines.some(([name]) => name.toLowerCase() === 'x-request-id');
  // Generated before routing; its value is random, so only matchers for presence can be sure of it.
  if (hcm.generate_request_id !== false && !hasId) out.push(['x-request-id', GENERATED_REQUEST_ID]);
  // What is added behind the client's own values is joined to them; method and body decide on the length header.
  if (of.question.body !== undefined && !of.lines.some(([name]) => name.toLowerCase() === 'content-length'))
    out.push(['content-length', String(new TextEncoder().encode(of.question.body).length)]);
  return requestHeaders(out);
}

/** Stands for the UUID that Envoy generates. */
export const GENERATED_REQUEST_ID = '00000000-0000-4000-8000-000000000000';

function isUpgrade(lines: readonly (readonly [string, string])[]): boolean {
  return lines.some(([name]) => name.toLowerCase() === 'upgrade');
}

const trimValue = (value: string): string => value.replace(/^[ \t]+|[ \t]+$/g, '');

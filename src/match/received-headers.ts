import type { HttpConnectionManager, Node } from '../model/generated/envoy-api.ts';
import type { ClientAddress } from './client-address.ts';
import { type HeaderLine, isUpgrade, joinedValue, tokens, without } from './connection-header.ts';
import { isLoopback, parseIp } from './ip-address.ts';
import { type RequestHeaders, requestHeaders } from './request-headers.ts';
import { isReferer } from './request-target.ts';

/** What the headers are worked out from. */
export interface ReceivedFrom {
  readonly hcm: HttpConnectionManager;
  readonly client: ClientAddress;
  readonly isTls: boolean;
  readonly hasClientCertificate: boolean;
  /** The connection's peer; '' where it is not known. */
  readonly peer: string;
  readonly localPort: number | undefined;
  /** The proxy's own node, from the bootstrap. */
  readonly node: Node | undefined;
  /** Since Envoy 1.29 any `te` but trailers goes. */
  readonly sanitizesTe: boolean;
}

/** The pseudo headers as they stand when the route is chosen. */
export interface PseudoHeaders {
  readonly method: string;
  readonly path: string | undefined;
  readonly authority: string;
  readonly scheme: string | undefined;
}

/** Headers that only an internal client may set. */
const INTERNAL_ONLY =
  'retriable-status-codes retriable-header-names retry-on retry-grpc-on max-retries upstream-alt-stat-name upstream-rq-timeout-ms upstream-rq-per-try-timeout-ms upstream-rq-timeout-alt-response expected-rq-timeout-ms force-trace ip-tags original-url hedge-on-per-try-timeout upstream-stream-duration-ms'
    .split(' ')
    .map((name) => `x-envoy-${name}`);
const NOT_FROM_OUTSIDE = ['x-envoy-decorator-operation', 'x-envoy-downstream-service-cluster', 'x-envoy-downstream-service-node'];
const NEVER_KEPT = ['x-envoy-internal', 'keep-alive', 'proxy-connection', 'transfer-encoding'];

/**
 * The headers that routes and filters see: those of the client, cleaned of what it may not say, and what Envoy itself adds.
 * Source: source/common/http/conn_manager_utility.cc ConnectionManagerUtility::mutateRequestHeaders, cleanInternalHeaders,
 * sanitizeTEHeader, mutateXfccRequestHeader.
 */
export function receivedHeaders(pseudo: PseudoHeaders, lines: readonly HeaderLine[], from: ReceivedFrom): RequestHeaders {
  const unknown = new Set<string>();
  const forwardedProto = forwardedProtoOf(lines, from);
  let kept = without(lines, 'x-forwarded-proto', ...NEVER_KEPT, ...(isUpgrade(lines) ? [] : ['connection', 'upgrade']));
  kept = from.sanitizesTe ? sanitizeTe(kept) : kept;
  const referer = joinedValue(kept, 'referer');
  if (referer !== undefined && !isReferer(referer)) kept = without(kept, 'referer');
  if (!from.client.isInternal) kept = without(kept, ...INTERNAL_ONLY, ...(from.client.isEdge ? NOT_FROM_OUTSIDE : []));
  kept = forwardAddress(kept, from, unknown);
  kept = identify(kept, from);
  kept = withRequestId(kept, from, unknown);
  kept = clientCertificate(kept, from, unknown);
  const first: HeaderLine[] = [
    [':method', pseudo.method],
    ...(pseudo.path === undefined ? [] : [[':path', pseudo.path] as const]),
    [':authority', pseudo.authority],
    [':scheme', from.hcm.scheme_header_transformation?.scheme_to_overwrite || (pseudo.scheme ?? schemeOf(forwardedProto, from.isTls))],
  ];
  const internal: HeaderLine[] = from.client.isInternal ? [['x-envoy-internal', 'true']] : [];
  return requestHeaders([...first, ...kept, ['x-forwarded-proto', forwardedProto], ...internal], unknown);
}

/** What the client says is kept, unless this Envoy is the first to know: with use_remote_address and no trusted hops before it. */
function forwardedProtoOf(lines: readonly HeaderLine[], { hcm, isTls }: ReceivedFrom): string {
  const overwritten = hcm.scheme_header_transformation?.scheme_to_overwrite;
  if (overwritten) return overwritten;
  const own = isTls ? 'https' : 'http';
  if (hcm.use_remote_address === true && (hcm.xff_num_trusted_hops ?? 0) === 0) return own;
  return joinedValue(lines, 'x-forwarded-proto') ?? own;
}

function schemeOf(forwardedProto: string, isTls: boolean): string {
  const lower = forwardedProto.toLowerCase();
  return lower === 'http' || lower === 'https' ? lower : isTls ? 'https' : 'http';
}

function sanitizeTe(lines: readonly HeaderLine[]): readonly HeaderLine[] {
  const te = joinedValue(lines, 'te');
  if (te === undefined) return lines;
  return [...without(lines, 'te'), ...(tokens(te).includes('trailers') ? [['te', 'trailers'] as const] : [])];
}

/** x-forwarded-for, x-forwarded-port, x-envoy-external-address. A loopback peer is written down as this Envoy's own address. */
function forwardAddress(lines: readonly HeaderLine[], { hcm, client, peer, localPort }: ReceivedFrom, unknown: Set<string>): readonly HeaderLine[] {
  let out = lines;
  if (hcm.use_remote_address === true && hcm.skip_xff_append !== true) {
    const ip = parseIp(peer);
    if (ip === undefined || isLoopback(ip)) unknown.add('x-forwarded-for');
    out = [...out, ['x-forwarded-for', peer]];
  }
  if (hcm.append_x_forwarded_port === true && localPort !== undefined) {
    const isFirst = hcm.use_remote_address === true && (hcm.xff_num_trusted_hops ?? 0) === 0;
    const said = isFirst ? undefined : joinedValue(out, 'x-forwarded-port');
    out = [...without(out, 'x-forwarded-port'), ['x-forwarded-port', said ?? String(localPort)]];
  }
  if (!client.isEdge) return out;
  if (client.trusted === '') unknown.add('x-envoy-external-address');
  return [...without(out, 'x-envoy-external-address'), ['x-envoy-external-address', client.trusted]];
}

/** add_user_agent and via: the proxy names itself. */
function identify(lines: readonly HeaderLine[], { hcm, node }: ReceivedFrom): readonly HeaderLine[] {
  let out = lines;
  if (hcm.add_user_agent === true) {
    const name = node?.cluster ?? '';
    out = [...without(out, 'x-envoy-downstream-service-cluster'), ['x-envoy-downstream-service-cluster', name]];
    if (!joinedValue(out, 'user-agent')) out = [...without(out, 'user-agent'), ['user-agent', name]];
    if (node?.id) out = [...without(out, 'x-envoy-downstream-service-node'), ['x-envoy-downstream-service-node', node.id]];
  }
  if (!hcm.via) return out;
  const before = joinedValue(out, 'via');
  return [...without(out, 'via'), ['via', before === undefined ? hcm.via : `${before}, ${hcm.via}`]];
}

/** Generated before routing, for every request from outside (unless preserve_external_request_id) and where there is none. */
function withRequestId(lines: readonly HeaderLine[], { hcm, client }: ReceivedFrom, unknown: Set<string>): readonly HeaderLine[] {
  if (hcm.generate_request_id === false) return lines;
  const isForced = client.isEdge && hcm.preserve_external_request_id !== true;
  if (joinedValue(lines, 'x-request-id') !== undefined && !isForced) return lines;
  unknown.add('x-request-id');
  return [...without(lines, 'x-request-id'), ['x-request-id', '']];
}

/** x-forwarded-client-cert is dropped by default, and without mutual TLS in every mode but ALWAYS_FORWARD_ONLY. */
function clientCertificate(lines: readonly HeaderLine[], { hcm, hasClientCertificate }: ReceivedFrom, unknown: Set<string>): readonly HeaderLine[] {
  const mode = hcm.forward_client_cert_details ?? 'SANITIZE';
  if (mode === 'ALWAYS_FORWARD_ONLY') return lines;
  if (mode === 'SANITIZE' || !hasClientCertificate) return without(lines, 'x-forwarded-client-cert');
  if (mode === 'FORWARD_ONLY') return lines;
  unknown.add('x-forwarded-client-cert');
  return [...without(lines, 'x-forwarded-client-cert'), ['x-forwarded-client-cert', '']];
}

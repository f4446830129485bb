import { jqPath } from '../dump/dump-path.ts';
import type { TraceRequest } from '../match/request.ts';
import { transportOf } from '../match/server-transport.ts';
import type { Cluster, DownstreamTlsContext } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { type ConnectionBranch, traceConnection } from '../trace/trace-connection.ts';
import { tunnelListener } from '../trace/tunnel-listener.ts';
import { type AcceptedNames, acceptedNames } from './accepted-names.ts';
import type { Border, BorderPlace, Speech } from './chain-answer.ts';
import { bareName, presentedCertificates, trustedSubjects } from './presented-names.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** The side that connects. */
interface ConnectingSide {
  readonly name: string;
  readonly index: ProxyIndex;
  readonly cluster: Resource<Cluster>;
  readonly connection: UpstreamConnection;
}

export interface BorderQuestion {
  /** `tlsFrom`: who began the TLS that it passes on, where it does not speak TLS itself. */
  readonly caller: ConnectingSide & { readonly tlsFrom: ConnectingSide | undefined };
  readonly callee: { readonly name: string; readonly index: ProxyIndex };
  /** What arrives at the callee. */
  readonly request: TraceRequest;
  readonly answer: TraceAnswer;
}

/** Breaks of a connection that no filter chain served. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['PC2001', 'PC2002', 'PC2003', 'PC2004', 'PC6001', 'PC7020']);
/** Those of them that TLS of one side against that of the other may explain. */
const OF_TLS: ReadonlySet<string> = new Set(['PC2002', 'PC2004', 'PC6001']);

/**
 * Whether two proxies agree on the connection between them. First what the callee makes of the caller's bytes: a filter chain that takes
 * them, a client certificate that it accepts; then what the caller makes of the callee's certificate. Where they do not agree, the same
 * connection is tried in the other way (mutual TLS for plain text, plain text for TLS) to say which of the two is meant.
 */
export function judgeBorder(question: BorderQuestion): Border {
  const { caller, callee, request, answer } = question;
  const hello = request.tunnel === undefined ? request.tls : request.tunnel.tls;
  const branches = traceConnection(callee.index, outside(callee.index, request), { terse: true });
  const served = branches.find(({ filterChain }) => filterChain !== null);
  const server = served === undefined ? undefined : serverContext(served);
  const names = certificateNames(callee.index, server);
  const client = caller.connection.tls === null ? caller.tlsFrom : caller;
  const expected = client === undefined ? undefined : expectedNames(client, request);
  const brings = hello?.client_cert;
  const base: Omit<Border, 'state' | 'break' | 'why'> = {
    cluster: caller.cluster.name,
    sends: request.tunnel !== undefined ? 'HBONE' : (hello ?? null) === null ? 'plaintext' : brings === undefined ? 'TLS' : 'mTLS',
    sni: hello?.sni ?? null,
    alpn: hello?.alpn ?? [],
    client_certificate: Array.isArray(brings) ? brings.map(String) : null,
    takes: served === undefined ? null : request.tunnel === undefined ? speechOf(server) : 'HBONE',
    server_certificate: names ?? null,
    expected_names: expected?.described ?? null,
    places: placesOf(question, served),
  };
  const verdict = refusal(question, base) ?? (client === undefined ? undefined : distrust(client, callee, expected, names, server));
  if (verdict !== undefined) return { ...base, state: 'broken', ...verdict };
  if (answer.verdict === 'undetermined') return { ...base, state: 'unknown', break: null, why: answer.gap?.what ?? '' };
  return { ...base, state: 'ok', break: null, why: agreement(base) };
}

/** The connection that carries the request: for one in a tunnel, the tunnel's own. */
function outside(index: ProxyIndex, request: TraceRequest): TraceRequest {
  const { tunnel, source } = request;
  const listenerName = tunnelListener(index)?.name;
  if (tunnel === undefined || listenerName === undefined) return request;
  return { listenerName, scheme: 'https', protocol: 'h2', tls: tunnel.tls ?? null, ...(source === undefined ? {} : { source }) };
}

type Refusal = { readonly break: string; readonly why: string };

/** The callee does not take the connection. */
function refusal({ callee, request, answer }: BorderQuestion, { sends, sni, alpn }: Omit<Border, 'state' | 'break' | 'why'>): Refusal | undefined {
  const ids = new Set(answer.outcomes.map((outcome) => outcome.break));
  const [id] = ids;
  if (id === undefined || id === null || ids.size > 1 || !OF_CONNECTION.has(id)) return undefined;
  const rule = (answer.hops ?? []).findLast((hop) => hop.state === 'broken')?.rule ?? '';
  if (!OF_TLS.has(id) || request.tunnel !== undefined) return { break: id, why: rule };
  const to = request.destination ?? request.listener;
  const where = `port ${to?.port} of ${callee.name}`;
  if (sends === 'plaintext') {
    const mutual: TraceRequest = { ...request, scheme: request.scheme === 'tcp' ? 'tcp' : 'https', tls: { alpn: MESH, client_cert: true } };
    const takesTls = isTaken(callee.index, mutual) || isTaken(callee.index, { ...mutual, tls: { client_cert: true } });
    return takesTls ? { break: 'PC6005', why: `the cluster sends plain text, and ${where} takes TLS only` } : { break: id, why: rule };
  }
  if (id === 'PC6001') return { break: 'PC6008', why: rule };
  const plain: TraceRequest = { ...request, scheme: request.scheme === 'tcp' ? 'tcp' : 'http', tls: null };
  if (isTaken(callee.index, plain)) {
    const isMesh = isTaken(callee.index, { ...request, tls: { ...request.tls, alpn: MESH, client_cert: true } });
    const instead = isMesh ? "the mesh's mutual TLS, or plain text" : 'plain text';
    return { break: 'PC6006', why: `the cluster originates TLS${alpnText(alpn)}, and ${where} takes ${instead}` };
  }
  return { break: 'PC6009', why: `no filter chain of ${where} takes TLS with ${sni === null ? 'no SNI' : `SNI "${sni}"`}${alpnText(alpn)}` };
}

const MESH = ['istio-peer-exchange', 'istio', 'istio-http/1.1', 'istio-http/1.0', 'istio-h2'];

const alpnText = (alpn: readonly string[]): string => (alpn.length === 0 ? '' : ` (ALPN ${alpn.join(', ')})`);

/** Whether a filter chain serves such a connection. */
function isTaken(index: ProxyIndex, request: TraceRequest): boolean {
  return traceConnection(index, request, { terse: true }).some(
    ({ end, http, gap }) => gap === null && (http !== null || (end ?? []).some((o) => !OF_CONNECTION.has(o.break ?? ''))),
  );
}

/** The caller does not accept the callee's certificate: by its names, or by who issued it. */
function distrust(
  client: ConnectingSide,
  callee: BorderQuestion['callee'],
  expected: AcceptedNames | undefined,
  names: readonly string[] | undefined,
  server: DownstreamTlsContext | undefined,
): Refusal | undefined {
  if (server === undefined) return undefined;
  const shown = presentedCertificates(callee.index, server.common_tls_context) ?? [];
  if (names !== undefined && expected !== undefined && shown.length > 0 && !shown.some((one) => expected.accepts(one.names)))
    return {
      break: 'PC6007',
      why: `the cluster accepts ${expected.described.join(', ')}, and the certificate of ${callee.name} has ${names.join(', ') || 'no names'}`,
    };
  const trusted = trustedSubjects(client.index, client.connection.tls?.context.common_tls_context);
  const issuers = shown.flatMap(({ issuer, chainIssuers }) => (issuer === undefined ? [] : [issuer, ...chainIssuers]));
  if (trusted !== undefined && issuers.length > 0 && !issuers.some((issuer) => trusted.includes(issuer)))
    return {
      break: 'PC6007',
      why: `the cluster trusts ${trusted.join(' and ')}, and the certificate of ${callee.name} was issued by ${issuers[0] || 'an authority without a name'}`,
    };
  return undefined;
}

function expectedNames({ index, connection }: ConnectingSide, request: TraceRequest): AcceptedNames | undefined {
  const { tls, options } = connection;
  if (tls === null) return undefined;
  const isByName = tls.context.auto_sni_san_validation === true || options.auto_san_validation === true;
  return acceptedNames(index, tls.context.common_tls_context, isByName ? (request.tls?.sni ?? undefined) : undefined);
}

function serverContext({ filterChain }: ConnectionBranch): DownstreamTlsContext | undefined {
  if (filterChain === null) return undefined;
  const transport = transportOf(filterChain.chain, filterChain.path);
  return transport.kind === 'tls' ? transport.context : undefined;
}

function certificateNames(index: ProxyIndex, server: DownstreamTlsContext | undefined): readonly string[] | undefined {
  if (server === undefined) return undefined;
  return presentedCertificates(index, server.common_tls_context)?.flatMap((one) => one.names.map(bareName));
}

function speechOf(server: DownstreamTlsContext | undefined): Speech {
  if (server === undefined) return 'plaintext';
  const { common_tls_context: common = {}, require_client_certificate: required } = server;
  return required === true || common.combined_validation_context !== undefined ? 'mTLS' : 'TLS';
}

function placesOf({ caller, callee, answer }: BorderQuestion, served: ConnectionBranch | undefined): readonly BorderPlace[] {
  const { cluster, connection } = caller;
  const hop = (answer.hops ?? []).findLast(({ stage, path }) => (stage === 'filter_chain' || stage === 'listener') && path !== '' && path !== '.');
  const there =
    served?.filterChain == null || served.listener === null ? undefined : { document: served.listener.document, path: jqPath(served.filterChain.path) };
  const place = there ?? hop;
  return [
    { proxy: caller.name, document: cluster.document, path: jqPath(connection.path) },
    ...(place === undefined || place.document === '' ? [] : [{ proxy: callee.name, document: place.document, path: place.path }]),
  ];
}

function agreement({ sends, takes, sni, server_certificate: names, expected_names: expected }: Omit<Border, 'state' | 'break' | 'why'>): string {
  if (sends === 'plaintext') return 'plain text, which the other side takes';
  if (takes === 'plaintext') return `TLS${sni === null ? '' : ` (SNI ${sni})`} that the other side passes on as it is`;
  const checked = expected === null ? ', unchecked' : names === null ? ', whose certificate the input does not show' : '';
  return `${sends}${sni === null ? '' : ` (SNI ${sni})`}, which the other side takes${checked}`;
}

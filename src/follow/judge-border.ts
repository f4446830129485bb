import { jqPath } from '../dump/dump-path.ts';
import type { TraceRequest } from '../match/request.ts';
import { transportOf } from '../match/server-transport.ts';
import type { DownstreamTlsContext } from '../model/generated/envoy-api.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { type ConnectionBranch, traceConnection } from '../trace/trace-connection.ts';
import { tunnelListener } from '../trace/tunnel-listener.ts';
import type { BorderQuestion, BothSides } from './border-question.ts';
import type { Border, BorderPlace, Speech } from './chain-answer.ts';
import { distrust, expectedNames } from './distrust.ts';
import { bareName, presentedCertificates } from './presented-names.ts';
import { refusal } from './refused-connection.ts';

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
  const base: BothSides = {
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

function agreement({ sends, takes, sni, server_certificate: names, expected_names: expected }: BothSides): string {
  if (sends === 'plaintext') return 'plain text, which the other side takes';
  if (takes === 'plaintext') return `TLS${sni === null ? '' : ` (SNI ${sni})`} that the other side passes on as it is`;
  const checked = expected === null ? ', unchecked' : names === null ? ', whose certificate the input does not show' : '';
  return `${sends}${sni === null ? '' : ` (SNI ${sni})`}, which the other side takes${checked}`;
}

import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import type { AcceptedSocket } from '../match/accepted-socket.ts';
import type { TraceRequest } from '../match/request.ts';
import { type ServerTransport, transportOf } from '../match/server-transport.ts';
import { shakeHands } from '../match/tls-handshake.ts';
import type { DownstreamTlsContext, FilterChain, SdsSecretConfig } from '../model/generated/envoy-api.ts';
import { bringsCertificate, clientIdentities } from './client-certificate.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { transportGap } from './fidelity/listener-gap.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap } from './trace-answer.ts';

export type MetTransport =
  | { readonly kind: 'gap'; readonly gap: Gap }
  | {
      readonly kind: 'met';
      readonly facts: ConnectionFacts;
      /** Why the transport socket closes the connection; null where it does not. */
      readonly refusal: { readonly why: string; readonly path: DumpPath } | null;
      readonly assumptions: readonly string[];
      /** Why the client may end the handshake by itself; null where nothing speaks for it. */
      readonly doubt: string | null;
    };

/**
 * What the transport socket of a filter chain makes of the client's bytes: plaintext that meets TLS is closed, TLS that meets a plaintext
 * chain goes on as it is, a handshake needs the secrets that SDS delivers.
 */
export function meetTransport(index: ProxyIndex, request: TraceRequest, chain: FilterChain, path: DumpPath, socket: AcceptedSocket): MetTransport {
  const transport = transportOf(chain, path);
  if (transport.kind === 'unknown') return { kind: 'gap', gap: { id: 'PC9001', what: `${transport.what} is not modelled`, path: jqPath(transport.path) } };
  if (transport.kind === 'quic') return { kind: 'gap', gap: { id: 'PC9001', what: 'QUIC (HTTP/3) is not modelled', path: jqPath(transport.path) } };
  if (transport.kind === 'plaintext') return { kind: 'met', facts: factsOf(request, socket, undefined), refusal: null, assumptions: [], doubt: null };
  const gap = transportGap(transport.context, transport.path);
  return gap === undefined ? meetTls(index, request, transport, socket) : { kind: 'gap', gap };
}

type Tls = Extract<ServerTransport, { kind: 'tls' }>;

function meetTls(index: ProxyIndex, request: TraceRequest, { context, path }: Tls, socket: AcceptedSocket): MetTransport {
  const refused = (why: string): MetTransport => ({
    kind: 'met',
    facts: factsOf(request, socket, undefined),
    refusal: { why, path },
    assumptions: [],
    doubt: null,
  });
  const { bytes } = socket;
  if (bytes.proxyHeader !== undefined)
    return refused('a PROXY protocol header, which no listener filter reads, comes where the filter chain awaits a TLS handshake');
  if (bytes.payload !== 'tls' || bytes.tls === undefined) return refused('the filter chain terminates TLS, and the client sends plaintext');
  const missing = secretsOf(context).find((name) => isUndelivered(index, name));
  if (missing !== undefined) return refused(`SDS has not delivered secret "${missing}" yet: Envoy closes every TLS connection until it has`);
  const hasCertificate = bringsCertificate(request);
  const validation = validationSecret(index, context);
  const handshake = shakeHands(context, validation, {
    applicationProtocols: bytes.tls.applicationProtocols,
    hasCertificate,
    identities: clientIdentities(request),
  });
  if (handshake.kind === 'fails') return refused(handshake.why);
  const assumptions = handshake.isTrustAssumed ? ["the client's certificate is one that the filter chain trusts"] : [];
  const doubt = isMeshClient(bytes.tls.applicationProtocols, hasCertificate) && !handshake.certificate.presented ? MESH_DOUBT : null;
  return { kind: 'met', facts: factsOf(request, socket, handshake), refusal: null, assumptions, doubt };
}

const MESH_DOUBT = 'an Istio mTLS client wants a SPIFFE identity, and this filter chain, which asks for no client certificate, may present another one';

/** Istio's proxies offer protocols of their own (`istio`, `istio-http/1.1`) where they speak mTLS, and check the server's identity. */
function isMeshClient(applicationProtocols: readonly string[], hasCertificate: boolean): boolean {
  return hasCertificate && applicationProtocols.some((protocol) => protocol === 'istio' || protocol.startsWith('istio-'));
}

function factsOf(
  request: TraceRequest,
  socket: AcceptedSocket,
  handshake: Extract<ReturnType<typeof shakeHands>, { kind: 'established' }> | undefined,
): ConnectionFacts {
  const { local, remote } = socket;
  const alpn = handshake?.applicationProtocol;
  return {
    isTls: handshake !== undefined,
    sni: socket.serverName || undefined,
    alpn,
    protocol: spoken(request, alpn),
    localAddress: local.address,
    localPort: local.port,
    remoteAddress: remote.address,
    remotePort: remote.port,
    directRemoteAddress: socket.directRemote.address,
    certificate: certificateOf(request, handshake),
    destination: socket.isRestored && local.address !== '' && local.port !== undefined ? { address: local.address, port: local.port } : undefined,
  };
}

function certificateOf(request: TraceRequest, handshake: { readonly certificate: ConnectionFacts['certificate'] } | undefined): ConnectionFacts['certificate'] {
  if (handshake === undefined) return { presented: false, validated: false };
  const names = handshake.certificate.presented ? clientIdentities(request) : undefined;
  return names === undefined ? handshake.certificate : { ...handshake.certificate, names };
}

/** A client speaks what ALPN agreed on, and without an agreement what it wants to. */
function spoken({ protocol = 'http/1.1' }: TraceRequest, alpn: string | undefined): ConnectionFacts['protocol'] {
  if (alpn === 'h2') return 'h2';
  return alpn !== undefined && protocol === 'h2' ? 'http/1.1' : protocol;
}

function secretsOf({ common_tls_context: common = {} }: DownstreamTlsContext): readonly string[] {
  const validation: readonly (SdsSecretConfig | undefined)[] = [
    common.validation_context_sds_secret_config,
    common.combined_validation_context?.validation_context_sds_secret_config,
  ];
  return [...(common.tls_certificate_sds_secret_configs ?? []), ...validation].flatMap((config) => config?.name ?? []);
}

/** Named among the secrets that Envoy still waits for. A secret that the dump does not name at all is not known to be missing. */
function isUndelivered(index: ProxyIndex, name: string): boolean {
  return !index.secrets.has(name) && index.proxy.secrets.some((secret) => secret.name === name && secret.state === 'warming');
}

function validationSecret(index: ProxyIndex, { common_tls_context: common = {} }: DownstreamTlsContext): Parameters<typeof shakeHands>[1] {
  const config = common.validation_context_sds_secret_config ?? common.combined_validation_context?.validation_context_sds_secret_config;
  return config?.name === undefined ? undefined : index.secrets.get(config.name)?.value.validation_context;
}

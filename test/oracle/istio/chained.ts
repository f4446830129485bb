import type { CertificateAuthority } from '../certificate.ts';
import { configSource, type JsonObject } from '../xds-files.ts';
import { httpConnectionManager, networkFilter, tcpProxy } from './http-connection-manager.ts';
import { listener, socketAddress, virtualInbound } from './listeners.ts';
import { authoritySecret, certificateSecret } from './tls.ts';

/** What proxies of one mesh say to each other, in the shape that Istio gives it. */

/** ALPN of the mesh's mutual TLS. */
export const MESH_ALPN = ['istio', 'istio-peer-exchange', 'istio-http/1.0', 'istio-http/1.1', 'istio-h2'];

/** The transport socket of a cluster with mutual TLS: the workload's certificate, and the names that the other side may have. */
export function meshUpstream(sni: string, accountNames: readonly string[]): JsonObject {
  return upstreamTls(sni, {
    alpn_protocols: ['istio'],
    tls_certificate_sds_secret_configs: [{ name: 'default', sds_config: configSource('sds', 'default') }],
    combined_validation_context: {
      default_validation_context: { match_subject_alt_names: accountNames.map((account) => ({ exact: account })) },
      validation_context_sds_secret_config: { name: 'ROOTCA', sds_config: configSource('sds', 'ROOTCA') },
    },
  });
}

/** A DestinationRule's `tls.mode: SIMPLE`: TLS without a client certificate, and without a check of the server's. */
export function simpleUpstream(sni: string): JsonObject {
  return upstreamTls(sni, { alpn_protocols: ['h2', 'http/1.1'] });
}

function upstreamTls(sni: string, common: JsonObject): JsonObject {
  const versions = { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' };
  return networkFilter('envoy.transport_sockets.tls', 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
    common_tls_context: { tls_params: versions, ...common },
    sni,
  });
}

/** Istio's automatic mutual TLS: by the label of the endpoint. */
export function autoMutual(sni: string, accountNames: readonly string[]): JsonObject {
  const raw = networkFilter('envoy.transport_sockets.raw_buffer', 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer');
  return {
    transport_socket_matches: [
      { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, transport_socket: meshUpstream(sni, accountNames) },
      { name: 'tlsMode-disabled', match: {}, transport_socket: raw },
    ],
  };
}

/** EDS of a cluster with one pod, with or without the label that it speaks mutual TLS. */
export function onePod(cluster: string, port: number, tlsMode: 'istio' | '' = 'istio'): JsonObject {
  const labels = tlsMode === '' ? {} : { 'envoy.transport_socket_match': { tlsMode } };
  const endpoint = {
    endpoint: { address: socketAddress('127.0.0.1', port) },
    health_status: 'HEALTHY',
    load_balancing_weight: 1,
    metadata: { filter_metadata: labels },
  };
  return {
    cluster_name: cluster,
    endpoints: [{ locality: { region: 'ap-northeast-2', zone: 'ap-northeast-2a' }, lb_endpoints: [endpoint], load_balancing_weight: 1 }],
  };
}

/** How a sidecar takes what comes for one port of its pod, by PeerAuthentication mode. */
export function inboundPort(port: number, mode: 'STRICT' | 'PERMISSIVE' | 'DISABLE', meshTls: JsonObject, before: readonly JsonObject[] = []): JsonObject[] {
  const routes: JsonObject = {
    name: `inbound|${port}||`,
    validate_clusters: false,
    virtual_hosts: [
      {
        name: 'inbound|http|80',
        domains: ['*'],
        routes: [
          {
            name: 'default',
            match: { prefix: '/' },
            route: { cluster: `inbound|${port}||`, timeout: '0s', retry_policy: { retry_on: 'reset-before-request', num_retries: 2 } },
          },
        ],
      },
    ],
  };
  const filters = [httpConnectionManager({ statPrefix: `inbound_0.0.0.0_${port};`, routes, edge: false, before })];
  const name = `0.0.0.0_${port}`;
  const mutual = {
    name,
    filter_chain_match: { destination_port: port, transport_protocol: 'tls', application_protocols: MESH_ALPN },
    filters,
    transport_socket: meshTls,
  };
  const plain = { name, filter_chain_match: { destination_port: port, transport_protocol: 'raw_buffer' }, filters };
  if (mode === 'STRICT') return [{ ...mutual, filter_chain_match: { destination_port: port, transport_protocol: 'tls' } }];
  return mode === 'PERMISSIVE' ? [mutual, plain] : [{ name, filter_chain_match: { destination_port: port }, filters }];
}

/** The sidecar's inbound listener with chains for one port; on another port than 15006 where a second sidecar is on the machine. */
export function inboundListener(chains: readonly JsonObject[], podPort: number, port = 15006): JsonObject {
  return { ...virtualInbound(chains, [podPort]), address: socketAddress('0.0.0.0', port) };
}

/** The application's cluster with a place of its own, as the ingress of a Sidecar object gives it (defaultEndpoint). */
export function inboundEndpoint(port: number, applicationPort: number): JsonObject {
  const name = `inbound|${port}||`;
  return {
    name,
    type: 'STATIC',
    connect_timeout: '10s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress('127.0.0.1', applicationPort) } }] }] },
  };
}

/** A workload's certificate and the mesh's authority, as istiod gives them. */
export function meshSecrets(authority: CertificateAuthority, account: string): JsonObject[] {
  return [
    certificateSecret('default', authority.issue(account, { uris: [`spiffe://cluster.local/ns/istioinaction/sa/${account}`] })),
    authoritySecret('ROOTCA', authority.cert),
  ];
}

/** An east-west gateway: TLS for these names is passed on, to the cluster of the same name. */
export function passThrough(port: number, names: readonly string[]): JsonObject {
  const inspector = networkFilter('envoy.filters.listener.tls_inspector', 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector');
  const chains = names.map((name) => ({
    filter_chain_match: { server_names: [name], transport_protocol: 'tls', application_protocols: MESH_ALPN },
    filters: [tcpProxy(name)],
  }));
  return listener('0.0.0.0', port, chains, { listener_filters: [inspector] });
}

const ORIGINAL_DST = 'envoy.filters.listener.original_dst';

/** Opens HBONE tunnels: an internal listener whose tcp_proxy sends a CONNECT for what it is to reach, to port 15008 of the pod or of a waypoint. */
export function tunnelOut(accountNames: readonly string[]): { readonly listener: JsonObject; readonly cluster: JsonObject } {
  const proxy = networkFilter('envoy.filters.network.tcp_proxy', 'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: 'connect_originate',
    cluster: 'connect_originate',
    tunneling_config: { hostname: '%DOWNSTREAM_LOCAL_ADDRESS%' },
  });
  const filter = networkFilter(ORIGINAL_DST, 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst');
  const tls = {
    alpn_protocols: ['h2'],
    tls_certificate_sds_secret_configs: [{ name: 'default', sds_config: configSource('sds', 'default') }],
    combined_validation_context: {
      default_validation_context: { match_subject_alt_names: accountNames.map((exact) => ({ exact })) },
      validation_context_sds_secret_config: { name: 'ROOTCA', sds_config: configSource('sds', 'ROOTCA') },
    },
  };
  return {
    listener: { name: 'connect_originate', internal_listener: {}, listener_filters: [filter], filter_chains: [{ filters: [proxy] }] },
    cluster: {
      name: 'connect_originate',
      type: 'ORIGINAL_DST',
      connect_timeout: '2s',
      lb_policy: 'CLUSTER_PROVIDED',
      original_dst_lb_config: { upstream_port_override: 15008, metadata_key: { key: ORIGINAL_DST, path: [{ key: 'waypoint' }] } },
      typed_extension_protocol_options: {
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
          '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
          explicit_http_config: { http2_protocol_options: { allow_connect: true } },
        },
      },
      transport_socket: upstreamTls('', tls),
    },
  };
}

/** EDS of a service behind a waypoint: its address, reached through a tunnel to the waypoint. */
export function behindWaypoint(cluster: string, service: string, waypoint: string): JsonObject {
  const address = { envoy_internal_address: { server_listener_name: 'connect_originate', endpoint_id: service } };
  const metadata = { filter_metadata: { [ORIGINAL_DST]: { local: service, waypoint } } };
  const endpoint = { endpoint: { address }, health_status: 'HEALTHY', load_balancing_weight: 1, metadata };
  return { cluster_name: cluster, endpoints: [{ locality: { region: 'ap-northeast-2' }, lb_endpoints: [endpoint], load_balancing_weight: 1 }] };
}

/** An AuthorizationPolicy that lets some service accounts call, and no one else. */
export function allowAccounts(accounts: readonly string[]): JsonObject {
  const principals = accounts.map((exact) => ({ authenticated: { principal_name: { exact } } }));
  const policy = { permissions: [{ any: true }], principals };
  return networkFilter('envoy.filters.http.rbac', 'envoy.extensions.filters.http.rbac.v3.RBAC', {
    rules: { action: 'ALLOW', policies: { 'ns[istioinaction]-policy[callers]-rule[0]': policy } },
  });
}

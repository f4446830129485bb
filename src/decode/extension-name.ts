import { ownMember } from '../dump/json-value.ts';

/**
 * The configuration type of an extension that is known by name alone, as dumps before typed configuration have it.
 * In: `envoy.http_connection_manager` or `envoy.filters.network.http_connection_manager`. Out: the v3 message name; undefined where
 * the name is not one that pc models. Source: Envoy's well_known_names.h and its deprecated extension names.
 */
export function wellKnownConfigType(name: string): string | undefined {
  return ownMember(TYPES, name) ?? ownMember(TYPES, name.replace(/^envoy\.(filters\.(network|http|listener)\.|transport_sockets\.)?/, ''));
}

const NETWORK = 'envoy.extensions.filters.network';
const HTTP = 'envoy.extensions.filters.http';
const TLS = 'envoy.extensions.transport_sockets.tls.v3';

const TYPES: Readonly<Record<string, string>> = {
  http_connection_manager: `${NETWORK}.http_connection_manager.v3.HttpConnectionManager`,
  tcp_proxy: `${NETWORK}.tcp_proxy.v3.TcpProxy`,
  redis_proxy: `${NETWORK}.redis_proxy.v3.RedisProxy`,
  mongo_proxy: `${NETWORK}.mongo_proxy.v3.MongoProxy`,
  sni_cluster: `${NETWORK}.sni_cluster.v3.SniCluster`,
  'envoy.filters.network.rbac': `${NETWORK}.rbac.v3.RBAC`,
  'envoy.filters.http.rbac': `${HTTP}.rbac.v3.RBAC`,
  cors: `${HTTP}.cors.v3.Cors`,
  fault: `${HTTP}.fault.v3.HTTPFault`,
  router: `${HTTP}.router.v3.Router`,
  grpc_web: `${HTTP}.grpc_web.v3.GrpcWeb`,
  jwt_authn: `${HTTP}.jwt_authn.v3.JwtAuthentication`,
  'envoy.filters.http.ext_authz': `${HTTP}.ext_authz.v3.ExtAuthz`,
  'envoy.ext_authz': `${HTTP}.ext_authz.v3.ExtAuthz`,
  lua: `${HTTP}.lua.v3.Lua`,
  buffer: `${HTTP}.buffer.v3.Buffer`,
  health_check: `${HTTP}.health_check.v3.HealthCheck`,
  header_to_metadata: `${HTTP}.header_to_metadata.v3.Config`,
  tls_inspector: 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
  http_inspector: 'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector',
  original_dst: 'envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
  proxy_protocol: 'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
  tls: `${TLS}.DownstreamTlsContext`,
};

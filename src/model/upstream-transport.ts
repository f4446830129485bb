import { isJsonObject } from '../dump/json-value.ts';
import type { Cluster, LbEndpoint } from './generated/envoy-api.ts';

/**
 * Whether a cluster speaks TLS with an endpoint: by a transport socket of its own, or one that it picks by the endpoint's metadata (Istio's
 * automatic mutual TLS). Source: Envoy's TransportSocketMatcherImpl.
 */
export function endpointSpeaksTls(cluster: Cluster, endpoint: LbEndpoint): boolean {
  const { transport_socket: socket, transport_socket_matches: matches = [], transport_socket_matcher: matcher } = cluster;
  if (socket !== undefined || matcher !== undefined || cluster.tls_context !== undefined) return true;
  const labels = endpoint.metadata?.filter_metadata?.['envoy.transport_socket_match'];
  const own = isJsonObject(labels) ? labels : {};
  const match = matches.find(({ match: wanted = {} }) => Object.entries(wanted).every(([key, value]) => own[key] === value));
  return match?.transport_socket !== undefined && !/raw_buffer/.test(match.transport_socket.name ?? '');
}

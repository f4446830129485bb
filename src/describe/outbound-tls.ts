import type { Cluster } from '../model/generated/envoy-api.ts';
import { serves } from '../model/resource.ts';
import { clusterNameParts } from '../query/cluster-name.ts';
import { transportText } from '../query/transport-text.ts';
import { wantedFields } from '../query/wanted-fields.ts';
import type { OutboundTls } from './description.ts';
import { isServiceCluster } from './own-clusters.ts';
import type { ProxyFacts } from './proxy-facts.ts';

const TRANSPORT = wantedFields({ name: true, type: true, transport_socket: true, transport_socket_matches: true, tls_context: true });

/** How clusters are spoken to: of Istio's those that are `outbound`, of others all but those of the proxy itself. Null without clusters. */
export function outboundTls({ proxy }: ProxyFacts, controlPlane: string | null): OutboundTls | null {
  if (!proxy.sections.has('cluster')) return null;
  const counts = { mtls: 0, mtls_by_endpoint: 0, hbone: 0, tls: 0, passthrough: 0, plaintext: 0, other: 0 };
  const plaintext: string[] = [];
  let clusters = 0;
  for (const cluster of proxy.clusters) {
    const { name } = cluster;
    if (!serves(cluster) || !isService(name) || name === controlPlane) continue;
    clusters++;
    const kind = clusterNameParts(name)?.asServerName === true ? 'passthrough' : kindOf(cluster.part(TRANSPORT));
    counts[kind]++;
    if (kind === 'plaintext') plaintext.push(name);
  }
  return { clusters, ...counts, plaintext_names: plaintext };
}

function isService(name: string): boolean {
  const parts = clusterNameParts(name);
  return parts === undefined ? isServiceCluster(name) : parts.direction !== 'inbound' && parts.direction !== 'inbound-vip';
}

type Kind = 'mtls' | 'mtls_by_endpoint' | 'hbone' | 'tls' | 'plaintext' | 'other';

function kindOf(cluster: Partial<Cluster>): Kind {
  const matches = (cluster.transport_socket_matches ?? []).map((match) =>
    ofText(transportText(match.transport_socket ? { transport_socket: match.transport_socket } : {}), match.name),
  );
  if (matches.length === 0) return ofText(transportText(cluster, 'upstream'), undefined);
  const kinds = new Set(matches);
  if (kinds.size === 1) return matches[0] ?? 'other';
  if (kinds.has('mtls')) return 'mtls_by_endpoint';
  return kinds.has('hbone') ? 'hbone' : kinds.has('tls') ? 'tls' : 'other';
}

/** In: the text of the transport; the name of the match that it stands in (Istio calls the one for tunnels `hbone`). */
function ofText(transport: string, name: string | undefined): Kind {
  if (name === 'hbone' || /InternalUpstreamTransport/.test(transport)) return 'hbone';
  if (/\bmTLS\b/.test(transport)) return 'mtls';
  if (/\bTLS\b/.test(transport)) return 'tls';
  return /plaintext$/.test(transport) ? 'plaintext' : 'other';
}

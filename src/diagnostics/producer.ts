import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Producer } from './facts.ts';

/**
 * Who made the configuration: by the node's metadata and id, then by the names of clusters.
 * Istio's ids read `sidecar~ip~pod.ns~ns.svc.cluster.local`; the others have telling cluster names or metadata.
 */
export function producerOf(proxy: ProxyConfig): Producer {
  const node = proxy.bootstrap?.value.node;
  const metadata = node?.metadata ?? {};
  if ('ISTIO_VERSION' in metadata || 'ISTIO_PROXY_SHA' in metadata || /^(sidecar|router|ingress|waypoint)~/.test(node?.id ?? '')) return 'istio';
  if ('dataplane.token' in metadata || 'dataplane.admin.port' in metadata || ('version' in metadata && /kuma/i.test(JSON.stringify(metadata)))) return 'kuma';
  if (node?.cluster?.includes('envoy-gateway')) return 'envoy-gateway';
  if (node?.cluster === 'contour') return 'contour';
  if ('namespace' in metadata && 'partition' in metadata) return 'consul';
  if ('role' in metadata && /gloo/i.test(String(metadata['role']))) return 'gloo';
  const names = [...proxy.clusters.slice(0, LOOKED), ...proxy.listeners.slice(0, LOOKED), ...proxy.routeConfigs.slice(0, LOOKED)].map(({ name }) => name);
  return NAMES.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0] ?? 'plain';
}

/** So many of each kind tell enough. */
const LOOKED = 200;

/** Names of clusters, listeners and route configs that one producer alone gives, the most telling first. */
const NAMES: readonly (readonly [Producer, RegExp])[] = [
  ['istio', /^(?:outbound|inbound)(?:-vip)?\|\d+\|/],
  ['kuma', /^(?:kri_|kuma:|_kuma|(?:inbound|outbound):|system_envoy_)|_(?:msvc|mzsvc|extsvc)_\d+$/],
  ['envoy-gateway', /^(?:http|grpc|tls|tcp|udp)route\/|^[^/|]+\/[^/|]+\/[^/|]+$/],
  ['consul', /\.consul$|\.internal\.|^local_app$|^(?:public|outbound)_listener:/],
  ['contour', /^contour$|^ingress_https?$|^[^/]+\/[^/]+\/\d+\/[0-9a-f]{10}$/],
  ['gloo', /_gloo-system$|^listener-::-\d+/],
];

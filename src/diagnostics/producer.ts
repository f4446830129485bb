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
  const names = proxy.clusters.slice(0, 200).map((cluster) => cluster.name);
  const any = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  if (any(/^(outbound|inbound)(-vip)?\|\d+\|/)) return 'istio';
  if (any(/^(httproute|grpcroute|tlsroute|tcproute)\//) || node?.cluster?.includes('envoy-gateway')) return 'envoy-gateway';
  if (any(/\.default\.dc1\.internal\.|\.consul$/) || any(/^local_app$/) || ('namespace' in metadata && 'partition' in metadata)) return 'consul';
  if (any(/^contour$/) || node?.cluster === 'contour') return 'contour';
  if (any(/_gloo-system$/) || ('role' in metadata && /gloo/i.test(String(metadata['role'])))) return 'gloo';
  return 'plain';
}

import { intercepts } from './find-interceptor.ts';
import { nodeId } from './own-address.ts';
import type { ProxyIndex } from './proxy-index.ts';
import { mainInternal, tunnelListener } from './tunnel-listener.ts';

/** What the proxy is for: it decides how a request reaches its listeners. */
export type ProxyRole = 'sidecar' | 'gateway' | 'waypoint' | 'plain';

/**
 * Istio's node ids begin with the role (`sidecar~10.1.2.3~pod.ns~domain`); without one, a listener that redirected connections arrive at
 * makes a sidecar, and one that takes tunnels apart, with an internal listener `main_internal` behind it, a waypoint.
 */
export function roleOf(index: ProxyIndex): ProxyRole {
  const [kind] = nodeId(index).split('~');
  if (kind === 'sidecar' || kind === 'waypoint') return kind;
  if (kind === 'router') return 'gateway';
  if (index.listeners.some(intercepts)) return 'sidecar';
  return tunnelListener(index) !== undefined && mainInternal(index) !== undefined ? 'waypoint' : 'plain';
}

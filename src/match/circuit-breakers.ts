/**
 * A threshold of 0 fails every request at the same place: no connection pool may be made, nothing may wait for a connection, or no
 * request may be active. Other thresholds depend on the traffic of the moment; max_connections 0 still allows a pool its first one.
 * Source: source/common/upstream/resource_manager_impl.h, conn_pool_map_impl.h ConnPoolMap::getPool,
 * source/common/conn_pool/conn_pool_base.cc ConnPoolImplBase::newStreamImpl, source/common/tcp_proxy/tcp_proxy.cc
 * Filter::establishUpstreamConnection.
 */
import type { CircuitBreakers_Thresholds, Cluster, RoutingPriority } from '../model/generated/envoy-api.ts';
import type { RuntimeLookup } from './runtime-fraction.ts';
import { runtimeInteger } from './runtime-integer.ts';

type Limit = 'max_connections' | 'max_pending_requests' | 'max_requests' | 'max_connection_pools';

export interface ClosedBreaker {
  readonly limit: Limit;
  readonly priority: 'DEFAULT' | 'HIGH';
  readonly flags: string;
  readonly details: string;
  /** It closes before a host is looked for, so that it also hides their absence. */
  readonly beforeHosts: boolean;
  /** It closes once the host is connected: the host is logged, and where the connection fails, that failure (UF) is seen instead. */
  readonly afterConnection: boolean;
}

const OVERFLOW = 'upstream_reset_before_response_started{overflow}';

/** The threshold at 0 that stops every request of a cluster; undefined where none does. */
export function closedBreaker(
  cluster: Cluster,
  protocol: 'http' | 'tcp',
  routePriority: RoutingPriority | undefined,
  runtime: RuntimeLookup,
): ClosedBreaker | undefined {
  // TCP proxies always take the DEFAULT thresholds.
  const priority = protocol === 'http' && routePriority === 'HIGH' ? 'HIGH' : 'DEFAULT';
  const isZero = (limit: Limit): boolean => limitOf(cluster, limit, priority, runtime) === 0;
  const closed = (limit: Limit, flags: string, details: string, more: Partial<ClosedBreaker> = {}): ClosedBreaker => ({
    limit,
    priority,
    flags,
    details,
    beforeHosts: false,
    afterConnection: false,
    ...more,
  });
  if (protocol === 'tcp') {
    if (isZero('max_connections')) return closed('max_connections', 'UO', '', { beforeHosts: true });
    // The connection that may not wait counts as a failed attempt, and the attempts are used up.
    return isZero('max_pending_requests') ? closed('max_pending_requests', 'URX', '') : undefined;
  }
  if (isZero('max_connection_pools')) return closed('max_connection_pools', 'UH', 'no_healthy_upstream');
  if (isZero('max_pending_requests')) return closed('max_pending_requests', 'UO', OVERFLOW);
  return isZero('max_requests') ? closed('max_requests', 'UO', OVERFLOW, { afterConnection: true }) : undefined;
}

function limitOf(cluster: Cluster, limit: Limit, priority: 'DEFAULT' | 'HIGH', runtime: RuntimeLookup): number | undefined {
  const override = runtimeInteger(runtime, `circuit_breakers.${cluster.name ?? ''}.${priority.toLowerCase()}.${limit}`);
  const thresholds: CircuitBreakers_Thresholds | undefined = cluster.circuit_breakers?.thresholds?.find((t) => (t.priority ?? 'DEFAULT') === priority);
  return override ?? thresholds?.[limit];
}

/**
 * Envoy folds all that it knows of a host into three states: any sign of failure (active check, outlier ejection, EDS health) makes it
 * unhealthy, else any sign of degradation makes it degraded. A host that drains, or whose first health check is still to come, is also
 * left out of the count of hosts.
 * Source: source/common/upstream/upstream_impl.h HostImplBase::coarseHealth, upstream_impl.cc excludeBasedOnHealthFlag.
 */
import type { HealthStatus, HostHealthStatus } from '../model/generated/envoy-api.ts';
import type { HostHealth, UpstreamHost } from './host-set.ts';

export type HealthState = Pick<UpstreamHost, 'health' | 'healthReason' | 'ejected' | 'excluded'>;

const EJECTED = 'ejected by outlier detection';
const HEALTHY: HealthState = { health: 'HEALTHY', healthReason: undefined, ejected: false, excluded: false };

/** The health that a configured or dumped endpoint states. A dump shows three values only; a configuration all of them. */
export function healthOfStatus(status: HealthStatus | undefined): HealthState {
  switch (status) {
    case 'UNHEALTHY':
    case 'TIMEOUT':
      return { health: 'UNHEALTHY', healthReason: undefined, ejected: false, excluded: false };
    case 'DRAINING':
      return { health: 'UNHEALTHY', healthReason: 'EDS says DRAINING', ejected: false, excluded: true };
    case 'DEGRADED':
      return { health: 'DEGRADED', healthReason: undefined, ejected: false, excluded: false };
    default:
      return HEALTHY;
  }
}

/** The health that `/clusters` shows for a host, with its reasons. */
export function healthOfHostStatus(status: HostHealthStatus | undefined): HealthState {
  const eds = status?.eds_health_status;
  const failures = reasons([
    [status?.failed_active_health_check, status?.active_hc_timeout ? 'active health check timed out' : 'failed active health check'],
    [status?.failed_outlier_check, EJECTED],
    [eds === 'UNHEALTHY' || eds === 'DRAINING' || eds === 'TIMEOUT', `EDS says ${eds}`],
    [status?.pending_active_hc, 'waits for its first active health check'],
  ]);
  const degradations = reasons([
    [status?.failed_active_degraded_check, 'active health check says degraded'],
    [status?.failed_degraded_outlier_detection, 'degraded by outlier detection'],
    [eds === 'DEGRADED', 'EDS says DEGRADED'],
  ]);
  const excluded = status?.pending_active_hc === true || status?.excluded_via_immediate_hc_fail === true || eds === 'DRAINING';
  if (failures !== '') return { health: 'UNHEALTHY', healthReason: failures, ejected: failures === EJECTED, excluded };
  if (degradations !== '') return { health: 'DEGRADED', healthReason: degradations, ejected: false, excluded };
  return { health: 'HEALTHY', healthReason: undefined, ejected: false, excluded };
}

function reasons(found: readonly (readonly [holds: boolean | undefined, reason: string])[]): string {
  return found
    .filter(([holds]) => holds === true)
    .map(([, reason]) => reason)
    .join(', ');
}

/** `UNHEALTHY (failed active health check)`. */
export function describeHealth(host: { readonly health: HostHealth; readonly healthReason: string | undefined }): string {
  return host.healthReason === undefined ? host.health : `${host.health} (${host.healthReason})`;
}

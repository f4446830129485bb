/**
 * Each priority can carry min(100, overprovisioning factor x share of its hosts that serve) percent of the load; priority 0 takes what
 * it can, the next ones what is left, degraded hosts what the healthy ones of all priorities leave over. While all priorities together
 * cannot carry 100 percent, a priority below the panic threshold panics (all its hosts serve), and when every priority panics the load
 * follows the number of hosts.
 * Source: source/extensions/load_balancing_policies/common/load_balancer_impl.cc LoadBalancerBase::recalculatePerPriorityState,
 * recalculatePerPriorityPanic, recalculateLoadInTotalPanic, distributeLoad.
 */
import { type HostLevel, type HostSet, hostsOf, type UpstreamHost } from './host-set.ts';

/** Whole percents by priority; `healthy` and `degraded` together sum to 100. */
export interface PriorityLoad {
  readonly healthy: readonly number[];
  readonly degraded: readonly number[];
  /** Which priorities use all their hosts whatever their health. */
  readonly panic: readonly boolean[];
}

/** How a cluster's load falls on its priorities. `panicThreshold` is a whole percent. */
export function priorityLoad(set: HostSet, panicThreshold: number): PriorityLoad {
  const { levels } = set;
  const healthyCapacity = levels.map((level) => capacity(level, 'HEALTHY'));
  const degradedCapacity = levels.map((level) => capacity(level, 'DEGRADED'));
  const total = Math.min(100, sum(healthyCapacity) + sum(degradedCapacity));
  const threshold = Math.min(100, panicThreshold);

  if (total === 0 && threshold === 0)
    return { healthy: levels.map((_, i) => (i === 0 ? 100 : 0)), degraded: levels.map(() => 0), panic: levels.map(() => false) };
  const panic = levels.map((level) => total < 100 && servingPercent(level) < threshold);
  if (panic.every((p) => p)) return { ...loadByHostCount(levels), panic };
  return { ...distribute(healthyCapacity, degradedCapacity, total), panic };
}

function distribute(healthyCapacity: readonly number[], degradedCapacity: readonly number[], total: number): Omit<PriorityLoad, 'panic'> {
  if (total === 0) return { healthy: healthyCapacity.map((_, i) => (i === 0 ? 100 : 0)), degraded: degradedCapacity.map(() => 0) };
  let left = 100;
  const take = (capacity: number): number => {
    const load = Math.min(left, Math.floor((capacity * 100) / total));
    left -= load;
    return load;
  };
  const healthy = healthyCapacity.map(take);
  const degraded = degradedCapacity.map(take);
  // What rounding leaves goes to the first priority that serves.
  const firstHealthy = healthyCapacity.findIndex((c) => c > 0);
  const firstDegraded = degradedCapacity.findIndex((c) => c > 0);
  if (firstHealthy >= 0) healthy[firstHealthy] = (healthy[firstHealthy] ?? 0) + left;
  else if (firstDegraded >= 0) degraded[firstDegraded] = (degraded[firstDegraded] ?? 0) + left;
  return { healthy, degraded };
}

function loadByHostCount(levels: readonly HostLevel[]): Omit<PriorityLoad, 'panic'> {
  const counts = levels.map((level) => hostsOf(level).length);
  const total = sum(counts);
  const first = total === 0 ? 0 : counts.findIndex((count) => count > 0);
  const healthy = counts.map((count) => (total === 0 ? 0 : Math.floor((100 * count) / total)));
  healthy[first] = (healthy[first] ?? 0) + 100 - sum(healthy);
  return { healthy, degraded: counts.map(() => 0) };
}

function capacity(level: HostLevel, health: 'HEALTHY' | 'DEGRADED'): number {
  const size = (host: UpstreamHost): number => (level.weightedPriorityHealth ? host.weight : 1);
  const hosts = hostsOf(level);
  if (!hosts.some((host) => !host.excluded)) return 0;
  const counted = sum(hosts.map((host) => (host.excluded ? 0 : size(host))));
  const serving = sum(hosts.map((host) => (host.health === health ? size(host) : 0)));
  return counted === 0 ? 0 : Math.min(100, Math.floor((level.overprovisioningFactor * serving) / counted));
}

function servingPercent(level: HostLevel): number {
  const hosts = hostsOf(level);
  const counted = hosts.filter((host) => !host.excluded).length;
  return counted === 0 ? 0 : (100 * hosts.filter((host) => host.health !== 'UNHEALTHY').length) / counted;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

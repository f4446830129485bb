/**
 * A load balancer draws a priority and an availability by the priority loads, then a locality where localities count, then a host by
 * the policy. A priority that panics uses all its hosts, or none with fail_traffic_on_panic; ring hash and Maglev never use degraded
 * hosts outside panic.
 * Source: source/extensions/load_balancing_policies/common/load_balancer_impl.cc ZoneAwareLoadBalancerBase::hostSourceToUse,
 * thread_aware_lb_impl.cc ThreadAwareLoadBalancerBase::refresh.
 */
import { type HostPick, mixPicks, NO_HOST, spread } from './host-pick.ts';
import { type Availability, eligible, type HostLevel, type HostSet, hostsOf } from './host-set.ts';
import type { HostPolicy } from './lb-policy.ts';
import { hashedLocalityShares, localityShares } from './locality-weights.ts';
import { type PriorityLoad, priorityLoad } from './priority-load.ts';
import { zoneRouting } from './zone-aware-routing.ts';

/** What a pick depends on besides the hosts. */
export interface PickSituation {
  /** Whole percent. */
  readonly panicThreshold: number;
  /** The only level of the proxy's own cluster, where the bootstrap names one. */
  readonly localLevel: HostLevel | undefined;
  /** An aggregate cluster asks for one priority and availability, which hashing policies ignore; undefined elsewhere. */
  readonly wanted?: { readonly priority: number; readonly availability: Availability };
}

/** The share of each host of a set without subsets. */
export function pickEndpoints(policy: HostPolicy, set: HostSet, situation: PickSituation): HostPick {
  const load = priorityLoad(set, situation.panicThreshold);
  const { wanted } = situation;
  if (wanted !== undefined && policy.algorithm !== 'hash') return pickFromLevel(policy, set, wanted.priority, wanted.availability, load, situation);
  const parts: (readonly [number, HostPick])[] = [];
  for (const availability of ['healthy', 'degraded'] as const) {
    load[availability].forEach((percent, priority) => {
      if (percent > 0) parts.push([percent / 100, pickFromLevel(policy, set, priority, availability, load, situation)]);
    });
  }
  return mixPicks(parts);
}

function pickFromLevel(policy: HostPolicy, set: HostSet, priority: number, availability: Availability, load: PriorityLoad, situation: PickSituation): HostPick {
  const level = set.levels[priority];
  if (level === undefined) return NO_HOST;
  const inPanic = load.panic[priority] === true;
  if (policy.algorithm === 'hash') return pickByHash(policy, level, inPanic);
  const byWeight = policy.algorithm === 'weighted';
  if (inPanic) return policy.failTrafficOnPanic ? NO_HOST : spread(hostsOf(level), byWeight);

  const inLocality = (index: number): HostPick => spread(eligible(level.localities[index]?.hosts ?? [], availability), byWeight);
  const byLocality = (shares: readonly number[]): HostPick => mixPicks(shares.map((share, i) => [share, inLocality(i)]));
  const flat = (): HostPick => spread(hostsOf(level, availability), byWeight);

  const weighted = policy.localityWeighted ? localityShares(level, availability) : undefined;
  if (weighted !== undefined) return byLocality(weighted);
  const { localLevel } = situation;
  const zones = policy.zoneAware !== undefined && localLevel !== undefined && priority === 0 ? zoneRouting(policy.zoneAware, level, localLevel) : undefined;
  if (zones === undefined || localLevel === undefined) return flat();
  const zoned = isPanicking(localLevel, situation.panicThreshold) ? (policy.failTrafficOnPanic ? NO_HOST : flat()) : byLocality(zones.shares);
  return mixPicks([
    [zones.part, zoned],
    [1 - zones.part, flat()],
  ]);
}

function pickByHash(policy: HostPolicy, level: HostLevel, inPanic: boolean): HostPick {
  const serving = (hosts: ReturnType<typeof hostsOf>): HostPick => spread(inPanic ? hosts : eligible(hosts, 'healthy'), true);
  const shares = policy.localityWeighted ? hashedLocalityShares(level, inPanic) : undefined;
  if (shares === undefined) return serving(hostsOf(level));
  return mixPicks(shares.map((share, i) => [share, serving(level.localities[i]?.hosts ?? [])]));
}

function isPanicking(level: HostLevel, threshold: number): boolean {
  const counted = hostsOf(level).filter((host) => !host.excluded);
  const serving = hostsOf(level).filter((host) => host.health !== 'UNHEALTHY').length;
  return (counted.length === 0 ? 0 : (100 * serving) / counted.length) < Math.min(100, threshold);
}

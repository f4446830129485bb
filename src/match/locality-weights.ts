/**
 * With locality_weighted_lb_config a request first chooses a locality, by its weight times the share of its hosts that serve (raised by
 * the overprovisioning factor, at most 1); an unset weight counts as 0. Where no locality has weight, hosts are chosen as if there were
 * no localities.
 * Source: source/extensions/load_balancing_policies/common/locality_wrr.cc LocalityWrr::effectiveLocalityWeight.
 */
import { type Availability, eligible, type HostLevel } from './host-set.ts';

/** The probability of each locality of a level, in order; undefined where localities are not looked at. */
export function localityShares(level: HostLevel, availability: Availability): readonly number[] | undefined {
  if (!level.hasLocalityWeights) return undefined;
  const weights = level.localities.map((locality) => {
    const counted = locality.hosts.filter((host) => !host.excluded).length;
    if (counted === 0) return 0;
    const ratio = eligible(locality.hosts, availability).length / counted;
    return locality.weight * Math.min(1, (level.overprovisioningFactor / 100) * ratio);
  });
  return normalized(weights);
}

/**
 * Ring hash and Maglev take the configured weights as they are: health does not change a locality's share, unless nothing in it serves.
 * Source: source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc normalizeLocalityWeights.
 */
export function hashedLocalityShares(level: HostLevel, inPanic: boolean): readonly number[] | undefined {
  if (!level.hasLocalityWeights) return undefined;
  const serves = (hosts: HostLevel['localities'][number]['hosts']): boolean => (inPanic ? hosts.length > 0 : eligible(hosts, 'healthy').length > 0);
  return normalized(level.localities.map((locality) => (serves(locality.hosts) ? locality.weight : 0))) ?? level.localities.map(() => 0);
}

function normalized(weights: readonly number[]): readonly number[] | undefined {
  const total = weights.reduce((sum, w) => sum + w, 0);
  return total === 0 ? undefined : weights.map((w) => w / total);
}

/**
 * With a local cluster named in the bootstrap, priority 0 keeps requests in the proxy's own zone as far as the zones of the upstream
 * cluster have their share of hosts there; the rest goes to zones with spare hosts. It is off for fewer than two zones, for small
 * clusters, and while the local cluster lacks hosts in the proxy's zone.
 * Source: source/extensions/load_balancing_policies/common/load_balancer_impl.cc
 * ZoneAwareLoadBalancerBase::regenerateLocalityRoutingStructures, earlyExitNonLocalityRouting, tryChooseLocalLocalityHosts.
 */
import { eligible, type HostLevel, type HostLocality } from './host-set.ts';

export interface ZoneAwareConfig {
  /** Whole percent of the requests that take part. */
  readonly routingEnabled: number;
  readonly minClusterSize: number;
  /** All requests stay in the own zone once it has that many healthy hosts. */
  readonly forceLocalZoneMinSize: number | undefined;
  readonly countWeights: boolean;
}

export interface ZoneRouting {
  /** Probability that a request is routed by zone at all. */
  readonly part: number;
  /** The probability of each locality of the level, of those that are. */
  readonly shares: readonly number[];
}

/** Percentages are counted in hundredths of a percent, as whole numbers. */
const WHOLE = 10_000;

/** How priority 0 spreads over its localities; undefined where zones play no part. `local` is the local cluster's only level. */
export function zoneRouting(config: ZoneAwareConfig, upstream: HostLevel, local: HostLevel): ZoneRouting | undefined {
  const zones = upstream.localities.length;
  if (zones < 2) return undefined;
  if (config.forceLocalZoneMinSize === undefined && local.localities.length < 2) return undefined;
  if (!local.hasLocal || local.localities[0]?.hosts.length === 0) return undefined;
  const healthy = upstream.localities.map((locality) => eligible(locality.hosts, 'healthy').length);
  if (healthy.reduce((sum, n) => sum + n, 0) < config.minClusterSize) return undefined;
  return { part: Math.min(100, config.routingEnabled) / 100, shares: localityProbabilities(config, upstream, local, healthy[0] ?? 0) };
}

function localityProbabilities(config: ZoneAwareConfig, upstream: HostLevel, local: HostLevel, healthyAtHome: number): readonly number[] {
  const upstreamPercent = percentages(upstream.localities, config.countWeights);
  const localByName = percentages(local.localities, config.countWeights);
  const localPercent = new Map(local.localities.map((locality, i) => [locality.name, localByName[i] ?? 0]));
  // A locality without a healthy host counts as 0 on both sides.
  const localOf = (i: number): number => ((upstreamPercent[i] ?? 0) === 0 ? 0 : (localPercent.get(upstream.localities[i]?.name ?? '') ?? 0));
  const upstreamHome = upstreamPercent[0] ?? 0;

  let home = 0;
  if (upstream.hasLocal) {
    const forced = config.forceLocalZoneMinSize !== undefined && healthyAtHome >= config.forceLocalZoneMinSize;
    if ((upstreamHome > 0 && upstreamHome >= localOf(0)) || forced) return upstream.localities.map((_, i) => (i === 0 ? 1 : 0));
    home = localOf(0) > 0 ? Math.min(1, Math.floor((upstreamHome * WHOLE) / localOf(0)) / WHOLE) : 0;
  }
  const spare = upstream.localities.map((_, i) => (i === 0 && upstream.hasLocal ? 0 : Math.max(0, (upstreamPercent[i] ?? 0) - localOf(i))));
  const total = spare.reduce((sum, n) => sum + n, 0);
  const away = spare.map((n) => (total === 0 ? 1 / spare.length : n / total) * (1 - home));
  return away.map((share, i) => (i === 0 && upstream.hasLocal ? share + home : share));
}

function percentages(localities: readonly HostLocality[], countWeights: boolean): readonly number[] {
  const sizes = localities.map((locality) => eligible(locality.hosts, 'healthy').reduce((sum, host) => sum + (countWeights ? host.weight : 1), 0));
  const total = sizes.reduce((sum, n) => sum + n, 0);
  return sizes.map((size) => (total === 0 ? 0 : Math.floor((WHOLE * size) / total)));
}

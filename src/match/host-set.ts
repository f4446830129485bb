import type { Struct } from '../model/message.ts';

/** The three states that Envoy's load balancers know. Source: Host::Health in envoy/upstream/upstream.h. */
export type HostHealth = 'HEALTHY' | 'DEGRADED' | 'UNHEALTHY';

/** A host that a load balancer can choose. */
export interface UpstreamHost {
  /** `ip:port`, `[ip6]:port`, a pipe's path, or `envoy://listener/endpoint`. */
  readonly address: string;
  readonly health: HostHealth;
  /** What made it degraded or unhealthy, where that is known: `failed active health check`. */
  readonly healthReason: string | undefined;
  /** Outlier detection took it out for a while, and nothing else is against it. */
  readonly ejected?: boolean;
  /** Left out of the count when the share of healthy hosts is taken: it drains, or waits for its first health check. */
  readonly excluded: boolean;
  readonly weight: number;
  /** The `envoy.lb` filter metadata, by which subsets are made. */
  readonly metadata: Struct | undefined;
}

/** Hosts of one locality within one priority. */
export interface HostLocality {
  /** `region/zone/sub_zone`; `//` for hosts without a locality. */
  readonly name: string;
  /** `load_balancing_weight` of the locality; 0 where it has none. */
  readonly weight: number;
  readonly hosts: readonly UpstreamHost[];
}

/** One priority. Its localities stand in Envoy's order: the proxy's own first, then by name. */
export interface HostLevel {
  readonly localities: readonly HostLocality[];
  /** The first locality is the proxy's own. */
  readonly hasLocal: boolean;
  /** False where locality weights are ignored (subsets that are not locality_weight_aware). */
  readonly hasLocalityWeights: boolean;
  /** Percent; 140 by default. */
  readonly overprovisioningFactor: number;
  /** The health of the level counts host weights, not hosts. */
  readonly weightedPriorityHealth: boolean;
}

/** A cluster's hosts by priority: index 0 is the most wanted. There is always at least one level, be it empty. */
export interface HostSet {
  readonly levels: readonly HostLevel[];
}

export type Availability = 'healthy' | 'degraded';

export const DEFAULT_OVERPROVISIONING = 140;
export const EMPTY_LEVEL: HostLevel = {
  localities: [],
  hasLocal: false,
  hasLocalityWeights: true,
  overprovisioningFactor: DEFAULT_OVERPROVISIONING,
  weightedPriorityHealth: false,
};
export const EMPTY_HOST_SET: HostSet = { levels: [EMPTY_LEVEL] };

/** All hosts of a level, or those of one availability. */
export function hostsOf(level: HostLevel, availability?: Availability): readonly UpstreamHost[] {
  const hosts = level.localities.length === 1 ? (level.localities[0]?.hosts ?? []) : level.localities.flatMap((locality) => locality.hosts);
  return availability === undefined ? hosts : eligible(hosts, availability);
}

/** The hosts of a list that serve as healthy, or as degraded. */
export function eligible(hosts: readonly UpstreamHost[], availability: Availability): readonly UpstreamHost[] {
  const wanted: HostHealth = availability === 'healthy' ? 'HEALTHY' : 'DEGRADED';
  return hosts.filter((host) => host.health === wanted);
}

/** Every host of a cluster, in order. */
export function allHosts(set: HostSet): readonly UpstreamHost[] {
  return set.levels.flatMap((level) => hostsOf(level));
}

/** The part of a host set whose hosts pass a test. Levels and localities keep their places, be they empty. */
export function filterHosts(set: HostSet, keep: (host: UpstreamHost) => boolean): HostSet {
  return mapLocalities(set, (locality) => ({ ...locality, hosts: locality.hosts.filter(keep) }));
}

/** Every locality of a host set changed, levels as they are. */
export function mapLocalities(set: HostSet, change: (locality: HostLocality) => HostLocality): HostSet {
  return { levels: set.levels.map((level) => ({ ...level, localities: level.localities.map(change) })) };
}

/**
 * Hosts are grouped by priority, then by locality: the proxy's own locality first, the others in the order of their names. A locality
 * weight without a locality is ignored; an endpoint without weight has weight 1.
 * Source: source/common/upstream/upstream_impl.cc PriorityStateManager::registerHostForPriority, updateClusterPrioritySet.
 */
import type { ClusterLoadAssignment, ClusterStatus, HostStatus, LbEndpoint, Locality } from '../model/generated/envoy-api.ts';
import { endpointAddress } from './endpoint-address.ts';
import { healthOfHostStatus, healthOfStatus } from './host-health.ts';
import { DEFAULT_OVERPROVISIONING, EMPTY_LEVEL, type HostLevel, type HostSet, type UpstreamHost } from './host-set.ts';

interface PlacedHost {
  readonly priority: number;
  readonly locality: string;
  readonly weight: number | undefined;
  readonly host: UpstreamHost;
}

/** The name under which a locality is compared: `region/zone/sub_zone`. */
export function localityName(locality: Locality | undefined): string {
  return `${locality?.region ?? ''}/${locality?.zone ?? ''}/${locality?.sub_zone ?? ''}`;
}

/** The hosts of an assignment. `live` is what `/clusters` says of the same cluster: it knows health better. */
export function hostsOfAssignment(assignment: ClusterLoadAssignment, live: ClusterStatus | undefined, ownLocality: string | undefined): HostSet {
  const states = liveStates(live);
  const placed = (assignment.endpoints ?? []).flatMap((group) =>
    (group.lb_endpoints ?? []).map((endpoint): PlacedHost => {
      const address = endpointAddress(endpoint.endpoint?.address);
      const priority = group.priority ?? 0;
      return {
        priority,
        locality: localityName(group.locality),
        weight: group.locality === undefined ? undefined : group.load_balancing_weight,
        host: hostOf(endpoint, address, states.get(hostKey(priority, group.locality, address))?.shift()),
      };
    }),
  );
  const { policy } = assignment;
  return group(placed, policy?.overprovisioning_factor, policy?.weighted_priority_health === true, ownLocality);
}

/** The hosts as `/clusters` alone shows them: without metadata, locality weights and policy. */
export function hostsOfStatus(status: ClusterStatus, ownLocality: string | undefined): HostSet {
  const placed = (status.host_statuses ?? []).map((host) => ({
    priority: host.priority ?? 0,
    locality: localityName(host.locality),
    weight: undefined,
    host: { address: endpointAddress(host.address), weight: Math.max(1, host.weight ?? 1), metadata: undefined, ...healthOfHostStatus(host.health_status) },
  }));
  return group(placed, undefined, false, ownLocality);
}

/** An address may be listed more than once: each listing has a status of its own, in the same order. */
function liveStates(live: ClusterStatus | undefined): ReadonlyMap<string, HostStatus[]> {
  const states = new Map<string, HostStatus[]>();
  for (const status of live?.host_statuses ?? []) {
    const key = hostKey(status.priority ?? 0, status.locality, endpointAddress(status.address));
    states.set(key, [...(states.get(key) ?? []), status]);
  }
  return states;
}

const hostKey = (priority: number, locality: Locality | undefined, address: string): string => `${priority} ${localityName(locality)} ${address}`;

function hostOf(endpoint: LbEndpoint, address: string, live: HostStatus | undefined): UpstreamHost {
  return {
    address,
    weight: Math.max(1, endpoint.load_balancing_weight ?? 1),
    metadata: endpoint.metadata?.filter_metadata?.['envoy.lb'],
    ...(live === undefined ? healthOfStatus(endpoint.health_status) : healthOfHostStatus(live.health_status)),
  };
}

function group(placed: readonly PlacedHost[], factor: number | undefined, weightedPriorityHealth: boolean, ownLocality: string | undefined): HostSet {
  const facts = { overprovisioningFactor: factor ?? DEFAULT_OVERPROVISIONING, weightedPriorityHealth };
  const levels: HostLevel[] = [];
  for (let priority = 0; priority <= Math.max(0, ...placed.map((p) => p.priority)); priority++) {
    const localities = new Map<string, { name: string; weight: number; hosts: UpstreamHost[] }>();
    for (const { priority: own, locality, weight, host } of placed) {
      if (own !== priority) continue;
      const known = localities.get(locality) ?? { name: locality, weight: 0, hosts: [] };
      known.weight = weight ?? known.weight;
      known.hosts.push(host);
      localities.set(locality, known);
    }
    const hasLocal = ownLocality !== undefined && localities.has(ownLocality);
    const sorted = [...localities.values()].sort((a, b) => Number(b.name === ownLocality) - Number(a.name === ownLocality) || compare(a.name, b.name));
    levels.push({ ...EMPTY_LEVEL, ...facts, localities: sorted, hasLocal });
  }
  return { levels };
}

function compare(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (const [i, part] of left.entries()) {
    const other = right[i] ?? '';
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

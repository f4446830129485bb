import { type HealthState, healthOfHostStatus, healthOfStatus } from '../match/host-health.ts';
import { DEFAULT_OVERPROVISIONING, EMPTY_LEVEL, type HostHealth, type HostLevel, type UpstreamHost } from '../match/host-set.ts';
import { type HostPolicy, lbPolicyOf, STOCK_POLICIES } from '../match/lb-policy.ts';
import { pickEndpoints } from '../match/pick-endpoints.ts';
import type { Cluster, ClusterLoadAssignment, HealthStatus } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { EndpointRow } from './endpoint-row.ts';
import { wantedFields } from './wanted-fields.ts';

const DEFAULT_PANIC_THRESHOLD = 50;
const BY_WEIGHT: HostPolicy = { algorithm: 'weighted', localityWeighted: false, failTrafficOnPanic: false, zoneAware: undefined };

/** How a load balancer counts an endpoint: by what EDS says and, where `/clusters` is there, by Envoy's own findings. */
export function endpointHealth(row: Pick<EndpointRow, 'edsHealth' | 'status'>): HostHealth {
  return stateOf(row).health;
}

function stateOf(row: Pick<EndpointRow, 'edsHealth' | 'status'>): HealthState {
  return row.status === undefined ? healthOfStatus(row.edsHealth as HealthStatus) : healthOfHostStatus(row.status);
}

/** What of a cluster decides how it balances. */
const OF_CLUSTER = wantedFields({
  lb_policy: true,
  load_balancing_policy: true,
  common_lb_config: true,
  lb_subset_config: true,
  ring_hash_lb_config: true,
  maglev_lb_config: true,
  least_request_lb_config: true,
  round_robin_lb_config: true,
  original_dst_lb_config: true,
});

/**
 * The share of each endpoint of one cluster, in percent, as the trace computes it: by priority, health, locality and weight. Subsets and
 * zone aware routing, which depend on the request and on the proxy's own zone, are left aside; where the policy is not known, so are the
 * shares. They are computed when the first one is asked for.
 */
export class EndpointShares {
  private known: ReadonlyMap<EndpointRow, number> | undefined;
  private readonly rows: readonly EndpointRow[];
  private readonly policy: ClusterLoadAssignment['policy'];
  private readonly cluster: Resource<Cluster> | undefined;

  /** In: the endpoints, the policy of their assignment, their cluster where the input configures it. */
  constructor(rows: readonly EndpointRow[], policy: ClusterLoadAssignment['policy'], cluster: Resource<Cluster> | undefined) {
    this.rows = rows;
    this.policy = policy;
    this.cluster = cluster;
  }

  of(row: EndpointRow): number | undefined {
    this.known ??= sharesOf(
      this.rows.filter(({ address }) => address !== undefined),
      this.policy,
      this.cluster?.part(OF_CLUSTER),
    );
    return this.known.get(row);
  }
}

function sharesOf(rows: readonly EndpointRow[], assigned: ClusterLoadAssignment['policy'], cluster: Cluster | undefined): ReadonlyMap<EndpointRow, number> {
  const known = lbPolicyOf(cluster ?? {}, { runtime: () => undefined, hasPolicy: (type) => STOCK_POLICIES.has(type) });
  const policy = cluster === undefined ? BY_WEIGHT : known.kind === 'hosts' ? known.hosts : undefined;
  if (policy === undefined || rows.length === 0) return new Map();
  const hosts = new Map<EndpointRow, UpstreamHost>();
  for (const row of rows) hosts.set(row, { address: row.address ?? '', weight: Math.max(1, row.weight), metadata: undefined, ...stateOf(row) });
  const panicThreshold = Math.floor(cluster?.common_lb_config?.healthy_panic_threshold?.value ?? DEFAULT_PANIC_THRESHOLD);
  const { shares } = pickEndpoints(policy, { levels: levelsOf(hosts, assigned) }, { panicThreshold, localLevel: undefined });
  return new Map([...hosts].map(([row, host]) => [row, Math.round((shares.get(host) ?? 0) * 10_000) / 100]));
}

function levelsOf(hosts: ReadonlyMap<EndpointRow, UpstreamHost>, policy: ClusterLoadAssignment['policy']): HostLevel[] {
  const last = Math.max(...[...hosts.keys()].map((row) => row.priority));
  return Array.from({ length: last + 1 }, (_, priority) => {
    const localities = new Map<string, { name: string; weight: number; hosts: UpstreamHost[] }>();
    for (const [row, host] of hosts) {
      if (row.priority !== priority) continue;
      const locality = localities.get(row.locality) ?? { name: row.locality, weight: row.localityWeight ?? 0, hosts: [] };
      locality.hosts.push(host);
      localities.set(row.locality, locality);
    }
    const overprovisioningFactor = policy?.overprovisioning_factor ?? DEFAULT_OVERPROVISIONING;
    const weightedPriorityHealth = policy?.weighted_priority_health === true;
    return { ...EMPTY_LEVEL, localities: [...localities.values()], overprovisioningFactor, weightedPriorityHealth };
  });
}

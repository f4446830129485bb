import type { Address, Cluster, ClusterLoadAssignment, ClusterStatus } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { assignedRows, type EndpointRow, type EndpointSource, plainRows, statusRow } from './endpoint-row.ts';
import { EndpointShares } from './endpoint-share.ts';
import { wantedFields } from './wanted-fields.ts';

/** What of an assignment and of a cluster the rows are made of; subsets and metadata, most of their bytes, are left aside. */
const ASSIGNED = {
  cluster_name: true,
  policy: { overprovisioning_factor: true, weighted_priority_health: true },
  endpoints: {
    locality: { region: true, zone: true, sub_zone: true },
    priority: true,
    load_balancing_weight: true,
    lb_endpoints: {
      endpoint: {
        address: {
          socket_address: { address: true, port_value: true, named_port: true },
          pipe: true,
          envoy_internal_address: true,
        },
        hostname: true,
        additional_addresses: true,
      },
      endpoint_name: true,
      health_status: true,
      load_balancing_weight: true,
    },
  },
} as const;
const OF_ASSIGNMENT = wantedFields(ASSIGNED);
const OF_CLUSTER = wantedFields({
  name: true,
  type: true,
  cluster_type: true,
  eds_cluster_config: { service_name: true },
  load_assignment: ASSIGNED,
  hosts: true,
});

/** Clusters whose configured endpoints are names that Envoy resolves: `/clusters` lists the addresses that came of it. */
const RESOLVED = new Set(['STRICT_DNS', 'LOGICAL_DNS']);
/** Clusters that should have endpoints; others may be without on purpose (`BlackHoleCluster`). */
const LISTED = new Set(['EDS', 'STRICT_DNS', 'LOGICAL_DNS']);

/**
 * The endpoints of every cluster: CDS gives the clusters, `eds_cluster_config.service_name` (else the cluster's name) finds the EDS
 * assignment, the cluster's name finds its part of `/clusters`, the address joins one with the other. Whatever is left over in EDS or in
 * `/clusters` is listed under the name that it has there. In: also whether the shares of endpoints are asked for.
 */
export function joinEndpoints(proxy: ProxyConfig, hasShares = true): EndpointRow[] {
  const join = new EndpointJoin(proxy, hasShares ? withShares : withoutShares);
  for (const cluster of proxy.clusters) join.addCluster(cluster);
  join.addLeftStatuses();
  join.addLeftAssignments();
  return join.rows;
}

/**
 * As {@link joinEndpoints}, of the clusters whose name may hold a text, letter case aside: of a large dump the others are not looked at.
 * Undefined where others have to be: `/clusters` is there, or an assignment of such a name that one of them may have taken.
 */
export function joinEndpointsHolding(proxy: ProxyConfig, text: string): EndpointRow[] | undefined {
  if (proxy.clusterStatuses !== undefined) return undefined;
  const join = new EndpointJoin(proxy, withShares, text);
  for (const cluster of proxy.mayHold('cluster', text)) join.addCluster(cluster);
  return join.hasLeftAssignments() ? undefined : join.rows;
}

interface ListedAssignment {
  readonly resource: Resource<ClusterLoadAssignment>;
  /** Whether a cluster has taken it. */
  isTaken: boolean;
}

class EndpointJoin {
  readonly rows: EndpointRow[] = [];
  private readonly assignments = new Map<string, ListedAssignment>();
  private readonly statuses = new Map<string, ClusterStatus>();
  /** The clusters that were listed: a name may stand there in several states. */
  private readonly seen = new Set<string>();

  private readonly proxy: ProxyConfig;
  private readonly sharing: Sharing;
  private readonly isWhole: boolean;

  /** In: also a text where only assignments whose name may hold it are listed; what a cluster names is found all the same. */
  constructor(proxy: ProxyConfig, sharing: Sharing, text?: string) {
    this.proxy = proxy;
    this.sharing = sharing;
    this.isWhole = text === undefined;
    for (const resource of text === undefined ? proxy.endpoints : proxy.mayHold('endpoint', text))
      if (!this.assignments.has(resource.name)) this.assignments.set(resource.name, { resource, isTaken: false });
    for (const status of proxy.clusterStatuses?.value.cluster_statuses ?? []) this.statuses.set(status.name ?? '', status);
  }

  addCluster(cluster: Resource<Cluster>): void {
    const { name } = cluster;
    if (cluster.state === 'error' || this.seen.has(name)) return;
    this.seen.add(name);
    const shown = cluster.part(OF_CLUSTER);
    this.add(clusterRows(cluster, shown, this.take(shown.eds_cluster_config?.service_name, name), this.statuses.get(name), this.sharing));
    this.statuses.delete(name);
  }

  /** What of `/clusters` belongs to no cluster that was listed. */
  addLeftStatuses(): void {
    for (const [name, status] of this.statuses) {
      const assignment = this.take(status.eds_service_name, name);
      const assigned = assignment && assignedBy(assignment, name, 'EDS');
      this.add(this.sharing(joined(assigned?.rows ?? [], status, name), assigned?.policy, undefined));
    }
  }

  /** What of EDS no cluster has taken. */
  addLeftAssignments(): void {
    for (const [name, { resource, isTaken }] of this.assignments) {
      if (isTaken) continue;
      const { rows, policy } = assignedBy(resource, name, 'EDS');
      this.add(rows.length > 0 ? this.sharing(rows, policy, undefined) : [emptyRow(name, resource)]);
    }
  }

  hasLeftAssignments(): boolean {
    return [...this.assignments.values()].some(({ isTaken }) => !isTaken);
  }

  private take(serviceName: string | undefined, cluster: string): Resource<ClusterLoadAssignment> | undefined {
    const found = this.assignment(serviceName || cluster) ?? this.assignment(cluster);
    if (found !== undefined) found.isTaken = true;
    return found?.resource;
  }

  private assignment(name: string): ListedAssignment | undefined {
    const known = this.assignments.get(name);
    if (known !== undefined || this.isWhole) return known;
    const [resource] = this.proxy.named('endpoint', name);
    return resource && { resource, isTaken: true };
  }

  private add(rows: readonly EndpointRow[]): void {
    for (const row of rows) this.rows.push(row);
  }
}

function clusterRows(
  cluster: Resource<Cluster>,
  value: Cluster,
  assignment: Resource<ClusterLoadAssignment> | undefined,
  status: ClusterStatus | undefined,
  sharing: Sharing,
): EndpointRow[] {
  const { name } = cluster;
  const assigned = assignment && assignedBy(assignment, name, sourceOf(value, assignment));
  const own = value.load_assignment ?? oldHosts(value);
  const listed = assigned?.rows ?? (own ? assignedRows(own, name, 'cluster config', cluster) : []);
  const type = String(value.type ?? 'STATIC');
  const configured = status !== undefined && RESOLVED.has(type) ? [] : listed;
  const rows = sharing(joined(configured, status, name), (assigned ?? own)?.policy, cluster);
  const isKnown = assignment !== undefined || own !== undefined || status !== undefined;
  const shouldHaveSome = value.cluster_type === undefined && (LISTED.has(type) || own !== undefined);
  return rows.length === 0 && isKnown && shouldHaveSome ? [emptyRow(name, assignment ?? cluster)] : rows;
}

/** What an assignment lists, and the policy that weighs it. In: what to call its cluster, and where it comes from. */
function assignedBy(
  assignment: Resource<ClusterLoadAssignment>,
  cluster: string,
  source: EndpointSource,
): { readonly rows: EndpointRow[]; readonly policy: ClusterLoadAssignment['policy'] } {
  const plain = assignment.plainEndpoints?.();
  if (plain !== undefined) return { rows: plainRows(plain, cluster, source, assignment), policy: plain.policy };
  const part = assignment.part(OF_ASSIGNMENT);
  return { rows: assignedRows(part, cluster, source, assignment), policy: part.policy };
}

/** The endpoints of a cluster of the v2 API: bare addresses under `hosts`. */
function oldHosts(cluster: Cluster): ClusterLoadAssignment | undefined {
  const hosts = (cluster as { readonly hosts?: readonly Address[] }).hosts;
  return hosts && { endpoints: [{ lb_endpoints: hosts.map((address) => ({ endpoint: { address } })) }] };
}

function sourceOf(cluster: Cluster, assignment: Resource): 'EDS' | 'cluster config' {
  return cluster.type === 'EDS' || assignment.state === 'active' ? 'EDS' : 'cluster config';
}

/** Each host of `/clusters` with its configuration by address, then what is configured and not there; all of one address together. */
function joined(configured: EndpointRow[], status: ClusterStatus | undefined, cluster: string): EndpointRow[] {
  if (status === undefined && isEachOnce(configured)) return configured;
  const rest = new Map<string, EndpointRow[]>();
  for (const row of configured) rest.set(row.address ?? '', [...(rest.get(row.address ?? '') ?? []), row]);
  const hosts = (status?.host_statuses ?? []).map((host) => {
    const row = statusRow(host, cluster, undefined);
    const found = rest.get(row.address ?? '')?.shift();
    return found ? statusRow(host, cluster, found) : row;
  });
  return [...hosts, ...[...rest.values()].flat()];
}

/** So few are compared each with each. */
const FEW = 12;

function isEachOnce(rows: readonly EndpointRow[]): boolean {
  if (rows.length > FEW) return new Set(rows.map((row) => row.address)).size === rows.length;
  return rows.every((one, i) => {
    for (let j = 0; j < i; j++) if (isSameAddress(one, rows[j] as EndpointRow)) return false;
    return true;
  });
}

function isSameAddress(one: EndpointRow, other: EndpointRow): boolean {
  return one.host === other.host && one.port === other.port && one.address === other.address;
}

/** Tells rows of one cluster of their shares. */
type Sharing = typeof withShares;

function withoutShares(rows: EndpointRow[]): EndpointRow[] {
  return rows;
}

function withShares(rows: EndpointRow[], policy: ClusterLoadAssignment['policy'], cluster: Resource<Cluster> | undefined): EndpointRow[] {
  const shares = new EndpointShares(rows, policy, cluster);
  for (const row of rows) row.shares = shares;
  return rows;
}

function emptyRow(cluster: string, resource: Resource): EndpointRow {
  return {
    cluster,
    resource,
    address: undefined,
    host: '',
    port: 0,
    moreAddresses: [],
    edsHealth: '',
    status: undefined,
    weight: 0,
    locality: '',
    localityWeight: undefined,
    priority: 0,
    hostname: '',
    successRate: undefined,
    sources: [],
    shares: undefined,
  };
}

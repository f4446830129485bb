import type { Address, Cluster, ClusterLoadAssignment, ClusterStatus } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { assignedRows, type EndpointRow, statusRow } from './endpoint-row.ts';
import { setShares } from './endpoint-share.ts';
import { wantedFields } from './wanted-fields.ts';

/** What of a cluster and of an assignment the rows are made of; subsets and metadata, most of their bytes, are left aside. */
const OF_CLUSTER = wantedFields({
  name: true,
  type: true,
  cluster_type: true,
  eds_cluster_config: true,
  load_assignment: true,
  hosts: true,
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
const OF_ASSIGNMENT = wantedFields({
  cluster_name: true,
  policy: true,
  named_endpoints: true,
  endpoints: {
    locality: true,
    priority: true,
    load_balancing_weight: true,
    lb_endpoints: {
      endpoint: { address: true, hostname: true, additional_addresses: true },
      endpoint_name: true,
      health_status: true,
      load_balancing_weight: true,
    },
  },
});

/** Clusters whose configured endpoints are names that Envoy resolves: `/clusters` lists the addresses that came of it. */
const RESOLVED = new Set(['STRICT_DNS', 'LOGICAL_DNS']);
/** Clusters that should have endpoints; others may be without on purpose (`BlackHoleCluster`). */
const LISTED = new Set(['EDS', 'STRICT_DNS', 'LOGICAL_DNS']);

/**
 * The endpoints of every cluster: CDS gives the clusters, `eds_cluster_config.service_name` (else the cluster's name) finds the EDS
 * assignment, the cluster's name finds its part of `/clusters`, the address joins one with the other. Whatever is left over in EDS or in
 * `/clusters` is listed under the name that it has there.
 */
export function joinEndpoints(proxy: ProxyConfig): EndpointRow[] {
  const assignments = new Map<string, Resource<ClusterLoadAssignment>>();
  for (const resource of proxy.endpoints) if (!assignments.has(resource.name)) assignments.set(resource.name, resource);
  const statuses = new Map<string, ClusterStatus>();
  for (const status of proxy.clusterStatuses?.value.cluster_statuses ?? []) statuses.set(status.name ?? '', status);
  const used = new Set<string>();
  const rows: EndpointRow[] = [];
  const seen = new Set<string>();
  for (const cluster of proxy.clusters) {
    if (cluster.state === 'error' || seen.has(cluster.name)) continue;
    seen.add(cluster.name);
    const shown = cluster.part(OF_CLUSTER);
    const serviceName = shown.eds_cluster_config?.service_name || cluster.name;
    const assignment = assignments.get(serviceName) ?? assignments.get(cluster.name);
    if (assignment) used.add(assignment.name);
    rows.push(...clusterRows(cluster, shown, assignment, statuses.get(cluster.name)));
    statuses.delete(cluster.name);
  }
  for (const [name, status] of statuses) {
    const assignment = assignments.get(status.eds_service_name || name) ?? assignments.get(name);
    if (assignment) used.add(assignment.name);
    const assigned = assignment?.part(OF_ASSIGNMENT);
    const configured = assignment ? assignedRows(assigned ?? {}, name, 'EDS', assignment) : [];
    rows.push(...withShares(joined(configured, status, name), assigned, undefined));
  }
  for (const [name, assignment] of assignments) {
    if (used.has(name)) continue;
    const assigned = assignment.part(OF_ASSIGNMENT);
    const own = assignedRows(assigned, name, 'EDS', assignment);
    rows.push(...withShares(own.length > 0 ? own : [emptyRow(name, assignment)], assigned, undefined));
  }
  return rows;
}

function clusterRows(
  cluster: Resource<Cluster>,
  value: Cluster,
  assignment: Resource<ClusterLoadAssignment> | undefined,
  status: ClusterStatus | undefined,
): EndpointRow[] {
  const { name } = cluster;
  const assigned = assignment?.part(OF_ASSIGNMENT);
  const own = value.load_assignment ?? oldHosts(value);
  const listed = assignment
    ? assignedRows(assigned ?? {}, name, sourceOf(value, assignment), assignment)
    : own
      ? assignedRows(own, name, 'cluster config', cluster)
      : [];
  const type = String(value.type ?? 'STATIC');
  const configured = status !== undefined && RESOLVED.has(type) ? [] : listed;
  const rows = withShares(joined(configured, status, name), assigned ?? own, value);
  const isKnown = assignment !== undefined || own !== undefined || status !== undefined;
  const shouldHaveSome = value.cluster_type === undefined && (LISTED.has(type) || own !== undefined);
  return rows.length === 0 && isKnown && shouldHaveSome ? [emptyRow(name, assignment ?? cluster)] : rows;
}

/** The endpoints of a cluster of the v2 API: bare addresses under `hosts`. */
function oldHosts(cluster: Cluster): ClusterLoadAssignment | undefined {
  const hosts = (cluster as { readonly hosts?: readonly Address[] }).hosts;
  return hosts && { endpoints: [{ lb_endpoints: hosts.map((address) => ({ endpoint: { address } })) }] };
}

function sourceOf(cluster: Cluster, assignment: Resource): 'EDS' | 'cluster config' {
  return cluster.type === 'EDS' || assignment.state === 'active' ? 'EDS' : 'cluster config';
}

/** Each host of `/clusters` with its configuration by address, then what is configured and not there. */
function joined(configured: readonly EndpointRow[], status: ClusterStatus | undefined, cluster: string): EndpointRow[] {
  const rest = new Map<string, EndpointRow[]>();
  for (const row of configured) rest.set(row.address ?? '', [...(rest.get(row.address ?? '') ?? []), row]);
  const hosts = (status?.host_statuses ?? []).map((host) => {
    const row = statusRow(host, cluster, undefined);
    const found = rest.get(row.address ?? '')?.shift();
    return found ? statusRow(host, cluster, found) : row;
  });
  return [...hosts, ...[...rest.values()].flat()];
}

function withShares(rows: EndpointRow[], assignment: ClusterLoadAssignment | undefined, cluster: Cluster | undefined): EndpointRow[] {
  setShares(
    rows.filter((row) => row.address !== undefined),
    assignment,
    cluster,
  );
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
    share: undefined,
  };
}

import { jqPath } from '../dump/dump-path.ts';
import { clusterKind } from '../match/cluster-kind.ts';
import { hostsOfAssignment, hostsOfStatus, localityName } from '../match/read-host-set.ts';
import type { Cluster, ClusterLoadAssignment } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { configuredHosts, unresolvedNames } from './configured-hosts.ts';
import { CLUSTER_FIDELITY } from './fidelity/cluster-fidelity.ts';
import { findGap } from './fidelity/find-gap.ts';
import { type FoundHosts, given } from './found-hosts.ts';
import { type ProxyIndex, servingClusters } from './proxy-index.ts';
import type { Gap } from './trace-answer.ts';

const known = new WeakMap<ProxyIndex, Map<string, FoundHosts>>();

/**
 * The hosts of a cluster: from the endpoints section of the dump (Envoy lists there what it really has, DNS results and static hosts
 * included), else from `/clusters`, else as the cluster itself configures them.
 */
export function clusterHosts(index: ProxyIndex, resource: Resource<Cluster>): FoundHosts {
  const byName = known.get(index) ?? new Map<string, FoundHosts>();
  known.set(index, byName);
  const before = byName.get(resource.name);
  if (before !== undefined) return before;
  const found = findHosts(index, resource);
  byName.set(resource.name, found);
  return found;
}

function findHosts(index: ProxyIndex, resource: Resource<Cluster>): FoundHosts {
  const cluster = resource.value;
  const own = ownLocality(index);
  const live = index.statuses?.get(resource.name);
  const listed = index.assignments.get(cluster.eds_cluster_config?.service_name || resource.name) ?? namelessAssignment(index, resource);
  if (listed !== undefined && !isUnresolved(cluster, listed.value)) {
    const gap = findGap(CLUSTER_FIDELITY, 'envoy.config.endpoint.v3.ClusterLoadAssignment', listed.value, listed.path);
    if (gap !== undefined) return { kind: 'gap', gap };
    return given({
      hosts: hostsOfAssignment(withOwnPolicy(listed.value, cluster), live, own),
      document: listed.document,
      path: jqPath(listed.path),
      shownBy: 'endpoints section',
      policy: listed.value.policy,
    });
  }
  if (live !== undefined && index.proxy.clusterStatuses !== undefined) {
    const { document, path } = index.proxy.clusterStatuses;
    const at = (index.proxy.clusterStatuses.value.cluster_statuses ?? []).indexOf(live);
    return given({
      hosts: hostsOfStatus(live, own),
      document,
      path: jqPath([...path, 'cluster_statuses', at, 'host_statuses']),
      shownBy: '/clusters',
      policy: cluster.load_assignment?.policy,
    });
  }
  return clusterKind(cluster) === 'EDS' ? { kind: 'gap', gap: edsGap(index, resource) } : configuredHosts(resource, own);
}

/** Envoy lists the addresses that DNS gave; a dump made without an Envoy lists the names, which still have to be resolved. */
function isUnresolved(cluster: Cluster, listed: ClusterLoadAssignment): boolean {
  const kind = clusterKind(cluster);
  return (kind === 'STRICT_DNS' || kind === 'LOGICAL_DNS') && unresolvedNames(listed).length > 0;
}

/** Dumps leave weighted_priority_health out; a cluster that configures its own load assignment tells it. */
function withOwnPolicy(listed: ClusterLoadAssignment, cluster: Cluster): ClusterLoadAssignment {
  return cluster.load_assignment?.policy?.weighted_priority_health === true
    ? { ...listed, policy: { ...listed.policy, weighted_priority_health: true } }
    : listed;
}

/**
 * Older Envoys left the name out of the entries of EDS clusters without a service name. Where there is one such cluster and one such
 * entry, they belong together; of several, nothing tells which is whose.
 */
function namelessAssignment(index: ProxyIndex, resource: Resource<Cluster>): Resource<ClusterLoadAssignment> | undefined {
  const [entry, ...others] = namelessEntries(index);
  if (entry === undefined || others.length > 0) return undefined;
  const unlisted = servingClusters(index).filter(
    ({ name, value }) => clusterKind(value) === 'EDS' && !value.eds_cluster_config?.service_name && !index.assignments.has(name),
  );
  return unlisted.length === 1 && unlisted[0] === resource ? entry : undefined;
}

const namelessEntries = (index: ProxyIndex): readonly Resource<ClusterLoadAssignment>[] => index.proxy.named('endpoint', '');

function edsGap(index: ProxyIndex, resource: Resource<Cluster>): Gap {
  const service = resource.value.eds_cluster_config?.service_name || resource.name;
  const nameless = namelessEntries(index).length;
  const unnamed = nameless === 0 ? '' : ` (${nameless} of its entries have no name, as older Envoys write them: add /clusters?format=json)`;
  const what = index.proxy.sections.has('endpoint')
    ? `the endpoints section has no entry "${service}", so that the endpoints of cluster "${resource.name}" are unknown${unnamed}`
    : `the endpoints of cluster "${resource.name}" are not in the input: fetch /config_dump?include_eds, or add /clusters?format=json`;
  return { id: 'PC1002', what, path: jqPath([...resource.path, 'eds_cluster_config']) };
}

/** The locality that the bootstrap gives the proxy's node. */
export function ownLocality(index: ProxyIndex): string | undefined {
  const locality = index.proxy.bootstrap?.value.node?.locality;
  return locality === undefined ? undefined : localityName(locality);
}

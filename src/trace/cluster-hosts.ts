import { jqPath } from '../dump/dump-path.ts';
import { clusterKind } from '../match/cluster-kind.ts';
import { EMPTY_HOST_SET, type HostSet, mapLocalities } from '../match/host-set.ts';
import { parseIp } from '../match/ip-address.ts';
import { hostsOfAssignment, hostsOfStatus, localityName } from '../match/read-host-set.ts';
import type { ApiLegacy_Cluster, Cluster, ClusterLoadAssignment, ClusterLoadAssignment_Policy } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { CLUSTER_FIDELITY } from './fidelity/cluster-fidelity.ts';
import { findGap } from './fidelity/find-gap.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap } from './trace-answer.ts';

/** A cluster's hosts as far as the input shows them. */
export interface ClusterHosts {
  readonly hosts: HostSet;
  /** Where they stand. */
  readonly document: string;
  readonly path: string;
  readonly shownBy: 'endpoints section' | '/clusters' | 'load_assignment' | 'nothing';
  readonly policy: ClusterLoadAssignment_Policy | undefined;
  /** What has to hold outside the dump for the hosts to be these, and what they are where it does not. */
  readonly assumed: { readonly conditions: readonly string[]; readonly otherwise: readonly string[]; readonly otherHosts: HostSet } | undefined;
}

export type FoundHosts = { readonly kind: 'hosts'; readonly found: ClusterHosts } | { readonly kind: 'gap'; readonly gap: Gap };

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
  const listed = index.assignments.get(cluster.eds_cluster_config?.service_name || resource.name);
  if (listed !== undefined) {
    const gap = findGap(CLUSTER_FIDELITY, 'envoy.config.endpoint.v3.ClusterLoadAssignment', listed.value, listed.path);
    if (gap !== undefined) return { kind: 'gap', gap };
    return given({
      hosts: hostsOfAssignment(listed.value, live, own),
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
  return configuredHosts(index, resource, own);
}

const given = (found: Omit<ClusterHosts, 'assumed'>): FoundHosts => ({ kind: 'hosts', found: { ...found, assumed: undefined } });

/** The hosts that the cluster itself names. Their state is not visible. */
function configuredHosts(index: ProxyIndex, resource: Resource<Cluster>, own: string | undefined): FoundHosts {
  const cluster = resource.value;
  const kind = clusterKind(cluster);
  const path = jqPath([...resource.path, legacyHosts(cluster) === undefined ? 'load_assignment' : 'hosts']);
  if (kind === 'EDS') return { kind: 'gap', gap: edsGap(index, resource) };
  const assignment = cluster.load_assignment ?? legacyAssignment(cluster);
  const base = { document: resource.document, path, policy: assignment.policy };
  if (kind !== 'STATIC' && kind !== 'STRICT_DNS' && kind !== 'LOGICAL_DNS') return given({ ...base, hosts: EMPTY_HOST_SET, shownBy: 'nothing' });
  const gap = findGap(CLUSTER_FIDELITY, 'envoy.config.endpoint.v3.ClusterLoadAssignment', assignment, [...resource.path, 'load_assignment']);
  if (gap !== undefined) return { kind: 'gap', gap };
  const hosts = hostsOfAssignment(assignment, undefined, own);
  const names = kind === 'STATIC' ? [] : unresolvedNames(assignment);
  if (names.length > 0) {
    return {
      kind: 'hosts',
      found: {
        ...base,
        hosts,
        shownBy: 'nothing',
        assumed: {
          conditions: names.map((name) => `DNS name ${name} resolves`),
          otherwise: names.map((name) => `DNS name ${name} does not resolve`),
          otherHosts: withoutNames(hosts, names),
        },
      },
    };
  }
  const checked = (cluster.health_checks ?? []).length > 0;
  const assumed = {
    conditions: [`the active health checks of ${resource.name} pass`],
    otherwise: [`the active health checks of ${resource.name} fail`],
    otherHosts: mapLocalities(hosts, (l) => ({
      ...l,
      hosts: l.hosts.map((h) => ({ ...h, health: 'UNHEALTHY' as const, healthReason: 'failed active health check' })),
    })),
  };
  return { kind: 'hosts', found: { ...base, hosts, shownBy: 'load_assignment', assumed: checked ? assumed : undefined } };
}

function edsGap(index: ProxyIndex, resource: Resource<Cluster>): Gap {
  const service = resource.value.eds_cluster_config?.service_name || resource.name;
  const what = index.proxy.sections.has('endpoint')
    ? `the endpoints section has no entry "${service}", so that the endpoints of cluster "${resource.name}" are unknown`
    : `the endpoints of cluster "${resource.name}" are not in the input: fetch /config_dump?include_eds, or add /clusters?format=json`;
  return { id: 'PC1002', what, path: jqPath([...resource.path, 'eds_cluster_config']) };
}

/** The `hosts` of the v2 API. */
const legacyHosts = (cluster: Cluster): ApiLegacy_Cluster['hosts'] => (cluster as ApiLegacy_Cluster).hosts;

function legacyAssignment(cluster: Cluster): ClusterLoadAssignment {
  const hosts = legacyHosts(cluster);
  return hosts === undefined ? {} : { endpoints: [{ lb_endpoints: hosts.map((address) => ({ endpoint: { address } })) }] };
}

function unresolvedNames(assignment: ClusterLoadAssignment): readonly string[] {
  const names = (assignment.endpoints ?? []).flatMap((g) => (g.lb_endpoints ?? []).map((e) => e.endpoint?.address?.socket_address?.address ?? ''));
  return [...new Set(names.filter((name) => name !== '' && parseIp(name) === undefined))];
}

function withoutNames(hosts: HostSet, names: readonly string[]): HostSet {
  const isName = (address: string): boolean => names.some((name) => address.startsWith(`${name}:`));
  return mapLocalities(hosts, (locality) => ({ ...locality, hosts: locality.hosts.filter((host) => !isName(host.address)) }));
}

/** The locality that the bootstrap gives the proxy's node. */
export function ownLocality(index: ProxyIndex): string | undefined {
  const locality = index.proxy.bootstrap?.value.node?.locality;
  return locality === undefined ? undefined : localityName(locality);
}

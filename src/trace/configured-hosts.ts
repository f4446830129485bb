import { jqPath } from '../dump/dump-path.ts';
import { clusterKind } from '../match/cluster-kind.ts';
import { EMPTY_HOST_SET, type HostSet, mapLocalities } from '../match/host-set.ts';
import { parseIp } from '../match/ip-address.ts';
import { hostsOfAssignment } from '../match/read-host-set.ts';
import type { ApiLegacy_Cluster, Cluster, ClusterLoadAssignment } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { CLUSTER_FIDELITY } from './fidelity/cluster-fidelity.ts';
import { findGap } from './fidelity/find-gap.ts';
import { type FoundHosts, given } from './found-hosts.ts';

/** The hosts that the cluster itself names. Their state is not visible. */
export function configuredHosts(resource: Resource<Cluster>, own: string | undefined): FoundHosts {
  const cluster = resource.value;
  const kind = clusterKind(cluster);
  const path = jqPath([...resource.path, legacyHosts(cluster) === undefined ? 'load_assignment' : 'hosts']);
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

/** The `hosts` of the v2 API. */
const legacyHosts = (cluster: Cluster): ApiLegacy_Cluster['hosts'] => (cluster as ApiLegacy_Cluster).hosts;

function legacyAssignment(cluster: Cluster): ClusterLoadAssignment {
  const hosts = legacyHosts(cluster);
  return hosts === undefined ? {} : { endpoints: [{ lb_endpoints: hosts.map((address) => ({ endpoint: { address } })) }] };
}

/** The addresses of an assignment that are names. */
export function unresolvedNames(assignment: ClusterLoadAssignment): readonly string[] {
  const names = (assignment.endpoints ?? []).flatMap((g) => (g.lb_endpoints ?? []).map((e) => e.endpoint?.address?.socket_address?.address ?? ''));
  return [...new Set(names.filter((name) => name !== '' && parseIp(name) === undefined))];
}

function withoutNames(hosts: HostSet, names: readonly string[]): HostSet {
  const isName = (address: string): boolean => names.some((name) => address.startsWith(`${name}:`));
  return mapLocalities(hosts, (locality) => ({ ...locality, hosts: locality.hosts.filter((host) => !isName(host.address)) }));
}

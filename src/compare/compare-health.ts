import { describeHealth, healthOfHostStatus } from '../match/host-health.ts';
import type { HostStatus } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { addressText } from '../query/address-text.ts';

/** A host that `/clusters` of each side says another health of. */
export interface HealthChange {
  readonly cluster: string;
  readonly address: string;
  /** `healthy`, `unhealthy (failed active health check)`, …; undefined where the host is not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * The hosts whose health differs by `/clusters` (active checks, outlier ejections). What EDS says of them counts only where a dump does not show
 * EDS itself, and so do hosts that a name newly resolves to. Nothing where either side has no `/clusters`.
 */
export function compareHealth(a: ProxyConfig, b: ProxyConfig): readonly HealthChange[] {
  if (a.clusterStatuses === undefined || b.clusterStatuses === undefined) return [];
  const withEds = !(a.sections.has('endpoint') && b.sections.has('endpoint'));
  const [before, after] = [hostsOf(a, withEds), hostsOf(b, withEds)];
  const [inA, inB] = [clusterNames(a), clusterNames(b)];
  const changes: HealthChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const host = is ?? was;
    if (host === undefined || was?.health === is?.health) continue;
    // Hosts that come and go are told of the endpoints, where those are shown, and a cluster that does is told as one.
    if ((was === undefined || is === undefined) && !(withEds && host.isResolved && inA.has(host.cluster) && inB.has(host.cluster))) continue;
    changes.push({ cluster: host.cluster, address: host.address, before: was?.health, after: is?.health });
  }
  return changes;
}

interface Host {
  readonly cluster: string;
  readonly address: string;
  readonly health: string;
  /** Its address came of a name, not of EDS. */
  readonly isResolved: boolean;
}

function hostsOf(proxy: ProxyConfig, withEds: boolean): ReadonlyMap<string, Host> {
  const hosts = new Map<string, Host>();
  for (const { name: cluster = '', host_statuses: statuses = [] } of proxy.clusterStatuses?.value.cluster_statuses ?? []) {
    for (const status of statuses) {
      const address = addressText(status.address);
      hosts.set(`${cluster} ${address}`, { cluster, address, health: hostHealth(status, withEds), isResolved: (status.hostname ?? '') !== '' });
    }
  }
  return hosts;
}

function hostHealth({ health_status: status }: HostStatus, withEds: boolean): string {
  const { eds_health_status: eds, ...own } = status ?? {};
  return describeHealth(healthOfHostStatus(withEds && eds !== undefined ? { ...own, eds_health_status: eds } : own)).replace(/^[A-Z]+/, (word) =>
    word.toLowerCase(),
  );
}

function clusterNames(proxy: ProxyConfig): ReadonlySet<string> {
  return new Set(proxy.clusters.map((cluster) => cluster.name));
}

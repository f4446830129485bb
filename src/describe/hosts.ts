import { objectInName, objectOf } from './config-objects.ts';
import type { RoutedHost } from './description.ts';
import type { HostRoutes } from './route-table.ts';

/** The virtual hosts as rows: those that an object was written for first, else in the order of the tables; those of the proxy itself last. */
export function httpHosts(hosts: readonly HostRoutes[], clusterObjects: ReadonlyMap<string, string>): RoutedHost[] {
  const rows = hosts.filter((host) => !isOtherTraffic(host)).map((host) => hostRow(host, clusterObjects));
  return rows
    .map((row, i) => ({ row, i }))
    .sort((a, b) => rank(a.row) - rank(b.row) || a.i - b.i)
    .map(({ row }) => row);
}

/** Where requests go that no virtual host names, in a sidecar: Istio's `allow_any` and `block_all`. */
export function otherHttp(hosts: readonly HostRoutes[]): readonly string[] {
  return [...new Set(hosts.filter(isOtherTraffic).flatMap(({ rows }) => rows.map(({ destination }) => destination.text)))];
}

function isOtherTraffic({ host, direction }: HostRoutes): boolean {
  return direction === 'outbound' && (host.name === 'allow_any' || host.name === 'block_all') && host.domains?.[0] === '*';
}

function rank({ direction, objects }: RoutedHost): number {
  if (direction === 'own') return 3;
  if (direction === 'inbound') return 2;
  return objects.length > 0 ? 0 : 1;
}

function hostRow({ configName, direction, host, rows }: HostRoutes, clusterObjects: ReadonlyMap<string, string>): RoutedHost {
  const destinations = new Map<string, { text: string; percent: number | null }>();
  for (const { destination } of rows) {
    const { arms } = destination;
    if (arms.length === 0) destinations.set(destination.text, { text: destination.text, percent: null });
    for (const { cluster, cluster_header: header, percent } of arms) {
      const text = cluster ?? (header === null ? 'no cluster' : `cluster named by header ${header}`);
      const isSplit = arms.length > 1;
      const key = `${text} ${isSplit ? percent : ''}`;
      if (!destinations.has(key)) destinations.set(key, { text, percent: isSplit ? percent : null });
    }
  }
  const clusters = [...new Set(rows.flatMap((row) => row.destination.arms.flatMap(({ cluster }) => cluster ?? [])))];
  const named = [...rows.flatMap(({ route }) => route ?? []), host].flatMap(({ metadata }) => objectOf(metadata) ?? []);
  const fromClusters = clusters.flatMap((cluster) => objectInName(cluster) ?? []);
  return {
    kind: 'http',
    direction,
    where: configName,
    virtual_host: host.name ?? '',
    domains: host.domains ?? [],
    routes: rows.filter(({ route }) => route !== undefined).length,
    destinations: [...destinations.values()],
    objects: [...new Set(named.length > 0 ? named : fromClusters)],
    cluster_objects: [...new Set(clusters.flatMap((cluster) => clusterObjects.get(cluster) ?? []))],
    filters: filterNames(host, rows),
  };
}

/** Filters that the virtual host or its routes set for themselves. */
function filterNames(host: HostRoutes['host'], rows: HostRoutes['rows']): string[] {
  const holders = [host, ...rows.flatMap(({ route }) => route ?? [])];
  return [
    ...new Set(
      holders.flatMap((holder) => Object.keys({ ...holder.typed_per_filter_config, ...(holder as { per_filter_config?: object }).per_filter_config })),
    ),
  ];
}

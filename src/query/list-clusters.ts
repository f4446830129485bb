import type { Cluster } from '../model/generated/envoy-api.ts';
import type { AdminDocument, ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { type ClusterNameParts, clusterNameParts } from './cluster-name.ts';
import { compareText } from './compare-text.ts';
import { leavesOfAll, type RowFilter } from './filter-rows.ts';
import { ISTIO_CONFIG, istioConfigText } from './istio-config-ref.ts';
import type { Column, Listing } from './listing.ts';
import { resourceColumns } from './resource-state.ts';
import { statusResource } from './status-resource.ts';
import { certainPart } from './text-pattern.ts';
import { transportText } from './transport-text.ts';
import { wantedFields } from './wanted-fields.ts';

/** One cluster; in several rows where it stands there in several states. */
export interface ClusterRow {
  readonly cluster: Resource<Cluster>;
  /** What Istio's name says; undefined for a name of another making. */
  readonly parts: ClusterNameParts | undefined;
  readonly type: string;
  /** The DestinationRule that Istio made it by. */
  readonly destinationRule: string;
  /** False where only `/clusters` names the cluster. */
  readonly isConfigured: boolean;
}

export interface ClusterFilters {
  readonly fqdn?: string | undefined;
  readonly port?: string | undefined;
  readonly subset?: string | undefined;
  readonly direction?: string | undefined;
  readonly cluster?: string | undefined;
  readonly type?: string | undefined;
}

/**
 * All clusters in whatever state, in istioctl's order: by host name, subset, port, direction. In: also the filters that the rows will be held
 * against; rows that these are sure to leave out may be missing where they leave any.
 */
export function listClusters(proxy: ProxyConfig, wanted: ClusterFilters = {}): Listing<ClusterRow> {
  const fromStatuses = proxy.sections.has('cluster') ? [] : clustersOfStatuses(proxy);
  const configured = likelyClusters(proxy, wanted) ?? configuredClusters(proxy.clusters);
  const rows = [...configured, ...fromStatuses];
  rows.sort(
    (a, b) =>
      compareText(fqdnOf(a), fqdnOf(b)) ||
      compareText(a.parts?.subset ?? '', b.parts?.subset ?? '') ||
      (a.parts?.port ?? 0) - (b.parts?.port ?? 0) ||
      compareText(a.parts?.direction ?? '', b.parts?.direction ?? ''),
  );
  return { kind: 'clusters', noun: 'cluster', rows, columns: COLUMNS, resourceOf: (row) => row.cluster, notes: fromStatuses.length > 0 ? [FROM_STATUSES] : [] };
}

function configuredClusters(clusters: readonly Resource<Cluster>[]): readonly ClusterRow[] {
  return clusters.map((cluster) => new ConfiguredCluster(cluster));
}

/** The flags that ask for a part of the name, the one that leaves fewest first. */
const BY_NAME = ['cluster', 'fqdn', 'subset'] as const;

/**
 * The clusters that a filter by a part of the name may leave: of a large dump the others need not even be made. Undefined where it is not sure
 * that the filters leave the same of all.
 */
function likelyClusters(proxy: ProxyConfig, wanted: ClusterFilters): readonly ClusterRow[] | undefined {
  const flag = BY_NAME.find((name) => wanted[name] !== undefined);
  const part = flag === undefined ? '' : certainPart(wanted[flag] ?? '');
  if (part === '') return undefined;
  const rows = configuredClusters(proxy.mayHold('cluster', part));
  return leavesOfAll(rows, clusterFilters(wanted), `--${flag}`) ? rows : undefined;
}

/** A row that reads of its cluster no more than is asked for: filters by name leave most of a large dump unread. */
class ConfiguredCluster implements ClusterRow {
  readonly cluster: Resource<Cluster>;
  readonly parts: ClusterNameParts | undefined;
  private texts: ShownTexts | undefined;

  constructor(cluster: Resource<Cluster>) {
    this.cluster = cluster;
    this.parts = clusterNameParts(cluster.name);
  }

  get isConfigured(): true {
    return true;
  }

  get type(): string {
    return this.shown.type;
  }

  get destinationRule(): string {
    return this.shown.destinationRule;
  }

  private get shown(): ShownTexts {
    this.texts ??= shownTexts(this.cluster.part(SHOWN));
    return this.texts;
  }
}

/** What a row keeps of its cluster, which takes less room than what it is made of. */
type ShownTexts = Pick<ClusterRow, 'type' | 'destinationRule'>;

function shownTexts(cluster: Cluster): ShownTexts {
  return { type: clusterType(cluster), destinationRule: istioConfigText(cluster.metadata) };
}

const FROM_STATUSES = 'from /clusters alone: names; types and settings come with /config_dump';

/** The clusters that `/clusters` names. */
function clustersOfStatuses(proxy: ProxyConfig): ClusterRow[] {
  const document = proxy.clusterStatuses;
  return (document?.value.cluster_statuses ?? []).map((status) => {
    const name = status.name ?? '';
    const value: Cluster = { name, ...(status.eds_service_name ? { eds_cluster_config: { service_name: status.eds_service_name } } : {}) };
    const cluster = statusResource(document as AdminDocument<unknown>, { kind: 'cluster', name, type: 'envoy.config.cluster.v3.Cluster', value });
    return { cluster, parts: clusterNameParts(name), type: '-', destinationRule: istioConfigText(undefined), isConfigured: false };
  });
}

/** The filters of the command line over rows of clusters. */
export function clusterFilters(wanted: ClusterFilters): RowFilter<ClusterRow>[] {
  const filter = (flag: string, text: string | undefined, values: (row: ClusterRow) => readonly string[]): RowFilter<ClusterRow>[] =>
    text === undefined ? [] : [{ flag, wanted: text, values }];
  return [
    ...filter('--fqdn', wanted.fqdn, (row) => [fqdnOf(row)]),
    ...filter('--port', wanted.port, (row) => (row.parts ? [String(row.parts.port)] : [])),
    ...filter('--subset', wanted.subset, (row) => (row.parts?.subset ? [row.parts.subset] : [])),
    ...filter('--direction', wanted.direction, (row) => (row.parts ? [row.parts.direction] : [])),
    ...filter('--cluster', wanted.cluster, (row) => [row.cluster.name]),
    ...filter('--type', wanted.type, (row) => [row.type]),
  ];
}

/** The discovery type by its own name: `EDS`, `STRICT_DNS`; a custom one as the configuration names it: `envoy.clusters.aggregate`. */
export function clusterType(cluster: Cluster): string {
  return cluster.cluster_type?.name ?? String(cluster.type ?? 'STATIC');
}

/** What the default table shows of a cluster; the wide one needs the whole. */
const SHOWN = wantedFields({ type: true, cluster_type: { name: true }, metadata: ISTIO_CONFIG });

const STATE = resourceColumns<ClusterRow>((row) => row.cluster);

const COLUMNS: readonly Column<ClusterRow>[] = [
  { key: 'fqdn', title: 'SERVICE FQDN', cell: (row) => fqdnOf(row) || '-', json: fqdnOf },
  { key: 'port', title: 'PORT', cell: (row) => String(row.parts?.port ?? '-'), json: (row) => row.parts?.port ?? null },
  { key: 'subset', title: 'SUBSET', cell: (row) => row.parts?.subset || '-', json: (row) => row.parts?.subset || null },
  { key: 'direction', title: 'DIRECTION', cell: directionText, json: (row) => row.parts?.direction ?? null },
  { key: 'type', title: 'TYPE', cell: (row) => row.type },
  { key: 'destination_rule', title: 'DESTINATION RULE', cell: (row) => row.destinationRule },
  STATE.state,
  { key: 'name', title: 'CLUSTER', wide: true, cell: (row) => row.cluster.name },
  { key: 'service_name', title: 'EDS SERVICE', wide: true, cell: (row) => row.cluster.value.eds_cluster_config?.service_name ?? '' },
  { key: 'load_balancing', title: 'LB POLICY', wide: true, cell: (row) => (row.isConfigured ? loadBalancing(row.cluster.value) : '') },
  { key: 'transport', title: 'TRANSPORT', wide: true, cell: (row) => (row.isConfigured ? transports(row.cluster.value) : '') },
  {
    key: 'connect_timeout',
    title: 'CONNECT TIMEOUT',
    wide: true,
    cell: (row) => row.cluster.value.connect_timeout ?? (row.isConfigured ? '5s (default)' : ''),
  },
  { key: 'health_checks', title: 'HEALTH CHECKS', wide: true, cell: (row) => healthChecks(row.cluster.value) },
  STATE.version,
  STATE.updated,
  STATE.place,
];

function fqdnOf(row: ClusterRow): string {
  return row.parts === undefined ? row.cluster.name : row.parts.fqdn;
}

function directionText(row: ClusterRow): string {
  if (row.parts === undefined) return '-';
  return row.parts.asServerName ? `${row.parts.direction} (by SNI)` : row.parts.direction;
}

function loadBalancing(cluster: Cluster): string {
  const extension = cluster.load_balancing_policy?.policies?.[0]?.typed_extension_config?.name;
  return (extension ?? String(cluster.lb_policy ?? 'ROUND_ROBIN')) + (cluster.lb_subset_config ? ', subsets' : '');
}

/** The transports that endpoints may get; which one an endpoint gets, its metadata decides. */
function transports(cluster: Cluster): string {
  const matched = (cluster.transport_socket_matches ?? []).map((match) =>
    transportText(match.transport_socket ? { transport_socket: match.transport_socket } : {}),
  );
  return [...new Set(matched.length > 0 ? matched : [transportText(cluster, 'upstream')])].join(' or ');
}

function healthChecks(cluster: Cluster): string {
  const active = (cluster.health_checks ?? []).map((check) => {
    const kind = check.http_health_check ? 'HTTP' : check.grpc_health_check ? 'gRPC' : check.tcp_health_check ? 'TCP' : 'custom';
    return `active ${kind}`;
  });
  return [...active, ...(cluster.outlier_detection ? ['outlier detection'] : [])].join(', ');
}

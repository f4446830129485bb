import type { HostHealthStatus } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { compareText } from './compare-text.ts';
import type { EndpointRow } from './endpoint-row.ts';
import { endpointHealth } from './endpoint-share.ts';
import { leavesOfAll, type RowFilter } from './filter-rows.ts';
import { joinEndpoints, joinEndpointsHolding } from './join-endpoints.ts';
import type { Column, Listing } from './listing.ts';
import { certainPart } from './text-pattern.ts';

export type { EndpointRow } from './endpoint-row.ts';

export interface EndpointFilters {
  readonly address?: string | undefined;
  readonly port?: string | undefined;
  readonly cluster?: string | undefined;
  readonly status?: string | undefined;
}

/**
 * All endpoints of all clusters, in istioctl's order: by address, port, cluster. The notes say which documents they are from. In: also the
 * filters that the rows will be held against (rows that these are sure to leave out may be missing where they leave any), and whether the shares
 * are asked for.
 */
export function listEndpoints(proxy: ProxyConfig, wanted: EndpointFilters = {}, hasShares = true): Listing<EndpointRow> {
  const rows = likelyEndpoints(proxy, wanted) ?? joinEndpoints(proxy, hasShares);
  rows.sort((a, b) => compareText(a.host, b.host) || a.port - b.port || compareText(a.cluster, b.cluster));
  return { kind: 'endpoints', noun: 'endpoint', rows, columns: COLUMNS, resourceOf: (row) => row.resource, notes: sourceNotes(proxy) };
}

/** The endpoints of the clusters that a filter by name may leave; undefined where it is not sure that the filters leave the same of all. */
function likelyEndpoints(proxy: ProxyConfig, wanted: EndpointFilters): EndpointRow[] | undefined {
  const part = certainPart(wanted.cluster ?? '');
  const rows = part === '' ? undefined : joinEndpointsHolding(proxy, part);
  return rows !== undefined && leavesOfAll(rows, endpointFilters(wanted), '--cluster') ? rows : undefined;
}

/** The filters of the command line over rows of endpoints. */
export function endpointFilters(wanted: EndpointFilters): RowFilter<EndpointRow>[] {
  const filter = (flag: string, text: string | undefined, values: (row: EndpointRow) => readonly string[]): RowFilter<EndpointRow>[] =>
    text === undefined ? [] : [{ flag, wanted: text, values }];
  return [
    ...filter('--address', wanted.address, (row) => (row.address === undefined ? [] : [row.host, row.address])),
    ...filter('--port', wanted.port, (row) => (row.port === 0 ? [] : [String(row.port)])),
    ...filter('--cluster', wanted.cluster, (row) => [row.cluster]),
    ...filter('--status', wanted.status, (row) => [row.edsHealth, endpointHealth(row)]),
  ];
}

const COLUMNS: readonly Column<EndpointRow>[] = [
  { key: 'endpoint', title: 'ENDPOINT', cell: addressesText, json: (row) => row.address ?? null },
  { key: 'status', title: 'STATUS', cell: statusText, json: (row) => (row.address === undefined ? null : endpointHealth(row)), tone: healthTone },
  { key: 'eds_health', title: 'EDS HEALTH', wide: true, cell: (row) => row.edsHealth },
  { key: 'active_check', title: 'ACTIVE CHECK', wide: true, cell: (row) => activeCheck(row.status) },
  { key: 'outlier_check', title: 'OUTLIER CHECK', cell: outlierCheck, tone: (row) => (outlierCheck(row) === 'FAILED' ? 'bad' : undefined) },
  { key: 'cluster', title: 'CLUSTER', cell: (row) => row.cluster },
  { key: 'weight', title: 'WEIGHT', wide: true, cell: (row) => (row.address === undefined ? '' : String(row.weight)), json: (row) => row.weight },
  { key: 'share_percent', title: 'SHARE', wide: true, cell: shareText, json: (row) => row.shares?.of(row) ?? null },
  { key: 'priority', title: 'PRIORITY', wide: true, cell: (row) => (row.address === undefined ? '' : String(row.priority)), json: (row) => row.priority },
  { key: 'locality', title: 'LOCALITY', wide: true, cell: (row) => row.locality },
  { key: 'hostname', title: 'HOSTNAME', wide: true, cell: (row) => row.hostname },
  {
    key: 'success_rate',
    title: 'SUCCESS RATE',
    wide: true,
    cell: (row) => (row.successRate === undefined ? '' : `${row.successRate}%`),
    json: (row) => row.successRate ?? null,
  },
  { key: 'sources', title: 'FROM', wide: true, cell: (row) => row.sources.join(' + '), json: (row) => row.sources },
];

function addressesText({ address = '(none)', moreAddresses }: EndpointRow): string {
  return moreAddresses.length === 0 ? address : [address, ...moreAddresses].join(',');
}

function shareText(row: EndpointRow): string {
  const share = row.shares?.of(row);
  return share === undefined ? '' : `${share}%`;
}

/** EDS health as istioctl shows it, with what Envoy's own checks say against it. */
function statusText(row: EndpointRow): string {
  if (row.address === undefined) return 'NO ENDPOINTS';
  if (row.status === undefined) return row.edsHealth;
  const against = FINDINGS.filter(([flag]) => row.status?.[flag]).map(([, text]) => text);
  return [row.edsHealth, ...against].join(', ');
}

const FINDINGS: readonly (readonly [keyof HostHealthStatus & string, string])[] = [
  ['failed_active_health_check', 'active check failed'],
  ['active_hc_timeout', 'active check timed out'],
  ['failed_active_degraded_check', 'active check degraded'],
  ['failed_degraded_outlier_detection', 'degraded as an outlier'],
  ['pending_active_hc', 'first active check pending'],
  ['pending_dynamic_removal', 'to be removed'],
  ['excluded_via_immediate_hc_fail', 'failed immediately'],
];

function healthTone(row: EndpointRow): 'good' | 'warning' | 'bad' {
  if (row.address === undefined) return 'bad';
  const health = endpointHealth(row);
  return health === 'HEALTHY' ? 'good' : health === 'DEGRADED' ? 'warning' : 'bad';
}

function activeCheck(status: HostHealthStatus | undefined): string {
  if (status === undefined) return '-';
  if (status.failed_active_health_check) return 'FAILED';
  if (status.pending_active_hc) return 'PENDING';
  return status.failed_active_degraded_check ? 'DEGRADED' : 'OK';
}

function outlierCheck(row: EndpointRow): string {
  if (row.status === undefined) return '-';
  return row.status.failed_outlier_check ? 'FAILED' : 'OK';
}

/** Which documents the table is from, and what to fetch for what they lack. */
function sourceNotes(proxy: ProxyConfig): string[] {
  const hasEds = proxy.sections.has('endpoint');
  if (hasEds && proxy.clusterStatuses !== undefined) return [];
  if (hasEds) return ['from EDS alone: no active health checks and no outlier ejections; /clusters?format=json has them'];
  const eds = 'the EDS section comes with /config_dump?include_eds';
  if (proxy.clusterStatuses !== undefined) {
    return proxy.sections.has('cluster') ? [`from /clusters, without EDS; ${eds}`] : ['from /clusters alone: locality weights and EDS versions are not known'];
  }
  return [`no EDS and no /clusters: only the endpoints inside the clusters' own configuration; ${eds}`];
}

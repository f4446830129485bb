import type { Address, ClusterLoadAssignment, HostHealthStatus, HostStatus, LbEndpoint, Locality, LocalityLbEndpoints } from '../model/generated/envoy-api.ts';
import type { PlainAssignment, PlainEndpoint, PlainGroupSettings } from '../model/plain-assignment.ts';
import type { Resource } from '../model/resource.ts';
import { addressText, hostText, portOf } from './address-text.ts';

/** One endpoint of one cluster, as EDS, the cluster's own configuration and `/clusters` together tell it. */
export interface EndpointRow {
  readonly cluster: string;
  /** The resource that lists the endpoint; undefined where only `/clusters` does. */
  readonly resource: Resource | undefined;
  /** `10.0.0.1:80`; undefined for the row of a cluster that has no endpoint. */
  readonly address: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly moreAddresses: readonly string[];
  /** As EDS sets it: HEALTHY, UNHEALTHY, DRAINING …; UNKNOWN where it does not. */
  readonly edsHealth: string;
  /** What Envoy itself found; undefined where the input has no `/clusters`. */
  readonly status: HostHealthStatus | undefined;
  readonly weight: number;
  readonly locality: string;
  readonly localityWeight: number | undefined;
  readonly priority: number;
  readonly hostname: string;
  readonly successRate: number | undefined;
  readonly sources: readonly EndpointSource[];
  /** The shares of the cluster's endpoints; set once all of them are known, undefined for the row of a cluster that has none. */
  shares: { of(row: EndpointRow): number | undefined } | undefined;
}

export type EndpointSource = 'EDS' | 'cluster config' | '/clusters';

/** An endpoint's address, as istioctl writes it: a pipe with `unix://`. */
function endpointText(address: Address | undefined): string {
  return address?.pipe ? `unix://${address.pipe.path ?? ''}` : addressText(address);
}

/** `region/zone/subzone`, as far as it goes. */
export function localityText(locality: Locality | undefined): string {
  return [locality?.region, locality?.zone, locality?.sub_zone].filter((part) => part).join('/');
}

/** The rows that an assignment lists. In: the assignment, where it stands, and what to call its cluster. */
export function assignedRows(assignment: ClusterLoadAssignment, cluster: string, source: EndpointSource, resource: Resource): EndpointRow[] {
  const rows: EndpointRow[] = [];
  for (const group of assignment.endpoints ?? []) {
    const locality = localityText(group.locality);
    for (const endpoint of group.lb_endpoints ?? []) rows.push(assignedRow(endpoint, group, locality, cluster, source, resource));
  }
  return rows;
}

function assignedRow(lb: LbEndpoint, group: LocalityLbEndpoints, locality: string, cluster: string, source: EndpointSource, resource: Resource): EndpointRow {
  const { endpoint } = lb;
  const more = endpoint?.additional_addresses;
  return {
    cluster,
    resource,
    address: endpointText(endpoint?.address) || lb.endpoint_name || 'unknown',
    host: hostText(endpoint?.address),
    port: portOf(endpoint?.address) ?? 0,
    moreAddresses: more === undefined ? NONE : more.map(({ address }) => endpointText(address)),
    edsHealth: String(lb.health_status ?? 'UNKNOWN'),
    status: undefined,
    weight: lb.load_balancing_weight ?? 1,
    locality,
    localityWeight: group.load_balancing_weight,
    priority: group.priority ?? 0,
    hostname: endpoint?.hostname ?? '',
    successRate: undefined,
    sources: SOLE[source],
    shares: undefined,
  };
}

/** As {@link assignedRows}, of endpoints that were read at less cost. */
export function plainRows({ groups }: PlainAssignment, cluster: string, source: EndpointSource, resource: Resource): EndpointRow[] {
  const common: PlainCommon = { cluster, resource, source, shares: undefined };
  let count = 0;
  for (const { endpoints } of groups) count += endpoints.length;
  // A list that grows takes room for more than it gets.
  const rows = new Array<EndpointRow>(count);
  let next = 0;
  for (const { settings, endpoints } of groups) for (const endpoint of endpoints) rows[next++] = new PlainRow(endpoint, settings, common);
  return rows;
}

/** What all rows of an assignment have. */
interface PlainCommon extends Pick<EndpointRow, 'cluster' | 'resource'> {
  readonly source: EndpointSource;
  shares: EndpointRow['shares'];
}

/** A row that makes what it shows when it is asked: a large dump has a hundred thousand of them. */
class PlainRow implements EndpointRow {
  private readonly endpoint: PlainEndpoint;
  private readonly group: PlainGroupSettings;
  private readonly common: PlainCommon;

  constructor(endpoint: PlainEndpoint, group: PlainGroupSettings, common: PlainCommon) {
    this.endpoint = endpoint;
    this.group = group;
    this.common = common;
  }

  get cluster(): string {
    return this.common.cluster;
  }
  get resource(): Resource | undefined {
    return this.common.resource;
  }
  get shares(): EndpointRow['shares'] {
    return this.common.shares;
  }
  set shares(shares) {
    this.common.shares = shares;
  }
  get address(): string {
    const { host, port } = this.endpoint;
    if (host !== lastAddress.host || port !== lastAddress.port) lastAddress = { host, port, text: plainAddress(host, port) };
    return lastAddress.text;
  }
  get host(): string {
    return this.endpoint.host;
  }
  get port(): number {
    return this.endpoint.port;
  }
  get moreAddresses(): readonly string[] {
    return NONE;
  }
  get edsHealth(): string {
    return this.endpoint.health ?? 'UNKNOWN';
  }
  get status(): undefined {
    return undefined;
  }
  get weight(): number {
    return this.endpoint.weight ?? 1;
  }
  get locality(): string {
    return localityText(this.group.locality);
  }
  get localityWeight(): number | undefined {
    return this.group.weight;
  }
  get priority(): number {
    return this.group.priority ?? 0;
  }
  get hostname(): string {
    return this.endpoint.hostname;
  }
  get successRate(): undefined {
    return undefined;
  }
  get sources(): readonly EndpointSource[] {
    return SOLE[this.common.source];
  }
}

/** Rows of one address stand together once they are sorted. */
let lastAddress = { host: '', port: 0, text: plainAddress('', 0) };

function plainAddress(host: string, port: number): string {
  if (port === 0) return host || 'unknown';
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const NONE: readonly string[] = [];
const SOLE: Readonly<Record<EndpointSource, readonly EndpointSource[]>> = { EDS: ['EDS'], 'cluster config': ['cluster config'], '/clusters': ['/clusters'] };

/** The row of a host of `/clusters`, joined with what the configuration says of the same address. */
export function statusRow(host: HostStatus, cluster: string, configured: EndpointRow | undefined): EndpointRow {
  return {
    cluster,
    resource: configured?.resource,
    address: endpointText(host.address) || 'unknown',
    host: hostText(host.address),
    port: portOf(host.address) ?? 0,
    moreAddresses: configured?.moreAddresses ?? [],
    edsHealth: String(host.health_status?.eds_health_status ?? configured?.edsHealth ?? 'UNKNOWN'),
    status: host.health_status ?? {},
    weight: host.weight ?? configured?.weight ?? 1,
    locality: localityText(host.locality) || (configured?.locality ?? ''),
    localityWeight: configured?.localityWeight,
    priority: host.priority ?? configured?.priority ?? 0,
    hostname: host.hostname || (configured?.hostname ?? ''),
    successRate: host.success_rate?.value,
    sources: [...(configured?.sources ?? []), '/clusters'],
    shares: undefined,
  };
}

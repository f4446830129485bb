import type { Address, ClusterLoadAssignment, ClusterStatus } from '../../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import type { Resource } from '../../model/resource.ts';
import { compareText } from '../compare-text.ts';
import type { PlainTable } from './plain-table.ts';

export interface IstioctlEndpointFlags {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly cluster?: string | undefined;
  readonly status?: string | undefined;
  readonly named?: boolean;
}

interface EndpointEntry {
  readonly address: string;
  readonly port: number;
  readonly cluster: string;
  readonly cells: readonly string[];
}

const same = (wanted: string | undefined, found: string): boolean => !wanted || wanted.toLowerCase() === found.toLowerCase();

/** istioctl's table of endpoints, from `/clusters?format=json`. */
export function istioctlEndpointTable(proxy: ProxyConfig, flags: IstioctlEndpointFlags): PlainTable {
  const entries: EndpointEntry[] = [];
  for (const status of proxy.clusterStatuses?.value.cluster_statuses ?? []) {
    for (const host of status.host_statuses ?? []) {
      const { text, port } = statusAddress(host.address);
      const health = String(host.health_status?.eds_health_status ?? 'UNKNOWN');
      const cluster = status.name ?? '';
      if (!same(flags.address, text) || (flags.port && flags.port !== port) || !same(flags.cluster, cluster) || !same(flags.status, health)) continue;
      const outlier = host.health_status?.failed_outlier_check ? 'FAILED' : 'OK';
      entries.push({ address: text, port, cluster, cells: [port === 0 ? text : `${text}:${port}`, health, outlier, cluster] });
    }
  }
  return { header: ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'], rows: inOrder(entries), padding: 5 };
}

/** The cluster statuses that istioctl's JSON shows: whole, where one host matches. */
export function istioctlClusterStatuses(proxy: ProxyConfig, flags: IstioctlEndpointFlags): ClusterStatus[] {
  return (proxy.clusterStatuses?.value.cluster_statuses ?? []).filter(
    (status) =>
      same(flags.cluster, status.name ?? '') &&
      (status.host_statuses ?? []).some((host) => {
        const { text, port } = statusAddress(host.address);
        return (
          same(flags.address, text) && (!flags.port || flags.port === port) && same(flags.status, String(host.health_status?.eds_health_status ?? 'UNKNOWN'))
        );
      }),
  );
}

/** istioctl's hidden table `eds`, from the endpoints section of the dump. */
export function istioctlEdsTable(proxy: ProxyConfig, flags: IstioctlEndpointFlags): PlainTable {
  const entries: EndpointEntry[] = [];
  for (const assignment of istioctlAssignments(proxy)) {
    for (const group of assignment.value.endpoints ?? []) {
      const locality = [group.locality?.region, group.locality?.zone, group.locality?.sub_zone].filter((part) => part).join('/');
      for (const { endpoint, health_status } of group.lb_endpoints ?? []) {
        const health = String(health_status ?? 'UNKNOWN');
        const addresses = [endpoint?.address, ...(endpoint?.additional_addresses ?? []).map((a) => a.address)];
        const texts = addresses.map(edsAddress);
        const port = endpoint?.address?.socket_address?.port_value ?? 0;
        const cluster = assignment.name;
        if (!texts.some((text) => same(flags.address, text)) || (flags.port && flags.port !== port)) continue;
        if (!same(flags.cluster, cluster) || !same(flags.status, health)) continue;
        const name = texts.join(',');
        entries.push({ address: name, port, cluster, cells: [flags.named ? `endpoint/${name}` : name, health, locality, cluster] });
      }
    }
  }
  const order = new Map(entries.map((entry, i) => [entry, i]));
  const rows = entries.sort((a, b) => compareCluster(a.cluster, b.cluster) || (order.get(a) as number) - (order.get(b) as number));
  return { header: ['NAME', 'STATUS', 'LOCALITY', 'CLUSTER'], rows: rows.map((entry) => entry.cells), padding: 5 };
}

function istioctlAssignments(proxy: ProxyConfig): Resource<ClusterLoadAssignment>[] {
  return [...proxy.endpoints.filter((e) => e.state === 'active'), ...proxy.endpoints.filter((e) => e.state === 'static')];
}

/** Assignments stand in the order of clusters: by host name, then subset, port, direction. */
function compareCluster(a: string, b: string): number {
  const key = (name: string): readonly [string, string, number, string] => {
    const [direction = '', port = '', subset = '', fqdn = ''] = name.split('|');
    return name.split('|').length > 3 ? [fqdn, subset, Number(port), direction] : [name, '', 0, ''];
  };
  const [left, right] = [key(a), key(b)];
  return compareText(left[0], right[0]) || compareText(left[1], right[1]) || left[2] - right[2] || compareText(left[3], right[3]);
}

function inOrder(entries: EndpointEntry[]): (readonly string[])[] {
  entries.sort((a, b) => compareText(a.address, b.address) || a.port - b.port || compareText(a.cluster, b.cluster));
  return entries.map((entry) => entry.cells);
}

function statusAddress(address: Address | undefined): { readonly text: string; readonly port: number } {
  if (address?.socket_address) return { text: address.socket_address.address ?? '', port: address.socket_address.port_value ?? 0 };
  if (address?.pipe) return { text: `unix://${address.pipe.path ?? ''}`, port: 0 };
  if (address?.envoy_internal_address) return { text: internalText(address), port: 0 };
  return { text: 'unknown', port: 0 };
}

function edsAddress(address: Address | undefined): string {
  if (address?.socket_address) return `${address.socket_address.address ?? ''}:${address.socket_address.port_value ?? 0}`;
  if (address?.pipe) return address.pipe.path ?? '';
  return address?.envoy_internal_address ? internalText(address) : 'unknown';
}

function internalText(address: Address): string {
  const internal = address.envoy_internal_address;
  return `envoy://${internal?.server_listener_name ?? ''}/${internal?.endpoint_id ?? ''}`;
}

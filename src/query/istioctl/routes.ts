import type { RouteConfiguration, VirtualHost } from '../../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import type { Resource } from '../../model/resource.ts';
import { configName } from './config-name.ts';
import type { PlainTable } from './plain-table.ts';
import { routeMatchCell } from './route-match.ts';

export interface IstioctlRouteFlags {
  readonly name?: string | undefined;
  readonly verbose: boolean;
  readonly named?: boolean;
}

/**
 * The route configs that istioctl knows of. By number where all names are numbers; else in the order of the dump, since istioctl's own
 * order is then no order (its comparison contradicts itself).
 */
export function istioctlRouteConfigs(proxy: ProxyConfig, flags: Pick<IstioctlRouteFlags, 'name'>): Resource<RouteConfiguration>[] {
  const listed = [
    ...proxy.routeConfigs.filter((r) => r.state === 'active' && r.span !== undefined),
    ...proxy.routeConfigs.filter((r) => r.state === 'static'),
  ].filter((r) => !flags.name || r.name === flags.name);
  return listed.every((r) => /^\d+$/.test(r.name)) ? listed.sort((a, b) => Number(a.name) - Number(b.name)) : listed;
}

/** istioctl's table of routes. */
export function istioctlRouteTable(proxy: ProxyConfig, flags: IstioctlRouteFlags): PlainTable {
  const configs = istioctlRouteConfigs(proxy, flags);
  const nameOf = (config: Resource<RouteConfiguration>): string => `${flags.named ? 'route/' : ''}${config.name}`;
  if (!flags.verbose) {
    const rows = configs.map((config) => [nameOf(config), String(config.value.virtual_hosts?.length ?? 0)]);
    return { header: ['NAME', 'VIRTUAL HOSTS'], rows, padding: 5 };
  }
  const rows = configs.flatMap((config) => (config.value.virtual_hosts ?? []).flatMap((host) => hostRows(nameOf(config), host)));
  return { header: ['NAME', 'VHOST NAME', 'DOMAINS', 'MATCH', 'VIRTUAL SERVICE'], rows, padding: 5 };
}

function hostRows(config: string, host: VirtualHost): string[][] {
  const first = [config, host.name ?? '', domainsCell(host.domains ?? [])];
  const routes = host.routes ?? [];
  if (routes.length === 0) return [[...first, '/*', '404']];
  return routes
    .filter((route) => route.route?.cluster !== 'PassthroughCluster')
    .map((route) => [...first, routeMatchCell(route.match), configName(route.metadata)]);
}

/** istioctl's DOMAINS cell: without those that name a port, and without the longer forms of a service's name. */
export function domainsCell(domains: readonly string[]): string {
  if (domains.length <= 1) return domains[0] ?? '';
  const portless = domains.filter((domain) => !domain.includes(':') || (domain.split(':').length > 3 && domain.endsWith(']')));
  const all = new Set(portless);
  const shortest = portless.filter((domain) => !['.svc.cluster.local', '.svc'].some((end) => domain.endsWith(end) && all.has(domain.slice(0, -end.length))));
  return shortest.length > 2 ? `${shortest.slice(0, 2).join(', ')} + ${shortest.length - 2} more...` : shortest.join(', ');
}

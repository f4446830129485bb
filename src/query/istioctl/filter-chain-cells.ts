import type {
  ConfigListener_Filter,
  FilterChain,
  FilterChainMatch,
  HttpConnectionManager,
  RouteConfiguration,
  TcpProxy,
} from '../../model/generated/envoy-api.ts';
import { anyType } from '../../model/message.ts';
import { routeMatchCell } from './route-match.ts';

const HCM = 'envoy.filters.network.http_connection_manager';
const TCP_PROXY = 'envoy.filters.network.tcp_proxy';

/** istioctl's short names of lists of application protocols; the order counts. */
const PROTOCOL_LISTS: Readonly<Record<string, string>> = {
  'http/1.0,http/1.1,h2c': 'HTTP',
  'http/1.0,http/1.1,h2c,istio-http/1.0,istio-http/1.1,istio-h2': 'HTTP TLS',
  'istio,istio-http/1.0,istio-http/1.1,istio-h2': 'Istio HTTP Plain',
  'istio-peer-exchange,istio': 'TCP TLS',
};

/** `App:` of a MATCH cell: the list, or istioctl's name for it. */
export function applicationProtocols(protocols: readonly string[]): string {
  const list = protocols.join(',');
  return PROTOCOL_LISTS[list] ?? list;
}

/** istioctl's MATCH cell of a filter chain. What it has no words for is not shown. */
export function chainMatchCell(match: FilterChainMatch | undefined): string {
  const parts: string[] = [];
  if (match?.server_names?.length) parts.push(`SNI: ${match.server_names.join(',')}`);
  if (match?.transport_protocol) parts.push(`Trans: ${match.transport_protocol}`);
  if (match?.application_protocols?.length) parts.push(`App: ${applicationProtocols(match.application_protocols)}`);
  const port = match?.destination_port === undefined ? '' : `:${match.destination_port}`;
  const prefixes = (match?.prefix_ranges ?? []).map((range) => `${range.address_prefix ?? ''}/${range.prefix_len ?? 0}`);
  if (prefixes.length > 0) parts.push(`Addr: ${prefixes.join(',')}${port}`);
  else if (port !== '') parts.push(`Addr: *${port}`);
  return parts.length === 0 ? 'ALL' : parts.join('; ');
}

/** istioctl's DESTINATION cell of a filter chain: filters are known by their names, the first known one decides. */
export function chainDestinationCell(chain: FilterChain): string {
  for (const filter of chain.filters ?? []) {
    if (filter.name === HCM) return httpDestination(filter);
    if (filter.name === TCP_PROXY && !namesBlackHole(filter)) return clusterCell((filter.typed_config as TcpProxy | undefined)?.cluster ?? '');
  }
  return 'Non-HTTP/Non-TCP';
}

/** istioctl's TYPE cell of a listener. */
export function listenerTypeCell(chains: readonly FilterChain[]): string {
  const filters = chains.flatMap((chain) => chain.filters ?? []);
  const http = filters.some((filter) => filter.name === HCM);
  const tcp = filters.some((filter) => filter.name === TCP_PROXY && !namesBlackHole(filter));
  if (http && tcp) return 'HTTP+TCP';
  return http ? 'HTTP' : tcp ? 'TCP' : 'UNKNOWN';
}

function httpDestination(filter: ConfigListener_Filter): string {
  if (!anyType(filter.typed_config).endsWith('.HttpConnectionManager')) return 'HTTP';
  const manager = filter.typed_config as HttpConnectionManager;
  if (manager.route_config !== undefined) return inlineRoutes(manager.route_config);
  return manager.rds?.route_config_name ? `Route: ${manager.rds.route_config_name}` : 'HTTP';
}

function inlineRoutes(config: RouteConfiguration): string {
  const hosts = config.virtual_hosts ?? [];
  const only = hosts.length === 1 ? hosts[0] : undefined;
  const route = only?.routes?.length === 1 ? only.routes[0] : undefined;
  const matchesAll = only?.domains?.length === 1 && only.domains[0] === '*' && route?.match?.prefix === '/';
  if (matchesAll && route?.route?.cluster !== undefined) return clusterCell(route.route.cluster);
  const texts = hosts.map((host) => {
    const domains = host.domains ?? [];
    const prefix = domains.length === 1 && domains[0] === '*' ? '' : `${domains.join('/')} `;
    return prefix + (host.routes ?? []).map((r) => routeMatchCell(r.match)).join(', ');
  });
  return `Inline Route: ${texts.join('; ')}`;
}

function clusterCell(cluster: string): string {
  return cluster.includes('Cluster') ? cluster : `Cluster: ${cluster}`;
}

function namesBlackHole(filter: ConfigListener_Filter): boolean {
  return JSON.stringify(filter.typed_config ?? {}).includes('BlackHoleCluster');
}

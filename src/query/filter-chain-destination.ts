import type { ConfigListener_Filter, FilterChain, HttpConnectionManager, RouteConfiguration, TcpProxy } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import { routePathText } from './route-match-text.ts';
import { weightedArms, weightedText } from './weighted-clusters.ts';

/** Where a filter chain sends what it accepts. */
export interface ChainDestination {
  readonly text: string;
  readonly protocol: 'HTTP' | 'TCP' | 'other';
  /** The clusters that the chain itself names; those of a route config are the route table's matter. */
  readonly clusters: readonly string[];
  /** The RDS name, or the name of an inline route config. */
  readonly routeConfig: string | null;
}

/**
 * Finds a chain's destination by the types of its filters, not by their names: an HTTP connection manager, else a TCP proxy, else the
 * last filter, which is the one that ends a chain in Envoy.
 */
export function chainDestination(chain: Pick<FilterChain, 'filters'>): ChainDestination {
  const filters = chain.filters ?? [];
  for (const filter of filters) {
    const type = shortType(filter);
    if (type === 'HttpConnectionManager') return httpDestination(configOf(filter) as HttpConnectionManager);
    if (type === 'TcpProxy') return tcpDestination(configOf(filter) as TcpProxy, filter);
  }
  const last = filters.at(-1);
  if (last === undefined) return { text: 'no filters', protocol: 'other', clusters: [], routeConfig: null };
  return otherDestination(last);
}

/** Where a filter that pc knows no more of sends its traffic: the clusters that its configuration names. */
export function otherDestination(filter: ConfigListener_Filter): ChainDestination {
  const clusters = [...new Set(namedClusters(configOf(filter)))];
  const name = filter.config_discovery ? `${filter.name ?? ''} (by ECDS)` : shortType(filter) || (filter.name ?? 'an unnamed filter');
  return { text: clusters.length > 0 ? `${name}: ${clusters.join(', ')}` : name, protocol: 'other', clusters, routeConfig: null };
}

/** `Cluster: x`; the bare name where it says `Cluster` itself (`PassthroughCluster`), as istioctl has it. */
function clusterText(cluster: string): string {
  return cluster.includes('Cluster') ? cluster : `Cluster: ${cluster}`;
}

/** The last part of the message name of a filter's configuration: `HttpConnectionManager`; '' where it has none. */
function shortType(filter: ConfigListener_Filter): string {
  const type = anyType(configOf(filter));
  return type.slice(type.lastIndexOf('.') + 1);
}

function httpDestination(manager: HttpConnectionManager): ChainDestination {
  const found = (text: string, routeConfig: string | null, clusters: readonly string[] = []): ChainDestination => ({
    text,
    protocol: 'HTTP',
    clusters,
    routeConfig,
  });
  if (manager.route_config) {
    const only = onlyCluster(manager.route_config);
    const name = manager.route_config.name ?? '';
    return only === undefined ? found(`Inline Route: ${inlineText(manager.route_config)}`, name) : found(clusterText(only), name, [only]);
  }
  if (manager.scoped_routes) return found(`Scoped Routes: ${manager.scoped_routes.name ?? ''}`, null);
  const name = manager.rds?.route_config_name;
  return name ? found(`Route: ${name}`, name) : found('HTTP without routes', null);
}

function tcpDestination(proxy: TcpProxy, filter: ConfigListener_Filter): ChainDestination {
  const found = (text: string, clusters: readonly string[]): ChainDestination => ({ text, protocol: 'TCP', clusters, routeConfig: null });
  if (proxy.weighted_clusters) {
    const arms = weightedArms(proxy.weighted_clusters.clusters);
    return found(
      `Clusters: ${weightedText(arms)}`,
      arms.flatMap((arm) => arm.cluster ?? []),
    );
  }
  if (proxy.cluster) return found(clusterText(proxy.cluster), [proxy.cluster]);
  // The first dumps of the v2 API hold a TCP proxy of the v1 API: routes by address, each with its cluster.
  const [first, ...others] = new Set(namedClusters((filter as { readonly config?: unknown }).config));
  if (first === undefined) return found('TCP without cluster', []);
  return others.length === 0 ? found(clusterText(first), [first]) : found(`Clusters: ${[first, ...others].join(', ')}`, [first, ...others]);
}

/** The cluster of a route config that sends everything to one. */
function onlyCluster(config: RouteConfiguration): string | undefined {
  const [host, ...otherHosts] = config.virtual_hosts ?? [];
  const [route, ...otherRoutes] = host?.routes ?? [];
  const isAll = otherHosts.length === 0 && otherRoutes.length === 0 && host?.domains?.length === 1 && host.domains[0] === '*';
  const matchesAll = route?.match?.prefix === '/' && Object.keys(route.match).length === 1;
  return isAll && matchesAll ? route?.route?.cluster : undefined;
}

function inlineText(config: RouteConfiguration): string {
  const hosts = (config.virtual_hosts ?? []).map((host) => {
    const domains = host.domains ?? [];
    const prefix = domains.length === 1 && domains[0] === '*' ? '' : `${domains.join('/')} `;
    return prefix + (host.routes ?? []).map((route) => routePathText(route.match)).join(', ');
  });
  return hosts.join('; ');
}

/** Every text under a key that names a cluster, anywhere in a configuration. */
function* namedClusters(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const element of value) yield* namedClusters(element);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if ((key === 'cluster' || key === 'cluster_name') && typeof member === 'string') yield member;
      else yield* namedClusters(member);
    }
  }
}

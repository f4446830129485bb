import type { FilterChain, Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { addressText, hostText, portOf } from '../query/address-text.ts';
import { chainDestination } from '../query/filter-chain-destination.ts';
import { cidrTexts } from '../query/filter-chain-match-text.ts';
import { objectInName, objectOf } from './config-objects.ts';
import type { RoutedHost } from './description.ts';
import { isOwnCluster, isUnnamedCluster } from './own-clusters.ts';
import type { ProxyFacts } from './proxy-facts.ts';

/** TCP services: filter chains that end in a TCP proxy, by server name or address. Those that take inbound traffic are told with its TLS. */
export function tcpHosts({ listeners }: ProxyFacts, clusterObjects: ReadonlyMap<string, string>): RoutedHost[] {
  const rows = new Map<string, RoutedHost>();
  for (const listener of listeners) {
    if (isInbound(listener)) continue;
    for (const chain of chainsOf(listener.value)) {
      const { protocol, clusters } = chainDestination(chain);
      if (protocol !== 'TCP' || clusters.length === 0 || clusters.every((cluster) => isUnnamedCluster(cluster) || isOwnCluster(cluster))) continue;
      const domains = namesOf(chain, listener.value);
      const key = `${listener.name} ${domains.join(',')} ${clusters.join(',')}`;
      if (!rows.has(key)) rows.set(key, tcpRow(listener, chain, domains, clusters, clusterObjects));
    }
  }
  return [...rows.values()];
}

/** Where connections go that no listener names: the destinations of the listener that redirected connections arrive at. */
export function otherTcp({ listeners }: ProxyFacts): readonly string[] {
  const clusters = listeners
    .filter((listener) => !isInbound(listener))
    .flatMap((listener) => chainsOf(listener.value).filter((chain) => chain.filter_chain_match?.destination_port === undefined))
    .flatMap((chain) => chainDestination(chain).clusters.filter(isUnnamedCluster));
  return [...new Set(clusters)];
}

/** Whether a listener takes the traffic to the proxy's own pod. */
export function isInbound({ value, name }: Resource<Listener>): boolean {
  return value.traffic_direction === 'INBOUND' || /^(?:virtualInbound|connect_terminate|public_listener)/.test(name);
}

export function chainsOf(listener: Listener): readonly FilterChain[] {
  return [...(listener.filter_chains ?? []), ...(listener.default_filter_chain ? [listener.default_filter_chain] : [])];
}

function tcpRow(
  listener: Resource<Listener>,
  chain: FilterChain,
  domains: readonly string[],
  clusters: readonly string[],
  objects: ReadonlyMap<string, string>,
): RoutedHost {
  const named = objectOf(chain.metadata) ?? objectOf(listener.value.metadata);
  const fromNames = clusters.flatMap((cluster) => objectInName(cluster) ?? []);
  return {
    kind: 'tcp',
    direction: 'outbound',
    where: listener.name || addressText(listener.value.address),
    virtual_host: null,
    domains,
    routes: 1,
    destinations: clusters.map((text) => ({ text, percent: null })),
    objects: [...new Set(named === undefined ? fromNames : [named])],
    cluster_objects: [...new Set(clusters.flatMap((cluster) => objects.get(cluster) ?? []))],
    filters: [],
  };
}

/** Whether a listener takes connections by where they were going, so that its own port says nothing about them. */
export function intercepts(listener: Listener): boolean {
  return listener.use_original_dst === true || (listener.listener_filters ?? []).some((filter) => /original_dst$/.test(filter.name ?? ''));
}

/** Server names, else addresses with the port. */
function namesOf(chain: FilterChain, listener: Listener): readonly string[] {
  const match = chain.filter_chain_match;
  const port = match?.destination_port ?? (intercepts(listener) ? undefined : portOf(listener.address));
  if (match?.server_names?.length) return match.server_names;
  const ranges = cidrTexts(match?.prefix_ranges).map((range) => `${range.replace(/\/(?:32|128)$/, '')}${port ? `:${port}` : ''}`);
  if (ranges.length > 0) return ranges;
  const host = hostText(listener.address);
  return [/^(?:0\.0\.0\.0|::|)$/.test(host) ? `*${port === undefined ? '' : `:${port}`}` : addressText(listener.address)];
}

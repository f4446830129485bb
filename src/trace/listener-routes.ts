import { transportOf } from '../match/server-transport.ts';
import type { FilterChain, HttpConnectionManager, Listener, RouteConfiguration, TcpProxy } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import { virtualHostsOf } from './choose-route.ts';
import type { ProxyIndex } from './proxy-index.ts';

const NETWORK = 'envoy.extensions.filters.network';
export const HTTP_CONNECTION_MANAGER = `${NETWORK}.http_connection_manager.v3.HttpConnectionManager`;
export const TCP_PROXY = `${NETWORK}.tcp_proxy.v3.TcpProxy`;

/** All filter chains of a listener, the default one last. */
export function filterChainsOf(listener: Listener): readonly FilterChain[] {
  return [...(listener.filter_chains ?? []), ...(listener.default_filter_chain === undefined ? [] : [listener.default_filter_chain])];
}

/** The connection managers of a filter chain. */
export function managersOf(chain: FilterChain): readonly HttpConnectionManager[] {
  return (chain.filters ?? []).map(configOf).filter((config) => anyType(config) === HTTP_CONNECTION_MANAGER) as readonly HttpConnectionManager[];
}

/** Names of the route configs that a listener's connection managers ask RDS for. */
export function routeConfigNamesOf(listener: Listener): readonly string[] {
  return filterChainsOf(listener)
    .flatMap(managersOf)
    .flatMap((manager) => manager.rds?.route_config_name ?? []);
}

/** Clusters that a listener's TCP proxies lead to. */
export function clustersOf(listener: Listener): readonly string[] {
  const proxies = filterChainsOf(listener).flatMap(
    (chain) => (chain.filters ?? []).map(configOf).filter((config) => anyType(config) === TCP_PROXY) as readonly TcpProxy[],
  );
  return proxies.flatMap((proxy) => [proxy.cluster ?? [], (proxy.weighted_clusters?.clusters ?? []).flatMap(({ name }) => name ?? [])].flat());
}

/** How well a listener fits a URL. `named`: its routes, or the SNI of a chain, name the host; `any`: they take every host; `other`: neither. */
export type HostFit = 'named' | 'any' | 'other' | 'wrong scheme';

/** Judges a listener by what it serves: HTTP in plaintext or over TLS, or TLS that it passes on by SNI. */
export function fitOf(index: ProxyIndex, listener: Listener, isTls: boolean, host: string, authority: string): HostFit {
  let best: HostFit = 'wrong scheme';
  for (const chain of filterChainsOf(listener)) {
    const fit = chainFit(index, chain, isTls, host, authority);
    if (rank(fit) > rank(best)) best = fit;
  }
  return best;
}

const RANKS: readonly HostFit[] = ['wrong scheme', 'other', 'any', 'named'];
const rank = (fit: HostFit): number => RANKS.indexOf(fit);

function chainFit(index: ProxyIndex, chain: FilterChain, isTls: boolean, host: string, authority: string): HostFit {
  const terminates = transportOf(chain, []).kind === 'tls';
  const managers = managersOf(chain);
  const names = chain.filter_chain_match?.server_names ?? [];
  // A chain for other names still tells that TLS is what the listener serves: the wrong name is then the finding.
  if (isTls && names.length > 0 && !names.some((name) => coversName(name.toLowerCase(), host.toLowerCase()))) return 'other';
  if (managers.length === 0) return isTls && names.length > 0 ? 'named' : 'wrong scheme';
  if (terminates !== isTls) return 'wrong scheme';
  const found = managers.flatMap((manager) => routeConfigOf(index, manager) ?? []).flatMap((routeConfig) => virtualHostsOf(routeConfig).find(authority) ?? []);
  if (found.some(({ by }) => by !== 'default')) return 'named';
  return found.length > 0 ? 'any' : 'other';
}

function coversName(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1);
}

function routeConfigOf(index: ProxyIndex, manager: HttpConnectionManager): RouteConfiguration | undefined {
  return manager.route_config ?? index.routeConfigs.get(manager.rds?.route_config_name ?? '')?.value;
}

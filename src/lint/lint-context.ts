import type { DumpPath } from '../dump/dump-path.ts';
import { envoyVersionOf } from '../model/envoy-version.ts';
import type {
  Cluster,
  ClusterLoadAssignment,
  FilterChain,
  HttpConnectionManager,
  Listener,
  RouteConfiguration,
  Secret,
  TcpProxy,
} from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { type Resource, serves } from '../model/resource.ts';

export interface LintOptions {
  /** The time to judge certificates by. */
  readonly now: Date;
  /** A certificate that ends within this time is reported. */
  readonly expiringMs: number;
  /** A resource that warms for longer than this is reported as more than information; 30 seconds unless said otherwise. */
  readonly warmingMs?: number;
  /** The input is of a running proxy, taken at `now`. */
  readonly isLive?: boolean;
}

/** A message with its place. */
export interface Placed<T> {
  readonly value: T;
  readonly document: string;
  readonly path: DumpPath;
}

/** A filter chain of a listener; the default one too. */
export interface PlacedChain extends Placed<FilterChain> {
  readonly listener: Resource<Listener>;
  readonly isDefault: boolean;
}

/** A network filter's configuration, and the chain that it stands in. */
export interface PlacedFilter<T> extends Placed<T> {
  readonly chain: PlacedChain;
}

/** A proxy as rules look at it. Only what serves: active and static resources; the rest is looked at by the rules on states. */
export interface LintContext extends LintOptions {
  readonly proxy: ProxyConfig;
  readonly listeners: readonly Resource<Listener>[];
  readonly chains: readonly PlacedChain[];
  readonly connectionManagers: readonly PlacedFilter<HttpConnectionManager>[];
  readonly tcpProxies: readonly PlacedFilter<TcpProxy>[];
  /** Those of RDS, and those within a connection manager; each once. */
  readonly routeConfigs: readonly (Placed<RouteConfiguration> & { readonly name: string })[];
  readonly clusters: ReadonlyMap<string, Resource<Cluster>>;
  /** By name: clusters that are there in another state only. */
  readonly idleClusters: ReadonlyMap<string, Resource<Cluster>>;
  readonly assignments: ReadonlyMap<string, Resource<ClusterLoadAssignment>>;
  readonly secrets: ReadonlyMap<string, Resource<Secret>>;
  /** The newest time that the dump itself names. */
  readonly dumpTime: Date | undefined;
  /** A dump of a running proxy: what is not in one of its sections is not there. A bootstrap or a list of resources is a part. */
  readonly isWhole: boolean;
  /** `[1, 40, 0]`; undefined where the dump does not tell. */
  readonly envoyVersion: ReturnType<typeof envoyVersionOf>;
}

const HCM = '.HttpConnectionManager';
const TCP = '.TcpProxy';

export function lintContext(proxy: ProxyConfig, options: LintOptions): LintContext {
  const listeners = proxy.listeners.filter(serves);
  const chains = listeners.flatMap(chainsOf);
  const filters = chains.flatMap((chain) =>
    (chain.value.filters ?? []).map((filter, i) => ({
      config: configOf(filter),
      chain,
      document: chain.document,
      path: [...chain.path, 'filters', i, 'typed_config'],
    })),
  );
  const ofType = <T>(suffix: string): PlacedFilter<T>[] =>
    filters.flatMap(({ config, chain, document, path }) => (anyType(config).endsWith(suffix) ? [{ value: config as T, chain, document, path }] : []));
  const connectionManagers = ofType<HttpConnectionManager>(HCM);
  const clusters = byName(proxy.clusters.filter(serves));
  return {
    ...options,
    proxy,
    listeners,
    chains,
    connectionManagers,
    tcpProxies: ofType<TcpProxy>(TCP),
    routeConfigs: [...delivered(proxy), ...inline(connectionManagers)],
    clusters,
    idleClusters: byName(proxy.clusters.filter((cluster) => !serves(cluster) && !clusters.has(cluster.name))),
    assignments: byName(proxy.endpoints),
    secrets: byName(proxy.secrets.filter((secret) => secret.state !== 'error')),
    dumpTime: newestTime(proxy),
    isWhole: isWhole(proxy),
    envoyVersion: envoyVersionOf(proxy),
  };
}

function chainsOf(listener: Resource<Listener>): PlacedChain[] {
  const { document } = listener;
  const chains: PlacedChain[] = (listener.value.filter_chains ?? []).map((value, i) => ({
    value,
    document,
    path: [...listener.path, 'filter_chains', i],
    listener,
    isDefault: false,
  }));
  const last = listener.value.default_filter_chain;
  return last === undefined ? chains : [...chains, { value: last, document, path: [...listener.path, 'default_filter_chain'], listener, isDefault: true }];
}

/** Static route configs of a dump are those within connection managers, listed once more: they are taken where no listeners are in the input. */
function delivered(proxy: ProxyConfig): LintContext['routeConfigs'] {
  return proxy.routeConfigs
    .filter((resource) => resource.span !== undefined && (resource.state === 'active' || (resource.state === 'static' && !proxy.sections.has('listener'))))
    .map((resource) => ({ name: resource.name, value: resource.value, document: resource.document, path: resource.path }));
}

function inline(managers: LintContext['connectionManagers']): LintContext['routeConfigs'] {
  return managers.flatMap(({ value, document, path }) => {
    const own =
      value.route_config === undefined ? [] : [{ name: value.route_config.name ?? '', value: value.route_config, document, path: [...path, 'route_config'] }];
    const scopes = value.scoped_routes?.scoped_route_configurations_list?.scoped_route_configurations ?? [];
    const at = [...path, 'scoped_routes', 'scoped_route_configurations_list', 'scoped_route_configurations'];
    const scoped = scopes.flatMap(({ route_configuration: config }, i) =>
      config === undefined ? [] : [{ name: config.name ?? '', value: config, document, path: [...at, i, 'route_configuration'] }],
    );
    return [...own, ...scoped];
  });
}

/** Places of a config dump begin with `configs`, those of CSDS with `config`; a bootstrap is known by what the reading noted. */
function isWhole(proxy: ProxyConfig): boolean {
  const all: readonly Resource[] = [...proxy.listeners, ...proxy.clusters];
  return !proxy.notes.some((note) => note.id === 'PC1035') && all.some(({ path }) => path[0] === 'configs' || path[0] === 'config');
}

function byName<T extends { readonly name: string }>(resources: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const resource of resources) if (!map.has(resource.name)) map.set(resource.name, resource);
  return map;
}

function newestTime(proxy: ProxyConfig): Date | undefined {
  let newest = 0;
  for (const list of [proxy.listeners, proxy.routeConfigs, proxy.clusters, proxy.secrets] as const)
    for (const { lastUpdated } of list as readonly Resource[]) newest = Math.max(newest, lastUpdated === undefined ? 0 : Date.parse(lastUpdated) || 0);
  return newest === 0 ? undefined : new Date(newest);
}

import type { ResourceKind } from '../../dump/resource-seed.ts';

/** What a command reads of a proxy. */
export interface Needs {
  /** The kinds of resources; 'everything' for the whole dump with its endpoints. */
  readonly kinds: readonly ResourceKind[] | 'everything';
  /** Other admin outputs that complete them. What a proxy does not give of these is left out. */
  readonly companions?: readonly ('clusters' | 'listeners' | 'certs' | 'server_info')[];
  /** Requests besides, each of which may be refused. */
  readonly more?: readonly string[];
  /** The filter over the names of these resources, as the user gave it: text, a glob with * and ?, or ~REGEX. */
  readonly name?: string | undefined;
}

/** One request that a plan makes. */
export interface PlannedRequest {
  readonly path: string;
  /** The section that the answer is, where it is a part of the dump. */
  readonly section?: string;
  /** The same without the filter by name: asked where the filter leaves nothing, so that near names can be told. */
  readonly unfiltered?: string;
  /** May be refused: with a word, or, where that is nothing to tell, without. */
  readonly optional?: boolean | 'quiet';
}

/** The fields that a mask may name, by kind: https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump.proto */
const FIELDS: Readonly<Record<ResourceKind, readonly [section: string, mask: string]>> = {
  bootstrap: ['BootstrapConfigDump', 'bootstrap'],
  listener: ['ListenersConfigDump', 'dynamic_listeners,static_listeners'],
  route_config: ['RoutesConfigDump', 'dynamic_route_configs,static_route_configs'],
  scoped_routes: ['ScopedRoutesConfigDump', 'dynamic_scoped_route_configs,inline_scoped_route_configs'],
  cluster: ['ClustersConfigDump', 'dynamic_active_clusters,dynamic_warming_clusters,static_clusters'],
  endpoint: ['EndpointsConfigDump', 'dynamic_endpoint_configs,static_endpoint_configs'],
  secret: ['SecretsConfigDump', 'dynamic_active_secrets,dynamic_warming_secrets,static_secrets'],
  ecds: ['EcdsConfigDump', 'ecds_filters'],
};

/** The kinds whose resources are what `name` names. */
const NAMED: ReadonlySet<ResourceKind> = new Set(['listener', 'route_config', 'cluster', 'secret', 'ecds']);

export const WHOLE_DUMP = '/config_dump?include_eds';
export const COMPANION_PATHS = {
  clusters: '/clusters?format=json',
  listeners: '/listeners?format=json',
  certs: '/certs',
  server_info: '/server_info',
} as const;

/**
 * The admin requests that give what a command needs, and no more. A mask must fit one section as a whole, so there is one request for each
 * kind; EDS is built only where it is asked for, since Envoy makes it anew from every host that it knows.
 */
export function planRequests(needs: Needs): readonly PlannedRequest[] {
  const companions: readonly PlannedRequest[] = [
    ...(needs.companions ?? []).map((name) => ({ path: COMPANION_PATHS[name], optional: true })),
    ...(needs.more ?? []).map((path) => ({ path, optional: 'quiet' as const })),
  ];
  if (needs.kinds === 'everything') return [{ path: WHOLE_DUMP }, ...companions];
  return [...needs.kinds.map((kind) => sectionRequest(kind, needs.name)), ...companions];
}

function sectionRequest(kind: ResourceKind, name: string | undefined): PlannedRequest {
  const [section, mask] = FIELDS[kind];
  const path = `/config_dump?${kind === 'endpoint' ? 'include_eds&' : ''}mask=${mask}`;
  const regex = name === undefined || !NAMED.has(kind) ? undefined : nameRegex(name);
  if (regex === undefined) return { path, section: `envoy.admin.v3.${section}` };
  return { path: `${path}&name_regex=${encodeURIComponent(regex)}`, section: `envoy.admin.v3.${section}`, unfiltered: path };
}

/** The RE2 expression for every whole name that the filter may take; none for the user's own expression, which is not RE2. */
function nameRegex(wanted: string): string | undefined {
  if (wanted.startsWith('~')) return undefined;
  const literal = wanted.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
  if (/[*?]/.test(wanted)) return `(?is)${literal.replaceAll('*', '.*').replaceAll('?', '.')}`;
  return `(?is).*${literal}.*`;
}

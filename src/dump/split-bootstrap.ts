import type { ByteSource } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import type { OutlineNode } from './json-outline.ts';
import { elementsOf, membersOf, textOf } from './outline-members.ts';
import type { ResourceKind, ResourceSeed } from './resource-seed.ts';
import { bareSeed } from './split-config-dump.ts';
import { canonicalType } from './type-name.ts';

const HTTP_CONNECTION_MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

const NONE: ReadonlyMap<string, OutlineNode> = new Map();

/**
 * The resources of a bootstrap file: itself, its static listeners, clusters and secrets, and what a dump would list beside them: the
 * route configurations inside its HTTP connection managers, the endpoints inside its clusters. Of kinds that xDS delivers it shows a part.
 */
export function splitBootstrap(source: ByteSource, node: OutlineNode, path: DumpPath): { seeds: ResourceSeed[]; partial: ReadonlySet<ResourceKind> } {
  const members = membersOf(source, node);
  const seeds: ResourceSeed[] = [bareSeed('bootstrap', 'static', source, node, path)];
  const statics = members.get('static_resources');
  const lists = statics === undefined ? NONE : membersOf(source, statics);
  const each = (list: string, take: (element: OutlineNode, elementPath: DumpPath) => void): void => {
    const found = lists.get(list);
    elementsOf(source, found).forEach((element, i) => {
      if (element.kind === 'object') take(element, [...path, statics?.key ?? '', found?.key ?? list, i]);
    });
  };
  each('listeners', (element, elementPath) => {
    seeds.push(bareSeed('listener', 'static', source, element, elementPath));
    seeds.push(...inlineRouteConfigs(source, element, elementPath));
  });
  each('clusters', (element, elementPath) => {
    seeds.push(bareSeed('cluster', 'static', source, element, elementPath));
    const assignment = membersOf(source, element).get('load_assignment');
    if (assignment?.kind === 'object') seeds.push(bareSeed('endpoint', 'static', source, assignment, [...elementPath, assignment.key ?? '']));
  });
  each('secrets', (element, elementPath) => {
    seeds.push(bareSeed('secret', 'static', source, element, elementPath));
  });
  return { seeds, partial: deliveredByXds(source, members, seeds) };
}

/** The kinds of which the bootstrap asks a server for more: LDS brings routes too, CDS endpoints. */
function deliveredByXds(source: ByteSource, members: ReadonlyMap<string, OutlineNode>, seeds: readonly ResourceSeed[]): ReadonlySet<ResourceKind> {
  const partial = new Set<ResourceKind>();
  const node = members.get('dynamic_resources');
  const dynamic = node === undefined ? NONE : membersOf(source, node);
  const add = (...kinds: ResourceKind[]): void => kinds.forEach((kind) => void partial.add(kind));
  if (dynamic.has('lds_config') || dynamic.has('lds_resources_locator')) add('listener', 'route_config', 'secret', 'ecds');
  if (dynamic.has('cds_config') || dynamic.has('cds_resources_locator')) add('cluster', 'endpoint', 'secret');
  const text = new TextDecoder();
  for (const seed of seeds) {
    if (seed.span === undefined || (seed.kind !== 'listener' && seed.kind !== 'cluster')) continue;
    const json = text.decode(source.read(seed.span.start, seed.span.end));
    if (/"(?:rds|scoped_routes|scopedRoutes)"\s*:/.test(json)) add('route_config');
    if (/"(?:eds_cluster_config|edsClusterConfig)"\s*:/.test(json)) add('endpoint');
    if (/"(?:sds_config|sdsConfig)"\s*:/.test(json)) add('secret');
    if (/"(?:config_discovery|configDiscovery)"\s*:/.test(json)) add('ecds');
  }
  return partial;
}

function inlineRouteConfigs(source: ByteSource, listener: OutlineNode, path: DumpPath): ResourceSeed[] {
  const seeds: ResourceSeed[] = [];
  const members = membersOf(source, listener);
  const chains: (readonly [OutlineNode, DumpPath])[] = [];
  const list = members.get('filter_chains');
  elementsOf(source, list).forEach((chain, i) => void chains.push([chain, [...path, list?.key ?? '', i]]));
  const fallback = members.get('default_filter_chain');
  if (fallback !== undefined) chains.push([fallback, [...path, fallback.key ?? '']]);
  for (const [chain, chainPath] of chains) {
    const filters = membersOf(source, chain).get('filters');
    elementsOf(source, filters).forEach((filter, i) => {
      const filterMembers = membersOf(source, filter);
      const config = filterMembers.get('typed_config') ?? filterMembers.get('config');
      if (config?.kind !== 'object') return;
      const configMembers = membersOf(source, config);
      const type = textOf(source, configMembers.get('@type'));
      if (type !== undefined && canonicalType(type) !== HTTP_CONNECTION_MANAGER) return;
      const routes = configMembers.get('route_config');
      if (routes?.kind !== 'object') return;
      seeds.push(bareSeed('route_config', 'static', source, routes, [...chainPath, filters?.key ?? '', i, config.key ?? '', routes.key ?? '']));
    });
  }
  return seeds;
}

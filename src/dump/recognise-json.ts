import type { ByteSource } from './byte-source.ts';
import { deferredSection } from './deferred-section.ts';
import type { DeferredSection, DocumentKind, DocumentNote } from './dump-document.ts';
import type { DumpPath } from './dump-path.ts';
import type { OutlineNode } from './json-outline.ts';
import { KIND_NAMES, kindOfList, kindOfObject } from './other-documents.ts';
import { childrenOf, elementsOf, membersOf, membersOfAny, outlinedDeeper, textOf } from './outline-members.ts';
import type { ResourceKind, ResourceSeed } from './resource-seed.ts';
import { kindOfType } from './resource-shape.ts';
import { splitBootstrap } from './split-bootstrap.ts';
import {
  CONFIG_DUMP_DEPTH,
  CONFIG_DUMP_OUTLINE,
  type DumpSection,
  isInnerEntry,
  kindOfSection,
  sectionAt,
  sectionTypeOf,
  splitResources,
  splitSections,
  wrongType,
} from './split-config-dump.ts';
import { isClientConfig, nodeIdOf, splitClientConfig } from './split-csds.ts';
import { kindOfResource, splitDiscoveryResponse, splitResourceList, splitResourceMap } from './split-resources.ts';
import { canonicalType } from './type-name.ts';

/** What a JSON value was recognised as, and what was found in it. */
export interface Recognised {
  readonly kind: DocumentKind;
  readonly about: string;
  readonly proxy: string | undefined;
  readonly root: OutlineNode;
  readonly path: DumpPath;
  readonly sections: readonly DumpSection[];
  readonly seeds: readonly ResourceSeed[];
  readonly deferred?: readonly DeferredSection[];
  readonly kinds: ReadonlySet<ResourceKind>;
  readonly partial: ReadonlySet<ResourceKind>;
  readonly notes: readonly DocumentNote[];
}

const BOOTSTRAP_KINDS: readonly ResourceKind[] = ['bootstrap', 'listener', 'route_config', 'cluster', 'endpoint', 'secret'];
/** How deep a map of maps (namespace, gateway) may hold documents. */
const MAP_DEPTH = 3;

/**
 * Recognises a JSON document by what it holds, never by its name. One document may hold several proxies (a map of gateways, a list of
 * clients): then there is one answer for each. Throws Failure PC1005 where a key stands twice where pc looks.
 */
export function recogniseJson(source: ByteSource, root: OutlineNode): readonly Recognised[] {
  return recognise(source, root, [], MAP_DEPTH) ?? [named('other', otherName(root), root, [])];
}

function recognise(source: ByteSource, node: OutlineNode, path: DumpPath, mapDepth: number): readonly Recognised[] | undefined {
  if (node.kind === 'array') return recogniseList(source, node, path);
  return node.kind === 'object' ? recogniseObject(source, node, path, mapDepth) : undefined;
}

function recogniseObject(source: ByteSource, node: OutlineNode, path: DumpPath, mapDepth: number): readonly Recognised[] | undefined {
  const members = membersOfAny(source, node);
  const type = canonicalType(textOf(source, members.get('@type')) ?? '');
  const configs = members.get('configs');
  if (configs !== undefined) return [configDump(source, node, configs, path)];
  if (kindOfSection(type) !== undefined)
    return [ofSections('tool_output', `one part of a /config_dump (${lastName(type)})`, node, path, [section(source, node, path)])];
  if (kindOfType(type) === 'bootstrap') return [bootstrap(source, node, members, path)];
  if (kindOfType(type) !== undefined) return [resources(`one resource (${lastName(type)})`, node, path, splitOne(source, node, path))];
  const xds = members.get('xds');
  if (xds?.kind === 'object') {
    const found = recogniseMap(source, xds, [...path, xds.key ?? 'xds'], mapDepth);
    if (found !== undefined) return found;
  }
  if (isDiscoveryResponse(source, members)) return discoveryResponse(source, node, members, path);
  const config = members.get('config');
  if (config?.kind === 'array') {
    const clients = elementsOf(source, config);
    if (clients.length > 0 && clients.every((client) => isClientConfig(membersOf(source, client)))) {
      return clients.map((client, i) => clientStatus(source, client, [...path, config.key ?? '', i]));
    }
  }
  if (isClientConfig(members)) return [clientStatus(source, node, path)];
  const shape = kindOfObject(members);
  if (shape !== undefined) return [{ ...named(shape.kind, shape.about, node, path), proxy: nodeIdOf(source, membersOf(source, node)) }];
  const sectionType = sectionTypeOf(members);
  if (sectionType !== undefined) {
    return [ofSections('tool_output', `the output of istioctl (${lastName(sectionType)})`, node, path, [section(source, node, path, sectionType)])];
  }
  if (isBootstrap(members)) return [bootstrap(source, node, members, path)];
  const kind = kindOfResource(source, node);
  if (kind !== undefined) return [resources(`one resource (${kind.replace('_', ' ')})`, node, path, splitOne(source, node, path))];
  return recogniseMap(source, node, path, mapDepth);
}

/** Maps: resources by type or by name, or whole documents by the name of their proxy. */
function recogniseMap(source: ByteSource, node: OutlineNode, path: DumpPath, mapDepth: number): readonly Recognised[] | undefined {
  const byKind = splitResourceMap(source, node, path);
  if (byKind !== undefined) return [resources('a map of xDS resources by type', node, path, byKind)];
  const children = childrenOf(source, node).filter((child) => child.kind === 'object');
  if (children.length === 0 || children.length < childrenOf(source, node).length) return undefined;
  const kinds = new Set(children.map((child) => kindOfResource(source, child)));
  if (kinds.size === 1 && !kinds.has(undefined)) return [resources('a map of xDS resources by name', node, path, splitResourceList(source, node, path))];
  if (isEndpointShards(source, children)) return [named('istiod_debug', "istiod's /debug/endpointShardz", node, path)];
  if (mapDepth === 0) return undefined;
  const found: Recognised[] = [];
  for (const child of children) {
    const inner = recognise(source, child, [...path, child.key ?? ''], mapDepth - 1);
    if (inner === undefined || inner.some((part) => part.sections.length + part.seeds.length === 0)) return undefined;
    for (const part of inner) found.push({ ...part, proxy: part.proxy === undefined ? (child.key ?? '') : `${child.key}/${part.proxy}` });
  }
  return found;
}

/** Service → namespace → `Shards`. */
function isEndpointShards(source: ByteSource, services: readonly OutlineNode[]): boolean {
  const [namespace] = childrenOf(source, services[0] as OutlineNode);
  return namespace !== undefined && membersOf(source, namespace).has('_shards');
}

function recogniseList(source: ByteSource, node: OutlineNode, path: DumpPath): readonly Recognised[] | undefined {
  const elements = elementsOf(source, node);
  if (elements.length === 0) return [resources('an empty list', node, path, [])];
  const objects = elements.filter((element) => element.kind === 'object');
  if (objects.length < elements.length) return undefined;
  const firstMembers = membersOf(source, objects[0] as OutlineNode);
  const shape = kindOfList(firstMembers);
  if (shape !== undefined) return [named(shape.kind, shape.about, node, path)];
  if (isClientConfig(firstMembers)) return objects.map((client, i) => clientStatus(source, client, [...path, i]));
  const type = canonicalType(textOf(source, firstMembers.get('@type')) ?? '');
  if (kindOfSection(type) !== undefined)
    return [ofSections('config_dump', 'the parts of a /config_dump', node, path, splitSections(source, deep(source, node), path))];
  const seeds = splitResourceList(source, node, path);
  return seeds.length > 0 ? [resources('a list of xDS resources', node, path, seeds)] : undefined;
}

function configDump(source: ByteSource, node: OutlineNode, configs: OutlineNode, path: DumpPath): Recognised {
  const configsPath = [...path, configs.key ?? 'configs'];
  // A document that is a dump is outlined deep enough already; one within a map of gateways is not.
  const list = path.length === 0 ? configs : deep(source, configs);
  if (configs.kind === 'array') return ofSections('config_dump', KIND_NAMES.config_dump, node, path, splitSections(source, list, configsPath));
  if (configs.kind !== 'object') return { ...named('config_dump', KIND_NAMES.config_dump, node, path), notes: [wrongType('a list', configs, configsPath)] };
  // istioctl of 2018 wrote a map instead of the list.
  const sections = childrenOf(source, list).map((part) => section(source, part, [...configsPath, part.key ?? '']));
  return ofSections('config_dump', 'a /config_dump as istioctl of 2018 printed it', node, path, sections);
}

function ofSections(kind: DocumentKind, about: string, root: OutlineNode, path: DumpPath, sections: readonly DumpSection[]): Recognised {
  const notes: DocumentNote[] = [];
  const kinds = new Set<ResourceKind>();
  const partial = new Set<ResourceKind>();
  for (const part of sections) {
    const held = kindOfSection(part.type);
    if (part.node.kind !== 'object') notes.push(wrongType('an object', part.node, part.path));
    else if (held === undefined) notes.push({ id: 'PC1034', what: unknownSection(part.type), path: part.path });
    else kinds.add(held);
    if (held !== undefined && isInnerEntry(part.type)) partial.add(held);
  }
  const later = sections.filter(isDeferred);
  const seeds = sections.filter((part) => !isDeferred(part)).flatMap((part) => splitResources(part, notes));
  return { ...named(kind, about, root, path), sections, seeds, deferred: later.map(deferredSection), kinds, partial, notes };
}

/** Whether the outline of a section was left shallow, since its document is large and a command needs only some of it. */
function isDeferred({ node, type, source }: DumpSection): boolean {
  const kind = kindOfSection(type);
  if (source.search === undefined || kind === undefined || kind === 'bootstrap' || isInnerEntry(type)) return false;
  return node.kind === 'object' && node.children?.some((child) => child.kind === 'array' && child.children === undefined) === true;
}

function unknownSection(type: string): string {
  return type === '' ? 'a section has no @type and was left as it is' : `a section of the type ${type}, which pc does not know, was left as it is`;
}

function section(source: ByteSource, node: OutlineNode, path: DumpPath, type?: string): DumpSection {
  return sectionAt(source, outlinedDeeper(source, node, CONFIG_DUMP_DEPTH - 2, CONFIG_DUMP_OUTLINE), path, type);
}

function resources(about: string, root: OutlineNode, path: DumpPath, seeds: readonly ResourceSeed[]): Recognised {
  return { ...named('xds_resources', about, root, path), seeds, kinds: new Set(seeds.map((seed) => seed.kind)) };
}

function splitOne(source: ByteSource, node: OutlineNode, path: DumpPath): readonly ResourceSeed[] {
  const kind = kindOfResource(source, node);
  return kind === undefined
    ? []
    : splitResourceList(source, { ...node, kind: 'array', children: [node] }, path).map((seed) => ({ ...seed, path, entry: { span: node, path } }));
}

function isDiscoveryResponse(source: ByteSource, members: ReadonlyMap<string, OutlineNode>): boolean {
  const list = members.get('resources');
  if (members.has('type_url') && (list === undefined || list.kind === 'array'))
    return members.has('nonce') || members.has('version_info') || list !== undefined;
  if (list?.kind !== 'array') return false;
  const [first] = elementsOf(source, list);
  const inside = first === undefined ? undefined : membersOf(source, first);
  return inside !== undefined && (inside.has('@type') || inside.has('resource') || kindOfResource(source, first as OutlineNode) !== undefined);
}

function discoveryResponse(source: ByteSource, node: OutlineNode, members: ReadonlyMap<string, OutlineNode>, path: DumpPath): readonly Recognised[] {
  const list = members.get('resources');
  const clients = elementsOf(source, list).filter((client) =>
    canonicalType(textOf(source, membersOf(source, client).get('@type')) ?? '').endsWith('.status.v3.ClientConfig'),
  );
  if (clients.length > 0) return clients.map((client, i) => clientStatus(source, client, [...path, list?.key ?? 'resources', i]));
  const { seeds, kind } = splitDiscoveryResponse(source, members, path);
  const kinds = new Set(seeds.map((seed) => seed.kind));
  if (kind !== undefined) kinds.add(kind);
  const about = kind === undefined ? KIND_NAMES.discovery_response : `a DiscoveryResponse of ${kind.replace('_', ' ')}s`;
  return [{ ...named('discovery_response', about, node, path), seeds, kinds }];
}

function clientStatus(source: ByteSource, node: OutlineNode, path: DumpPath): Recognised {
  const { sections, seeds } = splitClientConfig(source, node, path);
  const kinds = new Set(seeds.map((seed) => seed.kind));
  for (const part of sections) kinds.add(kindOfSection(part.type) as ResourceKind);
  return { ...named('csds', KIND_NAMES.csds, node, path), proxy: nodeIdOf(source, membersOf(source, node)), sections, seeds, kinds };
}

function isBootstrap(members: ReadonlyMap<string, OutlineNode>): boolean {
  if (members.has('static_resources') || members.has('dynamic_resources')) return true;
  return members.has('admin') && ['node', 'layered_runtime', 'overload_manager', 'stats_sinks', 'cluster_manager'].some((member) => members.has(member));
}

function bootstrap(source: ByteSource, node: OutlineNode, members: ReadonlyMap<string, OutlineNode>, path: DumpPath): Recognised {
  const { seeds, partial } = splitBootstrap(source, node, path);
  const notes: DocumentNote[] = [];
  if (partial.size > 0) {
    const kinds = [...partial].map((kind) => kind.replace('_', ' ')).join(', ');
    notes.push({ id: 'PC1035', what: `a bootstrap file shows static resources only; more of these come by xDS and are not in it: ${kinds}`, path });
  }
  const proxy = nodeIdOf(source, members);
  return { ...named('bootstrap', KIND_NAMES.bootstrap, node, path), proxy, seeds, kinds: new Set(BOOTSTRAP_KINDS), partial, notes };
}

function named(kind: DocumentKind, about: string, root: OutlineNode, path: DumpPath): Recognised {
  return { kind, about, proxy: undefined, root, path, sections: [], seeds: [], kinds: new Set(), partial: new Set(), notes: [] };
}

/** A list of sections, outlined as deep as that of a dump is. */
function deep(source: ByteSource, node: OutlineNode): OutlineNode {
  return outlinedDeeper(source, node, CONFIG_DUMP_DEPTH - 1, CONFIG_DUMP_OUTLINE);
}

function lastName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

function otherName(root: OutlineNode): string {
  if (root.kind !== 'object') return 'JSON that pc does not know';
  const keys = (root.children ?? []).slice(0, 4).map((child) => child.key);
  return keys.length === 0 ? 'an empty JSON object' : `JSON that pc does not know (${keys.join(', ')}${(root.children?.length ?? 0) > 4 ? ' …' : ''})`;
}

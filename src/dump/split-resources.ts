import type { ByteSource } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import type { OutlineNode } from './json-outline.ts';
import { ownMember } from './json-value.ts';
import { childrenOf, elementsOf, membersOf, membersOfAny, textOf } from './outline-members.ts';
import type { ResourceKind, ResourceSeed } from './resource-seed.ts';
import { kindOfMembers, kindOfType } from './resource-shape.ts';
import { bareSeed } from './split-config-dump.ts';

/** The kind of one resource that stands by itself, by its `@type` or its members. */
export function kindOfResource(source: ByteSource, node: OutlineNode): ResourceKind | undefined {
  const members = membersOfAny(source, node);
  const type = textOf(source, members.get('@type'));
  return type === undefined ? kindOfMembers(members) : kindOfType(type);
}

/** The resources of a list or of a map by name, whose kind is given or seen in each. What is no resource is passed over. */
export function splitResourceList(source: ByteSource, node: OutlineNode, path: DumpPath, kind?: ResourceKind): ResourceSeed[] {
  return childrenOf(source, node).flatMap((element, i) => {
    if (element.kind !== 'object') return [];
    const elementKind = kindOfResource(source, element) ?? kind;
    return elementKind === undefined ? [] : [bareSeed(elementKind, 'active', source, element, [...path, element.key ?? i])];
  });
}

/**
 * The resources of a DiscoveryResponse, or of a DeltaDiscoveryResponse (whose resources stand in envelopes with name and version).
 * Also of a file for filesystem xDS, which has the same shape.
 */
export function splitDiscoveryResponse(
  source: ByteSource,
  members: ReadonlyMap<string, OutlineNode>,
  path: DumpPath,
): { seeds: ResourceSeed[]; kind: ResourceKind | undefined } {
  const kind = kindOfType(textOf(source, members.get('type_url')) ?? '');
  const version = textOf(source, members.get('version_info')) ?? textOf(source, members.get('system_version_info'));
  const list = members.get('resources');
  const seeds: ResourceSeed[] = [];
  elementsOf(source, list).forEach((element, i) => {
    const elementPath = [...path, list?.key ?? 'resources', i];
    if (element.kind !== 'object') return;
    const inside = membersOf(source, element);
    const wrapped = inside.get('resource');
    const node = wrapped?.kind === 'object' ? wrapped : element;
    const resourceKind = kindOfResource(source, node) ?? kind;
    if (resourceKind === undefined) return;
    const nodePath = wrapped?.kind === 'object' ? [...elementPath, wrapped.key ?? 'resource'] : elementPath;
    seeds.push({
      ...bareSeed(resourceKind, 'active', source, node, nodePath),
      envelopeName: textOf(source, inside.get('name')),
      version: wrapped === undefined ? version : (textOf(source, inside.get('version')) ?? version),
      entry: { span: element, path: elementPath },
    });
  });
  return { seeds, kind };
}

const PLURALS: Readonly<Record<string, ResourceKind>> = {
  listeners: 'listener',
  routes: 'route_config',
  route_configs: 'route_config',
  clusters: 'cluster',
  endpoints: 'endpoint',
  secrets: 'secret',
};

/**
 * The resources of a map whose keys say the kind, as golden files have it: type URLs (`{type.googleapis.com/…Cluster: {name: …}}`),
 * or plurals (`{Listeners: […], Routes: […]}`). Undefined where it is no such map.
 */
export function splitResourceMap(source: ByteSource, node: OutlineNode, path: DumpPath): ResourceSeed[] | undefined {
  if (node.kind !== 'object') return undefined;
  const members = childrenOf(source, node);
  const kinds = members.map((member) => kindOfType(member.key ?? '') ?? ownMember(PLURALS, (member.key ?? '').toLowerCase()));
  const isMap = members.length > 0 && members.every((member, i) => kinds[i] !== undefined || /\.v\d\w*\.\w+$/.test(member.key ?? ''));
  if (!isMap || !kinds.some((kind) => kind !== undefined)) return undefined;
  return members.flatMap((member, i) => splitResourceList(source, member, [...path, member.key ?? ''], kinds[i]));
}

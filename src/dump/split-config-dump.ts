import { bothCases } from './both-cases.ts';
import type { ByteSource } from './byte-source.ts';
import type { DocumentNote } from './dump-document.ts';
import type { DumpPath } from './dump-path.ts';
import type { ListShape } from './entry-noter.ts';
import type { OutlineNode, OutlineOptions } from './json-outline.ts';
import { ownMember } from './json-value.ts';
import { elementsOf, membersOf, textOf } from './outline-members.ts';
import type { ResourceKind, ResourceSeed, ResourceState } from './resource-seed.ts';
import { kindOfMembers } from './resource-shape.ts';
import { canonicalType } from './type-name.ts';

/** One entry of `configs[]`. */
export interface DumpSection {
  /** v3 message name: `envoy.admin.v3.ClustersConfigDump`; '' where the entry has no `@type`. */
  readonly type: string;
  readonly path: DumpPath;
  readonly source: ByteSource;
  readonly node: OutlineNode;
}

/** How deep an outline of a config_dump goes: document, configs, section, list, entry, members of the entry. */
export const CONFIG_DUMP_DEPTH = 5;

/** What else an outline of a config_dump takes along, so that the resources need not be read again for it. */
export const CONFIG_DUMP_OUTLINE: OutlineOptions = {
  deeper: new Set(['active_state', 'warming_state', 'draining_state', 'error_state'].flatMap(bothCases)),
  texts: new Set(['@type', 'name', 'version_info', 'last_updated', 'client_status'].flatMap(bothCases)),
  named: new Map([
    ...['listener', 'cluster', 'route_config', 'secret'].flatMap(bothCases).map((key) => [key, new Set(['name'])] as const),
    ...bothCases('endpoint_config').map((key) => [key, new Set(bothCases('cluster_name'))] as const),
  ]),
};

/** How the entries of a list are read. */
export interface ListRule {
  readonly kind: ResourceKind;
  readonly member: string;
  readonly state: ResourceState;
}

/** How the lists of each section are read: list → the member that holds the resource, and the state that the list stands for. */
const LISTS: Readonly<Record<string, Readonly<Record<string, ListRule>>>> = {
  ListenersConfigDump: {
    static_listeners: { kind: 'listener', member: 'listener', state: 'static' },
    dynamic_listeners: { kind: 'listener', member: 'listener', state: 'active' },
    // Envoy before 1.14 (v2alpha).
    dynamic_active_listeners: { kind: 'listener', member: 'listener', state: 'active' },
    dynamic_warming_listeners: { kind: 'listener', member: 'listener', state: 'warming' },
    dynamic_draining_listeners: { kind: 'listener', member: 'listener', state: 'draining' },
  },
  ClustersConfigDump: {
    static_clusters: { kind: 'cluster', member: 'cluster', state: 'static' },
    dynamic_active_clusters: { kind: 'cluster', member: 'cluster', state: 'active' },
    dynamic_warming_clusters: { kind: 'cluster', member: 'cluster', state: 'warming' },
  },
  RoutesConfigDump: {
    static_route_configs: { kind: 'route_config', member: 'route_config', state: 'static' },
    dynamic_route_configs: { kind: 'route_config', member: 'route_config', state: 'active' },
  },
  ScopedRoutesConfigDump: {
    inline_scoped_route_configs: { kind: 'scoped_routes', member: 'scoped_route_configs', state: 'static' },
    dynamic_scoped_route_configs: { kind: 'scoped_routes', member: 'scoped_route_configs', state: 'active' },
  },
  SecretsConfigDump: {
    static_secrets: { kind: 'secret', member: 'secret', state: 'static' },
    dynamic_active_secrets: { kind: 'secret', member: 'secret', state: 'active' },
    dynamic_warming_secrets: { kind: 'secret', member: 'secret', state: 'warming' },
  },
  EndpointsConfigDump: {
    static_endpoint_configs: { kind: 'endpoint', member: 'endpoint_config', state: 'static' },
    dynamic_endpoint_configs: { kind: 'endpoint', member: 'endpoint_config', state: 'active' },
  },
  EcdsConfigDump: {
    ecds_filters: { kind: 'ecds', member: 'ecds_filter', state: 'active' },
  },
};

/** The entries that `/config_dump?resource=…` puts into `configs[]` by themselves, and the list that each belongs to. */
const INNER_ENTRIES: Readonly<Record<string, readonly [section: string, list: string]>> = {
  'ListenersConfigDump.StaticListener': ['ListenersConfigDump', 'static_listeners'],
  'ListenersConfigDump.DynamicListener': ['ListenersConfigDump', 'dynamic_listeners'],
  'ClustersConfigDump.StaticCluster': ['ClustersConfigDump', 'static_clusters'],
  'ClustersConfigDump.DynamicCluster': ['ClustersConfigDump', 'dynamic_active_clusters'],
  'RoutesConfigDump.StaticRouteConfig': ['RoutesConfigDump', 'static_route_configs'],
  'RoutesConfigDump.DynamicRouteConfig': ['RoutesConfigDump', 'dynamic_route_configs'],
  'ScopedRoutesConfigDump.InlineScopedRouteConfigs': ['ScopedRoutesConfigDump', 'inline_scoped_route_configs'],
  'ScopedRoutesConfigDump.DynamicScopedRouteConfigs': ['ScopedRoutesConfigDump', 'dynamic_scoped_route_configs'],
  'SecretsConfigDump.StaticSecret': ['SecretsConfigDump', 'static_secrets'],
  'SecretsConfigDump.DynamicSecret': ['SecretsConfigDump', 'dynamic_active_secrets'],
  'EndpointsConfigDump.StaticEndpointConfig': ['EndpointsConfigDump', 'static_endpoint_configs'],
  'EndpointsConfigDump.DynamicEndpointConfig': ['EndpointsConfigDump', 'dynamic_endpoint_configs'],
  'EcdsConfigDump.EcdsFilterConfig': ['EcdsConfigDump', 'ecds_filters'],
};

const ADMIN = 'envoy.admin.v3.';

/** What the entries of the lists look like, by the key of the list in either spelling. Scoped routes stand in lists within them. */
export const LIST_SHAPES: ReadonlyMap<string, ListShape> = new Map(
  Object.values(LISTS)
    .flatMap((lists) => Object.entries(lists))
    .filter(([, { kind }]) => kind !== 'scoped_routes')
    .flatMap(([list, rule]) => bothCases(list).map((key) => [key, shapeOf(rule)] as const)),
);

function shapeOf({ kind, member }: ListRule): ListShape {
  return { member: bothCases(member), names: kind === 'endpoint' ? bothCases('cluster_name') : ['name'], hasHolders: kind === 'listener' };
}

/** The kinds of resources that the sections stand for. */
const SECTION_KINDS: Readonly<Record<string, ResourceKind>> = {
  BootstrapConfigDump: 'bootstrap',
  ListenersConfigDump: 'listener',
  RoutesConfigDump: 'route_config',
  ScopedRoutesConfigDump: 'scoped_routes',
  ClustersConfigDump: 'cluster',
  EndpointsConfigDump: 'endpoint',
  SecretsConfigDump: 'secret',
  EcdsConfigDump: 'ecds',
};

/** The kind of resource that a section of this type holds; undefined for a type that pc does not know. */
export function kindOfSection(type: string): ResourceKind | undefined {
  return type.startsWith(ADMIN) ? ownMember(SECTION_KINDS, type.slice(ADMIN.length).split('.')[0] ?? '') : undefined;
}

/** Whether a section is one entry that stands by itself, as `?resource=` asks for it: then nothing is known of its siblings. */
export function isInnerEntry(type: string): boolean {
  return type.startsWith(ADMIN) && Object.hasOwn(INNER_ENTRIES, type.slice(ADMIN.length));
}

/** The type of a section that has no `@type`, by its lists; undefined where they are no section's. */
export function sectionTypeOf(members: ReadonlyMap<string, OutlineNode>): string | undefined {
  if (members.get('bootstrap')?.kind === 'object') return `${ADMIN}BootstrapConfigDump`;
  const found = Object.entries(LISTS).find(([, lists]) => Object.keys(lists).some((list) => members.has(list)));
  return found && ADMIN + found[0];
}

/** One section, whose type is given or stands in its `@type`. */
export function sectionAt(source: ByteSource, node: OutlineNode, path: DumpPath, type?: string): DumpSection {
  const named = type ?? textOf(source, membersOf(source, node).get('@type')) ?? '';
  return { type: canonicalType(named), path, source, node };
}

/** The sections of the `configs` list at `node`, whose place is `path`, in order; several of one type stay several. */
export function splitSections(source: ByteSource, node: OutlineNode | undefined, path: DumpPath): DumpSection[] {
  return elementsOf(source, node).map((element, i) => sectionAt(source, element, [...path, i]));
}

/** The resources of a section, in the order of the dump; none for a section of an unknown type. What is of a wrong type is added to `notes`. */
export function splitResources(section: DumpSection, notes: DocumentNote[] = []): ResourceSeed[] {
  if (!section.type.startsWith(ADMIN)) return [];
  const name = section.type.slice(ADMIN.length);
  const { source, node, path } = section;
  if (name === 'BootstrapConfigDump') return splitBootstrapDump(section);
  const inner = ownMember(INNER_ENTRIES, name);
  if (inner !== undefined) {
    const rule = LISTS[inner[0]]?.[inner[1]];
    return rule === undefined ? [] : splitEntry(source, node, path, rule, notes);
  }
  return listsOf(section).flatMap(({ node: list, path: listPath, rule }) => {
    if (list.kind !== 'array') notes.push(wrongType('a list', list, listPath));
    return elementsOf(source, list).flatMap((entry, i) => splitEntry(source, entry, [...listPath, i], rule, notes));
  });
}

/** The lists of a section that hold resources, in the order of the dump. */
export function listsOf({
  type,
  source,
  node,
  path,
}: DumpSection): readonly { readonly node: OutlineNode; readonly path: DumpPath; readonly rule: ListRule }[] {
  const rules = ownMember(LISTS, type.slice(ADMIN.length)) ?? {};
  return [...membersOf(source, node)].flatMap(([list, member]) => {
    const rule = ownMember(rules, list);
    return rule === undefined ? [] : [{ node: member, path: [...path, member.key ?? list], rule }];
  });
}

function splitBootstrapDump(section: DumpSection): ResourceSeed[] {
  const { source, path } = section;
  const members = membersOf(source, section.node);
  const node = members.get('bootstrap');
  if (node === undefined) return [];
  const lastUpdated = textOf(source, members.get('last_updated'));
  const seed = bareSeed('bootstrap', 'static', source, node, [...path, node.key ?? 'bootstrap']);
  return [{ ...seed, lastUpdated, entry: { span: section.node, path } }];
}

/** A seed of which only the resource itself is known. */
export function bareSeed(kind: ResourceKind, state: ResourceState, source: ByteSource, node: OutlineNode | undefined, path: DumpPath): ResourceSeed {
  return {
    kind,
    state,
    source,
    path,
    span: node,
    ownName: undefined,
    envelopeName: undefined,
    version: undefined,
    lastUpdated: undefined,
    clientStatus: undefined,
    rejection: undefined,
    entry: { span: node ?? { start: 0, end: 0 }, path },
  };
}

const LISTENER_STATES: readonly (readonly [string, ResourceState])[] = [
  ['active_state', 'active'],
  ['warming_state', 'warming'],
  ['draining_state', 'draining'],
];

/** One entry of a list: usually one resource; a dynamic listener may stand there in several states at once. */
export function splitEntry(source: ByteSource, entry: OutlineNode, path: DumpPath, rule: ListRule, notes: DocumentNote[]): ResourceSeed[] {
  if (entry.kind !== 'object') {
    notes.push(wrongType('an object', entry, path));
    return [];
  }
  const members = membersOf(source, entry);
  const common = {
    ...bareSeed(rule.kind, rule.state, source, undefined, path),
    envelopeName: textOf(source, members.get('name')),
    clientStatus: textOf(source, members.get('client_status')),
    rejection: rejectionOf(source, members.get('error_state')),
    entry: { span: entry, path },
  };
  const seeds: ResourceSeed[] = [];
  const take = (holder: ReadonlyMap<string, OutlineNode>, holderPath: DumpPath, state: ResourceState): void => {
    const node = holder.get(rule.member);
    if (node === undefined) return;
    const version = textOf(source, holder.get('version_info'));
    const lastUpdated = textOf(source, holder.get('last_updated'));
    const memberPath = [...holderPath, node.key ?? rule.member];
    if (node.kind === 'array') {
      // Scoped routes stand in lists under one name.
      elementsOf(source, node).forEach((element, i) => {
        seeds.push({ ...common, envelopeName: undefined, state, span: element, path: [...memberPath, i], version, lastUpdated });
      });
      return;
    }
    seeds.push({ ...common, state, span: node, ownName: node.name, path: memberPath, version, lastUpdated });
  };
  take(members, path, rule.state);
  for (const [key, state] of LISTENER_STATES) {
    const node = members.get(key);
    if (node?.kind !== 'object') continue;
    const holder = membersOf(source, node);
    const version = textOf(source, holder.get('version_info'));
    // A mask may leave the version of a state alone.
    if (holder.has(rule.member) || version === undefined) take(holder, [...path, node.key ?? key], state);
    else seeds.push({ ...common, state, version, lastUpdated: textOf(source, holder.get('last_updated')) });
  }
  const failed = members.get('error_state');
  if (failed?.kind === 'object' && common.rejection !== undefined) {
    const configuration = membersOf(source, failed).get('failed_configuration');
    const failedPath = [...path, failed.key ?? 'error_state'];
    seeds.push({
      ...common,
      state: 'error',
      span: configuration,
      path: configuration ? [...failedPath, configuration.key ?? ''] : failedPath,
      lastUpdated: common.rejection.lastAttempt,
      version: common.rejection.version,
    });
  } else if (seeds.length === 0) {
    // An old dump lists the bare resource; a requested one that never came has a name alone.
    seeds.push(kindOfMembers(members) === rule.kind ? { ...common, span: entry } : common);
  }
  return seeds;
}

/** The note on a part of a document that is of another type than its place asks for. */
export function wrongType(expected: string, found: OutlineNode, path: DumpPath): DocumentNote {
  const noun = { object: 'an object', array: 'a list', string: 'a text', other: 'a number, true, false or null' }[found.kind];
  return { id: 'PC1036', what: `expected ${expected}, found ${noun}`, path };
}

/** The facts of an `UpdateFailureState`; undefined where there is none. */
export function rejectionOf(source: ByteSource, node: OutlineNode | undefined): ResourceSeed['rejection'] {
  if (node?.kind !== 'object') return undefined;
  const members = membersOf(source, node);
  return {
    details: textOf(source, members.get('details')) ?? '',
    version: textOf(source, members.get('version_info')),
    lastAttempt: textOf(source, members.get('last_update_attempt')),
  };
}

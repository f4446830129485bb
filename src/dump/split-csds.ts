import type { ByteSource } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import type { OutlineNode } from './json-outline.ts';
import { ownMember } from './json-value.ts';
import { elementsOf, membersOf, textOf } from './outline-members.ts';
import type { ResourceSeed } from './resource-seed.ts';
import { kindOfType } from './resource-shape.ts';
import { bareSeed, type DumpSection, rejectionOf, sectionAt, splitResources } from './split-config-dump.ts';

/** The sections that a PerXdsConfig of a ClientConfig holds. */
const PER_XDS: Readonly<Record<string, string>> = {
  listener_config: 'envoy.admin.v3.ListenersConfigDump',
  cluster_config: 'envoy.admin.v3.ClustersConfigDump',
  route_config: 'envoy.admin.v3.RoutesConfigDump',
  scoped_route_config: 'envoy.admin.v3.ScopedRoutesConfigDump',
  endpoint_config: 'envoy.admin.v3.EndpointsConfigDump',
};

/** Whether the members are those of a `envoy.service.status.v3.ClientConfig`. */
export function isClientConfig(members: ReadonlyMap<string, OutlineNode>): boolean {
  return members.has('xds_config') || members.has('generic_xds_configs') || (members.has('node') && [...members.keys()].every((key) => CLIENT_CONFIG.has(key)));
}

const CLIENT_CONFIG: ReadonlySet<string> = new Set(['@type', 'node', 'xds_config', 'generic_xds_configs', 'client_scope']);

/** The sections and resources of one ClientConfig: what its client holds, and with what status. */
export function splitClientConfig(source: ByteSource, node: OutlineNode, path: DumpPath): { sections: DumpSection[]; seeds: ResourceSeed[] } {
  const members = membersOf(source, node);
  const sections: DumpSection[] = [];
  const seeds: ResourceSeed[] = [];
  const perXds = members.get('xds_config');
  elementsOf(source, perXds).forEach((element, i) => {
    const parts = membersOf(source, element);
    const status = textOf(source, parts.get('client_status'));
    for (const [key, part] of parts) {
      const type = ownMember(PER_XDS, key);
      if (type === undefined || part.kind !== 'object') continue;
      const section = sectionAt(source, part, [...path, perXds?.key ?? '', i, part.key ?? key], type);
      sections.push(section);
      seeds.push(...splitResources(section).map((seed) => ({ ...seed, clientStatus: seed.clientStatus ?? status })));
    }
  });
  const generic = members.get('generic_xds_configs');
  elementsOf(source, generic).forEach((element, i) => {
    if (element.kind === 'object') seeds.push(...splitGeneric(source, element, [...path, generic?.key ?? '', i]));
  });
  return { sections, seeds };
}

/** One GenericXdsConfig: a resource of any type. One that never came has a name alone, and a rejected one its error beside what is in use. */
function splitGeneric(source: ByteSource, node: OutlineNode, path: DumpPath): ResourceSeed[] {
  const members = membersOf(source, node);
  const kind = kindOfType(textOf(source, members.get('type_url')) ?? '');
  const name = textOf(source, members.get('name'));
  const config = members.get('xds_config');
  if (kind === undefined || (config === undefined && name === undefined)) return [];
  const isStatic = members.get('is_static_resource');
  const state = isStatic !== undefined && isStatic.end - isStatic.start === 'true'.length ? 'static' : 'active';
  const configPath = config === undefined ? path : [...path, config.key ?? 'xds_config'];
  const common: ResourceSeed = {
    ...bareSeed(kind, state, source, config, configPath),
    envelopeName: name,
    version: textOf(source, members.get('version_info')),
    lastUpdated: textOf(source, members.get('last_updated')),
    clientStatus: textOf(source, members.get('client_status')) ?? textOf(source, members.get('config_status')),
    rejection: rejectionOf(source, members.get('error_state')),
    entry: { span: node, path },
  };
  const failed = members.get('error_state');
  if (failed?.kind !== 'object' || common.rejection === undefined) return [common];
  const rejected = membersOf(source, failed).get('failed_configuration');
  const failedPath = [...path, failed.key ?? 'error_state'];
  const error: ResourceSeed = {
    ...common,
    state: 'error',
    span: rejected,
    path: rejected === undefined ? failedPath : [...failedPath, rejected.key ?? ''],
    version: common.rejection.version,
    lastUpdated: common.rejection.lastAttempt,
  };
  return config === undefined ? [error] : [common, error];
}

/** The id of the node that a ClientConfig (or a bootstrap, or a /server_info) is about. */
export function nodeIdOf(source: ByteSource, members: ReadonlyMap<string, OutlineNode>): string | undefined {
  const node = members.get('node');
  return node === undefined ? undefined : textOf(source, membersOf(source, node).get('id'));
}

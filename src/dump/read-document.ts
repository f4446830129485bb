import type { ByteSource } from './byte-source.ts';
import type { DocumentKind, DumpDocument } from './dump-document.ts';
import { type OutlineNode, outlineJson } from './json-outline.ts';
import { membersOf } from './outline-members.ts';
import { CONFIG_DUMP_DEPTH, ENTRY_STATES, splitResources, splitSections } from './split-config-dump.ts';

/** Reads a JSON document: recognises its kind by content and cuts it into resources. Throws Failure where it is not JSON. */
export function readJsonDocument(source: ByteSource, from = 0): DumpDocument {
  const root = outlineJson(source, CONFIG_DUMP_DEPTH, { from, deeper: ENTRY_STATES });
  const members = root.kind === 'object' ? membersOf(source, root) : new Map<string, OutlineNode>();
  const kind = kindOf(members);
  const sections = kind === 'config_dump' ? splitSections(source, members.get('configs'), [members.get('configs')?.key ?? 'configs']) : [];
  return { label: source.label, kind, format: 'json', source, root, sections, seeds: sections.flatMap(splitResources), notes: [] };
}

function kindOf(members: ReadonlyMap<string, OutlineNode>): DocumentKind {
  if (members.has('configs')) return 'config_dump';
  if (members.has('cluster_statuses')) return 'clusters';
  if (members.has('listener_statuses')) return 'listeners';
  if (members.has('certificates')) return 'certs';
  if (members.has('command_line_options') || members.has('hot_restart_version')) return 'server_info';
  return 'other';
}

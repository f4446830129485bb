import type { ByteSource } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import type { OutlineNode } from './json-outline.ts';
import type { ResourceSeed } from './resource-seed.ts';
import type { DumpSection } from './split-config-dump.ts';

/** What a document was recognised as, by its content. */
export type DocumentKind =
  | 'config_dump'
  | 'clusters'
  | 'listeners'
  | 'certs'
  | 'server_info'
  | 'bootstrap'
  | 'runtime'
  | 'stats'
  | 'memory'
  | 'init_dump'
  | 'csds'
  | 'xds_resources'
  | 'discovery_response'
  | 'tool_output'
  | 'istiod_debug'
  | 'ztunnel'
  | 'router_check'
  | 'other';

/**
 * One document of the input, recognised and cut into resources but not decoded. A document that was not JSON (YAML, text, protobuf) has
 * been turned into JSON, and `source` holds that JSON.
 */
export interface DumpDocument {
  /** What the user calls it. */
  readonly label: string;
  readonly kind: DocumentKind;
  /** The format it had: the place of a resource is a place in the file only for `json`. */
  readonly format: 'json' | 'yaml' | 'text' | 'protobuf';
  readonly source: ByteSource;
  readonly root: OutlineNode | undefined;
  /** Sections of a config_dump; none for other kinds. */
  readonly sections: readonly DumpSection[];
  readonly seeds: readonly ResourceSeed[];
  /** What the user should know about it: text skipped before the JSON, a section that could not be cut … */
  readonly notes: readonly DocumentNote[];
}

export interface DocumentNote {
  readonly id: string;
  readonly what: string;
  readonly path?: DumpPath;
}

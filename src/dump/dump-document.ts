import type { ByteSource } from './byte-source.ts';
import type { DumpPath } from './dump-path.ts';
import type { OutlineNode } from './json-outline.ts';
import type { ResourceKind, ResourceSeed } from './resource-seed.ts';
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
  | 'csds_request'
  | 'xds_resources'
  | 'discovery_response'
  | 'tool_output'
  | 'istiod_debug'
  | 'ztunnel'
  | 'router_check'
  | 'kubernetes'
  | 'other';

/**
 * One document of the input, recognised and cut into resources but not decoded. A document that was not JSON (YAML, text, protobuf) has
 * been turned into JSON, and `source` holds that JSON.
 */
export interface DumpDocument {
  /** What the user calls it. */
  readonly label: string;
  readonly kind: DocumentKind;
  /** What it is called in messages: `Envoy's /clusters (text)`. */
  readonly about: string;
  /** The proxy that the document itself names (a CSDS node, a key of egctl's map); undefined where it names none. */
  readonly proxy: string | undefined;
  /** The format it had: the place of a resource is a place in the file only for `json`. */
  readonly format: 'json' | 'yaml' | 'text' | 'protobuf';
  readonly source: ByteSource;
  /** The value that the document is about, and its place: the document itself, or a part of it where it holds several proxies. */
  readonly root: OutlineNode | undefined;
  readonly path: DumpPath;
  /** Sections of a config_dump; none for other kinds. */
  readonly sections: readonly DumpSection[];
  readonly seeds: readonly ResourceSeed[];
  /** Sections of a large document that are cut into resources when their kind is asked for, in the order of the document. */
  readonly deferred?: readonly DeferredSection[];
  /** The kinds of resources that it speaks for, be it with none of them. */
  readonly kinds: ReadonlySet<ResourceKind>;
  /** Of these, the kinds of which the proxy may have more than is shown: a bootstrap's, where xDS delivers the rest. */
  readonly partial: ReadonlySet<ResourceKind>;
  /** What the user should know about it: text skipped before the JSON, a section that could not be cut … */
  readonly notes: readonly DocumentNote[];
}

/** A section whose resources have not been looked for yet. */
export interface DeferredSection {
  readonly kind: ResourceKind;
  /** Its lists in the order of the document, where the entries of all of them were noted: then none needs be cut but those that are asked for. */
  readonly lists: readonly EntryList[] | undefined;
  /** Cuts it into resources; what is to be said of it is added to the notes. */
  split(notes: DocumentNote[]): readonly ResourceSeed[];
}

/** A list of a section, of which it is known where its entries stand and what they are called. */
export interface EntryList {
  readonly path: DumpPath;
  /** How many entries it has. */
  readonly count: number;
  /** The entries that may have a resource of this name, in order: all that have one, and maybe some that do not. */
  mayHave(name: string): readonly number[];
  /** The entries that may have a resource whose name holds a text, letter case aside, in order: all that have one, and maybe some that do not. */
  mayHold(text: string): readonly number[];
  /** The only resource of an entry that is as nearly all are; undefined for another entry. */
  seedOf(entry: number): ResourceSeed | undefined;
  /** The resources of any entry, in the order that `split` gives them. */
  seedsOf(entry: number): readonly ResourceSeed[];
}

/** Something that the user should know, and that stops nothing. The ids are in failure-ids.ts. */
export interface DocumentNote {
  readonly id: string;
  readonly what: string;
  readonly path?: DumpPath;
}

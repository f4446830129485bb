import type { ByteSource, ByteSpan } from './byte-source.ts';
import type { DeferredSection, EntryList } from './dump-document.ts';
import type { DumpPath } from './dump-path.ts';
import type { EntryTable } from './entry-table.ts';
import { outlineJson } from './json-outline.ts';
import { outlinedDeeper } from './outline-members.ts';
import { plainEntryKey } from './plain-entry.ts';
import type { ResourceKind, ResourceSeed } from './resource-seed.ts';
import {
  CONFIG_DUMP_DEPTH,
  CONFIG_DUMP_OUTLINE,
  type DumpSection,
  kindOfSection,
  type ListRule,
  listsOf,
  splitEntry,
  splitResources,
} from './split-config-dump.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A section of a large dump, to be cut into resources when they are asked for: all of them, or one entry at a time. */
export function deferredSection(section: DumpSection): DeferredSection {
  const lists = listsOf(section).map(({ node, path, rule }) => node.entries && new NotedList(section.source, node.entries, path, rule));
  const isNoted = lists.every((list) => list !== undefined);
  return {
    kind: kindOfSection(section.type) as ResourceKind,
    lists: isNoted ? lists : undefined,
    split: (notes) =>
      isNoted
        ? lists.flatMap((list) => Array.from({ length: list.count }, (_, entry) => list.seedsOf(entry)).flat())
        : splitResources({ ...section, node: outlinedDeeper(section.source, section.node, CONFIG_DUMP_DEPTH - 2, CONFIG_DUMP_OUTLINE) }, notes),
  };
}

class NotedList implements EntryList {
  readonly source: ByteSource;
  readonly table: EntryTable;
  readonly path: DumpPath;
  readonly rule: ListRule;

  constructor(source: ByteSource, table: EntryTable, path: DumpPath, rule: ListRule) {
    this.source = source;
    this.table = table;
    this.path = path;
    this.rule = rule;
  }

  get count(): number {
    return this.table.count;
  }

  mayHave(name: string): readonly number[] {
    return this.table.mayHave(name);
  }

  mayHold(text: string): readonly number[] {
    return this.table.mayHold(text);
  }

  seedOf(entry: number): ResourceSeed | undefined {
    return this.table.isSimple(entry) ? new SimpleSeed(this, entry) : undefined;
  }

  seedsOf(entry: number): readonly ResourceSeed[] {
    const seed = this.seedOf(entry);
    return seed === undefined ? this.cut(entry) : [seed];
  }

  /** The key of the resource of a simple entry, where nothing but version and time stands beside it. */
  plainKeyOf(entry: number): string | undefined {
    const { start, end } = this.table.spanOf(entry);
    const resource = this.table.resourceOf(entry);
    return plainEntryKey(this.textOf(start, resource.start), this.textOf(resource.end, end));
  }

  private textOf(start: number, end: number): string {
    return decoder.decode(this.source.read(start, end));
  }

  /** The resources of an entry, read from the entry itself. */
  cut(entry: number): readonly ResourceSeed[] {
    const { source, table } = this;
    const { start, end } = table.spanOf(entry);
    const node = outlineJson(source, 1, { ...CONFIG_DUMP_OUTLINE, from: start, to: end });
    return splitEntry(source, node, [...this.path, entry], this.rule, []);
  }
}

/** The seed of a simple entry: what the table does not have is read from the entry when it is asked for. */
class SimpleSeed implements ResourceSeed {
  private readonly list: NotedList;
  private readonly index: number;
  /** The resource's key in a plain entry; null for an entry that is none. */
  private plainKey: string | null | undefined;
  private read: ResourceSeed | undefined;

  constructor(list: NotedList, index: number) {
    this.list = list;
    this.index = index;
  }

  get kind(): ResourceSeed['kind'] {
    return this.list.rule.kind;
  }
  get state(): ResourceSeed['state'] {
    return this.list.rule.state;
  }
  get source(): ByteSource {
    return this.list.source;
  }
  get span(): ByteSpan {
    return this.list.table.resourceOf(this.index);
  }
  get rejection(): undefined {
    return undefined;
  }
  get ownName(): string {
    return this.list.table.nameOf(this.index);
  }
  get path(): DumpPath {
    const key = this.keyIfPlain();
    return key === null ? this.cut().path : [...this.list.path, this.index, key];
  }
  get envelopeName(): string | undefined {
    return this.keyIfPlain() === null ? this.cut().envelopeName : undefined;
  }
  get clientStatus(): string | undefined {
    return this.keyIfPlain() === null ? this.cut().clientStatus : undefined;
  }
  get version(): string | undefined {
    return this.cut().version;
  }
  get lastUpdated(): string | undefined {
    return this.cut().lastUpdated;
  }
  get entry(): ResourceSeed['entry'] {
    const { table, path } = this.list;
    return { span: table.spanOf(this.index), path: [...path, this.index] };
  }

  private keyIfPlain(): string | null {
    if (this.plainKey === undefined) this.plainKey = this.list.plainKeyOf(this.index) ?? null;
    return this.plainKey;
  }

  private cut(): ResourceSeed {
    this.read ??= this.list.cut(this.index)[0] as ResourceSeed;
    return this.read;
  }
}

import type { DeferredSection, DocumentNote, DumpDocument, EntryList } from '../dump/dump-document.ts';
import { type DumpPath, startsWith } from '../dump/dump-path.ts';
import type { ResourceSeed } from '../dump/resource-seed.ts';
import type { Message } from '../model/message.ts';
import type { KindMessages, NamedKind, ProxyConfig } from '../model/proxy-config.ts';
import type { Resource, ResourceKind } from '../model/resource.ts';
import { LazyResource } from './decode-resource.ts';

/** In which order `around` goes through them. */
const KINDS: readonly ResourceKind[] = ['bootstrap', 'listener', 'route_config', 'scoped_routes', 'cluster', 'endpoint', 'secret', 'ecds'];

/** The resources of a proxy, by kind, by name and by place. A large dump's are looked for when they are asked for, and each is made once. */
export class ResourceLists {
  private readonly lists = new Map<ResourceKind, readonly Resource[]>();
  private readonly parts: readonly Part[];

  /** In: the documents, and the notes, to which is added what is to be said of a section when it is cut. */
  constructor(documents: readonly DumpDocument[], notes: ProxyConfig['notes'][number][]) {
    this.parts = documents.flatMap((document) => {
      return [...seedParts(document), ...(document.deferred ?? []).map((section) => sectionPart(document, section, notes))];
    });
  }

  of<T extends Message>(kind: ResourceKind): readonly Resource<T>[] {
    const list = this.lists.get(kind) ?? this.partsOf(kind).flatMap((part) => part.all());
    this.lists.set(kind, list);
    return list as readonly Resource<T>[];
  }

  named<K extends NamedKind>(kind: K, name: string): readonly Resource<KindMessages[K]>[] {
    return this.partsOf(kind).flatMap((part) => part.named(name)) as readonly Resource<KindMessages[K]>[];
  }

  mayHold<K extends NamedKind>(kind: K, text: string): readonly Resource<KindMessages[K]>[] {
    return this.partsOf(kind).flatMap((part) => part.mayHold(text)) as readonly Resource<KindMessages[K]>[];
  }

  around(document: string, path: DumpPath): readonly Resource[] {
    return KINDS.flatMap((kind) => this.partsOf(kind))
      .filter((part) => part.document === document)
      .flatMap((part) => part.near(path))
      .filter((resource) => startsWith(path, resource.entryPath) || (resource.span !== undefined && startsWith(path, resource.path)));
  }

  private partsOf(kind: ResourceKind): readonly Part[] {
    return this.parts.filter((part) => part.kind === kind);
  }
}

/** The resources of one kind that stand together in a document. */
interface Part {
  readonly kind: ResourceKind;
  readonly document: string;
  all(): readonly Resource[];
  named(name: string): readonly Resource[];
  /** Those whose name may hold a text, letter case aside. */
  mayHold(text: string): readonly Resource[];
  /** Those that may be around a place. */
  near(path: DumpPath): readonly Resource[];
}

/** What of a document was cut at once. */
function seedParts(document: DumpDocument): readonly Part[] {
  const kinds = new Set(document.seeds.map((seed) => seed.kind));
  return [...kinds].map((kind) => new WholePart(document.label, kind, () => resourcesOf(document.seeds.filter((seed) => seed.kind === kind))));
}

function sectionPart({ label }: DumpDocument, section: DeferredSection, notes: ProxyConfig['notes'][number][]): Part {
  if (section.lists !== undefined) return new NotedPart(label, section.kind, section.lists);
  return new WholePart(label, section.kind, () => {
    const found: DocumentNote[] = [];
    const resources = resourcesOf(section.split(found));
    notes.push(...found.map((note) => ({ ...note, document: label })));
    return resources;
  });
}

/** Resources that are made all at once. */
class WholePart implements Part {
  readonly document: string;
  readonly kind: ResourceKind;
  private readonly make: () => readonly Resource[];
  private made: readonly Resource[] | undefined;
  private names: ReadonlyMap<string, readonly Resource[]> | undefined;

  constructor(document: string, kind: ResourceKind, make: () => readonly Resource[]) {
    this.document = document;
    this.kind = kind;
    this.make = make;
  }

  all(): readonly Resource[] {
    this.made ??= this.make();
    return this.made;
  }

  named(name: string): readonly Resource[] {
    this.names ??= byName(this.all());
    return this.names.get(name) ?? [];
  }

  mayHold(): readonly Resource[] {
    return this.all();
  }

  near(): readonly Resource[] {
    return this.all();
  }
}

function byName(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const names = new Map<string, Resource[]>();
  for (const resource of resources) {
    const known = names.get(resource.name);
    if (known === undefined) names.set(resource.name, [resource]);
    else known.push(resource);
  }
  return names;
}

/** A section of a large document whose entries are looked at one at a time. */
class NotedPart implements Part {
  readonly kind: ResourceKind;
  readonly document: string;
  private readonly lists: readonly EntryList[];
  /** What was made of each list's entries: mostly one resource. */
  private readonly made: readonly (Resource | readonly Resource[] | undefined)[][];
  private readonly names = new Map<string, readonly Resource[]>();
  private whole: readonly Resource[] | undefined;

  constructor(document: string, kind: ResourceKind, lists: readonly EntryList[]) {
    this.kind = kind;
    this.document = document;
    this.lists = lists;
    this.made = lists.map(() => []);
  }

  all(): readonly Resource[] {
    this.whole ??= this.lists.flatMap((list, i) => this.every(list, i));
    return this.whole;
  }

  named(name: string): readonly Resource[] {
    let found = this.names.get(name);
    if (found === undefined) {
      found = this.lists.flatMap((list, i) => list.mayHave(name).flatMap((entry) => this.at(list, i, entry))).filter((resource) => resource.name === name);
      this.names.set(name, found);
    }
    return found;
  }

  mayHold(text: string): readonly Resource[] {
    return this.lists.flatMap((list, i) => list.mayHold(text).flatMap((entry) => this.at(list, i, entry)));
  }

  near(path: DumpPath): readonly Resource[] {
    return this.lists.flatMap((list, i) => {
      const entry = path[list.path.length];
      return typeof entry === 'number' && entry < list.count && startsWith(path, list.path) ? this.at(list, i, entry) : [];
    });
  }

  private every(list: EntryList, index: number): Resource[] {
    const all: Resource[] = [];
    for (let entry = 0; entry < list.count; entry++) {
      const made = this.madeOf(list, index, entry);
      if (isSole(made)) all.push(made);
      else all.push(...made);
    }
    return all;
  }

  private at(list: EntryList, index: number, entry: number): readonly Resource[] {
    const made = this.madeOf(list, index, entry);
    return isSole(made) ? [made] : made;
  }

  private madeOf(list: EntryList, index: number, entry: number): Resource | readonly Resource[] {
    const made = this.made[index] as (Resource | readonly Resource[] | undefined)[];
    const known = made[entry];
    if (known !== undefined) return known;
    const seed = list.seedOf(entry);
    const fresh = seed === undefined ? resourcesOf(list.seedsOf(entry)) : new LazyResource(seed);
    made[entry] = fresh;
    return fresh;
  }
}

function isSole(made: Resource | readonly Resource[]): made is Resource {
  return !Array.isArray(made);
}

function resourcesOf(seeds: readonly ResourceSeed[]): readonly Resource[] {
  return seeds.map((seed) => new LazyResource(seed));
}

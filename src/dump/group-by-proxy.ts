import type { DocumentKind, DocumentNote, DumpDocument } from './dump-document.ts';
import { isInnerEntry } from './split-config-dump.ts';

/** A file of the input as far as grouping needs it. */
export interface GroupedFile {
  /** Its folders and name, below what the user named; for a file that the user named, as he named it. */
  readonly path: readonly string[];
  /** The user named this very file. */
  readonly explicit: boolean;
  /** The folder or archive that the user named and in which it was found. */
  readonly origin?: string;
  readonly documents: readonly DumpDocument[];
}

/** The documents of one proxy. */
export interface ProxyGroup {
  /** What the user picks it by: `namespace/pod`, a folder, the stem of a file. */
  readonly name: string;
  readonly documents: readonly DumpDocument[];
  readonly notes: readonly (DocumentNote & { readonly document: string })[];
}

interface Item {
  readonly folders: readonly string[];
  readonly file: string;
  readonly stem: string;
  readonly origin: string | undefined;
  readonly document: DumpDocument;
}

/** Documents that stand beside a dump and say more of the same proxy. */
const COMPANIONS: ReadonlySet<DocumentKind> = new Set(['clusters', 'listeners', 'certs', 'server_info', 'runtime', 'stats', 'memory', 'init_dump']);

/** Documents that say what a proxy has, where others (a bootstrap, resources for xDS) say what it is to get. */
const DUMPS: ReadonlySet<DocumentKind> = new Set(['config_dump', 'csds']);

/**
 * Puts files together by proxy.
 *
 * Files of one folder belong to one proxy as long as they do not contradict each other (two dumps with the same section are two proxies);
 * else the stems of their names tell (`webapp.config_dump.json`, `webapp.clusters.json`). Files that the user named one by one count as
 * one folder. The layouts of `istioctl bug-report` (proxies/NAMESPACE/POD), of must-gather (namespaces/NAMESPACE/pods/POD) and of
 * `egctl x collect` (config-dumps/NAMESPACE/POD.json) give their names.
 */
export function groupByProxy(files: readonly GroupedFile[], root: string): readonly ProxyGroup[] {
  const items = withoutTwins(files.flatMap(itemsOf).filter(isUsed));
  const named = items.filter((item) => item.folders[0] === EXPLICIT);
  const found = items.filter((item) => item.folders[0] !== EXPLICIT);
  const groups = [...(named.length > 0 ? split(named) : []), ...byFolder(found).flatMap(split)];
  return withNames(groups.filter(showsSomething), root);
}

interface Group {
  readonly items: readonly Item[];
  /** The document's own name for its proxy, where one file holds several. */
  readonly within?: string;
  readonly notes?: readonly (DocumentNote & { readonly document: string })[];
}

/** Counters alone show nothing of a proxy's configuration. */
const COUNTERS: ReadonlySet<DocumentKind> = new Set(['stats', 'memory', 'runtime', 'init_dump']);

function showsSomething({ items }: Group): boolean {
  return items.some(({ document }) => !COUNTERS.has(document.kind));
}

const EXPLICIT = '\0named';

function itemsOf(file: GroupedFile): Item[] {
  const folders = file.path.slice(0, -1);
  const name = file.path[file.path.length - 1] ?? '';
  let stem: string | undefined;
  return file.documents.map((document) => ({
    folders: file.explicit ? [EXPLICIT, ...folders] : folders,
    file: name,
    // Few files need it, and its patterns take long to compile.
    get stem() {
      stem ??= stemOf(name);
      return stem;
    },
    origin: file.origin,
    document,
  }));
}

function isUsed({ document, folders }: Item): boolean {
  if (COMPANIONS.has(document.kind)) return true;
  // What istiod would send to its proxies is not what a proxy has.
  return document.kinds.size > 0 && !folders.includes('debug');
}

/** A tool's output that stands there as JSON and as YAML or text, under one name, is read once. */
function withoutTwins(items: readonly Item[]): Item[] {
  const base = (item: Item): string => [...item.folders, item.file.replace(EXTENSION, '')].join('/');
  const asJson = new Set(items.filter((item) => item.file.endsWith('.json')).map(base));
  return items.filter(
    (item) => DUMPS.has(item.document.kind) || !isPrimary(item) || item.file.endsWith('.json') || !EXTENSION.test(item.file) || !asJson.has(base(item)),
  );
}

function isPrimary({ document }: Item): boolean {
  return !COMPANIONS.has(document.kind);
}

/** One group a folder; a folder without a dump joins the nearest one above that has one (`stats/prometheus` of a bug report). */
function byFolder(items: readonly Item[]): Item[][] {
  const folders = new Map<string, Item[]>();
  for (const item of items) folders.set(item.folders.join('/'), [...(folders.get(item.folders.join('/')) ?? []), item]);
  const withDump = new Set([...folders].filter(([, held]) => held.some(isPrimary)).map(([folder]) => folder));
  const groups = new Map<string, Item[]>();
  for (const [folder, held] of folders) {
    const home = withDump.has(folder) ? folder : (ancestors(folder).find((above) => withDump.has(above)) ?? folder);
    groups.set(home, [...(groups.get(home) ?? []), ...held]);
  }
  return [...groups.values()];
}

function ancestors(folder: string): string[] {
  const parts = folder.split('/');
  return parts.map((_, i) => parts.slice(0, parts.length - 1 - i).join('/'));
}

/** Splits documents into proxies until those of each agree. */
function split(items: readonly Item[]): Group[] {
  const [first] = items;
  if (first === undefined) return [];
  const several = items.filter((item) => item.document.proxy !== undefined && items.some((other) => isSibling(item, other)));
  if (several.length > 1) {
    const parts = several.map((item): Group => ({ items: [item], within: item.document.proxy ?? '' }));
    return [...parts, ...split(items.filter((item) => !several.includes(item)))];
  }
  if (agree(items)) return [{ items }];
  const origins = partition(items, (item) => item.origin ?? '');
  if (origins.length > 1) return origins.flatMap(split);
  const fromIstiod = items.filter((item) => isPrimary(item) && /config_dump_istiod/.test(item.file));
  if (fromIstiod.length > 0 && fromIstiod.length < items.filter(isPrimary).length) {
    const rest = split(items.filter((item) => !fromIstiod.includes(item)));
    return rest.map((group, i) =>
      i === 0 ? { ...group, notes: fromIstiod.map((item) => unused(item, 'it is what istiod would send, not what the proxy has')) } : group,
    );
  }
  const lesser = items.filter((item) => isPrimary(item) && item.folders[0] !== EXPLICIT && !DUMPS.has(item.document.kind));
  const others = items.filter((item) => !lesser.includes(item));
  if (lesser.length > 0 && others.some(isPrimary) && agree(others)) {
    return [{ items: others, notes: lesser.map((item) => unused(item, 'the dump beside it says what the proxy has')) }];
  }
  const folders = partition(items, (item) => item.folders.join('/'));
  if (folders.length > 1) return folders.flatMap(split);
  const stems = partition(items, (item) => item.stem);
  if (stems.length > 1) return splitByStem(stems);
  const companions = items.filter((item) => !isPrimary(item));
  return items
    .filter(isPrimary)
    .map((item, i): Group => ({ items: [item], within: item.file, ...(i === 0 ? { notes: companions.map((c) => unused(c)) } : {}) }));
}

function splitByStem(stems: readonly (readonly Item[])[]): Group[] {
  const withDump = stems.filter((items) => items.some(isPrimary)).map((items) => [...items]);
  const notes: (DocumentNote & { readonly document: string })[] = [];
  for (const items of stems) {
    if (items.some(isPrimary)) continue;
    const stem = items[0]?.stem ?? '';
    const homes = stem === '' ? [] : withDump.filter((others) => others[0]?.stem.startsWith(stem) || stem.startsWith(others[0]?.stem || '\0'));
    if (homes.length === 1) homes[0]?.push(...items);
    else notes.push(...items.map((item) => unused(item)));
  }
  const groups = withDump.flatMap(split);
  return groups.map((group) => ({ ...group, notes: [...(group.notes ?? []), ...notes] }));
}

function unused(
  { document }: Item,
  why = 'several proxies are beside it, and its name tells not which is meant',
): DocumentNote & { readonly document: string } {
  return { id: 'PC1033', what: `${document.about} was left out: ${why}`, document: document.label };
}

function isSibling(one: Item, other: Item): boolean {
  return one !== other && one.document.label === other.document.label && one.document.proxy !== other.document.proxy;
}

/** Whether documents can be of one proxy: no two claim the same section, no two are of the same kind of companion. */
function agree(items: readonly Item[]): boolean {
  const claims = new Set<string>();
  for (const { document } of items) {
    for (const claim of claimsOf(document)) {
      if (claims.has(claim)) return false;
      claims.add(claim);
    }
  }
  return true;
}

function claimsOf(document: DumpDocument): ReadonlySet<string> {
  if (COMPANIONS.has(document.kind)) return new Set(document.kind === 'stats' ? [] : [document.kind]);
  const inner = document.sections.filter((section) => isInnerEntry(section.type)).map((section) => section.type);
  if (inner.length > 0) return new Set(inner);
  return new Set([...document.kinds].map((kind) => `resources:${kind}`));
}

function partition(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const parts = new Map<string, Item[]>();
  for (const item of items) parts.set(keyOf(item), [...(parts.get(keyOf(item)) ?? []), item]);
  return [...parts.values()];
}

/** What admin outputs are named by: said of every proxy, so it does not name one. */
const ADMIN_WORD =
  'config[_-]?dump|dump|include[_-]?eds|clusters?|listeners?|routes?|endpoints?|secrets?|bootstrap|certs?|certificates|server[_-]?info|stats|prometheus|runtime|memory|init[_-]?dump|[clres]ds|format|json|proxy_stats';
const TRAILING_WORD = new RegExp(`(?:^|[._?&= -]+)(?:${ADMIN_WORD})$`, 'i');
const LEADING_WORD = new RegExp(`^(?:${ADMIN_WORD})(?:[._?&= -]+|$)`, 'i');
const EXTENSION = /\.(?:json|ya?ml|txt|gz|zst|zstd|pb|bin|prom|out)$/i;

/** The part of a file name that tells whose it is: `webapp.config_dump.json` and `webapp_clusters.txt` give `webapp`; '' for none. */
export function stemOf(file: string): string {
  let stem = file;
  for (let before = ''; before !== stem; ) {
    before = stem;
    stem = stem.replace(EXTENSION, '').replace(TRAILING_WORD, '').replace(LEADING_WORD, '');
  }
  return stem;
}

function withNames(groups: readonly Group[], root: string): ProxyGroup[] {
  const used = new Map<string, number>();
  const files = new Set(groups.flatMap(({ items }) => items.map((item) => item.document.label)));
  return groups.map(({ items, within, notes = [] }) => {
    const home = items.find(isPrimary) ?? (items[0] as Item);
    const base = within !== undefined && files.size === 1 ? within : nameOf(home, within, groups.length === 1, root);
    const count = (used.get(base) ?? 0) + 1;
    used.set(base, count);
    return { name: count === 1 ? base : `${base}#${count}`, documents: items.map((item) => item.document), notes };
  });
}

function nameOf(item: Item, within: string | undefined, alone: boolean, root: string): string {
  const folders = item.folders.filter((folder) => folder !== EXPLICIT);
  const isNamed = item.folders[0] === EXPLICIT;
  if (isNamed && alone && within === undefined) return item.document.label;
  const layout = layoutName(folders, item.stem);
  const own = layout ?? [...folders, ...(item.stem === '' ? [] : [item.stem])].join('/');
  const name = own === '' ? (isNamed ? item.file : (item.origin ?? root)) : own;
  if (within === undefined) return name;
  return layout === undefined && item.stem === '' && folders.length === 0
    ? within
    : within === item.file
      ? [...folders, item.file].join('/')
      : `${name}/${within}`;
}

/** NAMESPACE/POD, where the folders are those of a known collector. */
function layoutName(folders: readonly string[], stem: string): string | undefined {
  const at = (word: string): number => folders.lastIndexOf(word);
  const proxies = at('proxies');
  if (proxies >= 0 && folders.length >= proxies + 3) return folders.slice(proxies + 1, proxies + 3).join('/');
  const pods = at('pods');
  if (pods >= 2 && folders[pods - 2] === 'namespaces' && folders.length >= pods + 2) return `${folders[pods - 1]}/${folders[pods + 1]}`;
  const dumps = at('config-dumps');
  if (dumps >= 0 && folders.length >= dumps + 2 && stem !== '') return `${folders[dumps + 1]}/${stem}`;
  return undefined;
}

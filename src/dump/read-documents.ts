import { type ByteSource, LARGE as LARGE_SOURCE, textSource } from './byte-source.ts';
import { quotedText } from './credentials.ts';
import type { DocumentNote, DumpDocument } from './dump-document.ts';
import { Failure } from './failure.ts';
import { outlineJson } from './json-outline.ts';
import type { JsonValue } from './json-value.ts';
import { outlineBytes, outlineOfBytes } from './outline-bytes.ts';
import { parseAt } from './outline-members.ts';
import { type Recognised, recogniseJson } from './recognise-json.ts';
import { CONFIG_DUMP_DEPTH, CONFIG_DUMP_OUTLINE, LIST_SHAPES } from './split-config-dump.ts';
import { mayBeXds, textKind } from './text-documents.ts';
import { type Frame, frameOf, noiseBefore, noteOnNoise } from './text-frame.ts';
import { writeJson } from './write-json.ts';

export interface ReadOptions {
  readonly readers?: FormatReaders;
  /** The user named this very file: then it is read with more effort, and what is wrong in it is an error. */
  readonly explicit?: boolean;
}

/** What only another room can read: handed in by the caller, so that this room knows no schema. */
export interface FormatReaders {
  /** Binary protobuf as JSON; undefined where it is no message that pc knows. */
  readonly protobuf?: (bytes: Uint8Array) => Promise<JsonValue | undefined>;
}

/** Documents that are parsed as a whole at once, so that what is wrong in them is said here. */
const READ_WHOLE: ReadonlySet<DumpDocument['kind']> = new Set(['clusters', 'listeners', 'certs', 'server_info', 'runtime', 'stats', 'memory', 'other']);
const SKIM = 1 << 26;
const TAIL = 1 << 12;

/**
 * Reads one file: finds its format and kind by its content, and cuts it into documents (one for each proxy that it holds) and resources.
 * Nothing is decoded. Throws Failure PC10xx where it is nothing that can be read.
 */
export async function readDocuments(original: ByteSource, options: ReadOptions = {}): Promise<readonly DumpDocument[]> {
  const { readers = {}, explicit = true } = options;
  const frame = frameOf(original);
  if (frame.format === 'json') return readJson(checkedAtOnce(frame.source), frame.from, frame.notes);
  if (frame.format === 'protobuf') return readProtobuf(frame.source, readers, explicit ? SKIM * 4 : SKIM / 4);
  const known = textKind(frame.head);
  if (known?.toJson !== undefined) {
    const { json, strange } = known.toJson(wholeText(frame));
    const notes =
      strange.length === 0 ? [] : [{ id: 'PC1031', what: `${strange.length} lines were not understood, the first: ${quotedText(strange[0] ?? '', 80)}` }];
    return readConverted(frame, json, 'text', [...frame.notes, ...notes]).map((document) => ({ ...document, about: known.about }));
  }
  if (known !== undefined) return [textDocument(frame, known.kind, known.about)];
  if (frame.format === 'yaml' && (explicit || mayBeXds(frame.head))) return readYaml(frame);
  return [textDocument(frame, 'other', 'text that pc does not know')];
}

async function readYaml(frame: Frame): Promise<readonly DumpDocument[]> {
  // The YAML parser is as large as the rest of reading, and few inputs need it.
  const { jsonOfYaml } = await import('./yaml-document.ts');
  const values = jsonOfYaml(frame.source, frame.from);
  if (values.every((value) => typeof value !== 'object')) return [textDocument(frame, 'other', 'text that pc does not know')];
  return values.flatMap((value) => readConverted(frame, value, 'yaml', frame.notes));
}

async function readProtobuf(source: ByteSource, readers: FormatReaders, limit: number): Promise<readonly DumpDocument[]> {
  const json = source.size > limit ? undefined : await readers.protobuf?.(source.read(0, source.size));
  if (json === undefined) {
    throw new Failure({
      id: 'PC1019',
      what: `${source.label} is binary, and no message that pc knows (ConfigDump, ClientStatusResponse, ClientConfig, DiscoveryResponse …)`,
      place: source.label,
      next: 'fetch JSON: curl -s localhost:15000/config_dump?include_eds',
    });
  }
  return readConverted({ source, notes: [] }, json, 'protobuf', []);
}

function readConverted(
  frame: Pick<Frame, 'source' | 'notes'>,
  json: JsonValue,
  format: DumpDocument['format'],
  notes: readonly DocumentNote[],
): readonly DumpDocument[] {
  const source = textSource(frame.source.label, writeJson(json));
  return documentsOf(source, outline(source, 0), format, notes);
}

/**
 * A source of middling size whose text is one JSON value, all of it checked by the engine's own parser, is searched as a large one is.
 * What is none is read strictly, so that it is told what is wrong, and where; a larger one is checked where it is read.
 */
function checkedAtOnce(source: ByteSource): ByteSource {
  if (source.search === undefined || source.size >= LARGE_SOURCE) return source;
  try {
    JSON.parse(new TextDecoder().decode(source.read(0, source.size)));
    return source;
  } catch {
    return { ...source, search: undefined };
  }
}

/** JSON, and JSON behind it (the outputs of several requests in one file). Other text behind it is left out, and said. */
function readJson(source: ByteSource, from: number, before: readonly DocumentNote[]): readonly DumpDocument[] {
  const documents: DumpDocument[] = [];
  let notes = before;
  for (let at: number | undefined = from; at !== undefined; ) {
    const root = at === from ? keptOutline(source, at) : outline(source, at);
    const behind = textBehind(source, root.end);
    const noise = behind === undefined ? 0 : noiseBefore(behind.text);
    const goesOn = behind !== undefined && /^[{[]\s*["{[\]}]/.test(behind.text.slice(noise));
    if (behind !== undefined && !goesOn) {
      notes = [...notes, { id: 'PC1031', what: `text behind the document was skipped: ${quotedText(behind.text.split('\n')[0] ?? '')}` }];
    }
    documents.push(...documentsOf(source, root, 'json', notes));
    const skipped = behind?.text.slice(0, noise) ?? '';
    at = goesOn ? behind.at + new TextEncoder().encode(skipped).length : undefined;
    notes = noteOnNoise(skipped);
  }
  return documents;
}

/** The first text behind an offset that is not blank, and its offset. */
function textBehind(source: ByteSource, from: number): { readonly at: number; readonly text: string } | undefined {
  for (let at = from; at < source.size; at += TAIL) {
    const bytes = source.read(at, at + TAIL);
    const start = bytes.findIndex((byte) => byte > 0x20);
    if (start >= 0) return { at: at + start, text: new TextDecoder().decode(source.read(at + start, at + start + TAIL)) };
  }
  return undefined;
}

/** As `outline`, kept for the next time where the source has a place for it. */
function keptOutline(source: ByteSource, from: number): ReturnType<typeof outlineJson> {
  if (source.search === undefined || source.store === undefined) return outline(source, from);
  const bytes = source.store.load();
  const known = bytes && outlineOfBytes(bytes);
  if (known !== undefined && known.end <= source.size) return known;
  const root = outline(source, from);
  const kept = outlineBytes(root);
  if (kept === undefined) return root;
  source.store.save(kept);
  // What the bytes were made of is no longer needed, and may be large.
  return outlineOfBytes(kept) ?? root;
}

function outline(source: ByteSource, from: number): ReturnType<typeof outlineJson> {
  const depth = source.search === undefined ? CONFIG_DUMP_DEPTH : SECTION_DEPTH;
  return outlineJson(source, depth, { ...CONFIG_DUMP_OUTLINE, from, sealed: LARGE, lists: LIST_SHAPES });
}

/** Of a large document only the sections are found at first; each is outlined when its resources are asked for. */
const SECTION_DEPTH = 3;

/** Members of the outermost object that are parsed as a whole, if at all: their insides need no outline. */
const LARGE: ReadonlySet<string> = new Set([
  'cluster_statuses',
  'clusterStatuses',
  'listener_statuses',
  'certificates',
  'entries',
  'stats',
  'workloads',
  'services',
]);

function documentsOf(source: ByteSource, root: ReturnType<typeof outlineJson>, format: DumpDocument['format'], notes: readonly DocumentNote[]): DumpDocument[] {
  return recogniseJson(source, root).map((found) => {
    checkWhole(source, found);
    return { ...found, label: source.label, format, source, notes: [...notes, ...found.notes] };
  });
}

function checkWhole(source: ByteSource, { kind, root }: Recognised): void {
  if (READ_WHOLE.has(kind) && root.end - root.start <= SKIM) parseAt(source, root);
}

function textDocument(frame: Frame, kind: DumpDocument['kind'], about: string): DumpDocument {
  const nothing = { sections: [], seeds: [], kinds: new Set<never>(), partial: new Set<never>() };
  return {
    label: frame.source.label,
    kind,
    about,
    proxy: undefined,
    format: 'text',
    source: frame.source,
    root: undefined,
    path: [],
    ...nothing,
    notes: frame.notes,
  };
}

function wholeText(frame: Frame): string {
  if (frame.source.size > SKIM * 4) {
    throw new Failure({
      id: 'PC1037',
      what: `${frame.source.label} is a text of ${Math.round(frame.source.size / 2 ** 20)} MiB, more than pc reads at once`,
      place: frame.source.label,
      next: 'ask for JSON: /clusters?format=json',
    });
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(frame.source.read(frame.from, frame.source.size));
}

import { basename, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type ByteSource, partSource } from '../dump/byte-source.ts';
import type { DocumentNote, DumpDocument } from '../dump/dump-document.ts';
import { Failure } from '../dump/failure.ts';
import { type GroupedFile, groupByProxy } from '../dump/group-by-proxy.ts';
import { isTar } from '../dump/known-formats.ts';
import { type FormatReaders, readDocuments } from '../dump/read-documents.ts';
import { memberPath, tarMembers } from '../dump/tar-members.ts';
import { listFiles } from './list-files.ts';
import { openFile, STDIN_LABEL, statOf, streamSource } from './open-file.ts';
import type { ReadingOptions } from './reading-options.ts';
import { unreadable } from './source-error.ts';
import { unpacked } from './unpack.ts';

/** The documents of one proxy, as found in the input. */
export interface ProxyInput {
  /** What the user picks it by: `--proxy NAME`. */
  readonly name: string;
  readonly documents: readonly DumpDocument[];
  /** What was left out, and why. */
  readonly notes: readonly (DocumentNote & { readonly document: string })[];
}

export interface InputOptions extends ReadingOptions {
  /** The values of `-f`: files, folders, archives, or `-` for standard input. */
  readonly files: readonly string[];
  /** Standard input, opened when a file is `-`. */
  readonly stdin?: () => Readable;
  readonly readers?: FormatReaders;
}

/** An archive within an archive is opened; one within that is not. */
const MAX_ARCHIVES = 2;
const LISTED = 8;

/**
 * Reads everything that the user named and groups it by proxy; what is recognised and holds nothing of a proxy forms no group.
 * A file that the user named must be readable; one found in a folder or an archive is left out with a note where it is not.
 * Throws Failure PC10xx.
 */
export async function readInput(options: InputOptions): Promise<readonly ProxyInput[]> {
  const reading = new Reading(options);
  for (const file of options.files) await reading.take(file);
  return reading.proxies();
}

/** What makes a file of a folder worth a word: a dump that is cut or damaged, and not the pictures and pages beside it. */
const TELLING: ReadonlySet<string> = new Set(['PC1003', 'PC1004', 'PC1005', 'PC1006', 'PC1013', 'PC1015', 'PC1016', 'PC1037', 'PC1038']);

/** The notes on files beside those of a proxy. */
function notesOn<T extends { readonly document: string }>(proxy: { readonly documents: readonly DumpDocument[] }, notes: readonly T[]): readonly T[] {
  const folders = new Set(proxy.documents.map((document) => folderOf(document.label)));
  return notes.filter((note) => folders.has(folderOf(note.document)));
}

const archiveName = (label: string): string => basename(label).replace(/\.(?:tar(?:\.\w+)?|tgz|tzst)$/, '');

function folderOf(label: string): string {
  return label.slice(0, Math.max(label.lastIndexOf('/'), label.lastIndexOf('!'), label.lastIndexOf('\\')));
}

class Reading {
  private readonly files: GroupedFile[] = [];
  private readonly skipped: { readonly label: string; readonly failure: Failure }[] = [];
  private readonly options: InputOptions;
  private root = '';
  /** The folder or archive that is being read. */
  private origin = '';

  constructor(options: InputOptions) {
    this.options = options;
  }

  /** One value of `-f`. */
  async take(file: string): Promise<void> {
    if (file === '-') {
      await this.named(await streamSource(this.stdin(), STDIN_LABEL, this.options), [STDIN_LABEL]);
    } else if (statOf(file).isDirectory()) {
      this.root = basename(resolve(file));
      this.origin = this.root;
      const paths = listFiles(file, (path, error) => this.skip(join(file, ...path), unreadable(join(file, ...path), error)));
      for (const path of paths) await this.found(path, join(file, ...path), () => openFile(join(file, ...path), join(file, ...path), this.options, true));
    } else {
      await this.named(
        await openFile(file, file, this.options),
        file.split(/[/\\]/).filter((part) => part !== '' && part !== '.'),
      );
    }
  }

  proxies(): readonly ProxyInput[] {
    const proxies = groupByProxy(this.files, this.root);
    if (proxies.length === 0) throw this.nothing();
    const notes = this.skipped
      .filter(({ failure }) => TELLING.has(failure.id))
      .map(({ label, failure }) => ({ id: 'PC1032', what: `left out: ${failure.message}${failure.place ? ` (${failure.place})` : ''}`, document: label }));
    return proxies.map((proxy) => ({ ...proxy, notes: [...proxy.notes, ...notesOn(proxy, notes)] }));
  }

  private stdin(): Readable {
    if (this.options.stdin !== undefined) return this.options.stdin();
    throw new Failure({ id: 'PC1013', what: 'there is no standard input to read', place: STDIN_LABEL, next: 'give a file' });
  }

  private async named(source: ByteSource, path: readonly string[]): Promise<void> {
    const plain = await unpacked(source, this.options);
    if (isTar(plain.read(0, 512))) {
      this.origin = archiveName(source.label);
      await this.archive(plain, [], 1);
    } else this.files.push({ path, explicit: true, documents: await readDocuments(plain, { readers: this.options.readers ?? {}, explicit: true }) });
  }

  private async archive(source: ByteSource, path: readonly string[], depth: number): Promise<void> {
    this.root ||= archiveName(source.label);
    for (const member of tarMembers(source)) {
      const within = memberPath(member.name);
      const label = `${source.label}!${within.join('/')}`;
      await this.found([...path, ...within], label, () => Promise.resolve(partSource(label, source, member.span)), depth);
    }
  }

  private async found(path: readonly string[], label: string, open: () => Promise<ByteSource>, depth = 0): Promise<void> {
    try {
      const source = await open();
      if (source.size === 0) return;
      const plain = await unpacked(source, this.options);
      if (isTar(plain.read(0, 512))) {
        if (depth < MAX_ARCHIVES) await this.archive(plain, path, depth + 1);
        return;
      }
      this.files.push({
        path,
        explicit: false,
        origin: this.origin,
        documents: await readDocuments(plain, { readers: this.options.readers ?? {}, explicit: false }),
      });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.skip(label, error);
    }
  }

  private skip(label: string, failure: Failure): void {
    this.skipped.push({ label, failure });
  }

  /** Nothing of a proxy was found: says what was found instead. */
  private nothing(): Failure {
    const next = 'give a dump: curl -s localhost:15000/config_dump?include_eds > config_dump.json';
    const documents = this.files.flatMap((file) => file.documents);
    const [only] = documents;
    if (only !== undefined && documents.length === 1 && this.skipped.length === 0) {
      return new Failure({
        id: 'PC1007',
        what: `${only.label} is ${only.about}: it holds no listeners, routes, clusters or endpoints`,
        place: only.label,
        next,
      });
    }
    const [broken] = this.skipped;
    if (broken !== undefined && documents.length === 0 && this.skipped.length === 1) return broken.failure;
    const all = [
      ...this.skipped.map(({ label, failure }) => `${label}: ${failure.message}`),
      ...documents.map((document) => `${document.label}: ${document.about}`),
    ];
    const listed = all.slice(0, LISTED).join('; ');
    const rest = all.length > LISTED ? `; and ${all.length - LISTED} more` : '';
    return new Failure({
      id: 'PC1017',
      what: `${this.options.files.join(', ')}: no admin output of a proxy in it${all.length === 0 ? ' (no files at all)' : `. Found ${listed}${rest}`}`,
      next,
    });
  }
}

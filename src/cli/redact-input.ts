import { join, relative, sep } from 'node:path';
import { maskSecrets } from '../decode/mask-secrets.ts';
import { redactedJson } from '../decode/redact-document.ts';
import { type ByteSource, partSource } from '../dump/byte-source.ts';
import { Failure } from '../dump/failure.ts';
import { isTar } from '../dump/known-formats.ts';
import { memberPath, tarMembers } from '../dump/tar-members.ts';
import { textKind } from '../dump/text-documents.ts';
import { frameOf } from '../dump/text-frame.ts';
import { jsonOfYaml } from '../dump/yaml-document.ts';
import { yamlText } from '../render/yaml-text.ts';
import { listFiles } from '../source/list-files.ts';
import { openFile, statOf } from '../source/open-file.ts';
import type { ReadingOptions } from '../source/reading-options.ts';
import { unpacked } from '../source/unpack.ts';

/** One file of the redacted output. */
export interface RedactedFile {
  /** Its path within the output; [] where the input is one file. */
  readonly path: readonly string[];
  readonly label: string;
  pieces(): Iterable<Uint8Array>;
}

/** A file that was left out, since what is secret in it is unknown. */
export interface LeftOut {
  readonly label: string;
  readonly why: string;
}

const HEAD = 512;
/** What pc's own captures hold beside JSON, and Envoy's answers in plain text. */
const LOGGERS = /^active loggers:\n/;
const COMPRESSED = /\.(?:gz|zst)$/;

/**
 * Redacts a file, a folder or an archive, one file after the other. JSON keeps every byte that is not secret; YAML is written anew; texts of
 * Envoy's own that hold no secrets stay as they are; anything else is left out. Throws Failure PC10xx for an input that cannot be read.
 */
export async function* redactedFiles(input: string, options: ReadingOptions = {}): AsyncGenerator<RedactedFile | LeftOut> {
  if (!statOf(input).isDirectory()) {
    const plain = await unpacked(await openFile(input, input, options), options);
    if (isTar(plain.read(0, HEAD))) yield* redactedMembers(plain, options);
    else yield await redactedFile(plain, [], true);
    return;
  }
  const broken: LeftOut[] = [];
  for (const path of listFiles(input, (skipped) => broken.push({ label: skipped.join('/'), why: 'it cannot be read' }))) {
    const file = join(input, ...path);
    const label = relative(input, file).split(sep).join('/');
    try {
      const plain = await unpacked(await openFile(file, label, options, true), options);
      const name = [...path.slice(0, -1), (path.at(-1) ?? '').replace(COMPRESSED, '')];
      yield isTar(plain.read(0, HEAD)) ? { label, why: 'it is an archive: give it by itself' } : await redactedFile(plain, name, false);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      yield { label, why: error.message };
    }
  }
  yield* broken;
}

async function* redactedMembers(archive: ByteSource, options: ReadingOptions): AsyncGenerator<RedactedFile | LeftOut> {
  for (const member of tarMembers(archive)) {
    const path = memberPath(member.name);
    const label = path.join('/');
    try {
      yield await redactedFile(await unpacked(partSource(label, archive, member.span), options), path, false);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      yield { label, why: error.message };
    }
  }
}

async function redactedFile(source: ByteSource, path: readonly string[], explicit: boolean): Promise<RedactedFile | LeftOut> {
  const { label } = source;
  const frame = frameOf(source);
  if (frame.format === 'json') return { label, path, pieces: () => redactedJson(frame.source, frame.from) };
  if (LOGGERS.test(frame.head) || textKind(frame.head) !== undefined) return { label, path, pieces: () => [source.read(0, source.size)] };
  if (frame.format === 'yaml') {
    const text = jsonOfYaml(frame.source, frame.from)
      .map((value) => yamlText(maskSecrets(value)))
      .join('---\n');
    return { label, path, pieces: () => [new TextEncoder().encode(text)] };
  }
  const why = 'it is neither JSON nor YAML nor a text of Envoy: what is secret in it is unknown';
  if (explicit) throw new Failure({ id: 'PC1007', what: `${label} cannot be redacted: ${why}`, place: label, next: 'give an admin output of a proxy' });
  return { label, why };
}

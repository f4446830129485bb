import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DumpDocument } from '../dump/dump-document.ts';
import { readJsonDocument } from '../dump/read-document.ts';
import { fileSource } from './file-source.ts';

/** The documents of one proxy, as found in the input. */
export interface ProxyInput {
  /** What the user picks it by: `--proxy NAME`. */
  readonly name: string;
  readonly documents: readonly DumpDocument[];
}

export interface InputOptions {
  /** The values of `-f`: files, folders, archives, or `-` for standard input. */
  readonly files: readonly string[];
}

/** Reads everything that the user named and groups it by proxy. Throws Failure PC1xxx. */
export async function readInput(options: InputOptions): Promise<readonly ProxyInput[]> {
  const paths = options.files.flatMap((file) => (statSync(file).isDirectory() ? readdirSync(file).map((name) => join(file, name)) : [file]));
  const documents = paths.filter((path) => path.endsWith('.json')).map((path) => readJsonDocument(fileSource(path)));
  return [{ name: options.files.join(','), documents }];
}

import { readFileSync, writeFileSync } from 'node:fs';
import { Failure } from '../dump/failure.ts';
import { unreadable } from './source-error.ts';

/** The keys of a baseline file, one JSON list of texts. Throws Failure PC1013 where it cannot be read, PC1004 where it is no such list. */
export function readBaseline(file: string): ReadonlySet<string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
  try {
    const keys: unknown = JSON.parse(text);
    if (Array.isArray(keys) && keys.every((key) => typeof key === 'string')) return new Set(keys);
  } catch {
    // Told below.
  }
  throw new Failure({ id: 'PC1004', what: `${file} is no baseline: a JSON list of texts`, place: file, next: 'write one with pc check --write-baseline FILE' });
}

/** Writes a baseline file. Throws Failure PC1123 where it cannot be written. */
export function writeBaseline(file: string, keys: readonly string[]): void {
  try {
    writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`);
  } catch (cause) {
    throw new Failure({ id: 'PC1123', what: `${file} cannot be written: ${(cause as Error).message}`, next: 'name another file', cause });
  }
}

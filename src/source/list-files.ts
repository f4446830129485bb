import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unreadable } from './source-error.ts';

const MAX_FILES = 50_000;
const MAX_DEPTH = 16;
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', 'node_modules']);

/**
 * The files below a folder, as paths of names, in order of their names. Symbolic links to folders are not followed.
 * Throws Failure PC1013 where the folder itself cannot be read; a folder within it that cannot is passed to `skipped`.
 */
export function listFiles(folder: string, skipped: (path: readonly string[], error: unknown) => void): readonly (readonly string[])[] {
  const files: (readonly string[])[] = [];
  const walk = (path: readonly string[]): void => {
    let entries: Dirent[];
    try {
      entries = readdirSync(join(folder, ...path), { withFileTypes: true });
    } catch (error) {
      if (path.length === 0) throw unreadable(folder, error);
      skipped(path, error);
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length >= MAX_FILES) return;
      if (entry.isDirectory()) {
        if (path.length < MAX_DEPTH && !PASSED_OVER.has(entry.name)) walk([...path, entry.name]);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        files.push([...path, entry.name]);
      }
    }
  };
  walk([]);
  return files;
}

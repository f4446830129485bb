import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statOf } from './open-file.ts';
import { unreadable } from './source-error.ts';

/** The texts of manifest files: those named, and every .yaml, .yml and .json within folders, in order. Throws Failure PC1013. */
export function manifestTexts(paths: readonly string[]): readonly { readonly file: string; readonly text: string }[] {
  return paths.flatMap(filesAt).map((file) => {
    try {
      return { file, text: readFileSync(file, 'utf8') };
    } catch (error) {
      throw unreadable(file, error);
    }
  });
}

function filesAt(path: string): readonly string[] {
  if (!statOf(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

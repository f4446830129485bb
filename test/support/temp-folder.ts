import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder with the given files (path → content), gone when `remove` is called. */
export function tempFolder(files: Readonly<Record<string, string | Uint8Array>>): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'pc-test-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

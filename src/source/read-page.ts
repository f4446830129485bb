import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The page of the documentation for a diagnostics id; undefined where there is none. Found from the installed program upwards. */
export function readDiagnosticsPage(id: string): string | undefined {
  const file = join(pagesFolder(), `${id}.md`);
  return /^PC\d{4}$/.test(id) && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Ids and slugs of all pages, in order: from the first line of each. */
export function listDiagnosticsPages(): readonly { readonly id: string; readonly slug: string }[] {
  return readdirSync(pagesFolder())
    .filter((name) => /^PC\d{4}\.md$/.test(name))
    .sort()
    .map((name) => {
      const [, id = '', slug = ''] = /^# (PC\d{4}) (\S+)/.exec(readFileSync(join(pagesFolder(), name), 'utf8')) ?? [];
      return { id, slug };
    });
}

/** `docs/diagnostics` of the nearest folder above the running module that has one: a bundle lies deeper or less deep than its source. */
function pagesFolder(): string {
  let folder = import.meta.dirname;
  for (;;) {
    const pages = join(folder, 'docs', 'diagnostics');
    if (existsSync(pages) || dirname(folder) === folder) return pages;
    folder = dirname(folder);
  }
}

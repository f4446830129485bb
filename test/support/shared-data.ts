import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The shared reference data, beside the repository; tests that need it skip where it is absent. */
export const SHARED_DATA = join(import.meta.dirname, '../../../shared/data');

export const hasSharedData = existsSync(join(SHARED_DATA, 'INDEX.tsv'));

/** One file of INDEX.tsv. Counts are undefined where the index gives none. */
export interface IndexedFile {
  readonly file: string;
  readonly kind: string;
  readonly format: string;
  readonly counts: readonly number[] | undefined;
  readonly oddities: string;
}

/** The names of the counts in INDEX.tsv, in its order. */
export const COUNTED = ['listeners', 'route_configs', 'vhosts', 'routes', 'clusters', 'eds_assignments', 'endpoints', 'secrets'] as const;

/** The files of INDEX.tsv; none where the data is absent. */
export function indexedFiles(): readonly IndexedFile[] {
  if (!hasSharedData) return [];
  const [header = '', ...lines] = readFileSync(join(SHARED_DATA, 'INDEX.tsv'), 'utf8').trimEnd().split('\n');
  const columns = header.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
    const counts = COUNTED.map(cell);
    return {
      file: cell('file'),
      kind: cell('kind'),
      format: cell('format'),
      counts: counts.some((count) => count === '') ? undefined : counts.map(Number),
      oddities: cell('oddities'),
    };
  });
}

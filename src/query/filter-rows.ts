import { nearestNames } from './nearest-names.ts';
import { textPattern } from './text-pattern.ts';

/** One filter of a command line: a flag, what it asks for, and what of a row it looks at. */
export interface RowFilter<R> {
  /** `--domain`. */
  readonly flag: string;
  readonly wanted: string;
  /** The texts of a row that the filter looks at; one that matches is enough. */
  values(row: R): readonly string[];
}

/** Why no row is left: the filter that matches nothing by itself, or all of them together. */
export interface FilterMiss {
  readonly looked: number;
  readonly filters: readonly { readonly flag: string; readonly wanted: string }[];
  /** The values there are that are most like what was wanted; none where each filter alone matches something. */
  readonly nearest: readonly string[];
  /** True where each filter alone matches something, but no row matches all. */
  readonly onlyTogether: boolean;
}

/** The rows that pass every filter, in their order; where there are none, why. */
export function filterRows<R>(rows: readonly R[], filters: readonly RowFilter<R>[]): { readonly kept: readonly R[]; readonly miss: FilterMiss | undefined } {
  if (filters.length === 0) return { kept: rows, miss: undefined };
  const tests = filters.map((filter) => {
    const pattern = textPattern(filter.wanted, allValues(rows, filter));
    return { filter, test: (row: R): boolean => filter.values(row).some((value) => pattern.matches(value)) };
  });
  const kept = rows.filter((row) => tests.every(({ test }) => test(row)));
  if (kept.length > 0) return { kept, miss: undefined };
  const alone = tests.filter(({ test }) => !rows.some(test)).map(({ filter }) => filter);
  const blamed = alone.length > 0 ? alone : filters;
  return {
    kept,
    miss: {
      looked: rows.length,
      filters: blamed.map(({ flag, wanted }) => ({ flag, wanted })),
      nearest: alone.flatMap((filter) => nearestNames(filter.wanted.replace(/^~|[*?]/g, ''), allValues(rows, filter))),
      onlyTogether: alone.length === 0 && filters.length > 1,
    },
  };
}

/**
 * Whether filters leave of some rows what they leave of all, where the others are rows that one of the filters is sure to leave out. Plain text
 * means a whole value where there is one in any row: so of each other filter one has to be among these (of a regular expression there is none). In: the flag of that one filter. False,
 * too, where they leave nothing: then something is to be said of all rows.
 */
export function leavesOfAll<R>(some: readonly R[], filters: readonly RowFilter<R>[], flag: string): boolean {
  const isClear = ({ wanted, values }: RowFilter<R>): boolean => {
    const lower = wanted.toLowerCase();
    return some.some((row) => values(row).some((value) => value.toLowerCase() === lower));
  };
  return filters.every((filter) => filter.flag === flag || isClear(filter)) && filterRows(some, filters).kept.length > 0;
}

function* allValues<R>(rows: readonly R[], filter: RowFilter<R>): Generator<string> {
  for (const row of rows) yield* filter.values(row);
}

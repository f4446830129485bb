import type { Resource } from '../model/resource.ts';

/** How good or bad a cell's news is; the terminal gives it a colour. */
export type Tone = 'good' | 'warning' | 'bad' | 'quiet';

/** One column of a table, and one member of each row in the JSON document of rows. */
export interface Column<R> {
  /** The member's name in JSON. */
  readonly key: string;
  /** The column's head; undefined for a member that only the JSON document has. */
  readonly title?: string;
  /** Stands in `-o wide` alone. */
  readonly wide?: boolean;
  /** Left out of the default table where it says nothing (no row has a state worth telling). */
  readonly onlyIf?: (rows: readonly R[]) => boolean;
  cell(row: R): string;
  /** The JSON member where it is more than the cell's text. */
  json?(row: R): unknown;
  tone?(row: R): Tone | undefined;
}

/** What a `list…` function gives: rows, what is told of each, and the resources behind them. */
export interface Listing<R> {
  /** The name of the table: `listeners`. */
  readonly kind: string;
  /** One of them, in words: `listener`. */
  readonly noun: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  /** The resource that a row tells of, for `-o json`, `raw` and `name`; undefined where no dump entry stands behind it. */
  resourceOf(row: R): Resource | undefined;
  /** What the user should know about the whole table: what it was made of, what is not in the input. One with an id begins with it: `[PC1132]: …`. */
  readonly notes: readonly string[];
}

/** The columns of a table in one of its two widths. */
export function tableColumns<R>(listing: Pick<Listing<R>, 'columns' | 'rows'>, wide: boolean): readonly (Column<R> & { readonly title: string })[] {
  return listing.columns.filter(
    (column): column is Column<R> & { readonly title: string } =>
      column.title !== undefined && (wide || (!column.wide && (column.onlyIf === undefined || column.onlyIf(listing.rows)))),
  );
}

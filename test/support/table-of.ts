import { type Listing, tableColumns } from '../../src/query/listing.ts';

/** The rows of a table as objects of head and cell. */
export function tableOf<R>(listing: Listing<R>, wide = false): Record<string, string>[] {
  const columns = tableColumns(listing, wide);
  return listing.rows.map((row) => Object.fromEntries(columns.map((column) => [column.title, column.cell(row)])));
}

/** One column of a table. */
export function columnOf<R>(listing: Listing<R>, title: string, wide = false): (string | undefined)[] {
  return tableOf(listing, wide).map((row) => row[title]);
}

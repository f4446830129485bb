import type { Column, Listing } from '../query/listing.ts';
import type { GatheredListing } from './io.ts';

/** A row of one proxy among several. */
interface OwnedRow {
  readonly proxy: string;
  readonly row: unknown;
}

/** One table of the tables of several proxies, which have the same columns; its first column names the proxy. Undefined for none. */
export function mergeListings(gathered: readonly GatheredListing[]): Listing<OwnedRow> | undefined {
  const [first] = gathered;
  if (first === undefined) return undefined;
  const { listing } = first;
  const owners = new Map(gathered.map((one) => [one.proxy, one.listing]));
  const columns: Column<OwnedRow>[] = [
    { key: 'proxy', title: 'PROXY', cell: (owned) => owned.proxy },
    ...listing.columns.map((column): Column<OwnedRow> => {
      const { onlyIf, json, tone } = column;
      return {
        key: column.key,
        ...(column.title === undefined ? {} : { title: column.title }),
        ...(column.wide === undefined ? {} : { wide: column.wide }),
        ...(onlyIf === undefined ? {} : { onlyIf: (rows) => onlyIf(rows.map((owned) => owned.row)) }),
        ...(json === undefined ? {} : { json: (owned) => json(owned.row) }),
        ...(tone === undefined ? {} : { tone: (owned) => tone(owned.row) }),
        cell: (owned) => column.cell(owned.row),
      };
    }),
  ];
  return {
    kind: listing.kind,
    noun: listing.noun,
    rows: gathered.flatMap((one) => one.listing.rows.map((row) => ({ proxy: one.proxy, row }))),
    columns,
    resourceOf: (owned) => owners.get(owned.proxy)?.resourceOf(owned.row),
    notes: [...new Set(gathered.flatMap((one) => one.listing.notes))],
  };
}

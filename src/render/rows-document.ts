import type { JsonValue } from '../dump/json-value.ts';
import type { Listing } from '../query/listing.ts';

/** Grows when a member changes its meaning or goes away; new members may come without notice. */
export const ROWS_VERSION = 1;

/** The JSON document of a table: docs/schema/rows.schema.json. */
export function rowsDocument<R>(listing: Listing<R>, proxy: string): JsonValue {
  const rows = listing.rows.map((row) => {
    const members: Record<string, JsonValue> = {};
    for (const column of listing.columns) members[column.key] = (column.json ? column.json(row) : column.cell(row)) as JsonValue;
    return members;
  });
  return { version: ROWS_VERSION, kind: listing.kind, proxy, notes: listing.notes, rows };
}

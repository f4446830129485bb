import type { FidelityRow, Treatment } from './fidelity-table.ts';

/** The same row for several fields, named in one text. */
export function rows(treatment: Treatment, note: string, fields: string, proof?: string): Readonly<Record<string, FidelityRow>> {
  const row: FidelityRow = { treatment, note, ...(proof === undefined ? {} : { proof }) };
  return Object.fromEntries(fields.split(/\s+/).map((field) => [field, row]));
}

/** Rows of fields that are maps of messages with rows of their own. */
export function maps(types: Readonly<Record<string, string>>, proof?: string, note = ''): Readonly<Record<string, FidelityRow>> {
  return Object.fromEntries(Object.entries(nested(types, proof, note)).map(([field, row]) => [field, { ...row, isMap: true }]));
}

/** Rows of fields that hold messages with rows of their own: `{ headers: 'envoy.…HeaderMatcher' }`. */
export function nested(types: Readonly<Record<string, string>>, proof?: string, note = ''): Readonly<Record<string, FidelityRow>> {
  return Object.fromEntries(
    Object.entries(types).map(([field, of]) => [field, { treatment: 'modelled', note, of, ...(proof === undefined ? {} : { proof }) } satisfies FidelityRow]),
  );
}

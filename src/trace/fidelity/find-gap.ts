import { type DumpPath, jqPath } from '../../dump/dump-path.ts';
import { KEPT, type Message } from '../../model/message.ts';
import type { Gap } from '../trace-answer.ts';
import type { FidelityTable } from './fidelity-table.ts';

/** Messages found to hold nothing unmodelled: each is looked at once. */
const clean = new WeakSet<object>();

/**
 * The first set field of a message, or of those inside it that have rows, that trace does not model: unknown to the schema, without
 * a row, or with the row `undetermined`. Undefined where all are accounted for.
 */
export function findGap(table: FidelityTable, type: string, message: Message, path: DumpPath): Gap | undefined {
  if (clean.has(message)) return undefined;
  const gap = search(table, type, message, path);
  if (gap === undefined) clean.add(message);
  return gap;
}

function search(table: FidelityTable, type: string, message: Message, path: DumpPath): Gap | undefined {
  const rows = table[type] ?? {};
  const typeName = type.slice(type.lastIndexOf('.') + 1);
  for (const [key, value] of Object.entries(message[KEPT] ?? {})) {
    if (value !== null && rows[key]?.treatment !== 'no effect')
      return { id: 'PC9001', what: `${typeName} has a field "${key}" that pc does not know or cannot read`, path: jqPath([...path, key]) };
  }
  for (const [key, value] of Object.entries(message)) {
    if (key === '@type') continue;
    const row = rows[key];
    if (row === undefined) return { id: 'PC9001', what: `${typeName}.${key} is not modelled`, path: jqPath([...path, key]) };
    if (row.treatment === 'undetermined' && !isDefault(value)) {
      return { id: 'PC9001', what: `${typeName}.${key} is not modelled${row.note ? `: ${row.note}` : ''}`, path: jqPath([...path, key]) };
    }
    if (row.of === undefined) continue;
    const gap = row.isMap === true ? searchMap(table, row.of, value, [...path, key]) : searchInside(table, row.of, value, [...path, key]);
    if (gap !== undefined) return gap;
  }
  return undefined;
}

function searchInside(table: FidelityTable, type: string, value: unknown, path: DumpPath): Gap | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return search(table, type, value as Message, path);
  for (let i = 0; i < value.length; i++) {
    const gap = searchInside(table, type, value[i], [...path, i]);
    if (gap !== undefined) return gap;
  }
  return undefined;
}

function searchMap(table: FidelityTable, type: string, map: unknown, path: DumpPath): Gap | undefined {
  for (const [key, value] of Object.entries(map ?? {})) {
    const gap = searchInside(table, type, value, [...path, key]);
    if (gap !== undefined) return gap;
  }
  return undefined;
}

/** A scalar that says what its absence says: false, 0, '', an empty list. */
function isDefault(value: unknown): boolean {
  return value === false || value === 0 || value === '' || value === '0' || (Array.isArray(value) && value.length === 0);
}

import type { DumpPath } from '../dump/dump-path.ts';

/** Calls back for every object within a decoded message, itself included, outermost first. Only what the schema knows is visited. */
export function visitMessage(value: unknown, path: DumpPath, visit: (message: Readonly<Record<string, unknown>>, path: DumpPath) => void): void {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) visitMessage(item, [...path, i], visit);
  } else if (typeof value === 'object' && value !== null) {
    visit(value as Readonly<Record<string, unknown>>, path);
    for (const [key, item] of Object.entries(value)) if (typeof item === 'object') visitMessage(item, [...path, key], visit);
  }
}

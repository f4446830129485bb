import type { DumpDocument } from '../dump/dump-document.ts';
import { isJsonObject } from '../dump/json-value.ts';
import { parseAt } from '../dump/outline-members.ts';
import type { Stats } from '../query/proxy-status.ts';

/** The stats of the document that has them, as `/stats?format=json` has them; undefined where none of the documents is one. */
export function statsOf(documents: readonly DumpDocument[]): Stats | undefined {
  const document = documents.find((one) => one.kind === 'stats' && one.root !== undefined);
  if (document?.root === undefined) return undefined;
  const value = parseAt(document.source, document.root);
  if (!isJsonObject(value) || !Array.isArray(value['stats'])) return undefined;
  const stats = new Map<string, number | string>();
  for (const stat of value['stats']) {
    if (!isJsonObject(stat) || typeof stat['name'] !== 'string') continue;
    const held = stat['value'];
    stats.set(stat['name'], typeof held === 'string' ? held : Number(String(held)));
  }
  return stats;
}

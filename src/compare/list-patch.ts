import type { JsonValue } from '../dump/json-value.ts';
import type { PatchOperation } from './change.ts';
import type { Pairing } from './pair-elements.ts';

/** A JSON Pointer's step. Source: RFC 6901, 3. */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * The operations that make of side A's list one with side B's elements: those that are gone are removed from the end on, then new ones are
 * added and, in an ordered list, put where they belong. In: the list's pointer, its length on side A, and the JSON of an element of side B.
 */
export function listPatch(at: string, lengthA: number, pairing: Pairing, isSet: boolean, elementOf: (b: number) => JsonValue): PatchOperation[] {
  const operations: PatchOperation[] = [...pairing.onlyA].sort((x, y) => y - x).map((i) => ({ op: 'remove', path: `${at}/${i}` }));
  if (isSet) return [...operations, ...pairing.onlyB.map((i): PatchOperation => ({ op: 'add', path: `${at}/-`, value: elementOf(i) }))];
  const gone = new Set(pairing.onlyA);
  const partner = new Map(pairing.pairs.map(([a, b]) => [b, a]));
  const now: number[] = [];
  for (let i = 0; i < lengthA; i++) if (!gone.has(i)) now.push(i);
  for (let to = 0; to < pairing.pairs.length + pairing.onlyB.length; to++) {
    const wanted = partner.get(to);
    if (wanted === undefined) {
      operations.push({ op: 'add', path: `${at}/${to}`, value: elementOf(to) });
      now.splice(to, 0, -1);
    } else if (now[to] !== wanted) {
      const from = now.indexOf(wanted, to);
      operations.push({ op: 'move', from: `${at}/${from}`, path: `${at}/${to}` });
      now.splice(to, 0, ...now.splice(from, 1));
    }
  }
  return operations;
}

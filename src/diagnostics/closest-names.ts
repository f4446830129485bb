import { editDistance } from '../model/edit-distance.ts';

const SHOWN = 3;

/** The names closest to a missing one: at most three, nearest first, none that differs in more than the limit (a third of it, unless said). */
export function closestNames(missing: string, names: readonly string[], limit = Math.max(3, Math.ceil(missing.length / 3))): readonly string[] {
  const scored: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    if (name === '' || name === missing) continue;
    const distance = editDistance(missing, name, limit);
    if (distance <= limit) scored.push({ name, distance });
  }
  return scored
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ name }) => name);
}

/**
 * The name that a missing one was most likely meant to be: a typing mistake away, and not just another of a numbered family
 * (`version-v1` is no misspelling of `version-v2`).
 */
export function mistyped(missing: string, names: readonly string[], limit = 2): string | undefined {
  const family = (name: string): string => name.replace(/\d+/g, '#');
  const [nearest] = closestNames(
    missing,
    names.filter((name) => family(name) !== family(missing)),
    limit,
  );
  return nearest;
}

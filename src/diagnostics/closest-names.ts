const SHOWN = 3;

/** The names closest to a missing one: at most three, nearest first, none that differs in more than the limit (a third of it, unless said). */
export function closestNames(missing: string, names: readonly string[], limit = Math.max(3, Math.ceil(missing.length / 3))): readonly string[] {
  const scored: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    if (name === '' || name === missing || Math.abs(name.length - missing.length) > limit) continue;
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

/** Levenshtein distance; anything above the limit is reported as limit + 1. */
function editDistance(a: string, b: string, limit: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = Math.min((previous[j] as number) + 1, (current[j - 1] as number) + 1, (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1));
      current.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    previous = current;
  }
  return previous[b.length] as number;
}

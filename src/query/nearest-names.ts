import { editDistance } from '../model/edit-distance.ts';

/**
 * The names most like a wanted one, best first.
 * In: the wanted name, the names there are. Out: at most `limit` of them: those that hold it, or are held by it, and those a few letters off.
 */
export function nearestNames(wanted: string, names: Iterable<string>, limit = 3): string[] {
  const lower = wanted.toLowerCase();
  const scored: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    const distance = nameDistance(lower, name.toLowerCase());
    if (distance !== undefined) scored.push({ name, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, limit).map((s) => s.name);
}

/** As {@link wholeDistance}, else by the nearest part of the name: `catlog` is near `outbound|80||catalog.shop.svc.cluster.local`. */
function nameDistance(wanted: string, name: string): number | undefined {
  const whole = wholeDistance(wanted, name);
  if (whole !== undefined || wanted.length < 3) return whole;
  const parts = name.split(/[|._:/]+/).map((part) => (part.length < 3 ? undefined : wholeDistance(wanted, part)));
  const nearest = Math.min(...parts.map((distance) => distance ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(nearest) ? nearest + 1 : undefined;
}

/** 0 for equal names; a part of the other comes before a misspelling; undefined for names that have nothing to do with each other. */
function wholeDistance(wanted: string, name: string): number | undefined {
  if (wanted === name) return 0;
  if (wanted === '' || name === '') return undefined;
  const longer = Math.max(wanted.length, name.length);
  if (name.includes(wanted) || (wanted.includes(name) && name.length > 2)) return 0.5 + Math.abs(name.length - wanted.length) / 1000;
  const limit = Math.max(1, Math.floor(longer / 3));
  const distance = editDistance(wanted, name, limit);
  return distance <= limit ? distance : undefined;
}

import type { FilterMiss } from '../query/filter-rows.ts';

/** What a filter that matches nothing prints: how many were looked at, and the nearest names. */
export function filterMissText(miss: FilterMiss, noun: string): string {
  const flags = miss.filters.map(({ flag, wanted }) => `${flag} ${wanted}`).join(' ');
  const looked = `looked at ${miss.looked} ${plural(noun, miss.looked)}`;
  if (miss.onlyTogether) return `no ${noun} matches ${flags} together: ${looked}; each of these alone matches some\n`;
  const nearest = miss.nearest.length === 0 ? '' : `  nearest  ${miss.nearest.join(', ')}\n`;
  return `no ${noun} matches ${flags}: ${looked}\n${nearest}`;
}

/** `1 certificate`, `2 certificates`. */
export function plural(noun: string, count: number): string {
  return count === 1 ? noun : `${noun}s`;
}

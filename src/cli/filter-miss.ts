import { plural } from '../diagnostics/words.ts';
import type { FilterMiss } from '../query/filter-rows.ts';

/** What a filter that matches nothing prints: how many were looked at, and the nearest names. */
export function filterMissText(miss: FilterMiss, noun: string): string {
  const flags = miss.filters.map(({ flag, wanted }) => `${flag} ${wanted}`).join(' ');
  const looked = `looked at ${plural(miss.looked, noun)}`;
  if (miss.onlyTogether) return `no ${noun} matches ${flags} together: ${looked}; each of these alone matches some\n`;
  const nearest = miss.nearest.length === 0 ? '' : `  nearest  ${miss.nearest.join(', ')}\n`;
  return `no ${noun} matches ${flags}: ${looked}\n${nearest}`;
}

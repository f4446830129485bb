/** Orders names as people do: numbers by value and before words, then words by their letters, names that are empty last. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? 1 : -1;
  const numeric = Number(/^\d+$/.test(b)) - Number(/^\d+$/.test(a));
  if (numeric !== 0) return numeric;
  if (/^\d+$/.test(a)) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}

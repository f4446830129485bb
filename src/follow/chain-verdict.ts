import type { ChainAnswer, ChainEnd } from './chain-answer.ts';

/** The verdict of all ends together; one that cannot be told leaves the others standing. */
export function chainVerdict(ends: readonly ChainEnd[]): ChainAnswer['verdict'] {
  const verdicts = new Set(ends.map(({ verdict }) => verdict));
  verdicts.delete('undetermined');
  const [only] = verdicts;
  if (only === undefined) return 'undetermined';
  return verdicts.size > 1 ? 'mixed' : only;
}

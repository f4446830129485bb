import { Failure } from '../dump/failure.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** What a timer of Node's can wait for. */
const LONGEST = 2 ** 31 - 1;

/** Milliseconds of a flag such as `30s`, `500ms`, `2m`, `1.5` (seconds). Throws Failure PC1011 for anything else, and for nothing. */
export function durationOf(flag: string, text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text.trim());
  const milliseconds = found === null ? 0 : Number(found[1]) * (UNITS[found[2] ?? 's'] ?? 0);
  if (milliseconds < 1 || milliseconds > LONGEST)
    throw new Failure({ id: 'PC1011', what: `${flag} ${text} is not a time`, next: 'write it as 30s, 500ms or 2m' });
  return milliseconds;
}

import { Failure } from '../dump/failure.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** Bytes of a flag such as `8GiB`, `8G`, `500MB` (10⁶), `4096`. Throws Failure PC1011 for anything else, and for nothing. */
export function bytesOf(flag: string, text: string): number {
  const [, number = '', unit = '', suffix = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(iB|B)?$/i.exec(text.trim()) ?? [];
  const exponent = 'KMGT'.indexOf(unit.toUpperCase()) + 1;
  const scale = suffix.toUpperCase() === 'B' && unit !== '' ? 1000 ** exponent : (UNITS[unit.toUpperCase()] as number);
  const bytes = Math.floor(Number(number) * scale);
  if (number === '' || bytes < 1 || !Number.isSafeInteger(bytes)) {
    throw new Failure({ id: 'PC1011', what: `${flag} ${text} is not a size`, next: 'write it as 8GiB, 500MiB or a number of bytes' });
  }
  return bytes;
}

import type { Io } from '../../src/cli/io.ts';

/** An Io that remembers what was written; a pipe without colour unless said otherwise. */
export function fakeIo(
  overrides: Partial<Pick<Io, 'columns' | 'color' | 'colorErr' | 'isTerminalErr' | 'env'>> = {},
): Io & { stdout(): string; stderr(): string } {
  const out: string[] = [];
  const err: string[] = [];
  return {
    columns: undefined,
    color: false,
    colorErr: false,
    isTerminalErr: false,
    env: {},
    ...overrides,
    out: (text) => void out.push(typeof text === 'string' ? text : new TextDecoder().decode(text)),
    err: (text) => void err.push(text),
    status: (line) => void (line !== '' && err.push(`[${line}]`)),
    stdout: () => out.join(''),
    stderr: () => err.join(''),
  };
}

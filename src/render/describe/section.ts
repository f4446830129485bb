import { wrap } from '../diagnostic-frame.ts';
import type { Style } from '../style.ts';

export interface PageOptions {
  readonly style: Style;
  /** Columns of the terminal. */
  readonly width: number;
  /** What names the same input in another command: `-f config_dump.json`. */
  readonly again: string;
}

/** So many rows of each list are shown on the page; `-o json` has all. */
export const SHOWN = { ports: 12, hosts: 12, inbound: 6, policies: 6, certificates: 4, findings: 5, gaps: 6 } as const;

const LABEL = 15;

/** The first rows, and a line on the rest: how many there are and which command shows them. */
export function firstOf<T>(
  rows: readonly T[],
  shown: number,
  options: PageOptions,
  command: string,
): { readonly rows: readonly T[]; readonly rest: readonly string[] } {
  if (rows.length <= shown + 1) return { rows, rest: [] };
  const said = `  … and ${rows.length - shown} more; \`pc ${command} ${options.again}\` shows them`;
  const line = said.length > options.width ? `  … and ${rows.length - shown} more; \`pc ${command}\` of the same input shows them` : said;
  return { rows: rows.slice(0, shown), rest: [options.style.dim(line)] };
}

/** A labelled sentence, wrapped beside its label; nothing for an empty one. */
export function field(label: string, text: string, { style, width }: PageOptions, most = 2): string[] {
  if (text === '') return [];
  const lines = wrap(text, Math.max(40, width - LABEL - 2));
  const kept = lines.length > most ? [...lines.slice(0, most - 1), `${lines[most - 1]} …`] : lines;
  return kept.map((line, i) => `  ${i === 0 ? style.dim(label.padEnd(LABEL)) : ' '.repeat(LABEL)}${line}`);
}

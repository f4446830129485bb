import { paddedColumns } from './padded-columns.ts';
import textWidth from './text-width.ts';

export interface FittedColumns {
  /** What each column has for itself; what others leave of the line goes to those that need more, from the left. */
  readonly own: readonly number[];
  /** Columns of the terminal. */
  readonly width: number;
  /** Blanks before each line. */
  readonly indent: number;
}

const PADDING = 2;

/** Rows as lines that fit the width: a cell that is longer than its column ends in `…`. */
export function fittedColumns(rows: readonly (readonly string[])[], { own, width, indent }: FittedColumns): string[] {
  const needed = own.map((_, i) => Math.max(0, ...rows.map((row) => textWidth(row[i] ?? ''))));
  const widths = own.map((columns, i) => Math.min(columns, needed[i] ?? 0));
  let left = width - indent - widths.reduce((sum, columns) => sum + columns + PADDING, -PADDING);
  for (const [i, columns] of widths.entries()) {
    const more = Math.min(Math.max(0, left), (needed[i] ?? 0) - columns);
    widths[i] = columns + more;
    left -= more;
  }
  const cut = rows.map((row) => row.map((cell, i) => clip(cell, widths[i] ?? 0)));
  const lines = paddedColumns(cut, { padding: PADDING, width: textWidth, trimEnd: true });
  return [...lines].map((line) => clip(' '.repeat(indent) + line.trimEnd(), width));
}

/** The text, or as much of it as fits before an ellipsis. */
export function clip(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  for (const char of text) {
    if (textWidth(kept + char) > width - 1) break;
    kept += char;
  }
  return `${kept.trimEnd()}…`;
}

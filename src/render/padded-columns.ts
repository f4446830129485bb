export interface ColumnOptions {
  /** Blanks between two columns. */
  readonly padding: number;
  /** Measures a cell; counts code points where it is left out. */
  readonly width?: (text: string) => number;
  /** Blanks at the end of a line are cut. */
  readonly trimEnd?: boolean;
}

/**
 * Lines of text in columns: each cell but the last of its row is padded to the widest of its column.
 * As Go's text/tabwriter sets cells that all end in a tab (minimum width 0, left aligned), which is what istioctl uses.
 */
export function* paddedColumns(rows: Iterable<readonly string[]>, options: ColumnOptions): Generator<string> {
  const width = options.width ?? codePoints;
  const all = Array.isArray(rows) ? (rows as (readonly string[])[]) : [...rows];
  const widths: number[] = [];
  for (const row of all) {
    for (let i = 0; i < row.length - 1; i++) widths[i] = Math.max(widths[i] ?? 0, width(row[i] as string));
  }
  for (const row of all) {
    let line = '';
    for (let i = 0; i < row.length; i++) {
      const cell = row[i] as string;
      line += i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] as number) - width(cell) + options.padding);
    }
    yield `${options.trimEnd ? line.trimEnd() : line}\n`;
  }
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

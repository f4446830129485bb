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
export function* paddedColumns(rows: readonly (readonly string[])[], options: ColumnOptions): Generator<string> {
  const width = options.width ?? codePoints;
  const widths: number[] = [];
  for (const row of rows) {
    for (let i = 0; i < row.length - 1; i++) widths[i] = Math.max(widths[i] ?? 0, width(row[i] as string));
  }
  const blanks = Array.from({ length: Math.max(0, ...widths) + options.padding + 1 }, (_, count) => ' '.repeat(count));
  for (const row of rows) {
    let line = '';
    const last = row.length - 1;
    for (let i = 0; i < last; i++) line += (row[i] as string) + (blanks[(widths[i] as number) - width(row[i] as string) + options.padding] as string);
    const end = row[last] ?? '';
    yield options.trimEnd ? trimmedLine(line, end) : `${line}${end}\n`;
  }
}

/** A line of what stands before its last cell and that cell, without the blanks at its end. */
export function trimmedLine(line: string, end: string): string {
  return endsInInk(end) ? `${line}${end}\n` : `${(line + end).trimEnd()}\n`;
}

/** Whether there is nothing to cut off at the end of a line; false also where that is not seen at a glance. */
function endsInInk(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code > 0x20 && code < 0x7f;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

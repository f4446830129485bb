import { type Column, type Listing, type Tone, tableColumns } from '../query/listing.ts';
import { oneLine } from './one-line.ts';
import { paddedColumns } from './padded-columns.ts';
import { GAP, plainTable } from './plain-table.ts';
import { type Style, styleFor } from './style.ts';
import textWidth from './text-width.ts';

export interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
  readonly color: boolean;
  /** Width of the terminal; undefined where the text goes to a pipe or a file, which gets every cell whole. */
  readonly columns: number | undefined;
}

/** A terminal gets its cells wrapped up to this many rows; cli-table3 takes time by the square of the rows of one table. */
const WRAPPED_ROWS = 500;

/** The table of a listing, as pieces of text. */
export async function renderTable<R>(listing: Listing<R>, options: TableOptions): Promise<Iterable<string>> {
  const columns = tableColumns(listing, options.wide);
  const head = columns.map((column) => column.title);
  if (options.columns === undefined && !options.color && !options.wide) {
    return plainTable(listing.rows, columns, options.headers);
  }
  const plain = listing.rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const lines = options.headers ? [head, ...plain] : plain;
  if (options.columns !== undefined && plain.length <= WRAPPED_ROWS) {
    const widths = head.map((_, i) => lines.reduce((widest, cells) => Math.max(widest, textWidth(cells[i] as string)), 0));
    const total = widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);
    if (total > options.columns) {
      const { wrappedTable } = await import('./wrapped-table.ts');
      const body = listing.rows.map((row) => columns.map((column) => toned(column, row, options.color)));
      return wrappedTable(options.headers ? head : undefined, body, widths, options.columns, options.color);
    }
  }
  if (!options.color) return paddedColumns(lines, { padding: GAP, width: textWidth, trimEnd: true });
  const body = listing.rows.map((row) => columns.map((column) => toned(column, row, true)));
  const shown = options.headers ? [head.map(styleFor(true).bold), ...body] : body;
  return paddedColumns(shown, { padding: GAP, width: textWidth, trimEnd: true });
}

const TONES: Readonly<Record<Tone, keyof Style>> = { good: 'green', warning: 'yellow', bad: 'red', quiet: 'dim' };

function toned<R>(column: Column<R>, row: R, color: boolean): string {
  const text = oneLine(column.cell(row));
  const tone = color && text !== '' ? column.tone?.(row) : undefined;
  return tone === undefined ? text : styleFor(true)[TONES[tone]](text);
}

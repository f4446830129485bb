import type { Column } from '../query/listing.ts';
import { oneLine } from './one-line.ts';
import { trimmedLine } from './padded-columns.ts';
import textWidth, { isPlainText } from './text-width.ts';

/** Blanks between two columns. */
export const GAP = 2;
/** About so much text comes at once. */
const PIECE = 1 << 12;

type TitledColumn<R> = Column<R> & { readonly title: string };

/**
 * The lines of a table for a pipe or a file: every cell whole, each but the last of its row padded to the widest of its column. Cells are
 * made twice, for the widths and for the lines, since a large table has no room for them. In many columns one row says what the row before
 * said: such a cell is measured once.
 */
export function* plainTable<R>(rows: readonly R[], columns: readonly TitledColumn<R>[], hasHead: boolean): Generator<string> {
  const last = columns.at(-1);
  if (last === undefined) return;
  const padded = columns.slice(0, -1).map((column) => new PaddedCells(column));
  if (hasHead) for (const cells of padded) cells.measure(cells.column.title);
  measureRows(rows, padded);
  if (hasHead) yield trimmedLine(padded.map((cells) => cells.padded(cells.column.title)).join(''), last.title);
  let lines = '';
  for (const row of rows) {
    lines += rowLine(row, padded, last);
    if (lines.length < PIECE) continue;
    yield lines;
    lines = '';
  }
  if (lines !== '') yield lines;
}

function measureRows<R>(rows: readonly R[], padded: readonly PaddedCells<R>[]): void {
  for (const row of rows) for (const cells of padded) cells.measure(cells.column.cell(row));
}

function rowLine<R>(row: R, padded: readonly PaddedCells<R>[], last: Column<R>): string {
  let line = '';
  for (const cells of padded) line += cells.padded(cells.column.cell(row));
  return trimmedLine(line, oneLine(last.cell(row)));
}

class PaddedCells<R> {
  readonly column: TitledColumn<R>;
  private widest = 0;
  private lastText = '';
  private lastCell = '';
  /** By the width of the text before them. */
  private readonly blanks: string[] = [];

  constructor(column: TitledColumn<R>) {
    this.column = column;
  }

  /** Makes room for a text. */
  measure(text: string): void {
    if (text === this.lastText) return;
    this.lastText = text;
    const width = isPlainText(text) ? text.length : textWidth(oneLine(text));
    if (width > this.widest) this.widest = width;
  }

  /** A text that was measured, and the blanks up to the next column. */
  padded(text: string): string {
    if (text !== this.lastText || this.lastCell === '') {
      this.lastText = text;
      this.lastCell = isPlainText(text) ? text + this.blank(text.length) : this.paddedLine(oneLine(text));
    }
    return this.lastCell;
  }

  private paddedLine(line: string): string {
    return line + this.blank(textWidth(line));
  }

  /** The blanks behind a text of a width. */
  private blank(width: number): string {
    this.blanks[width] ??= ' '.repeat(this.widest - width + GAP);
    return this.blanks[width];
  }
}

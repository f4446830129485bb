import Table from 'cli-table3';

const GAP = 2;
/** A column is not made narrower than this for the sake of another. */
const NARROWEST = 12;
const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GAP),
};

/**
 * A table for a terminal that is too narrow for it: long cells go on in the next line of their column.
 * In: head (undefined for none), rows, the width that each column would like, and the terminal's.
 */
export function* wrappedTable(
  head: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
  wanted: readonly number[],
  terminal: number,
  color: boolean,
): Generator<string> {
  const table = new Table({
    ...(head === undefined ? {} : { head: [...head] }),
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: color ? ['bold'] : [], border: [] },
    colWidths: fitWidths(wanted, terminal - GAP * (wanted.length - 1)),
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  for (const row of rows) table.push([...row]);
  for (const line of table.toString().split('\n')) yield `${line.trimEnd()}\n`;
}

/** Takes from the widest column until all fit, or none can give more. */
export function fitWidths(wanted: readonly number[], room: number): number[] {
  const widths = wanted.map((width) => Math.max(width, 1));
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] as number;
    if (width <= NARROWEST) break;
    const next = Math.max(...widths.filter((_, i) => i !== widest && (widths[i] as number) < width), NARROWEST);
    const cut = Math.max(1, Math.min(excess, width - next));
    widths[widest] = width - cut;
    excess -= cut;
  }
  return widths;
}

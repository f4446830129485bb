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

/** The widths that fit: all columns wider than some width get that one; none gets less than it needs to be read. */
export function fitWidths(wanted: readonly number[], room: number): number[] {
  const capped = (cap: number): number[] => wanted.map((width) => Math.max(1, Math.min(width, cap)));
  let cap = Math.max(...wanted, NARROWEST);
  while (cap > NARROWEST && capped(cap).reduce((sum, width) => sum + width, 0) > room) cap--;
  return capped(cap);
}

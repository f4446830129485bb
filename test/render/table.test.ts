import { describe, expect, test } from 'vitest';
import type { Listing } from '../../src/query/listing.ts';
import { paddedColumns } from '../../src/render/padded-columns.ts';
import { renderTable, type TableOptions } from '../../src/render/table.ts';
import textWidth from '../../src/render/text-width.ts';
import { fitWidths } from '../../src/render/wrapped-table.ts';

interface Row {
  readonly name: string;
  readonly target: string;
}

const listingOf = (...rows: readonly Row[]): Listing<Row> => ({
  kind: 'things',
  noun: 'thing',
  rows,
  columns: [
    { key: 'name', title: 'NAME', cell: (row) => row.name },
    { key: 'target', title: 'TARGET', cell: (row) => row.target, tone: (row) => (row.target === 'broken' ? 'bad' : undefined) },
    { key: 'more', title: 'MORE', wide: true, cell: () => 'm' },
  ],
  resourceOf: () => undefined,
  notes: [],
});

async function rendered(listing: Listing<Row>, options: Partial<TableOptions> = {}): Promise<string> {
  return [...(await renderTable(listing, { wide: false, headers: true, color: false, columns: undefined, ...options }))].join('');
}

describe('a table for a pipe', () => {
  test('is plain text in columns, without blanks at the end of a line', async () => {
    expect(await rendered(listingOf({ name: 'a', target: 'x' }, { name: 'longer', target: '' }))).toBe('NAME    TARGET\na       x\nlonger\n');
  });

  test('leaves cells whole, however long', async () => {
    const long = 'x'.repeat(1000);
    expect(await rendered(listingOf({ name: 'a', target: long }))).toContain(long);
  });

  test('has no head where none is wanted', async () => {
    expect(await rendered(listingOf({ name: 'a', target: 'x' }), { headers: false })).toBe('a  x\n');
  });

  test('has further columns where they are asked for', async () => {
    expect(await rendered(listingOf({ name: 'a', target: 'x' }), { wide: true })).toBe('NAME  TARGET  MORE\na     x       m\n');
  });

  test('keeps a cell on one line and drives no terminal', async () => {
    expect(await rendered(listingOf({ name: 'a\nb\t\u001b[31m', target: 'x' }), { headers: false })).toBe('a\\nb\\t\\u001b[31m  x\n');
  });
});

describe('a table for a terminal', () => {
  test('is as for a pipe where it fits', async () => {
    const listing = listingOf({ name: 'a', target: 'x' });
    expect(await rendered(listing, { columns: 80 })).toBe(await rendered(listing));
  });

  test('wraps long cells within the width and loses nothing of them', async () => {
    const target = Array.from({ length: 60 }, (_, i) => i % 10).join('');
    const lines = (await rendered(listingOf({ name: 'name', target }), { columns: 40 })).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines.slice(1).join('').replace(/[^\d]/g, '')).toBe(target);
  });

  test('colours what is bad, without moving the columns', async () => {
    const text = await rendered(listingOf({ name: 'a', target: 'broken' }), { color: true });
    expect(text).toContain('\u001b[31mbroken\u001b[39m');
    expect(text.replace(/\u001b\[\d+m/g, '')).toBe(await rendered(listingOf({ name: 'a', target: 'broken' })));
  });
});

test('columns give way from the widest on', () => {
  expect(fitWidths([10, 50, 40], 200)).toEqual([10, 50, 40]);
  expect(fitWidths([10, 50, 40], 80)).toEqual([10, 35, 35]);
  expect(fitWidths([10, 50, 40], 5)).toEqual([10, 12, 12]);
});

test("cells are set as Go's tabwriter sets them: the last of a line is not padded", () => {
  const rows = [
    ['A', 'LONG', 'C'],
    ['aa', 'b', ''],
    ['é', '', 'c'],
  ];
  expect([...paddedColumns(rows, { padding: 1 })].join('')).toBe('A  LONG C\naa b    \né       c\n');
});

test.each([
  ['abc', 3],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['\u001b[31mred\u001b[39m', 3],
  ['🚀', 2],
])('%j takes %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

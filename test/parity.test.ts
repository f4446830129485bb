import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCli } from '../src/cli/run-cli.ts';
import { PARITY_EXCEPTIONS } from './parity-exceptions.ts';
import { fakeIo } from './support/fake-io.ts';
import { recorded, recordedTables, SHARED_DATA } from './support/recorded-tables.ts';

/** When the recordings were made: it decides VALID CERT. */
const RECORDED_AT = '2026-11-21T21:30:00Z';

const isThere = existsSync(SHARED_DATA);
const title = `--compat istioctl prints what the real istioctl printed${isThere ? '' : ` (skipped: ${SHARED_DATA} is not there)`}`;

describe.skipIf(!isThere)(title, () => {
  const tables = isThere ? recordedTables() : [];
  const exceptions = new Set(PARITY_EXCEPTIONS.map(({ table }) => table));

  test('there are recordings of every command', () => {
    expect(tables.length).toBeGreaterThanOrEqual(601);
    expect(new Set(tables.map(({ command }) => command))).toEqual(new Set(['listeners', 'routes', 'clusters', 'endpoints', 'secrets']));
  });

  test.each(tables.filter(({ table }) => !exceptions.has(table)))('$command of $table', async ({ command, dump, table }) => {
    expect(comparable(command, await compat(command, dump))).toEqual(comparable(command, recorded(table)));
  });

  test.each(PARITY_EXCEPTIONS)('an accepted difference is still one: $table', async ({ table }) => {
    const found = tables.find((other) => other.table === table);
    expect(found, 'the recording is there').toBeDefined();
    if (found) expect(await compat(found.command, found.dump)).not.toBe(recorded(table));
  });
});

test('docs/parity.md lists the accepted differences with their reasons', () => {
  const page = readFileSync('docs/parity.md', 'utf8');
  for (const { table, reason } of PARITY_EXCEPTIONS) {
    expect(page).toContain(`\`${table}\``);
    expect(page.replace(/\s+/g, ' ')).toContain(reason);
  }
});

async function compat(command: string, dump: string): Promise<string> {
  const io = fakeIo();
  const status = await runCli([command, '-f', dump, '--compat', 'istioctl', '--now', RECORDED_AT], io);
  expect(status, io.stderr()).toBe(0);
  return io.stdout();
}

/**
 * The lines to compare: as they are, but rows of routes sorted where a route config has no number for a name. istioctl's comparison is
 * then in contradiction with itself, and its order is none.
 */
function comparable(command: string, text: string): readonly string[] {
  const [head = '', ...rows] = text.split('\n');
  const inOrder = command !== 'routes' || rows.every((row) => row === '' || /^\d+ /.test(row));
  return [head, ...(inOrder ? rows : rows.toSorted())];
}

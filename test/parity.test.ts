import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCli } from '../src/cli/run-cli.ts';
import { PARITY_EXCEPTIONS } from './parity-exceptions.ts';
import { fakeIo } from './support/fake-io.ts';
import { recorded, recordedJson, recordedTables, SHARED_DATA } from './support/recorded-tables.ts';

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

describe.skipIf(!isThere)(title.replace('istioctl prints', 'istioctl -o json prints'), () => {
  const documents = isThere ? [...recordedJson()] : [];

  test('there are recordings of every command', () => {
    expect(new Set(documents.map(({ command }) => command))).toEqual(new Set(['listeners', 'routes', 'clusters', 'endpoints', 'secrets', 'bootstrap']));
  });

  test.each(documents)('$command of $table', async ({ command, dump, table }) => {
    const own = await compat(command, dump, '-o', 'json', '--show-secrets');
    expect(missingFrom(comparableJson(own), comparableJson(recorded(table)))).toEqual([]);
  });
});

test('docs/parity.md lists the accepted differences with their reasons', () => {
  const page = readFileSync('docs/parity.md', 'utf8');
  for (const { table, reason } of PARITY_EXCEPTIONS) {
    expect(page).toContain(`\`${table}\``);
    expect(page.replace(/\s+/g, ' ')).toContain(reason);
  }
});

async function compat(command: string, dump: string, ...rest: readonly string[]): Promise<string> {
  const io = fakeIo();
  const status = await runCli([command, '-f', dump, '--compat', 'istioctl', '--now', RECORDED_AT, ...rest], io);
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

/** Filters of Istio's own proxy, which Envoy's API does not have. */
const ISTIO_TYPE = /\/(?:istio|io\.istio|stats)\./;

/** JSON to compare: what stands inside Istio's own types left aside (docs/parity.md), and the part of a path that the recording has replaced. */
function comparableJson(text: string): unknown {
  return JSON.parse(text.replace(/\/workload-[^"]*|\/credential-uds[^"]*/g, 'DUMP'), (_, member: unknown) => {
    const type = isObject(member) ? member['@type'] : undefined;
    return typeof type === 'string' && ISTIO_TYPE.test(type) ? type : member;
  });
}

/**
 * What of istioctl's JSON ours has not, or has otherwise; ours may have more, since istioctl drops what it does not know. The resources of
 * the whole list are held against each other by name (see above for their order).
 */
function missingFrom(own: unknown, theirs: unknown, at = '$'): string[] {
  if (Array.isArray(own) && Array.isArray(theirs)) {
    if (own.length !== theirs.length) return [`${at}: ${own.length} elements, not ${theirs.length}`];
    if (at !== '$') return theirs.flatMap((element, i) => missingFrom(own[i], element, `${at}[${i}]`));
    const rest = [...own];
    return theirs.flatMap((element) => {
      const found = rest.findIndex((other) => missingFrom(other, element, '$[]').length === 0);
      const namesake = rest.find((other) => isObject(other) && isObject(element) && other['name'] === element['name']);
      if (found < 0) return missingFrom(namesake, element, `$[${JSON.stringify((namesake as { name?: string })?.name)}]`);
      rest.splice(found, 1);
      return [];
    });
  }
  if (isObject(own) && isObject(theirs)) return Object.entries(theirs).flatMap(([key, member]) => missingFrom(own[key], member, `${at}.${key}`));
  return Object.is(own, theirs) ? [] : [`${at}: ${JSON.stringify(own)}, not ${JSON.stringify(theirs)}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

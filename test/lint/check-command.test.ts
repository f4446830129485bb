import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeIo } from '../support/fake-io.ts';
import { projectRoot } from '../support/project-root.ts';

const BROKEN = join(projectRoot(), 'snapshots', 'weighted-one-arm-missing');
const FINE = join(projectRoot(), 'snapshots', 'founding-story-fixed');
const WARNS = join(projectRoot(), 'snapshots', 'subset-without-endpoints');
const folder = mkdtempSync(join(tmpdir(), 'pc-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function check(...args: string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const io = fakeIo();
  const status = await runCli(['check', ...args], io);
  return { status, out: io.stdout(), err: io.stderr() };
}

describe('the exit status', () => {
  test('0 where nothing is found, 1 for an error', async () => {
    expect(await check('-f', FINE)).toMatchObject({ status: 0, out: 'nothing found\n' });
    expect((await check('-f', BROKEN)).status).toBe(1);
  });

  test('a warning fails only where it is asked for, and nothing with never', async () => {
    expect((await check('-f', WARNS)).status).toBe(0);
    expect((await check('-f', WARNS, '--fail-on', 'warning')).status).toBe(1);
    expect((await check('-f', BROKEN, '--fail-on', 'never')).status).toBe(0);
  });
});

describe('what is looked for', () => {
  test('--only and --ignore take ids and slugs', async () => {
    expect((await check('-f', BROKEN, '--only', 'cluster-not-found')).out).toContain('error[PC4001]');
    expect(await check('-f', BROKEN, '--only', 'PC3021,route-config-missing')).toMatchObject({ status: 0 });
    expect((await check('-f', BROKEN, '--ignore', 'pc4001')).out).toContain('left out');
  });

  test('an id that is not one is refused with the list of all', async () => {
    const { status, err } = await check('-f', BROKEN, '--only', 'PC9999');
    expect(status).toBe(2);
    expect(err).toMatch(/PC9999.*\n.*PC4001 cluster-not-found/);
  });

  test('a baseline leaves out what it lists, and nothing else', async () => {
    const file = join(folder, 'known.json');
    await check('-f', BROKEN, '--write-baseline', file);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([expect.stringMatching(/^PC4001 http\.8080\/.* -> outbound\|80\|version-v2\|/)]);
    expect(await check('-f', BROKEN, '--baseline', file)).toMatchObject({ status: 0 });
    expect((await check('-f', join(projectRoot(), 'snapshots', 'listener-rejected'), '--baseline', file)).status).toBe(1);
  });
});

describe('the forms of the answer', () => {
  test('text: the line of the dump, the reason, the mending', async () => {
    const { out } = await check('-f', BROKEN);
    expect(out).toMatch(/\|\s+"name": "outbound\|80\|version-v2.*\n.*\^{64}\n {2}why .*503, response flag NC.*\n {2}do {7}define subset "version-v2"/);
    expect(out).toContain('1 error\n');
  });

  test('table', async () => {
    expect((await check('-f', BROKEN, '-o', 'table')).out).toMatch(/^ID +SEVERITY +RULE +FINDING\nPC4001 +error +cluster-not-found /);
  });

  test('JSON', async () => {
    const { findings } = JSON.parse((await check('-f', BROKEN, '-o', 'json')).out) as { findings: unknown[] };
    expect(findings).toMatchObject([{ id: 'PC4001', severity: 'error', path: expect.stringMatching(/^\.configs\[/) as string }]);
  });

  test('SARIF names the rule and the place', async () => {
    const sarif = JSON.parse((await check('-f', BROKEN, '-o', 'sarif')).out) as {
      version: string;
      runs: { results: unknown[]; tool: { driver: { rules: unknown[] } } }[];
    };
    expect(sarif.version).toBe('2.1.0');
    expect(sarif.runs[0]?.tool.driver.rules).toMatchObject([{ id: 'PC4001' }]);
    expect(sarif.runs[0]?.results).toMatchObject([
      {
        ruleId: 'PC4001',
        level: 'error',
        locations: [{ physicalLocation: { artifactLocation: { uri: expect.stringContaining('config_dump.json') as string } } }],
      },
    ]);
  });

  test('JUnit counts failures; without findings one test case passes', async () => {
    expect((await check('-f', BROKEN, '-o', 'junit')).out).toContain('tests="1" failures="1"');
    expect((await check('-f', FINE, '-o', 'junit')).out).toContain('failures="0"');
  });

  test('GitHub annotations escape what would end them', async () => {
    expect((await check('-f', BROKEN, '-o', 'github')).out).toMatch(
      /^::error file=[^,:]+,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=PC4001 cluster-not-found::route 0 of [^\n]+\n$/,
    );
  });
});

describe('where a finding stands in the file', () => {
  const text = (dump: unknown, indent: number): string => JSON.stringify(dump, null, indent);
  const dump: unknown = JSON.parse(readFileSync(join(BROKEN, 'config_dump.json'), 'utf8'));

  async function regionOf(content: string): Promise<{ region: Record<string, number> | null; content: string }> {
    const file = join(folder, 'placed.json');
    writeFileSync(file, content);
    const { findings } = JSON.parse((await check('-f', file, '-o', 'json')).out) as { findings: { region: Record<string, number> | null }[] };
    return { region: findings[0]?.region ?? null, content };
  }

  test.each([
    ['a dump with lines', text(dump, 1)],
    ['a dump on one line', text(dump, 0)],
    ['umlauts before it on its line', `{"x":"äöü€😀",${text(dump, 0).slice(1)}`],
  ])('%s: the very characters', async (_, content) => {
    const { region } = await regionOf(content);
    const lines = content.split('\n');
    expect(lines[(region?.['startLine'] ?? 0) - 1]?.slice((region?.['startColumn'] ?? 0) - 1, (region?.['endColumn'] ?? 0) - 1)).toBe(
      '"outbound|80|version-v2|catalog.istioinaction.svc.cluster.local"',
    );
  });

  test('SARIF and GitHub annotations have it', async () => {
    const file = join(folder, 'placed.json');
    writeFileSync(file, text(dump, 1));
    const { runs } = JSON.parse((await check('-f', file, '-o', 'sarif')).out) as {
      runs: { results: { locations: { physicalLocation: { region: object } }[] }[] }[];
    };
    expect(runs[0]?.results[0]?.locations[0]?.physicalLocation.region).toMatchObject({ startLine: expect.any(Number), endColumn: expect.any(Number) });
    expect((await check('-f', file, '-o', 'github')).out).toMatch(/^::error file=.*,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=PC4001/);
  });

  test('a document that was not JSON has none', async () => {
    const { stringify } = await import('yaml');
    expect((await regionOf(stringify(dump))).region).toBeNull();
  });
});

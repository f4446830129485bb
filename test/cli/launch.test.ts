import { isAscii } from 'node:buffer';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../support/project-root.ts';

/** The built program, started as its users start it, with a cache folder of its own. */
const root = projectRoot();
const dump = join(root, 'snapshots/founding-story-missing-subset');
let folder: string;
let cache: string;

beforeAll(() => {
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
  folder = mkdtempSync(join(root, 'node_modules/.cache/pc-launch-'));
  cache = join(folder, 'cache');
  execFileSync(process.execPath, ['build.mjs', join(folder, 'dist')], { cwd: root });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => rmSync(cache, { recursive: true, force: true }));

/** Status and texts of a run. */
function pc(argv: readonly string[], env: Readonly<Record<string, string>> = {}): readonly [number | null, string, string] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'dist/cli/launch.js'), ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, XDG_CACHE_HOME: cache, ...env },
  });
  return [status, stdout, stderr];
}

function kept(): string[] {
  return spawnSync('ls', [join(cache, 'pc')], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean);
}

/** The only file that is kept. */
function code(): string {
  const [name = '', ...others] = kept();
  expect(others).toEqual([]);
  return join(cache, 'pc', name);
}

const LISTENERS = ['listeners', '-f', dump];

describe('the code that the engine made of a command', () => {
  test('is kept once, and changes no answer', () => {
    const first = pc(LISTENERS);
    expect(first[0]).toBe(0);
    expect(kept()).toEqual([expect.stringMatching(/^listeners-[0-9a-f]{16}\.code$/)]);
    const made = statSync(code());
    expect(pc(LISTENERS)).toEqual(first);
    expect(statSync(code())).toMatchObject({ ino: made.ino, mtimeMs: made.mtimeMs });
  });

  test('reads packed dumps too, with the modules of Node that are loaded when they are needed', () => {
    const packed = join(folder, 'config_dump.json.gz');
    writeFileSync(packed, gzipSync(readFileSync(join(dump, 'config_dump.json'))));
    const first = pc(['listeners', '-f', packed]);
    expect(first[0]).toBe(0);
    expect(pc(['listeners', '-f', packed])).toEqual(first);
  });

  test('is kept for each command, and for each set of flags of the engine', () => {
    for (const argv of [LISTENERS, ['clusters', '-f', dump], ['--version']]) pc(argv);
    pc(['--version'], { NODE_OPTIONS: '--stack-trace-limit=20' });
    expect(kept().map((name) => name.split('-')[0])).toEqual(['clusters', 'listeners', 'pc', 'pc']);
  });

  test('is kept of a large dump, too, for which the engine compiles otherwise', () => {
    const large = join(folder, 'large.json');
    writeFileSync(large, '{"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump"}]}'.padEnd(5e6));
    const argv = ['listeners', '-f', large];
    const first = pc(argv);
    const made = statSync(code());
    expect(pc(argv)).toEqual(first);
    expect(statSync(code())).toMatchObject({ ino: made.ino, mtimeMs: made.mtimeMs });
  });

  test('is made anew where a run compiled much more', () => {
    pc(['trace', '--help']);
    const { size } = statSync(code());
    pc(['trace', 'http://catalog.istioinaction.io/items', '-f', dump]);
    expect(statSync(code()).size).toBeGreaterThan(size * 1.2);
  });

  test.each([
    ['--no-cache', ['--no-cache'], {}],
    ['PC_NO_CACHE', [], { PC_NO_CACHE: '1' }],
    ['NODE_DISABLE_COMPILE_CACHE', [], { NODE_DISABLE_COMPILE_CACHE: '1' }],
    ['a measurement of coverage', [], { NODE_V8_COVERAGE: '/dev/null/none' }],
  ])('is not kept with %s', (_, flags, env) => {
    expect(pc([...LISTENERS, ...flags], env)[0]).toBe(0);
    expect(kept()).toEqual([]);
  });

  test('is not kept of a run that could do nothing', () => {
    expect(pc(['listeners', '-f', join(folder, 'none.json')])[0]).toBe(2);
    expect(kept()).toEqual([]);
  });

  test('is not used, and replaced, where it is damaged', () => {
    const first = pc(LISTENERS);
    const whole = readFileSync(code());
    writeFileSync(code(), whole.fill(0x5a, whole.length >> 1));
    expect(pc(LISTENERS)).toEqual(first);
    expect(readFileSync(code()).subarray(-8)).not.toEqual(whole.subarray(-8));
  });

  test('is not used for a file that has changed, be it of the same length', () => {
    const dist = join(folder, 'dist');
    const path = join(dist, readdirSync(dist).find((name) => /^package-.*\.js$/.test(name)) ?? '');
    const text = readFileSync(path, 'utf8');
    const before = pc(['--version']);
    const made = readFileSync(code());
    writeFileSync(path, text.replace(/\d+\.\d+\.\d+/, '9.9.9'));
    expect(pc(['--version'])).toEqual([0, '9.9.9\n', '']);
    writeFileSync(path, text);
    writeFileSync(code(), made);
    expect(pc(['--version'])).toEqual(before);
  });
});

test('no cache folder stands in the way: none that is told, none that can be made', () => {
  const [status, text] = pc(LISTENERS);
  expect(status).toBe(0);
  expect(pc(LISTENERS, { XDG_CACHE_HOME: '', HOME: '' })).toEqual([0, text, '']);
  expect(pc(LISTENERS, { XDG_CACHE_HOME: '/dev/null/none' })).toEqual([0, text, '']);
});

test('every file of the build is as its loader takes it: ASCII, and without import()', () => {
  const files = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((name) => !isAscii(readFileSync(join(folder, 'dist', name))))).toEqual([]);
  expect(files.filter((name) => /[^.\w]import\(/.test(readFileSync(join(folder, 'dist', name), 'utf8')))).toEqual([]);
});

test('what is not ASCII is printed as it was written', () => {
  expect(pc(['clusters', '--help'])[1]).toContain('…');
});

import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KeptCode, keepCode, loadCode } from '../../src/source/kept-code.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CODE: KeptCode = {
  bytecode: 4711,
  files: new Map([
    ['/pc/dist/a.js', { source: 1, code: Buffer.from('code of a') }],
    ['/pc/dist/b.js', { source: 2, code: Buffer.from('code of b, which is longer') }],
  ]),
};
let folder: ReturnType<typeof tempFolder>;
let cache = '';
let place = '';

beforeEach(() => {
  folder = tempFolder({});
  cache = join(folder.path, 'cache', 'pc');
  place = join(cache, 'trace.code');
});
afterEach(() => folder.remove());

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('what was kept comes back, and its user alone may read it', () => {
  expect(loadCode(place)).toBeUndefined();
  keepCode(place, () => CODE);
  expect(loadCode(place)).toEqual(CODE);
  expect([mode(cache), mode(place), readdirSync(cache)]).toEqual(['700', '600', ['trace.code']]);
});

test('what is damaged or cut anywhere is not given to the engine', () => {
  keepCode(place, () => CODE);
  const whole = readFileSync(place);
  for (let at = 0; at < whole.length; at++) {
    writeFileSync(place, whole.subarray(0, at));
    const cut = loadCode(place);
    expect(cut === undefined || isWhole(cut), `cut at ${at}`).toBe(true);
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] as number) ^ 1;
    writeFileSync(place, damaged);
    for (const [path, { code }] of loadCode(place)?.files ?? []) expect(isCodeOf(path, code), `damaged at ${at}`).toBe(true);
  }
});

function renamed(path: string): string {
  renameSync(path, `${path}.of-old`);
  return `${path}.of-old`;
}

/** Code that is given at all is code that was kept: a name that was damaged is that of no file. */
function isCodeOf(path: string, code: Buffer): boolean {
  const known = CODE.files.get(path);
  return known === undefined || known.code.equals(code);
}

function isWhole(kept: KeptCode): boolean {
  return [...CODE.files].every(([path, { code }]) => kept.files.get(path)?.code.equals(code));
}

test.each([
  ['a file that others may write', () => chmodSync(place, 0o620)],
  ['a file that others may read', () => chmodSync(place, 0o604)],
  ['a file in a folder that others may write', () => chmodSync(cache, 0o770)],
  ['a link to a file', () => symlinkSync(renamed(place), place)],
])('%s is not run', (_, change) => {
  keepCode(place, () => CODE);
  change();
  expect(loadCode(place)).toBeUndefined();
});

test.skipIf(process.getuid?.() !== 0)('the file of another user is not run, nor one in a folder of another user', () => {
  keepCode(place, () => CODE);
  chownSync(place, 12345, 12345);
  expect(loadCode(place)).toBeUndefined();
  chownSync(place, 0, 0);
  expect(loadCode(place)).toEqual(CODE);
  chownSync(cache, 12345, 12345);
  expect(loadCode(place)).toBeUndefined();
});

test('where it cannot be kept it is not even made', () => {
  const make = (): KeptCode => expect.unreachable('code was made');
  mkdirSync(cache, { recursive: true });
  chmodSync(cache, 0o777);
  keepCode(place, make);
  expect(existsSync(place)).toBe(false);
  writeFileSync(join(folder.path, 'file'), '');
  keepCode(join(folder.path, 'file', 'pc', 'trace.code'), make);
});

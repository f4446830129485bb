import { chmodSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { LARGE } from '../../src/dump/byte-source.ts';
import { Spool } from '../../src/source/spool.ts';
import { tempFolder } from '../support/temp-folder.ts';

const before = process.env['TMPDIR'];
const folder = tempFolder({});
process.env['TMPDIR'] = folder.path;
afterEach(() => {
  process.env['TMPDIR'] = folder.path;
  chmodSync(folder.path, 0o700);
});
afterAll(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  folder.remove();
});

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('what comes once', () => {
  test.each([
    ['in memory', 1000],
    ['in a file without a name', 10],
    ['in a file from the first byte', 0],
  ])('is kept %s and read anywhere, again and again', (_where, inMemory) => {
    const spool = new Spool('answer', { inMemory });
    for (const part of ['hello ', 'wide ', 'world']) {
      spool.add(Buffer.from(part));
      expect(readdirSync(folder.path)).toEqual([]);
    }
    expect(spool.size).toBe(16);
    const source = spool.source();
    expect(source.label).toBe('answer');
    for (let again = 0; again < 2; again++) expect([source.size, text(source.read(4, 13))]).toEqual([16, 'o wide wo']);
  });

  test('from 4 MiB on is read the way of large dumps, in a file or in memory', () => {
    for (const inMemory of [0, Number.POSITIVE_INFINITY]) {
      const spool = new Spool('answer', { inMemory });
      for (let i = 0; i < 4; i++) spool.add(Buffer.alloc(LARGE / 4, 'abcd'[i]));
      const source = spool.source();
      expect(source.search).toBeDefined();
      expect(text(source.read(LARGE / 4 - 2, LARGE / 4 + 2))).toBe('aabb');
    }
  });

  test('leaves nothing where it is thrown away', () => {
    const spool = new Spool('answer', { inMemory: 0 });
    spool.add(Buffer.from('half'));
    spool.discard();
    spool.discard();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('stays in memory where no file can be written, up to 512 MiB; beyond that the folder is named', () => {
    process.env['TMPDIR'] = `${folder.path}/nowhere`;
    const spool = new Spool('dump.gz', { inMemory: 0 });
    spool.add(Buffer.from('still '));
    spool.add(Buffer.from('here'));
    expect(text(spool.source().read(0, 10))).toBe('still here');
    const large = new Spool('dump.gz', { inMemory: 0 });
    const piece = Buffer.alloc(2 ** 28);
    large.add(piece);
    large.add(piece);
    expect(() => large.add(Buffer.from('x'))).toThrow(
      expect.objectContaining({
        id: 'PC1038',
        place: `${folder.path}/nowhere`,
        message: expect.stringContaining('dump.gz must be kept'),
        next: expect.stringContaining('TMPDIR'),
      }),
    );
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeInTurns, writeNow } from '../../../src/source/live/partial-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pc-partial-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Pieces that take their time: each is made in more than one slice. */
function* slow(count: number, each: (made: number) => void = () => undefined): Generator<Uint8Array> {
  for (let made = 1; made <= count; made++) {
    for (const until = performance.now() + 25; performance.now() < until; );
    each(made);
    yield bytes(String(made));
  }
}

describe('a file that is written piece by piece', () => {
  test('gets its name when it is whole', async () => {
    const file = join(folder, 'a', 'b.json');
    const names: boolean[] = [];
    expect(
      await writeInTurns(
        file,
        slow(3, () => names.push(existsSync(file))),
      ),
    ).toBe(3);
    expect([names, readFileSync(file, 'utf8'), readdirSync(join(folder, 'a'))]).toEqual([[false, false, false], '123', ['b.json']]);
  });

  test('lets other work have its turn meanwhile', async () => {
    let turns = 0;
    const clock = setInterval(() => turns++, 1);
    await writeInTurns(join(folder, 'a'), slow(4));
    clearInterval(clock);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  test('leaves nothing where a piece fails, or where it is ended', async () => {
    const broken = (function* () {
      yield bytes('1');
      throw new Error('no more');
    })();
    expect(() => writeNow(join(folder, 'a'), broken)).toThrow('no more');
    const stop = new AbortController();
    const made: number[] = [];
    const ended = writeInTurns(
      join(folder, 'b'),
      slow(100, (count) => {
        made.push(count);
        if (count === 2) stop.abort(new Error('enough'));
      }),
      stop.signal,
    );
    await expect(ended).rejects.toThrow('enough');
    expect(made).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { transferProgress } from '../../../src/cli/live-progress.ts';
import { BodyStore } from '../../../src/source/live/body-store.ts';
import { fakeIo } from '../../support/fake-io.ts';

const ours = (): string[] => readdirSync(tmpdir()).filter((name) => /^pc-[A-Za-z0-9]{6}$/.test(name));

test.each([
  ['in memory', 1000],
  ['in a file without a name', 10],
  ['in a file from the first byte', 0],
])('an answer is kept %s and read anywhere', (_where, inMemory) => {
  const before = ours();
  const store = new BodyStore(inMemory);
  for (const text of ['hello ', 'wide ', 'world']) store.add(Buffer.from(text));
  expect(store.size).toBe(16);
  const source = store.source('answer');
  expect(ours()).toEqual(before);
  expect([source.size, Buffer.from(source.read(4, 13)).toString()]).toEqual([16, 'o wide wo']);
});

test('nothing of an answer that is thrown away is left', () => {
  const before = ours();
  const store = new BodyStore(0);
  store.add(Buffer.from('half'));
  expect(ours().length).toBe(before.length + 1);
  store.discard();
  expect(ours()).toEqual(before);
});

test('a long transfer is told on a terminal, with bytes, rate and time, and its line taken away; elsewhere nothing is', () => {
  let time = 0;
  const io = fakeIo({ isTerminalErr: true });
  const progress = transferProgress('web-1.shop', io, () => time);
  for (const [at, bytes] of [
    [1000, 1e6],
    [2000, 2e6],
    [4000, 30e6],
  ] as const) {
    time = at;
    progress.onBytes(bytes);
  }
  progress.done();
  expect(io.stderr()).toBe('\r\u001b[Kweb-1.shop: 30.0 MB, 10.0 MB/s, 3 s\r\u001b[K');
  const silent = fakeIo();
  const other = transferProgress('web-1.shop', silent, () => time);
  other.onBytes(1);
  time = 60_000;
  other.onBytes(2);
  other.done();
  expect(silent.stderr()).toBe('');
});

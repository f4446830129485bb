import { expect, test } from 'vitest';
import { transferProgress } from '../../src/cli/live-progress.ts';
import { fakeIo } from '../support/fake-io.ts';

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

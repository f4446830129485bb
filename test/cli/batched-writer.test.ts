import { expect, test } from 'vitest';
import { BatchedWriter } from '../../src/cli/batched-writer.ts';
import { processIo } from '../../src/cli/io.ts';

test('small texts go out together, in order, once the program waits', async () => {
  const written: unknown[] = [];
  const writer = new BatchedWriter((text) => written.push(text));
  for (const text of ['a', 'b', 'c']) writer.push(text);
  expect(written).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(written).toEqual(['abc']);
});

test('bytes stand behind the text that came before them', () => {
  const written: unknown[] = [];
  const writer = new BatchedWriter((text) => written.push(text));
  writer.push('a');
  writer.push(Uint8Array.of(1));
  expect(written).toEqual(['a', Uint8Array.of(1)]);
});

test('much text does not gather', () => {
  const written: string[] = [];
  const writer = new BatchedWriter((text) => written.push(String(text)));
  for (let i = 0; i < 1000; i++) writer.push('x'.repeat(1000));
  writer.flush();
  expect(written.length).toBeGreaterThan(10);
  expect(written.join('')).toHaveLength(1_000_000);
});

test('an error message does not overtake the answer', () => {
  const written: string[] = [];
  const stream = { write: (text: string | Uint8Array) => written.push(String(text)) };
  const io = processIo(stream, stream, {});
  io.out('answer');
  io.err('note');
  expect(written).toEqual(['answer', 'note']);
});

test.each([
  [{}, false, false],
  [{}, true, true],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ TERM: 'dumb' }, true, false],
])('with %j, a terminal (%j) gets colour: %j', (env, isTTY, color) => {
  const stream = { write: () => true, isTTY, columns: 100 };
  expect(processIo(stream, stream, env)).toMatchObject({ color, columns: isTTY ? 100 : undefined });
});

import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { processIo } from '../../src/cli/io.ts';
import { readProgress } from '../../src/cli/reading-flags.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { bytesOf } from '../../src/cli/size-flag.ts';
import { fakeIo } from '../support/fake-io.ts';
import { pc } from '../support/pc.ts';
import { configDump } from '../support/small-dumps.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Standard output and error of a process whose standard error, or both, are a terminal. */
function terminal(isTTY = true) {
  const written: string[] = [];
  const stdout = { write: (text: string | Uint8Array) => written.push(`out:${String(text)}`), isTTY: false };
  const stderr = { write: (text: string | Uint8Array) => written.push(`err:${String(text)}`), isTTY };
  return { io: processIo(stdout, stderr, { TERM: 'xterm' }), written };
}

const CLEAR = '\r\u001b[K';

describe('a long reading', () => {
  test('is told after half a second, ten times a second, with bytes, share and rate; a second round by itself', () => {
    let time = 0;
    const io = fakeIo({ isTerminalErr: true });
    const tell = readProgress(io, () => time);
    for (const [at, bytes] of [
      [0, 0],
      [400, 40e6],
      [500, 10e6],
      [550, 5e6],
      [600, 5e6],
      [1600, 100e6],
    ] as const) {
      time = at;
      tell?.('dump.json', bytes, 150e6);
    }
    expect(io.stderr().slice(1, -1).split('][')).toEqual([
      'dump.json: 50 MB of 150 MB, 33 %, 100 MB/s',
      'dump.json: 60 MB of 150 MB, 40 %, 100 MB/s',
      'dump.json: round 2, 10 MB of 150 MB, 6 %, 100 MB/s',
    ]);
  });

  test('of a pipe has no share; each input has its own rate; a long name is cut at its beginning', () => {
    let time = 0;
    const io = fakeIo({ isTerminalErr: true });
    const tell = readProgress(io, () => time);
    time = 1000;
    tell?.('stdin', 2e6, undefined);
    time = 2000;
    tell?.('stdin', 1.5e6, undefined);
    time = 3000;
    tell?.(`${'folder/'.repeat(20)}dump.json`, 0, 10e6);
    time = 4000;
    tell?.(`${'folder/'.repeat(20)}dump.json`, 5e6, 10e6);
    expect(io.stderr().slice(1, -1).split('][')).toEqual([
      'stdin: 2.0 MB',
      'stdin: 3.5 MB, 4 MB/s',
      '…r/folder/folder/folder/folder/dump.json: 0.0 MB of 10 MB, 0 %',
      '…r/folder/folder/folder/folder/dump.json: 5.0 MB of 10 MB, 50 %, 5 MB/s',
    ]);
  });

  test('is not told where standard error is no terminal', () => {
    expect(readProgress(fakeIo())).toBeUndefined();
    const { io, written } = terminal(false);
    io.status('reading');
    io.status('');
    expect(written).toEqual([]);
  });
});

describe('the line on the terminal', () => {
  test('is written over by the next one, and taken away before anything else is written', () => {
    const { io, written } = terminal();
    io.status('1 %');
    io.status('2 %');
    io.err('note\n');
    io.status('3 %');
    io.out('answer\n');
    expect(written).toEqual([`err:${CLEAR}1 %`, `err:${CLEAR}2 %`, `err:${CLEAR}`, 'err:note\n', `err:${CLEAR}3 %`, `err:${CLEAR}`]);
  });

  test('does not come between the lines of an answer', () => {
    const { io, written } = terminal();
    io.out('answer\n');
    io.status('50 %');
    expect(written.filter((text) => text.startsWith('err:'))).toEqual([]);
  });

  test('is gone at the end of a command, whether it answers or fails', async () => {
    for (const argv of [['listeners', '-f', '-'], ['listeners']]) {
      const { io, written } = terminal();
      io.status('50 %');
      await runCli(argv.includes('-f') ? ['explain', 'UH'] : argv, io);
      expect(written.indexOf(`err:${CLEAR}`)).toBe(1);
    }
  });
});

describe('a size', () => {
  test.each([
    ['4096', 4096],
    ['8GiB', 2 ** 33],
    ['8G', 2 ** 33],
    ['1.5k', 1536],
    ['500MB', 500e6],
    ['12B', 12],
  ])('%s', (text, bytes) => expect(bytesOf('--max-unpacked', text)).toBe(bytes));

  test.each(['', '0', '-1', 'GiB', '8 apples', '99999999T'])('not %j', (text) => {
    expect(() => bytesOf('--max-unpacked', text)).toThrow(expect.objectContaining({ id: 'PC1011' }));
  });
});

describe('what a packed file may unpack to', () => {
  const folder = tempFolder({});
  afterAll(() => folder.remove());
  // 80 MB of blanks behind a dump: gzip makes a thousandth of it.
  const file = `${folder.path}/dump.json.gz`;
  writeFileSync(file, gzipSync(`${configDump()}${' '.repeat(80e6)}`));

  test('is bounded by its size, and the user may raise the bound', async () => {
    const { status, err } = await pc('clusters', '-f', file);
    expect([status, err]).toEqual([2, expect.stringMatching(/PC1015.*unpacks to more than 64 MiB[\s\S]*--max-unpacked/)]);
    expect((await pc('clusters', '-f', file, '--max-unpacked', '100MB')).status).toBe(0);
    expect((await pc('clusters', '-f', file, '--max-unpacked', '70MB')).status).toBe(2);
  });
});

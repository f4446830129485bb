import { appendFileSync, chmodSync, closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import type { ByteSource, SourceStore } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { cacheFolder } from '../../src/source/cache-folder.ts';
import { fileSource } from '../../src/source/file-source.ts';
import { indexStore } from '../../src/source/index-cache.ts';
import { searchNatively } from '../../src/source/search-natively.ts';

const LIMITS = { total: 1 << 20, each: 1 << 20 };
let folder = '';
let cache = '';
const handles: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pc-cache-'));
  cache = join(folder, 'cache');
});
afterEach(() => {
  for (const handle of handles.splice(0)) closeSync(handle);
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** A file that was not changed just now. */
function write(name: string, text: string, seconds = 1_700_000_000.123): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  utimesSync(path, seconds, seconds);
  return path;
}

/** The store of a file some time after its last change, which only waiting brings about: its inode's time cannot be set. */
async function storeOf(path: string, limits = LIMITS): Promise<SourceStore> {
  while (Date.now() - statSync(path).ctimeMs < 150) await new Promise((resolve) => setTimeout(resolve, 20));
  const handle = openSync(path, 'r');
  handles.push(handle);
  return indexStore(cache, path, handle, limits);
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const kept = async (path: string): Promise<string | undefined> => {
  const loaded = (await storeOf(path)).load();
  return loaded && new TextDecoder().decode(loaded);
};

describe('the index of a large file', () => {
  test('is found again for the same file, and by its user alone', async () => {
    const path = write('a.json', 'content');
    expect(await kept(path)).toBeUndefined();
    (await storeOf(path)).save(bytes('index'));
    expect(await kept(path)).toBe('index');
    const [file] = readdirSync(cache);
    expect((statSync(join(cache, file ?? '')).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(cache).mode & 0o777).toString(8)).toBe('700');
  });

  test.each([
    ['its content, with size and time as before', (path: string) => write(path, 'CONTENT')],
    ['its size', (path: string) => appendFileSync(join(folder, path), '!')],
    ['its time', (path: string) => write(path, 'content', 1_600_000_000)],
    ['the file of that name', (path: string) => rmSync(join(folder, path)) ?? write(path, 'content')],
  ])('is not trusted after a change of %s', async (_, change) => {
    const path = write('a.json', 'content');
    (await storeOf(path)).save(bytes('index'));
    change('a.json');
    expect(await kept(path)).toBeUndefined();
  });

  test('is not kept of a file that changes while it is read, nor of one that changed just now', async () => {
    const path = write('a.json', 'content');
    const store = await storeOf(path);
    appendFileSync(path, '!');
    store.save(bytes('index'));
    const handle = openSync(write('b.json', 'content'), 'r');
    handles.push(handle);
    indexStore(cache, join(folder, 'b.json'), handle, LIMITS).save(bytes('index'));
    expect(await kept(path)).toBeUndefined();
    expect(await kept(join(folder, 'b.json'))).toBeUndefined();
  });

  test('gives way to newer ones where the folder is full, and is not kept where it is too large itself', async () => {
    const limits = { total: 1000, each: 600 };
    for (const name of ['a', 'b', 'c']) {
      (await storeOf(write(name, name), limits)).save(new Uint8Array(300));
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (name === 'b') (await storeOf(join(folder, 'a'))).load();
    }
    expect([await kept(join(folder, 'a')), await kept(join(folder, 'b'))].map((index) => index !== undefined)).toEqual([true, false]);
    (await storeOf(write('d', 'd'), limits)).save(new Uint8Array(601));
    expect(await kept(join(folder, 'd'))).toBeUndefined();
    expect(readdirSync(cache).reduce((sum, file) => sum + statSync(join(cache, file)).size, 0)).toBeLessThanOrEqual(1000);
  });

  test('stands in nobody’s way where the folder cannot be written', async () => {
    cache = join(write('file', 'x'), 'cache');
    const store = await storeOf(write('a.json', 'content'));
    store.save(bytes('index'));
    expect(store.load()).toBeUndefined();
  });
});

describe('a dump with an index', () => {
  const dump = (name: string): string =>
    JSON.stringify({
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
          version_info: 'v',
          dynamic_active_clusters: ['a', name, 'ä', 'c"d'].map((own) => ({ version_info: own, cluster: { name: own, type: 'EDS' } })),
        },
      ],
    });
  const told = async (source: ByteSource): Promise<unknown> => {
    const proxy = buildProxyConfig('proxy', await readDocuments(source));
    return [proxy.named('cluster', 'b').map((r) => r.path), proxy.clusters.map((r) => [r.name, r.path, r.version, r.value, r.span])];
  };
  async function read(path: string): Promise<{ readonly answer: unknown; readonly scanned: number }> {
    const store = await storeOf(path);
    const plain = { ...fileSource(path, 'x.json', undefined, () => store), search: searchNatively };
    let scanned = 0;
    const answer = await told({
      ...plain,
      scan: (start, end, room) => {
        scanned += Math.min(end, plain.size) - start;
        return plain.scan?.(start, end, room) ?? plain.read(start, end);
      },
      read: (start, end) => {
        scanned += Math.min(end, plain.size) - start;
        return plain.read(start, end);
      },
    });
    return { answer, scanned };
  }

  test('says what it says without one, however damaged the index is', async () => {
    const path = write('dump.json', dump('b'));
    const first = await read(path);
    const [file = ''] = readdirSync(cache);
    const whole = readFileSync(join(cache, file));
    expect(await read(path)).toMatchObject({ answer: first.answer });
    for (const at of [0, 100, ...Array.from({ length: 60 }, (_, i) => Math.floor((whole.length * i) / 60))]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 0x41;
      writeFileSync(join(cache, file), damaged);
      expect((await read(path)).answer, `damaged at ${at}`).toEqual(first.answer);
      writeFileSync(join(cache, file), whole.subarray(0, at));
      expect((await read(path)).answer, `cut at ${at}`).toEqual(first.answer);
    }
  }, 60_000);

  test('is not gone through again', async () => {
    const path = write('dump.json', dump('b'.repeat(100_000)));
    const [first, second] = [await read(path), await read(path)];
    expect(second.answer).toEqual(first.answer);
    expect(first.scanned - second.scanned).toBeGreaterThan(100_000);
  });

  test('that was changed is read anew', async () => {
    const path = write('dump.json', dump('b'));
    const before = await read(path);
    write('dump.json', dump('c'));
    expect((await read(path)).answer).not.toEqual(before.answer);
  });
});

describe('the folder for indexes', () => {
  test.each([
    [{ XDG_CACHE_HOME: '/x' }, 'linux', '/x/pc'],
    [{ XDG_CACHE_HOME: 'x', HOME: '/home/u' }, 'linux', '/home/u/.cache/pc'],
    [{ HOME: '/Users/u' }, 'darwin', '/Users/u/Library/Caches/pc'],
    [{ LOCALAPPDATA: 'C:/u' }, 'win32', 'C:/u/pc/Cache'],
    [{}, 'linux', undefined],
    [{ PC_NO_CACHE: '1', HOME: '/home/u' }, 'linux', undefined],
  ])('%j on %s is %s', (env, platform, expected) => {
    expect(cacheFolder(env, platform)?.replaceAll('\\', '/')).toBe(expected);
  });
});

import { chmodSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { fileSource } from '../../src/source/file-source.ts';
import { pc } from '../support/pc.ts';
import { configDump, MEMORY, STATS, SYNCZ, ZTUNNEL } from '../support/small-dumps.ts';
import { tempFolder } from '../support/temp-folder.ts';

const CLUSTERS = 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump';
const dump = configDump();
const MEBIBYTE = 2 ** 20;

/** Each file with what is wrong with it: the id, where it points at, and a part of what it says. */
const BAD: Readonly<Record<string, readonly [content: string | Uint8Array, id: string, place: RegExp, what: RegExp]>> = {
  'cut.json': [dump.slice(0, 80), 'PC1003', /cut\.json:1:81$/, /ends too early: \d+ open brackets, inside \.configs/],
  'cut.json.gz': [gzipSync(dump).subarray(0, 60), 'PC1003', /cut\.json\.gz$/, /gzip data ends too early/],
  'empty.json': ['', 'PC1014', /empty\.json$/, /is empty/],
  'blank.json': ['\n\n  \n', 'PC1014', /blank\.json$/, /nothing but blanks/],
  'page.json': ['<!doctype html><title>Sign in</title>', 'PC1009', /page\.json:1:1$/, /a web page \("Sign in"\)/],
  'python.json': ["{'configs': []}", 'PC1004', /python\.json:1:2$/, /key in double quotes/],
  'comma.json': ['{\n "configs": [],\n}', 'PC1004', /comma\.json:3:1$/, /key in double quotes/],
  'odd.json': ['{"cluster_statuses": [{"name": nope}]}', 'PC1004', /odd\.json:1:32$/, /not JSON/],
  'twice.json': ['{"configs": [], "configs": []}', 'PC1005', /twice\.json:1:28$/, /"configs" stands twice/],
  'two-cases.json': ['{"cluster_statuses": [], "clusterStatuses": []}', 'PC1005', /two-cases\.json:1:45$/, /stands twice/],
  'twice-inside.json': ['{"cluster_statuses": [{"name": "a", "name": "b"}]}', 'PC1005', /twice-inside\.json:1:37$/, /"name" stands twice/],
  'twice.yaml': ['static_resources: {}\nadmin: {}\nadmin: {}\n', 'PC1005', /twice\.yaml:3:1$/, /a key stands twice/],
  'deep.json': [`{"configs":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'PC1006', /deep\.json:1:\d+$/, /deeper than 500 levels/],
  'deep-object.json': [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'PC1006', /deep-object\.json:1:\d+$/, /deeper than 500 levels/],
  'deep.yaml': [`a: ${'['.repeat(10_000)}`, 'PC1006', /deep\.yaml$/, /YAML is nested deeper/],
  'broken.yaml': ['static_resources:\n\tclusters: []\n', 'PC1018', /broken\.yaml:2:1$/, /neither JSON nor YAML/],
  'archive.zip': ['PK\u0003\u0004rest', 'PC1007', /archive\.zip$/, /a zip archive/],
  'memory.json': [MEMORY, 'PC1007', /memory\.json$/, /is Envoy's \/memory: it holds no listeners/],
  'stats.txt': [STATS, 'PC1007', /stats\.txt$/, /is Envoy's \/stats\/prometheus/],
  'syncz.json': [SYNCZ, 'PC1007', /syncz\.json$/, /is istiod's \/debug\/syncz/],
  'ztunnel.json': [ZTUNNEL, 'PC1007', /ztunnel\.json$/, /is ztunnel's \/config_dump/],
  'pod.yaml': ['apiVersion: v1\nkind: Pod\n', 'PC1007', /pod\.yaml$/, /Kubernetes/],
  'other.json': ['{"hello": 1, "world": 2}', 'PC1007', /other\.json$/, /JSON that pc does not know \(hello, world\)/],
  'notes.txt': ['Dear diary,\n', 'PC1007', /notes\.txt$/, /text that pc does not know/],
  'noise.bin': [Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251), 'PC1019', /noise\.bin$/, /is binary, and no message/],
  'bomb.gz': [gzipSync(new Uint8Array(200 * MEBIBYTE)), 'PC1015', /bomb\.gz$/, /unpacks to more than 64 MiB/],
  // 5000 blocks of one byte repeated 128 KiB times: 20 KB that become 625 MiB; and a frame that asks for a window of 2 GiB.
  'bomb.zst': [zstdBomb(5000, 0x58), 'PC1015', /bomb\.zst$/, /unpacks to more than 512 MiB/],
  'window.zst': [zstdBomb(1, 0xa8), 'PC1015', /window\.zst$/, /unpacks to more than/],
  'cut.zst': [zstdBomb(3, 0x58).subarray(0, 12), 'PC1015', /cut\.zst$/, /damaged or ends too early/],
  'damaged.gz': [Buffer.concat([gzipSync(dump).subarray(0, 20), Buffer.alloc(30, 0xff)]), 'PC1015', /damaged\.gz$/, /gzip data is damaged/],
};

function zstdBomb(blocks: number, window: number): Uint8Array {
  const header = [0x28, 0xb5, 0x2f, 0xfd, 0x00, window];
  const block = (isLast: boolean): number[] => {
    const bits = (isLast ? 1 : 0) | (1 << 1) | ((128 * 1024) << 3);
    return [bits & 0xff, (bits >> 8) & 0xff, (bits >> 16) & 0xff, 0x20];
  };
  return Uint8Array.from([...header, ...Array.from({ length: blocks }, (_, i) => block(i === blocks - 1)).flat()]);
}

let folder: ReturnType<typeof tempFolder>;
beforeAll(() => {
  folder = tempFolder(Object.fromEntries(Object.entries(BAD).map(([name, [content]]) => [name, content])));
});
afterAll(() => folder.remove());

describe('a file that cannot be read', () => {
  test.each(Object.entries(BAD))('%s: its message, its place, a next step, status 2', async (name, [, id, place, what]) => {
    const { status, out, err } = await pc('clusters', '-f', `${folder.path}/${name}`);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(`error[${id}]: `);
    expect(err).toMatch(what);
    expect(/^ {2}at {4}(.*)$/m.exec(err)?.[1]).toMatch(place);
    expect(err).toMatch(/^ {2}next {2}\S/m);
    expect(err).not.toMatch(/^\s+at .*:\d+:\d+\)$/m);
  });

  test.each([
    ['is not there', 'nowhere.json', /no such file/],
    ['is below a file', 'other.json/x', /no folder/],
  ])('%s', async (_, name, what) => {
    const { status, err } = await pc('clusters', '-f', `${folder.path}/${name}`);
    expect(status).toBe(2);
    expect(err).toMatch(/error\[PC1013\]/);
    expect(err).toMatch(what);
  });

  test.skipIf(process.getuid?.() === 0)('may not be read (skipped for root, who may read everything)', async () => {
    chmodSync(`${folder.path}/memory.json`, 0);
    const { status, err } = await pc('clusters', '-f', `${folder.path}/memory.json`);
    chmodSync(`${folder.path}/memory.json`, 0o644);
    expect(status).toBe(2);
    expect(err).toMatch(/error\[PC1013\].*may not be read/);
  });

  test('a folder without any dump lists what it found', async () => {
    const other = tempFolder({ 'a.txt': 'hello', 'b/memory.json': MEMORY });
    const { status, err } = await pc('clusters', '-f', other.path);
    other.remove();
    expect(status).toBe(2);
    expect(err).toMatch(/error\[PC1017\].*a\.txt: text that pc does not know.*memory\.json: Envoy's \/memory/);
  });
});

describe('a part that is wrong', () => {
  const read = async (value: unknown) => {
    const file = tempFolder({ 'x.json': typeof value === 'string' ? value : JSON.stringify(value) });
    try {
      return buildProxyConfig('x', await readDocuments(fileSource(`${file.path}/x.json`, 'x.json')));
    } finally {
      file.remove();
    }
  };

  test('is told by its place, and the rest works', async () => {
    const proxy = await read({
      configs: [
        5,
        { '@type': 7 },
        { '@type': 'type.googleapis.com/envoy.admin.v3.NewConfigDump' },
        { '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump', dynamic_listeners: { a: 1 } },
        { '@type': CLUSTERS, static_clusters: [3, { cluster: 4 }, { cluster: { name: 5, type: [], connect_timeout: 3 } }, { cluster: { name: 'good' } }] },
      ],
    });
    expect(proxy.notes.map((note) => [note.id, note.path?.join('.')])).toEqual([
      ['PC1036', 'configs.0'],
      ['PC1034', 'configs.1'],
      ['PC1034', 'configs.2'],
      ['PC1036', 'configs.3.dynamic_listeners'],
      ['PC1036', 'configs.4.static_clusters.0'],
    ]);
    expect(proxy.clusters.map((cluster) => cluster.name)).toEqual(['', '', 'good']);
    expect(proxy.clusters.flatMap((cluster) => cluster.issues.map((issue) => issue.path.slice(4).join('.')))).toEqual([
      'cluster',
      'cluster.name',
      'cluster.type',
      'cluster.connect_timeout',
    ]);
  });

  test('a key that stands twice spoils its resource only', async () => {
    const proxy = await read(
      `{"configs": [{"@type": "${CLUSTERS}", "static_clusters": [{"cluster": {"name": "a", "name": "b"}}, {"cluster": {"name": "c"}}]}]}`,
    );
    expect(proxy.clusters[0]?.issues).toMatchObject([{ what: expect.stringMatching(/"name" stands twice in one object at x\.json:1:\d+/) }]);
    expect(proxy.clusters[1]?.value).toEqual({ name: 'c' });
  });

  test('bytes that are not UTF-8 are told, and read as U+FFFD', async () => {
    const file = tempFolder({ 'x.json': Buffer.from(configDump('caf\u00e9'), 'latin1') });
    const proxy = buildProxyConfig('x', await readDocuments(fileSource(`${file.path}/x.json`, 'x.json')));
    expect(proxy.clusters[0]?.value.name).toBe('caf\ufffd');
    expect(proxy.clusters[0]?.issues).toMatchObject([{ what: expect.stringMatching(/not UTF-8 .* x\.json:1:\d+$/) }]);
    file.remove();
  });

  test('`__proto__` is a key like any other', async () => {
    const text = `{"__proto__": {"configs": 1}, "configs": [{"@type": "${CLUSTERS}", "__proto__": {"a": 1}, "static_clusters": [{"__proto__": 1, "cluster": {"name": "c", "__proto__": {"name": "evil", "polluted": true}, "metadata": {"filter_metadata": {"__proto__": {"x": 1}}}}}]}]}`;
    const proxy = await read(text);
    const [cluster] = proxy.clusters;
    expect(cluster?.value.name).toBe('c');
    expect(Object.keys(cluster?.value.metadata?.filter_metadata ?? {})).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(proxy.notes).toEqual([]);
  });
});

test('a text of 100 MB in a dump is held, and nothing of ten times its size', async () => {
  const file = tempFolder({ 'x.json': configDump('x'.repeat(100_000_000)) });
  const before = process.memoryUsage().rss;
  const proxy = buildProxyConfig('x', await readDocuments(fileSource(`${file.path}/x.json`)));
  expect(proxy.clusters[0]?.name.length).toBe(100_000_000);
  expect(proxy.clusters[0]?.value.type).toBe('EDS');
  expect(process.memoryUsage().rss - before).toBeLessThan(1000 * MEBIBYTE);
  file.remove();
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { type ByteSource, bytesSource, piecesSource } from '../../src/dump/byte-source.ts';
import type { DumpDocument } from '../../src/dump/dump-document.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { listClusters } from '../../src/query/list-clusters.ts';
import { listEndpoints } from '../../src/query/list-endpoints.ts';
import { listListeners } from '../../src/query/list-listeners.ts';
import { type Listing, tableColumns } from '../../src/query/listing.ts';
import { readInput } from '../../src/source/read-input.ts';
import { searchNatively } from '../../src/source/search-natively.ts';
import { Spool } from '../../src/source/spool.ts';
import { projectRoot } from '../support/project-root.ts';

/** A recorded dump, in the layout of Envoy and compact. */
const SNAPSHOT: unknown = JSON.parse(readFileSync(join(projectRoot(), 'snapshots/founding-story-missing-subset/config_dump.json'), 'utf8'));
const LAYOUTS = [1, 0].map((indent) => [indent === 0 ? 'compact' : 'indented', Buffer.from(JSON.stringify(SNAPSHOT, null, indent))] as const);
/** The first chunk that a reader takes of a document or a part of it, in bytes. */
const FIRST_CHUNK = 4096;

const cells = <R>(listing: Listing<R>): unknown => listing.rows.map((row) => tableColumns(listing, false).map((column) => column.cell(row)));

function told(documents: readonly DumpDocument[]): unknown {
  const proxy = buildProxyConfig('proxy', documents);
  return [cells(listListeners(proxy)), cells(listClusters(proxy)), cells(listEndpoints(proxy)), proxy.notes];
}

const toldOf = async (source: ByteSource): Promise<unknown> => told(await readDocuments(source));
const fromStdin = async (...pieces: Uint8Array[]): Promise<unknown> =>
  told((await readInput({ files: ['-'], stdin: () => Readable.from(pieces) })).flatMap(({ documents }) => documents));

/** Places to cut at: every `step`th. */
const cuts = (size: number, step: number): number[] => Array.from({ length: Math.ceil(size / step) }, (_, i) => i * step);
const halves = (bytes: Uint8Array, cut: number): [Uint8Array, Uint8Array] => [bytes.subarray(0, cut), bytes.subarray(cut)];

describe.each(LAYOUTS)('a dump, %s, says the same wherever it is cut', (_, bytes) => {
  const whole = toldOf(bytesSource('x.json', bytes));

  test('between what comes through a pipe', async () => {
    for (const cut of cuts(bytes.length, 97)) expect(await fromStdin(...halves(bytes, cut)), `cut at ${cut}`).toEqual(await whole);
  });

  test('between what comes packed through a pipe', async () => {
    const packed = gzipSync(bytes);
    for (const cut of cuts(packed.length, 13)) expect(await fromStdin(...halves(packed, cut)), `cut at ${cut}`).toEqual(await whole);
  });

  test('between the members of a gzip file', async () => {
    for (const cut of cuts(bytes.length, 211)) {
      const members = halves(bytes, cut).map((half) => gzipSync(half));
      expect(await fromStdin(Buffer.concat(members)), `cut at ${cut}`).toEqual(await whole);
    }
  });

  test('between the pieces that a spool keeps in memory, or writes to its file', async () => {
    for (const cut of cuts(bytes.length, 97)) {
      expect(await toldOf(piecesSource('x.json', halves(bytes, cut), searchNatively)), `cut at ${cut}`).toEqual(await whole);
      const spool = new Spool('x.json', { inMemory: 100 });
      for (const half of halves(bytes, cut)) spool.add(half);
      expect(await toldOf({ ...spool.source(), search: searchNatively }), `cut at ${cut}`).toEqual(await whole);
    }
  });

  test.each([
    ['looked at bracket by bracket', undefined],
    ['searched', searchNatively],
  ])('between two chunks of a reader, %s', async (_way, search) => {
    for (const cut of cuts(FIRST_CHUNK, 31)) {
      // Blanks move the dump, so that the end of the first chunk cuts it elsewhere.
      const moved = Buffer.concat([Buffer.alloc(cut, ' '), bytes]);
      expect(await toldOf({ ...bytesSource('x.json', moved), search }), `moved by ${cut}`).toEqual(await whole);
    }
  });
});

test('a small dump comes whole through a pipe that is cut at every single place', async () => {
  const text = Buffer.from(
    '{"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.ClustersConfigDump","static_clusters":[{"cluster":{"name":"ä\\"\\\\😀"}}]}]}',
  );
  const packed = gzipSync(text);
  const whole = await fromStdin(text);
  for (let cut = 0; cut <= text.length; cut++) expect(await fromStdin(...halves(text, cut))).toEqual(whole);
  for (let cut = 0; cut <= packed.length; cut++) expect(await fromStdin(...halves(packed, cut))).toEqual(whole);
  expect(JSON.stringify(whole)).toContain('😀');
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ByteSource, bytesSource } from '../../src/dump/byte-source.ts';
import { entryNoter } from '../../src/dump/entry-noter.ts';
import { Failure } from '../../src/dump/failure.ts';
import { type OutlineOptions, OutlineScanner, outlineJson } from '../../src/dump/json-outline.ts';
import { CONFIG_DUMP_OUTLINE } from '../../src/dump/split-config-dump.ts';
import { searchNatively } from '../../src/source/search-natively.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const plain = (text: string): ByteSource => bytesSource('x.json', encode(text));
const searched = (text: string): ByteSource => ({ ...plain(text), search: searchNatively });

function answer(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) return { id: error.id, message: error.message, place: error.place };
    throw error;
  }
}

const ENTRIES = {
  configs: [
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
      dynamic_active_clusters: [
        { version_info: '1', cluster: { lb: { name: 'inner' }, name: 'a\\"}\n   }', sub: [{ x: [] }, {}] }, last_updated: 't' },
        { cluster: { name: 'b', odd: { deep: [[[{ '': '}' }]]] } } },
        {},
      ],
      dynamic_listeners: [{ name: 'l', active_state: { listener: { name: 'own', filter_chains: [{}, { name: 'chain' }] } }, error_state: {} }],
    },
    { '@type': 'x', empty: [], none: {} },
  ],
};

describe('an outline by the kernel', () => {
  test.each([1, 2, 4, '\t', 0])('says the same as one by brackets, indented by %j', (indent) => {
    const text = JSON.stringify(ENTRIES, null, indent);
    for (let depth = 0; depth < 8; depth++) {
      for (const options of [{}, CONFIG_DUMP_OUTLINE]) expect(outlineJson(searched(text), depth, options)).toEqual(outlineJson(plain(text), depth, options));
    }
  });

  test('says the same wherever the chunks are cut', () => {
    const bytes = encode(JSON.stringify(ENTRIES, null, 1));
    const whole = outlineJson(bytesSource('x.json', bytes), 5, CONFIG_DUMP_OUTLINE);
    for (let size = 1; size < 200; size++) expect(outlineByChunks(bytes, size, 5, CONFIG_DUMP_OUTLINE), `chunks of ${size}`).toEqual(whole);
  });

  test('says the same for any value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 }), (json, depth, indent) => {
        const text = JSON.stringify({ a: JSON.parse(json) as unknown, name: 'n' }, null, indent);
        expect(outlineJson(searched(text), depth)).toEqual(outlineJson(plain(text), depth));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a closing bracket at the margin of the line that opens', '{\n "a": {\n  "b": {\n   "c": 1\n },\n  "d": 2\n }\n}'],
    ['brackets that close further out than they open', '{\n "a": {\n  "b": {}\n },\n  "c": [\n   1\n]\n}'],
    ['a value cut off within', '{\n "a": {\n  "b": {\n   "c": 1\n'],
    ['a bracket too many', '{\n "a": {\n  "b": 1\n }\n }\n}'],
    ['another document behind it', '{\n "a": {\n  "b": 1\n }\n}\n{\n "c": 2\n}'],
    ['Windows line ends', '{\r\n "a": {\r\n  "b": {\r\n   "c": 1\r\n  }\r\n }\r\n}'],
  ])('looks closely where something is odd: %s', (_, text) => {
    for (let depth = 0; depth < 4; depth++) expect(answer(() => outlineJson(searched(text), depth))).toEqual(answer(() => outlineJson(plain(text), depth)));
  });
});

function outlineByChunks(bytes: Uint8Array, size: number, depth: number, options: OutlineOptions): unknown {
  const scanner = new OutlineScanner(bytesSource('x.json', bytes), depth, options, entryNoter());
  for (let at = 0; at < bytes.length && !scanner.done; at += size) scanner.push(bytes.subarray(at, at + size), at);
  return scanner.finish();
}

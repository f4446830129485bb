import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { type ByteSource, bytesSource } from '../../src/dump/byte-source.ts';
import { entryNoter } from '../../src/dump/entry-noter.ts';
import type { EntryTable } from '../../src/dump/entry-table.ts';
import { Failure } from '../../src/dump/failure.ts';
import { type OutlineNode, OutlineScanner } from '../../src/dump/json-outline.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { CONFIG_DUMP_OUTLINE, LIST_SHAPES } from '../../src/dump/split-config-dump.ts';
import type { NamedKind, ProxyConfig } from '../../src/model/proxy-config.ts';
import type { Resource } from '../../src/model/resource.ts';
import { searchNatively } from '../../src/source/search-natively.ts';

const KINDS: readonly NamedKind[] = ['listener', 'route_config', 'cluster', 'endpoint', 'secret'];
const TYPE = 'type.googleapis.com/envoy.admin.v3.';

/** A JSON text, or a part of one, in which anything may be spelled in an odd way. */
const text = (value: string, odd: number): string => {
  if (odd === 1) return `"${[...value].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
  if (odd === 2) return JSON.stringify(value).replace('/', '\\/');
  return JSON.stringify(value);
};

const name = fc.constantFrom('a', 'b', 'outbound|80||c', 'ä', 'a"b', 'a\\', '', 'x/y', 'name', '\ud800', 'long'.repeat(30));
const spelled = fc.tuple(name, fc.nat(9)).map(([value, odd]) => text(value, odd));
const key = (keys: readonly string[]): fc.Arbitrary<string> => fc.tuple(fc.constantFrom(...keys), fc.nat(30)).map(([value, odd]) => text(value, odd));
const pair = (keys: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.tuple(key(keys), value).map(([k, v]) => `${k}: ${v}`);
const object = (members: fc.Arbitrary<string>, blank: string): fc.Arbitrary<string> =>
  fc.array(members, { maxLength: 4 }).map((all) => `{${blank}${all.join(`,${blank}`)}${blank}}`);
const scalar = fc.constantFrom('1', 'true', 'null', '[]', '[{"name": "in a list"}]', '{"name": "deeper"}', '"name"', '"cluster_name"');

/** Entries of the list of a kind, from what is usual to what no Envoy writes. */
function entry(member: string, blank: string): fc.Arbitrary<string> {
  const resource = object(fc.oneof(pair(['name', 'cluster_name', 'clusterName'], spelled), pair(['type', 'name', '@type', 'x'], scalar)), blank);
  const beside = pair(['version_info', 'last_updated', 'clientStatus', 'other'], fc.oneof({ weight: 5, arbitrary: spelled }, scalar));
  const usual = fc
    .tuple(spelled, beside, fc.boolean())
    .map(
      ([own, other, isFirst]) =>
        `{${blank}${isFirst ? `${other},${blank}` : ''}"${member}": {"@type": "t",${blank}"${member === 'endpoint_config' ? 'cluster_name' : 'name'}": ${own}}${blank}}`,
    );
  const state = pair(['active_state', 'warmingState', 'error_state'], object(fc.oneof(beside, pair([member, 'failed_configuration'], resource)), blank));
  const any = object(
    fc.oneof({ weight: 3, arbitrary: pair([member], resource) }, { weight: 2, arbitrary: beside }, pair(['name'], spelled), state, pair([member], scalar)),
    blank,
  );
  return fc.oneof({ weight: 4, arbitrary: usual }, { weight: 3, arbitrary: any }, { weight: 1, arbitrary: fc.constantFrom('{}', '1', '[]', '"name"') });
}

const LISTS: readonly (readonly [string, string, string])[] = [
  ['ClustersConfigDump', 'dynamic_active_clusters', 'cluster'],
  ['ClustersConfigDump', 'dynamicWarmingClusters', 'cluster'],
  ['EndpointsConfigDump', 'dynamic_endpoint_configs', 'endpoint_config'],
  ['ListenersConfigDump', 'dynamic_listeners', 'listener'],
  ['RoutesConfigDump', 'static_route_configs', 'route_config'],
];

const dump: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', ' ', '\n    '), fc.constantFrom(...LISTS), fc.constantFrom(...LISTS))
  .chain(([blank, one, other]) =>
    fc.tuple(
      ...[one, other].map(([type, list, member]) => fc.array(entry(member, blank), { maxLength: 8 }).map((entries) => section(type, list, entries, blank))),
    ),
  )
  .map((sections) => `{"configs": [${sections.join(', ')}]}`);

function section(type: string, list: string, entries: readonly string[], blank: string): string {
  return `{"@type": "${TYPE}${type}",${blank}"${list}": [${blank}${entries.join(`,${blank}`)}${blank}]}`;
}

const source = (json: string): ByteSource => bytesSource('x.json', new TextEncoder().encode(json));
const large = (json: string): ByteSource => ({ ...source(json), search: searchNatively });

async function proxyOf(from: ByteSource): Promise<ProxyConfig | string> {
  try {
    const proxy = buildProxyConfig('proxy', await readDocuments(from));
    for (const kind of KINDS) for (const resource of everyOf(proxy, kind)) told(resource);
    return proxy;
  } catch (error) {
    if (error instanceof Failure) return `${error.id} ${error.message} ${error.place}`;
    throw error;
  }
}

const everyOf = (proxy: ProxyConfig, kind: NamedKind): readonly Resource[] =>
  ({ listener: proxy.listeners, route_config: proxy.routeConfigs, cluster: proxy.clusters, endpoint: proxy.endpoints, secret: proxy.secrets })[kind];

const told = ({ kind, name, state, path, span, version, lastUpdated, clientStatus, entryPath, rejection }: Resource): unknown => [
  kind,
  name,
  state,
  path,
  span && [span.start, span.end],
  version,
  lastUpdated,
  clientStatus,
  entryPath,
  rejection,
];

describe('the resources of a large dump', () => {
  test('are those of a small one, by kind, by name and by place, however odd the dump', async () => {
    await fc.assert(
      fc.asyncProperty(dump, async (json) => {
        const [expected, whole] = [await proxyOf(source(json)), await proxyOf(large(json))];
        // Of several faults another may be met first; one in what is not read is not met.
        if (typeof whole === 'string') expect(expected).toMatch(/^PC100[45]/);
        if (typeof expected === 'string' || typeof whole === 'string') return;
        // Nothing but the names that are asked for, or the places, is looked at in these.
        const named = buildProxyConfig('proxy', await readDocuments(large(json)));
        const around = buildProxyConfig('proxy', await readDocuments(large(json)));
        const held = buildProxyConfig('proxy', await readDocuments(large(json)));
        for (const kind of KINDS) {
          const all = everyOf(expected, kind);
          expect(everyOf(whole, kind).map(told)).toEqual(all.map(told));
          for (const wanted of new Set([...all.map((resource) => resource.name), '', 'no such name']))
            expect(named.named(kind, wanted).map(told), `${kind} ${wanted}`).toEqual(all.filter((resource) => resource.name === wanted).map(told));
          for (const part of ['a', 'OUTBOUND|', 'ä', '|c', 'nglo', 'bx', '']) {
            const some = held.mayHold(kind, part).map(told);
            const has = all.filter((resource) => resource.name.toLowerCase().includes(part.toLowerCase())).map(told);
            expect(some, `${kind} ${part}`).toEqual(expect.arrayContaining(has));
            // In the order of the dump, and nothing that is not there.
            expect(all.map(told).filter((one) => some.some((other) => isDeepStrictEqual(one, other)))).toEqual(some);
          }
          for (const resource of all) expect(around.around('x.json', resource.path).map(told)).toEqual(expected.around('x.json', resource.path).map(told));
        }
      }),
      { numRuns: 600 },
    );
  });

  test('are noted alike wherever the chunks are cut', () => {
    fc.assert(
      fc.property(dump, fc.integer({ min: 1, max: 120 }), (json, size) => {
        const bytes = new TextEncoder().encode(json);
        const [whole, cut] = [bytes.length, size].map((length) => outlineByChunks(bytes, length)) as [OutlineNode | string, OutlineNode | string];
        if (typeof whole === 'string' || typeof cut === 'string') {
          expect(cut).toBe(whole);
          return;
        }
        expect(tables(cut).map(({ columns }) => columns)).toEqual(tables(whole).map(({ columns }) => columns));
      }),
      { numRuns: 300 },
    );
  });

  test('are cut one at a time: a name is found, and a name that is nowhere is not, without reading the others', async () => {
    const entries = Array.from({ length: 50_000 }, (_, i) => `{"version_info": "1", "cluster": {"name": "c${i}", "type": "EDS"}}`);
    const json = `{"configs": [${section('ClustersConfigDump', 'dynamic_active_clusters', entries, '\n')}]}`;
    const plain = large(json);
    let read = 0;
    const counting: ByteSource = {
      ...plain,
      read(start, end) {
        const bytes = plain.read(start, end);
        read += bytes.length;
        return bytes;
      },
    };
    const proxy = buildProxyConfig('proxy', await readDocuments(counting));
    read = 0;
    expect(proxy.named('cluster', 'c31234').map(({ name, path, value }) => [name, path, value.type])).toEqual([
      ['c31234', ['configs', 0, 'dynamic_active_clusters', 31_234, 'cluster'], 'EDS'],
    ]);
    expect(proxy.named('cluster', 'c50000')).toEqual([]);
    expect(proxy.around('x.json', ['configs', 0, 'dynamic_active_clusters', 7, 'cluster', 'type']).map((r) => r.name)).toEqual(['c7']);
    expect(read).toBeLessThan(4096);
  });
});

function outlineByChunks(bytes: Uint8Array, size: number): OutlineNode | string {
  const scanner = new OutlineScanner(bytesSource('x.json', bytes), 3, { ...CONFIG_DUMP_OUTLINE, lists: LIST_SHAPES }, entryNoter());
  try {
    for (let at = 0; at < bytes.length && !scanner.done; at += size) scanner.push(bytes.subarray(at, at + size), at);
    return scanner.finish();
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/** The tables below a node, in order. */
function tables(node: OutlineNode): readonly EntryTable[] {
  return [...(node.entries === undefined ? [] : [node.entries]), ...(node.children ?? []).flatMap(tables)];
}

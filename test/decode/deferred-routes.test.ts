import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { LazyResource } from '../../src/decode/decode-resource.ts';
import { deferRoutes } from '../../src/decode/deferred-routes.ts';
import { encodeMessage } from '../../src/decode/encode-message.ts';
import { bytesSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { RouteConfiguration, VirtualHost } from '../../src/model/generated/envoy-api.ts';
import type { Resource } from '../../src/model/resource.ts';
import { searchNatively } from '../../src/source/search-natively.ts';

const ROOT = join(import.meta.dirname, '../..');
const TYPE = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration';

/** A route configuration as that of a small dump, or of one large enough that its routes are left. */
function routeConfig(text: string, isLarge: boolean): Resource<RouteConfiguration> {
  const bytes = new TextEncoder().encode(text);
  const plain = bytesSource('x.json', bytes);
  const source = isLarge ? { ...plain, search: searchNatively } : plain;
  const at = { span: { start: 0, end: bytes.length }, path: ['route_config'] };
  const unknown = { ownName: undefined, envelopeName: undefined, version: undefined, lastUpdated: undefined, clientStatus: undefined, rejection: undefined };
  return new LazyResource<RouteConfiguration>({ kind: 'route_config', state: 'active', source, ...at, ...unknown, entry: at });
}

/** Everything that there is to say of it, the keys in their order; symbols stand for themselves. */
function told(resource: Resource<RouteConfiguration>): unknown {
  const { value, type } = resource;
  return { value, keys: JSON.stringify(value), type, json: encodeMessage(type, value), issues: resource.issues, seen: resource.issuesSeen };
}

const isLeft = (host: VirtualHost | undefined): boolean => Object.getOwnPropertyDescriptor(host ?? {}, 'routes')?.get !== undefined;

const TEXT = fc.string({ unit: fc.constantFrom('a', 'ä', '"', '\\', '{', ']', '\n', '😀'), maxLength: 8 });
const ODD = fc.constantFrom<unknown>(null, 1, 'x', [], {}, [null], { name: 'x' });
const often = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> => fc.oneof({ weight: 30, arbitrary: value }, { weight: 1, arbitrary: ODD });
const ROUTE = fc.record(
  {
    name: often(TEXT),
    match: often(fc.record({ prefix: often(TEXT), caseSensitive: fc.boolean() }, { requiredKeys: [] })),
    route: often(
      fc.record({ cluster: often(TEXT), timeout: fc.constantFrom('1s', '1.5s', 'soon'), priority: fc.constantFrom('HIGH', 1) }, { requiredKeys: [] }),
    ),
    directResponse: often(fc.record({ status: fc.integer({ min: -1, max: 600 }) })),
    unknown: fc.jsonValue() as fc.Arbitrary<unknown>,
  },
  { requiredKeys: [] },
);
const HOST = fc.record(
  {
    name: often(TEXT),
    include_request_attempt_count: often(fc.boolean()),
    routes: often(fc.array(often(ROUTE), { maxLength: 3 })),
    domains: often(fc.array(TEXT, { maxLength: 3 })),
    requireTls: often(fc.constantFrom('ALL', 0)),
  },
  { requiredKeys: [], noNullPrototype: true },
);
const CONFIG = fc
  .record(
    {
      '@type': fc.constantFrom(TYPE, 'type.googleapis.com/envoy.api.v2.RouteConfiguration', 'type.googleapis.com/envoy.config.cluster.v3.Cluster', 7),
      name: often(TEXT),
      hosts: often(fc.array(often(HOST), { maxLength: 4 })),
      validate_clusters: often(fc.boolean()),
    },
    { requiredKeys: ['hosts'] },
  )
  .chain(({ hosts, ...others }) => fc.constantFrom('virtual_hosts', 'virtualHosts').map((key) => ({ ...others, [key]: hosts, most_specific: 1 })));

describe('a route configuration of a large dump', () => {
  test.each([0, 1])('says what that of a small one says, in the same order, indented by %i', (indent) => {
    let left = 0;
    fc.assert(
      fc.property(CONFIG, fc.boolean(), (config, isValueFirst) => {
        const text = JSON.stringify(config, null, indent);
        const large = routeConfig(text, true);
        if (isValueFirst && large.value.virtual_hosts?.some(isLeft)) left++;
        expect(told(large)).toEqual(told(routeConfig(text, false)));
      }),
      { numRuns: 800 },
    );
    expect(left).toBeGreaterThan(100);
  });

  test('leaves the routes of a host until they are asked for, and reads them once', () => {
    const hosts = ['a', 'b'].map((name) => ({ name, routes: [{ name: `to ${name}` }], domains: [name] }));
    const { value } = routeConfig(JSON.stringify({ virtual_hosts: hosts }), true);
    expect(value.virtual_hosts?.map(({ name, domains }) => [name, domains])).toEqual([
      ['a', ['a']],
      ['b', ['b']],
    ]);
    const [a, b] = value.virtual_hosts ?? [];
    expect([a, b].map(isLeft)).toEqual([true, true]);
    expect(b?.routes).toEqual([{ name: 'to b' }]);
    expect(b?.routes).toBe(b?.routes);
    expect([a, b].map(isLeft)).toEqual([true, false]);
    expect(Object.keys(b ?? {})).toEqual(['name', 'routes', 'domains']);
    expect({ ...a }).toEqual(hosts[0]);
  });

  test('is the same value before and after all of it was read for its faults', () => {
    const resource = routeConfig('{"virtual_hosts":[{"routes":[{"name":{}}]},{"routes":[]}]}', true);
    const { value } = resource;
    expect(resource.issues).toEqual([{ path: ['route_config', 'virtual_hosts', 0, 'routes', 0, 'name'], what: 'expected a string, found an object' }]);
    expect(resource.value).toBe(value);
    expect(resource.issuesSeen).toBe(resource.issues);
  });

  test('has what stands before and behind routes that are no JSON, and tells of them', () => {
    const text = '{"name":"n","virtual_hosts":[{"name":"a","routes":[{"name":nope}]},{"name":"b","routes":[{"name":"to b"}]}]}';
    const resource = routeConfig(text, true);
    const [a, b] = resource.value.virtual_hosts ?? [];
    expect(a?.routes).toBeUndefined();
    expect(b?.routes).toEqual([{ name: 'to b' }]);
    expect(resource.issues).toEqual(routeConfig(text, false).issues);
    expect(resource.issues).toHaveLength(1);
  });

  test('tells of bytes that are no UTF-8, wherever they stand', () => {
    for (const place of ['name', 'routes']) {
      const bytes = new TextEncoder().encode(JSON.stringify({ name: 'n#', virtual_hosts: [{ name: 'a', routes: [{ name: 'r#' }] }] }));
      bytes[bytes.indexOf(0x23, place === 'name' ? 0 : 30)] = 0xff;
      const span = { start: 0, end: bytes.length };
      const deferred = deferRoutes(bytesSource('x.json', bytes), span);
      if (place === 'name') expect(deferred).toBeUndefined();
      else {
        expect(deferred?.value.virtual_hosts?.[0]?.routes).toEqual([{ name: 'r\ufffd' }]);
        expect(deferred?.isFaultless()).toBe(false);
      }
    }
  });

  test('is read as a whole where a key stands twice', () => {
    for (const text of ['{"virtual_hosts":[{"routes":[],"routes":[]}]}', '{"virtual_hosts":[{"routes":[],"name":"a","name":"b"}]}']) {
      expect(told(routeConfig(text, true)), text).toEqual(told(routeConfig(text, false)));
      expect(routeConfig(text, true).issues).toHaveLength(1);
    }
  });
});

const FOLDERS = [join(ROOT, 'snapshots'), join(ROOT, '../shared/data/dumps')];
const files = FOLDERS.filter(existsSync).flatMap((folder) => {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('config_dump.json'))
    .map((file) => join(folder, file));
});

test.skipIf(files.length === 0)('the route configurations of every snapshot, and of ../shared/data where it is there, are the same either way', async () => {
  let count = 0;
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(file));
    const proxies = [bytesSource('x.json', bytes), { ...bytesSource('x.json', bytes), search: searchNatively }].map(async (source) =>
      buildProxyConfig('x', await readDocuments(source)),
    );
    const [small, large] = await Promise.all(proxies);
    count += large?.routeConfigs.filter(({ value }) => value.virtual_hosts?.some(isLeft)).length ?? 0;
    expect(large?.routeConfigs.map(told), file).toEqual(small?.routeConfigs.map(told));
  }
  expect(count).toBeGreaterThan(10);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ByteSource, bytesSource } from '../../src/dump/byte-source.ts';
import { type CutValue, cutValue } from '../../src/dump/cut-value.ts';
import { KeyTable } from '../../src/dump/key-table.ts';

const HOSTS = new KeyTable([
  ['hosts', 'hosts'],
  ['Hosts', 'hosts'],
]);
const ROUTES = new KeyTable([['routes', 'routes']]);

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const sourceOf = (text: string): ByteSource => bytesSource('x.json', encode(text));

function cut(text: string, around = ''): CutValue | undefined {
  const start = encode(around).length;
  return cutValue(sourceOf(around + text + around), { start, end: start + encode(text).length }, HOSTS, ROUTES);
}

const textOf = (found: CutValue | undefined): string | undefined => found && new TextDecoder().decode(found.text);

const TEXT = fc.string({ unit: fc.constantFrom('a', 'ä', '"', '\\', '{', ']', '\n', '😀'), maxLength: 12 });
const ANY = fc.jsonValue() as fc.Arbitrary<unknown>;
const HOST = fc.record({ name: TEXT, other: ANY, routes: fc.array(ANY, { maxLength: 4 }), domains: fc.array(TEXT, { maxLength: 4 }) }, { requiredKeys: [] });
const CONFIG = fc.record({ name: TEXT, hosts: fc.array(HOST, { maxLength: 6 }), other: ANY }, { requiredKeys: [] });

describe('a value whose inner lists are cut out', () => {
  test.each([0, 1, 3, '\t'])('has empty lists in their place, and they stand where it says, indented by %j', (indent) => {
    let count = 0;
    fc.assert(
      fc.property(CONFIG, (config) => {
        const text = JSON.stringify(config, null, indent);
        const around = ' "\\" {';
        const found = cut(text, around);
        const hosts = config.hosts ?? [];
        const holders = hosts.flatMap((host, element) => (host.routes === undefined ? [] : [element]));
        if (holders.length === 0) {
          expect(found).toBeUndefined();
          return;
        }
        count++;
        expect(JSON.stringify(JSON.parse(textOf(found) ?? ''))).toBe(
          JSON.stringify({ ...config, hosts: hosts.map((host) => (host.routes === undefined ? host : { ...host, routes: [] })) }),
        );
        const bytes = encode(around + text);
        const left = found?.left.map(({ element, start, end }) => [element, JSON.parse(new TextDecoder().decode(bytes.subarray(start, end)))]);
        expect(left).toEqual(holders.map((element) => [element, JSON.parse(JSON.stringify(hosts[element]?.routes))]));
      }),
      { numRuns: 300 },
    );
    expect(count).toBeGreaterThan(100);
  });

  test('keeps all else as it stands: blanks, odd numbers, escapes, repeated keys', () => {
    expect(textOf(cut('{ "a": 1.0,"a":1e999,\t"hosts" : [ {"x":"\\u0061", "routes": [ 12345678901234567890 ] , "routes":[[]]} ,{ } ] }'))).toBe(
      '{ "a": 1.0,"a":1e999,\t"hosts" : [ {"x":"\\u0061", "routes": [] , "routes":[]} ,{ } ] }',
    );
  });

  test('is found under keys that are spelled with escapes, and in either spelling', () => {
    expect(textOf(cut('{"Hosts":[{"ro\\u0075tes":[1]}]}'))).toBe('{"Hosts":[{"ro\\u0075tes":[]}]}');
  });

  test('is cut the same where lists are larger than what is fetched at once', () => {
    const routes = Array.from({ length: 40_000 }, (_, i) => ({ match: `${i}]"` }));
    const text = JSON.stringify({ hosts: [{ name: 'a', routes }, { name: 'b', routes: [1] }, { name: 'c'.repeat(300_000) }, { routes }] });
    const found = cut(text);
    expect(textOf(found)).toBe(text.replaceAll(JSON.stringify(routes), '[]').replace('[1]', '[]'));
    expect(found?.left.map(({ element }) => element)).toEqual([0, 1, 3]);
  });

  test.each([
    ['no such list', '{"hosts":[{"name":"a"}],"other":[{"routes":[]}]}'],
    ['two lists of the outer kind', '{"hosts":[{"routes":[1]}],"Hosts":[{"routes":[2]}]}'],
    ['another kind of value in place of the outer list', '{"hosts":{"routes":[1]}}'],
    ['another kind of element', '{"hosts":[{"routes":[1]},null]}'],
    ['another kind of value in place of an inner list', '{"hosts":[{"routes":[1]},{"routes":{}}]}'],
    ['no object', '[]'],
    ['brackets that do not pair', '{"hosts":[{"routes":[{]}]}'],
    ['an end too early', '{"hosts":[{"routes":[1]}'],
    ['a missing comma', '{"hosts":[{"routes":[1]}{}]}'],
    ['nothing', ' '],
  ])('is left to the careful way where there is %s', (_, text) => {
    expect(cut(text)).toBeUndefined();
  });
});

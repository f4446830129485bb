import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { type DecodeIssue, decodeMessage } from '../../src/decode/decode-message.ts';
import { readPart } from '../../src/decode/read-part.ts';
import { type ByteSource, bytesSource } from '../../src/dump/byte-source.ts';
import { parseJson } from '../../src/dump/json-text.ts';
import { isJsonObject } from '../../src/dump/json-value.ts';
import { wantedFields } from '../../src/query/wanted-fields.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const ASSIGNMENT = 'envoy.config.endpoint.v3.ClusterLoadAssignment';
const CLUSTER = 'envoy.config.cluster.v3.Cluster';

const WANTED = wantedFields({
  cluster_name: true,
  policy: true,
  named_endpoints: true,
  endpoints: {
    locality: { region: true, sub_zone: true },
    priority: true,
    load_balancing_weight: true,
    lb_endpoints: { endpoint: { address: { socket_address: { address: true, port_value: true } } }, health_status: true, endpoint_name: true, metadata: true },
  },
});
const OF_CLUSTER = wantedFields({
  name: true,
  metadata: { filter_metadata: { istio: { config: true } } },
  respect_dns_ttl: true,
  type: true,
  cluster_type: true,
});

/** What of a decoded value the wanted fields leave. */
function kept(value: unknown, wanted: unknown): unknown {
  if (wanted === true || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => kept(element, wanted));
  const within = wanted as Record<string, unknown>;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (Object.hasOwn(within, key) ? [[key, kept(member, within[key])]] : [])));
}

/** A message decoded whole, and what its schema had to say. */
function decoded(type: string, text: string): { readonly value: unknown; readonly issues: readonly DecodeIssue[] } {
  const json = parseJson(text, () => '');
  const issues: DecodeIssue[] = [];
  const { '@type': _, ...fields } = isJsonObject(json) ? json : {};
  return { value: decodeMessage(type, fields, [], issues), issues };
}

function part(type: string, text: string, wanted = WANTED, around = ''): unknown {
  const bytes = encode(around + text + around);
  const start = encode(around).length;
  return readPart(type, wanted, bytesSource('x.json', bytes), { start, end: bytes.length - start });
}

const TEXT = fc.string({ unit: fc.constantFrom('a', 'ä', '"', '\\', '{', ']', '\n', '😀'), maxLength: 12 });
const ADDRESS = fc.record({ socket_address: fc.record({ address: TEXT, port_value: fc.nat(65_535), protocol: fc.constant('TCP') }) }, { requiredKeys: [] });
const ENDPOINT = fc.record(
  {
    endpoint: fc.record({ address: ADDRESS, health_check_config: fc.constant({}), hostname: TEXT }, { requiredKeys: [] }),
    health_status: fc.constantFrom('HEALTHY', 'UNHEALTHY', 'NEWER', null),
    metadata: fc.record({ filter_metadata: fc.record({ istio: fc.dictionary(TEXT, fc.jsonValue() as fc.Arbitrary<unknown>, { maxKeys: 3 }) }) }),
    load_balancing_weight: fc.nat(),
  },
  { requiredKeys: [] },
);
const LOCALITY = fc.record({ region: TEXT, zone: TEXT, subZone: TEXT }, { requiredKeys: [] });
const GROUP = fc.record({ locality: LOCALITY, lbEndpoints: fc.array(ENDPOINT, { maxLength: 4 }), priority: fc.nat(9) }, { requiredKeys: [] });
const RESOURCE = fc.record(
  {
    '@type': fc.constantFrom(`type.googleapis.com/${ASSIGNMENT}`, 'type.googleapis.com/envoy.api.v2.ClusterLoadAssignment'),
    cluster_name: TEXT,
    endpoints: fc.array(GROUP, { maxLength: 3 }),
    policy: fc.record({ overprovisioning_factor: fc.nat(200), weighted_priority_health: fc.boolean() }, { requiredKeys: [] }),
    unknown: fc.jsonValue() as fc.Arbitrary<unknown>,
  },
  { requiredKeys: [] },
);

describe('the wanted fields of a message', () => {
  test.each([0, 1, 2, '\t'])('are what decoding all of it gives, less the rest, indented by %j', (indent) => {
    let read = 0;
    fc.assert(
      fc.property(RESOURCE, (resource) => {
        const text = JSON.stringify(resource, null, indent);
        const found = part(ASSIGNMENT, text, WANTED, ' "\\" {');
        // What the careful parser and the decoder have a word on is left to them.
        if (found === undefined) return;
        read++;
        expect(found).toEqual(kept(decoded(ASSIGNMENT, text).value, WANTED));
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(200);
  });

  test('are read of a map and of a Struct by the keys that are wanted', () => {
    const text = JSON.stringify({
      name: 'a',
      type: 'EDS',
      metadata: { filter_metadata: { other: { config: 1 }, istio: { services: [{ host: 'x' }], config: '/apis/x' } } },
    });
    expect(part(CLUSTER, text, OF_CLUSTER)).toEqual({ name: 'a', type: 'EDS', metadata: { filter_metadata: { istio: { config: '/apis/x' } } } });
  });

  test('are the same wherever the value stands in the source, across the borders of what is fetched', () => {
    const endpoint = (i: number): unknown => ({
      endpoint: { address: { socket_address: { address: `10.0.0.${i}`, port_value: i } } },
      metadata: { x: 'y'.repeat(i) },
    });
    const text = JSON.stringify({ cluster_name: 'c', endpoints: [{ lb_endpoints: Array.from({ length: 40 }, (_, i) => endpoint(i)) }] }, null, 1);
    const expected = kept(decoded(ASSIGNMENT, text).value, WANTED);
    // A window holds 256 KiB and is left 8 KiB before its end.
    for (let before = (1 << 18) - text.length - 50; before < (1 << 18) + 50; before += 37) {
      const bytes = encode(' '.repeat(before) + text + ' '.repeat(1 << 18));
      const source = bytesSource('x.json', bytes);
      readPart(ASSIGNMENT, WANTED, source, { start: 0, end: 4 });
      expect(readPart(ASSIGNMENT, WANTED, source, { start: before, end: before + text.length })).toEqual(expected);
    }
  });

  test('are read of a value that is larger than what is fetched at once', () => {
    const text = JSON.stringify({
      named_endpoints: {},
      unknown: 'x"'.repeat(300_000),
      other: Array.from({ length: 90_000 }, () => '\\"]'),
      cluster_name: 'behind',
    });
    expect(part(ASSIGNMENT, text)).toEqual({ named_endpoints: {}, cluster_name: 'behind' });
  });

  test('are found under a key that is spelled with escapes, and passed over under one that is long', () => {
    expect(part(ASSIGNMENT, '{"cluster\\u005fname":"a"}')).toEqual({ cluster_name: 'a' });
    expect(part(ASSIGNMENT, `{"${'x'.repeat(5000)}":1,"cluster_name_":2,"cluster_nam":3,"${'€'.repeat(9)}":4,"":5,"cluster_name":"a"}`)).toEqual({
      cluster_name: 'a',
    });
  });

  test('are the same where the engine has no WebAssembly', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    vi.resetModules();
    const { readPart: readInScript } = (await import('../../src/decode/read-part.ts')) as { readonly readPart: typeof readPart };
    vi.unstubAllGlobals();
    fc.assert(
      fc.property(RESOURCE, fc.constantFrom(0, 1), (resource, indent) => {
        const bytes = encode(JSON.stringify(resource, null, indent));
        const span = { start: 0, end: bytes.length };
        const wanted = (read: typeof readPart): unknown => read(ASSIGNMENT, WANTED, bytesSource('x.json', bytes), span);
        expect(wanted(readInScript)).toEqual(wanted(readPart));
      }),
      { numRuns: 200 },
    );
  });

  test('are not taken for the text that stood there before', () => {
    const names = ['a\\\\b', 'a\\b', 'a', '', 'ab', 'a', '\\u0061', 'é', 'a\\"', 'a'];
    for (const name of names) expect(part(ASSIGNMENT, `{"cluster_name":"${name}"}`), name).toEqual({ cluster_name: JSON.parse(`"${name}"`) as string });
  });

  test('of two sources are not mixed up', () => {
    const sources: ByteSource[] = Array.from({ length: 9 }, (_, i) => bytesSource('x.json', encode(`{"cluster_name":"${i}"}`)));
    for (const round of [0, 1]) {
      const names = sources.map((source) => readPart(ASSIGNMENT, WANTED, source, { start: 0, end: source.size }));
      expect(names, `round ${round}`).toEqual(sources.map((_, i) => ({ cluster_name: String(i) })));
    }
  });

  test.each([
    ['a repeated key', '{"cluster_name":"a","cluster_name":"b"}'],
    ['one field in two spellings', '{"cluster_name":"a","clusterName":"b"}'],
    ['a number that loses digits', '{"endpoints":[{"priority":1.0}]}'],
    ['a long number', '{"endpoints":[{"priority":12345678901234567890}]}'],
    ['a number out of range', '{"endpoints":[{"priority":4294967296}]}'],
    ['a negative number', '{"endpoints":[{"priority":-1}]}'],
    ['a leading zero', '{"endpoints":[{"priority":01}]}'],
    ['a number as text', '{"endpoints":[{"priority":"1"}]}'],
    ['an enum by number', '{"endpoints":[{"lb_endpoints":[{"health_status":1}]}]}'],
    ['a value of another type', '{"cluster_name":{}}'],
    ['one value in place of a list', '{"endpoints":{"priority":1}}'],
    ['another message', '{"@type":"type.googleapis.com/envoy.config.cluster.v3.Cluster","name":"a"}'],
    ['a fault of the schema within a field that is wanted whole', '{"policy":{"overprovisioning_factor":"x"}}'],
    ['a missing colon', '{"cluster_name" "a"}'],
    ['brackets that do not pair', '{"unknown":[1}'],
    ['an end within a string', '{"cluster_name":"x'],
    ['an end within what is passed over', '{"unknown":{"a":1}'],
    ['a word that is none', '{"endpoints":[{"priority":tru}]}'],
    ['a bad escape', '{"cluster_name":"\\q"}'],
    ['a list where a message should be', '[]'],
    ['nothing', ' '],
  ])('are left to the careful way where there is %s', (_, text) => {
    expect(part(ASSIGNMENT, text)).toBeUndefined();
  });

  test('are left to the careful way where two of one choice are set', () => {
    expect(part(CLUSTER, '{"type":"EDS","cluster_type":{"name":"x"}}', OF_CLUSTER)).toBeUndefined();
    expect(part(CLUSTER, '{"type":"EDS","cluster_type":null}', OF_CLUSTER)).toEqual({ type: 'EDS' });
  });
});

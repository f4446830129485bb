import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { decodeMessage } from '../../src/decode/decode-message.ts';
import { WireError, WireReader } from '../../src/decode/read-wire.ts';
import { readWireDocument } from '../../src/decode/read-wire-document.ts';
import { bytesSource } from '../../src/dump/byte-source.ts';
import type { JsonValue } from '../../src/dump/json-value.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';

const PROTO = join(import.meta.dirname, '../../proto');

/** The same .proto files, read by protobufjs, which writes the binary data of these tests: another program than the reader. */
const root = new protobuf.Root();
root.resolvePath = (_, target) => (target.startsWith('google/protobuf/') ? target : join(PROTO, target.replace(`${PROTO}/`, '')));

beforeAll(async () => {
  const files = readdirSync(PROTO, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.proto'));
  await root.load(
    files.map((file) => join(PROTO, file)),
    { keepCase: true },
  );
});

/** Binary data of a message, from fields as protobufjs takes them (Any as `{type_url, value}`, Duration as `{seconds, nanos}`). */
function wire(type: string, fields: object): Uint8Array {
  const message = root.lookupType(type);
  const problem = message.verify(fields);
  if (problem !== null) throw new Error(problem);
  return message.encode(message.create(fields)).finish();
}

const any = (type: string, fields: object): object => ({ type_url: `type.googleapis.com/${type}`, value: wire(type, fields) });
const read = (type: string, bytes: Uint8Array): JsonValue => new WireReader(protobuf).message(type, bytes);

describe('binary protobuf becomes proto3 JSON', () => {
  const cases: readonly (readonly [title: string, type: string, fields: () => object, json: JsonValue])[] = [
    [
      'text, enums, durations',
      'envoy.config.cluster.v3.Cluster',
      () => ({ name: 'ä', type: 3, lb_policy: 99, connect_timeout: { seconds: 1, nanos: 5_000_000 } }),
      { name: 'ä', type: 'EDS', lb_policy: 99, connect_timeout: '1.005s' },
    ],
    [
      'wrappers, also of the default',
      'envoy.config.cluster.v3.Cluster',
      () => ({ per_connection_buffer_limit_bytes: { value: 7 } }),
      { per_connection_buffer_limit_bytes: 7 },
    ],
    ['a wrapper of zero', 'envoy.config.route.v3.RouteMatch', () => ({ prefix: '/', case_sensitive: {} }), { prefix: '/', case_sensitive: false }],
    ['bytes', 'envoy.config.core.v3.DataSource', () => ({ inline_bytes: new Uint8Array([1, 2, 255]) }), { inline_bytes: 'AQL/' }],
    [
      '64-bit integers',
      'envoy.admin.v3.SimpleMetric',
      () => ({ name: 'x', value: new protobuf.util.Long(-1, -1, true) }),
      { name: 'x', value: '18446744073709551615' },
    ],
    ['doubles', 'envoy.type.v3.Percent', () => ({ value: 0.1 }), { value: 0.1 }],
    ['packed numbers', 'envoy.config.route.v3.RetryPolicy', () => ({ retriable_status_codes: [503, 0, 429] }), { retriable_status_codes: [503, 0, 429] }],
    [
      'lists of messages',
      'envoy.config.route.v3.VirtualHost',
      () => ({ domains: ['a', 'b'], routes: [{ name: 'r' }, {}] }),
      { domains: ['a', 'b'], routes: [{ name: 'r' }, {}] },
    ],
    [
      'maps, and structs in them',
      'envoy.config.core.v3.Metadata',
      () => ({
        filter_metadata: {
          a: {
            fields: {
              n: { nullValue: 0 },
              d: { numberValue: 1.5 },
              s: { stringValue: '' },
              b: { boolValue: false },
              l: { listValue: { values: [{ stringValue: 'x' }] } },
              o: { structValue: {} },
            },
          },
        },
      }),
      { filter_metadata: { a: { n: null, d: 1.5, s: '', b: false, l: ['x'], o: {} } } },
    ],
    [
      'an Any of a known type',
      'envoy.config.core.v3.TypedExtensionConfig',
      () => ({ name: 'x', typed_config: any('envoy.type.v3.Percent', { value: 5 }) }),
      { name: 'x', typed_config: { '@type': 'type.googleapis.com/envoy.type.v3.Percent', value: 5 } },
    ],
    [
      'an Any of an unknown type',
      'envoy.config.core.v3.TypedExtensionConfig',
      () => ({ typed_config: { type_url: 'type.googleapis.com/acme.v1.X', value: new Uint8Array([9]) } }),
      { typed_config: { '@type': 'type.googleapis.com/acme.v1.X', value: 'CQ==' } },
    ],
    [
      'an Any of a Duration',
      'envoy.config.core.v3.TypedExtensionConfig',
      () => ({ typed_config: any('google.protobuf.Duration', { seconds: 3 }) }),
      { typed_config: { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '3s' } },
    ],
    [
      'a Timestamp',
      'envoy.admin.v3.UpdateFailureState',
      () => ({ last_update_attempt: { seconds: 1_700_000_000, nanos: 120_000_000 }, details: 'no' }),
      { last_update_attempt: '2023-11-14T22:13:20.120Z', details: 'no' },
    ],
  ];
  test.each(cases)('%s', (_, type, fields, json) => {
    const found = read(type, wire(type, fields()));
    expect(found).toEqual(json);
    const issues: Parameters<typeof decodeMessage>[3] = [];
    decodeMessage(type, found, [], issues);
    expect(issues).toEqual([]);
  });

  test('an unknown field stands under its number', () => {
    const { Writer } = protobuf;
    const bytes = Writer.create()
      .uint32(0x0a)
      .string('name')
      .uint32((5000 << 3) | 0)
      .uint64(7)
      .uint32((5001 << 3) | 2)
      .string('a')
      .uint32((5001 << 3) | 2)
      .string('b')
      .uint32((5002 << 3) | 5)
      .fixed32(1)
      .uint32((5003 << 3) | 3)
      .uint32((1 << 3) | 0)
      .uint32(2)
      .uint32((5003 << 3) | 4)
      .finish();
    expect(read('envoy.config.cluster.v3.Cluster', bytes)).toEqual({ name: 'name', 5000: '7', 5001: ['YQ==', 'Yg=='], 5002: '1', 5003: { 1: '2' } });
  });

  const broken: readonly (readonly [title: string, bytes: number[]])[] = [
    ['a text that runs over the end', [0x0a, 50, 65]],
    ['a text that is not UTF-8', [0x0a, 1, 0xff]],
    ['a field number of zero', [0x02, 0]],
    ['a varint without end', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a group that does not end', [0xc3, 0xb8, 2]],
    ['a group that did not begin', [0xc4, 0xb8, 2]],
  ];
  test.each(broken)('%s is refused', (_, bytes) => {
    expect(() => read('envoy.config.cluster.v3.Cluster', Uint8Array.from(bytes))).toThrow(WireError);
  });
});

describe('a binary file', () => {
  const cluster = { name: 'outbound|80||app', type: 3, connect_timeout: { seconds: 1 } };
  const section = (): object =>
    any('envoy.admin.v3.ClustersConfigDump', {
      dynamic_active_clusters: [{ version_info: 'v1', cluster: any('envoy.config.cluster.v3.Cluster', cluster), last_updated: { seconds: 5 } }],
    });
  const readers = { protobuf: readWireDocument };
  const proxyOf = async (bytes: Uint8Array) => buildProxyConfig('x', await readDocuments(bytesSource('dump.pb', bytes), { readers }));

  test('a ConfigDump', async () => {
    const proxy = await proxyOf(wire('envoy.admin.v3.ConfigDump', { configs: [section()] }));
    expect(proxy.clusters.map(({ name, version, lastUpdated, value }) => ({ name, version, lastUpdated, value }))).toEqual([
      { name: 'outbound|80||app', version: 'v1', lastUpdated: '1970-01-01T00:00:05Z', value: { name: 'outbound|80||app', type: 'EDS', connect_timeout: '1s' } },
    ]);
  });

  test('a ClientStatusResponse, also behind a gRPC prefix', async () => {
    const config = {
      node: { id: 'n' },
      generic_xds_configs: [
        {
          type_url: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
          name: 'c',
          client_status: 3,
          xds_config: any('envoy.config.cluster.v3.Cluster', cluster),
        },
      ],
    };
    const bytes = wire('envoy.service.status.v3.ClientStatusResponse', { config: [config] });
    const prefixed = Uint8Array.from([0, 0, 0, bytes.length >> 8, bytes.length & 255, ...bytes]);
    for (const file of [bytes, prefixed]) expect((await proxyOf(file)).clusters).toMatchObject([{ name: 'outbound|80||app', clientStatus: 'ACKED' }]);
    expect((await proxyOf(wire('envoy.service.status.v3.ClientConfig', config))).clusters).toHaveLength(1);
  });

  test('a DiscoveryResponse, a bootstrap, a /clusters', async () => {
    const response = {
      version_info: 'v',
      type_url: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
      resources: [any('envoy.config.cluster.v3.Cluster', cluster)],
    };
    expect((await proxyOf(wire('envoy.service.discovery.v3.DiscoveryResponse', response))).clusters).toHaveLength(1);
    expect((await proxyOf(wire('envoy.config.bootstrap.v3.Bootstrap', { static_resources: { clusters: [cluster] } }))).clusters).toHaveLength(1);
    expect((await proxyOf(wire('envoy.admin.v3.Clusters', { cluster_statuses: [{ name: 'a', added_via_api: true }] }))).clusterStatuses?.value).toMatchObject({
      cluster_statuses: [{ name: 'a' }],
    });
  });

  test('anything else is none', async () => {
    expect(await readWireDocument(Uint8Array.from([1, 2, 3, 4]))).toBeUndefined();
    expect(await readWireDocument(new Uint8Array(100))).toBeUndefined();
    expect(await readWireDocument(wire('envoy.type.v3.Percent', { value: 5 }))).toBeUndefined();
  });
});

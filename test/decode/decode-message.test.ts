import { describe, expect, test } from 'vitest';
import { type DecodeIssue, decodeMessage, MISPLACED } from '../../src/decode/decode-message.ts';
import { encodeMessage } from '../../src/decode/encode-message.ts';
import { JsonNumber, type JsonValue } from '../../src/dump/json-value.ts';
import type { Cluster, Listener } from '../../src/model/generated/envoy-api.ts';
import { configOf, KEPT, type Message } from '../../src/model/message.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const ROUTE = 'envoy.config.route.v3.Route';
const ROUTES = 'envoy.config.route.v3.RouteConfiguration';
const LISTENER = 'envoy.config.listener.v3.Listener';
const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';

function decode(type: string, json: JsonValue): { value: Message; issues: DecodeIssue[] } {
  const issues: DecodeIssue[] = [];
  return { value: decodeMessage(type, json, ['at'], issues), issues };
}

/** The decoded value of JSON without any issue. */
function clean(type: string, json: JsonValue): Message {
  const { value, issues } = decode(type, json);
  expect(issues).toEqual([]);
  return value;
}

describe('names', () => {
  test('snake_case and lowerCamelCase are one field; values come out in snake_case', () => {
    expect(clean(CLUSTER, { connect_timeout: '1s', lbPolicy: 'RANDOM', edsClusterConfig: { service_name: 'x' } })).toEqual({
      connect_timeout: '1s',
      lb_policy: 'RANDOM',
      eds_cluster_config: { service_name: 'x' },
    });
  });

  test('a field in both spellings is read once, and told', () => {
    const { value, issues } = decode(CLUSTER, { connect_timeout: '1s', connectTimeout: '2s' });
    expect(value).toEqual({ connect_timeout: '1s', [KEPT]: { connectTimeout: '2s' } });
    expect(encodeMessage(CLUSTER, value)).toEqual({ connectTimeout: '1s', connect_timeout: '2s' });
    expect(issues).toEqual([{ path: ['at', 'connectTimeout'], what: 'the field connect_timeout stands twice, in two spellings' }]);
  });

  test('v2 names are read as their v3 heirs', () => {
    expect(clean('envoy.api.v2.Cluster', { name: 'a', hosts: [{ socket_address: { address: '1.2.3.4', port_value: 80 } }] })).toMatchObject({
      hosts: [{ socket_address: { port_value: 80 } }],
    });
  });

  test('a field that v3 hid for a while is that field', () => {
    expect(clean(LISTENER, { hidden_envoy_deprecated_use_original_dst: true })).toEqual({ use_original_dst: true });
  });

  test('the keys of maps are data', () => {
    const metadata = { filter_metadata: { some_filter: { snake_key: 1, camelKey: 2 } } };
    expect(clean(ROUTE, { metadata })).toEqual({ metadata });
    expect(clean(ROUTE, { typedPerFilterConfig: { my_Filter: { '@type': 'x/unknown.Type', fooBar: 1 } } })).toEqual({
      typed_per_filter_config: { my_Filter: { '@type': 'x/unknown.Type', fooBar: 1 } },
    });
  });
});

describe('scalars and well-known types', () => {
  const good: readonly (readonly [title: string, type: string, json: JsonValue, value: unknown])[] = [
    ['an enum by name', CLUSTER, { type: 'EDS' }, { type: 'EDS' }],
    ['an enum by number', CLUSTER, { type: 3 }, { type: 'EDS' }],
    ['an enum name of a newer Envoy', CLUSTER, { lb_policy: 'BRAND_NEW' }, { lb_policy: 'BRAND_NEW' }],
    ['an enum number of a newer Envoy', CLUSTER, { lb_policy: 99 }, { lb_policy: 99 }],
    ['a Duration', CLUSTER, { connect_timeout: '0.250s' }, { connect_timeout: '0.250s' }],
    ['a Duration of seconds and nanos', CLUSTER, { connect_timeout: { seconds: '2', nanos: 500_000_000 } }, { connect_timeout: '2.500s' }],
    ['a negative Duration of nanos', CLUSTER, { connect_timeout: { nanos: -1000 } }, { connect_timeout: '-0.000001s' }],
    ['a wrapper', CLUSTER, { per_connection_buffer_limit_bytes: 5 }, { per_connection_buffer_limit_bytes: 5 }],
    ['a wrapper spelled as a message', CLUSTER, { per_connection_buffer_limit_bytes: { value: 5 } }, { per_connection_buffer_limit_bytes: 5 }],
    ['a boolean', ROUTE, { match: { case_sensitive: false } }, { match: { case_sensitive: false } }],
    ['a number as text', CLUSTER, { per_connection_buffer_limit_bytes: '5' }, { per_connection_buffer_limit_bytes: 5 }],
    ['a whole number with an exponent', CLUSTER, { per_connection_buffer_limit_bytes: new JsonNumber('1e3') }, { per_connection_buffer_limit_bytes: 1000 }],
    ['a 64-bit integer as text', 'envoy.admin.v3.SimpleMetric', { value: '18446744073709551615' }, { value: '18446744073709551615' }],
    ['a 64-bit integer as a number', 'envoy.admin.v3.SimpleMetric', { value: 7 }, { value: '7' }],
    ['a 64-bit integer beyond doubles', 'envoy.admin.v3.SimpleMetric', { value: new JsonNumber('9007199254740993') }, { value: '9007199254740993' }],
    ['a double', 'envoy.type.v3.Percent', { value: 12.5 }, { value: 12.5 }],
    ['a double that is no number', 'envoy.type.v3.Percent', { value: 'Infinity' }, { value: Number.POSITIVE_INFINITY }],
    ['bytes', 'envoy.config.core.v3.DataSource', { inline_bytes: 'AQID' }, { inline_bytes: 'AQID' }],
    ['null, which is unset', CLUSTER, { name: null, type: 'EDS' }, { type: 'EDS', [KEPT]: { name: null } }],
    ['null in a Struct, which is a value', ROUTE, { metadata: { filter_metadata: { f: { a: null } } } }, { metadata: { filter_metadata: { f: { a: null } } } }],
    ['one value for a list of it', ROUTES, { virtual_hosts: { name: 'v', domains: '*' } }, { virtual_hosts: [{ name: 'v', domains: ['*'] }] }],
  ];
  test.each(good)('%s', (_, type, json, value) => {
    expect(clean(type, json)).toEqual(value);
  });

  const wrong: readonly (readonly [title: string, type: string, json: JsonValue, path: string, what: string])[] = [
    [
      'text for a number',
      CLUSTER,
      { per_connection_buffer_limit_bytes: 'many' },
      'per_connection_buffer_limit_bytes',
      'expected an integer from 0 to 4294967295, found the text "many"',
    ],
    [
      'a negative number for an unsigned one',
      CLUSTER,
      { per_connection_buffer_limit_bytes: -1 },
      'per_connection_buffer_limit_bytes',
      'expected an integer from 0 to 4294967295, found the value -1',
    ],
    [
      'a number beyond 32 bits',
      CLUSTER,
      { per_connection_buffer_limit_bytes: 2 ** 32 },
      'per_connection_buffer_limit_bytes',
      'expected an integer from 0 to 4294967295, found the value 4294967296',
    ],
    [
      'a fraction for an integer',
      CLUSTER,
      { per_connection_buffer_limit_bytes: 1.5 },
      'per_connection_buffer_limit_bytes',
      'expected an integer from 0 to 4294967295, found the value 1.5',
    ],
    [
      'a number beyond 64 bits',
      'envoy.admin.v3.SimpleMetric',
      { value: '18446744073709551616' },
      'value',
      'expected an integer from 0 on, found the text "18446744073709551616"',
    ],
    ['a number for text', CLUSTER, { name: 5 }, 'name', 'expected a string, found the value 5'],
    ['text for a boolean', ROUTE, { match: { case_sensitive: 'no' } }, 'match.case_sensitive', 'expected true or false, found the text "no"'],
    ['a list for a message', ROUTE, { match: [] }, 'match', 'expected an object, found a list'],
    ['text for a message', ROUTE, { match: '/' }, 'match', 'expected an object, found the text "/"'],
    ['an object for an enum', CLUSTER, { type: {} }, 'type', 'expected an enum name or number, found an object'],
    ['a number for a Duration', CLUSTER, { connect_timeout: 5 }, 'connect_timeout', 'expected a duration such as "1.5s", found the value 5'],
    ['odd text for a Duration', CLUSTER, { connect_timeout: '5m' }, 'connect_timeout', 'expected a duration such as "1.5s", found the text "5m"'],
    ['a list for a map', ROUTE, { typed_per_filter_config: [] }, 'typed_per_filter_config', 'expected an object, found a list'],
    [
      'text for an Any',
      LISTENER,
      { filter_chains: [{ filters: [{ typed_config: 'x' }] }] },
      'filter_chains.0.filters.0.typed_config',
      'expected an object, found the text "x"',
    ],
    [
      'a number as a type',
      LISTENER,
      { filter_chains: [{ filters: [{ typed_config: { '@type': 5 } }] }] },
      'filter_chains.0.filters.0.typed_config',
      'expected a type URL under @type, found the value 5',
    ],
    ['text for a Struct', ROUTE, { metadata: { filter_metadata: { f: 'x' } } }, 'metadata.filter_metadata.f', 'expected an object, found the text "x"'],
    [
      'a wrong element of a list of texts',
      ROUTES,
      { virtual_hosts: [{ domains: ['a', 5] }] },
      'virtual_hosts.0.domains.1',
      'expected a string, found the value 5',
    ],
    ['two fields of a oneof', ROUTE, { match: { prefix: '/', path: '/a' } }, 'match', 'only one of path_specifier may be set, found prefix and path'],
  ];
  test.each(wrong)('%s is told, and kept', (_, type, json, path, what) => {
    const { value, issues } = decode(type, json);
    expect(issues).toEqual([{ path: ['at', ...path.split('.').map((step) => (/^\d+$/.test(step) ? Number(step) : step))], what }]);
    expect(JSON.stringify(encodeMessage(type, value)).length).toBeGreaterThanOrEqual(JSON.stringify(json).replaceAll('_', '').length);
  });

  test('a message that is none leaves an empty one', () => {
    expect(decode(CLUSTER, 'x')).toEqual({ value: {}, issues: [{ path: ['at'], what: `expected an object (${CLUSTER}), found the text "x"` }] });
  });

  test('an element of a wrong type keeps its place in a list of messages', () => {
    const { value, issues } = decode(ROUTES, { virtual_hosts: [{ name: 'a' }, 7, null, { name: 'b' }] });
    expect(value).toEqual({ virtual_hosts: [{ name: 'a' }, { [KEPT]: { [MISPLACED]: 7 } }, { [KEPT]: { [MISPLACED]: null } }, { name: 'b' }] });
    expect(issues.map((issue) => issue.path.join('.'))).toEqual(['at.virtual_hosts.1', 'at.virtual_hosts.2']);
  });
});

describe('Any and what stands for it', () => {
  test('the fields of a known type stand beside @type', () => {
    const listener = clean(LISTENER, {
      filterChains: [{ filters: [{ name: 'x', typedConfig: { '@type': HCM, statPrefix: 'p', routeConfig: { virtualHosts: [] } } }] }],
    });
    expect(listener).toEqual({
      filter_chains: [{ filters: [{ name: 'x', typed_config: { '@type': HCM, stat_prefix: 'p', route_config: { virtual_hosts: [] } } }] }],
    });
  });

  test('an unknown type stays as it is, keys and digits', () => {
    const config = { '@type': 'type.googleapis.com/acme.v1.Filter', camelCase: 1, snake_case: [{ deep: new JsonNumber('1.00') }], '@type2': null };
    const value = clean(CLUSTER, { transport_socket: { name: 'x', typed_config: config } });
    expect(encodeMessage(CLUSTER, value)).toEqual({ transportSocket: { name: 'x', typedConfig: config } });
  });

  test('a type whose JSON is no object stands under value', () => {
    const any = { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '5s' };
    expect(clean(CLUSTER, { transport_socket: { typed_config: any } })).toEqual({ transport_socket: { typed_config: any } });
  });

  test.each(['udpa.type.v1.TypedStruct', 'xds.type.v3.TypedStruct'])('a %s is read as the message that it names', (type) => {
    const typed = { '@type': `type.googleapis.com/${type}`, type_url: TLS, value: { sni: 'a', commonTlsContext: {} } };
    const cluster = clean(CLUSTER, { transport_socket: { name: 'tls', typed_config: typed } }) as Cluster;
    expect(configOf(cluster.transport_socket)).toEqual({ '@type': TLS, sni: 'a', common_tls_context: {} });
    expect(encodeMessage(CLUSTER, cluster)).toEqual({
      transportSocket: { name: 'tls', typedConfig: { '@type': typed['@type'], typeUrl: TLS, value: typed.value } },
    });
  });

  test('the untyped config of old dumps is read by the name of its filter', () => {
    const filter = { name: 'envoy.http_connection_manager', config: { stat_prefix: 'p', http_filters: { name: 'envoy.router' } } };
    const listener = clean('envoy.api.v2.Listener', { filter_chains: [{ filters: [filter] }] }) as Listener;
    const read = listener.filter_chains?.[0]?.filters?.[0];
    expect(configOf(read)).toEqual({
      '@type': expect.stringContaining('HttpConnectionManager'),
      stat_prefix: 'p',
      http_filters: [{ name: 'envoy.router' }],
    });
    expect(encodeMessage('envoy.api.v2.Listener', listener)).toEqual({ filterChains: [{ filters: [filter] }] });
  });
});

describe('encoding', () => {
  test('is lowerCamelCase, in the order of the .proto file, the unknown last', () => {
    const json = { brand_new: { a_b: 1 }, lb_policy: 'RANDOM', name: 'a', connect_timeout: '1s', type: 'EDS' };
    expect(Object.entries(encodeMessage(CLUSTER, clean(CLUSTER, json)))).toEqual([
      ['name', 'a'],
      ['type', 'EDS'],
      ['connectTimeout', '1s'],
      ['lbPolicy', 'RANDOM'],
      ['brand_new', { a_b: 1 }],
    ]);
  });

  test('what is no number is text, as proto3 JSON has it', () => {
    expect(encodeMessage('envoy.type.v3.Percent', { value: Number.NaN } as Message)).toEqual({ value: 'NaN' });
  });

  test('of an unknown type everything comes out as it was', () => {
    expect(encodeMessage('acme.v1.Thing', clean('acme.v1.Thing', { aB: 1, c_d: [2] }))).toEqual({ aB: 1, c_d: [2] });
  });
});

test('messages within messages to the limit of nesting', () => {
  let rule: JsonValue = { any: true };
  for (let i = 0; i < 120; i++) rule = { and_rules: { rules: [rule] } };
  const value = clean('envoy.config.rbac.v3.Permission', rule);
  expect(JSON.stringify(encodeMessage('envoy.config.rbac.v3.Permission', value))).toBe(JSON.stringify(rule).replaceAll('and_rules', 'andRules'));
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage } from '../../src/decode/decode-message.ts';
import { readEndpoints } from '../../src/decode/read-endpoints.ts';
import { bytesSource } from '../../src/dump/byte-source.ts';
import { parseJson } from '../../src/dump/json-text.ts';
import type { ClusterLoadAssignment } from '../../src/model/generated/envoy-api.ts';
import type { PlainAssignment } from '../../src/model/plain-assignment.ts';
import type { Resource } from '../../src/model/resource.ts';
import { assignedRows, type EndpointRow, plainRows } from '../../src/query/endpoint-row.ts';

const TYPE = 'envoy.config.endpoint.v3.ClusterLoadAssignment';
const RESOURCE = {} as Resource;

function read(text: string): PlainAssignment | undefined {
  const bytes = new TextEncoder().encode(text);
  return readEndpoints(bytesSource('x.json', bytes), { start: 0, end: bytes.length });
}

function decoded(text: string): ClusterLoadAssignment {
  const { '@type': _, ...fields } = parseJson(text, () => '') as { readonly [key: string]: never };
  return decodeMessage(TYPE, fields, [], []);
}

const optional = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const HOST = fc.constantFrom('10.0.0.1', '10.0.0.2', '', '::1', 'host.example', 'a"b\\c', 'ä');
const SOCKET = optional({ protocol: fc.constant('TCP'), address: HOST, port_value: fc.constantFrom(0, 80, 65_535) });
const LB_ENDPOINT = optional({
  endpoint: optional({ address: optional({ socket_address: SOCKET }), health_check_config: fc.constant({}), hostname: HOST }),
  health_status: fc.constantFrom('HEALTHY', 'UNHEALTHY', 'DRAINING', 'NEWER'),
  metadata: fc.jsonValue() as fc.Arbitrary<unknown>,
  load_balancing_weight: fc.nat(9),
});
const GROUP = optional({
  locality: optional({ region: HOST, zone: HOST, subZone: HOST }),
  lbEndpoints: fc.array(LB_ENDPOINT, { maxLength: 4 }),
  priority: fc.nat(3),
  load_balancing_weight: fc.nat(9),
});
const ASSIGNMENT = optional({
  '@type': fc.constantFrom(`type.googleapis.com/${TYPE}`, 'type.googleapis.com/envoy.api.v2.ClusterLoadAssignment'),
  clusterName: HOST,
  endpoints: fc.array(GROUP, { maxLength: 3 }),
  policy: optional({ overprovisioning_factor: fc.nat(200), weightedPriorityHealth: fc.boolean(), drop_overloads: fc.constant([]) }),
});

/** All that a row says. */
const told = (row: EndpointRow): EndpointRow => ({
  cluster: row.cluster,
  resource: row.resource,
  address: row.address,
  host: row.host,
  port: row.port,
  moreAddresses: row.moreAddresses,
  edsHealth: row.edsHealth,
  status: row.status,
  weight: row.weight,
  locality: row.locality,
  localityWeight: row.localityWeight,
  priority: row.priority,
  hostname: row.hostname,
  successRate: row.successRate,
  sources: row.sources,
  shares: row.shares,
});

describe('endpoints that are read at less cost', () => {
  test('make the rows that decoding the whole assignment makes', () => {
    fc.assert(
      fc.property(ASSIGNMENT, fc.constantFrom(0, 1, '\t'), (assignment, indent) => {
        const text = JSON.stringify(assignment, null, indent);
        const plain = read(text) as PlainAssignment;
        const whole = decoded(text);
        expect(plainRows(plain, 'c', 'EDS', RESOURCE).map(told)).toEqual(assignedRows(whole, 'c', 'EDS', RESOURCE));
        expect(plain.policy?.overprovisioning_factor).toBe(whole.policy?.overprovisioning_factor);
        expect(plain.policy?.weighted_priority_health).toBe(whole.policy?.weighted_priority_health);
      }),
      { numRuns: 500 },
    );
  });

  test('are the same across the borders of what is fetched at once', () => {
    const lbEndpoint = (i: number): unknown => ({
      endpoint: { address: { socket_address: { address: `10.0.${i >> 8}.${i & 255}`, port_value: i } } },
      metadata: { x: 'y"\\'.repeat(i % 97) },
      health_status: 'HEALTHY',
    });
    const list = Array.from({ length: 9000 }, (_, i) => lbEndpoint(i));
    // Strings of 20 KiB reach over the border wherever it falls.
    const long = Array.from({ length: 40 }, (_, i) => ({ ...(lbEndpoint(i) as object), metadata: '{'.repeat(20_000 + i) }));
    const text = JSON.stringify({ endpoints: [{ lb_endpoints: [...list, ...long, ...list] }] }, null, 1);
    expect(text.length).toBeGreaterThan(8 * (1 << 18));
    expect(plainRows(read(text) as PlainAssignment, 'c', 'EDS', RESOURCE).map(told)).toEqual(assignedRows(decoded(text), 'c', 'EDS', RESOURCE));
  });

  const within = (lbEndpoint: string): string => `{"endpoints":[{"lb_endpoints":[${lbEndpoint}]}]}`;
  const socket = (fields: string): string => within(`{"endpoint":{"address":{"socket_address":{${fields}}}}}`);
  test.each([
    ['another type', `{"@type":"type.googleapis.com/envoy.config.cluster.v3.Cluster"}`],
    ['two lists', '{"endpoints":[],"endpoints":[]}'],
    ['no list', '{"endpoints":{}}'],
    ['null', '{"endpoints":null}'],
    ['a repeated policy', '{"policy":{},"policy":{}}'],
    ['a repeated health', within('{"health_status":"HEALTHY","healthStatus":"HEALTHY"}')],
    ['a health by number', within('{"health_status":1}')],
    ['a weight that is no integer', within('{"load_balancing_weight":1.5}')],
    ['a weight as text', within('{"load_balancing_weight":"1"}')],
    ['an endpoint by name', within('{"endpoint_name":"x"}')],
    ['a repeated endpoint', within('{"endpoint":{},"endpoint":{}}')],
    ['further addresses', within('{"endpoint":{"additional_addresses":[]}}')],
    ['a pipe', within('{"endpoint":{"address":{"pipe":{"path":"/x"}}}}')],
    ['an internal address', within('{"endpoint":{"address":{"envoyInternalAddress":{}}}}')],
    ['a named port', socket('"named_port":"http"')],
    ['a repeated address', socket('"address":"a","address":"b"')],
    ['a port out of range', socket('"port_value":4294967296')],
    ['what is no JSON', socket('"address":"a" "port_value":1')],
    ['an early end', '{"endpoints":['],
  ])('are left to the careful way where there is %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});

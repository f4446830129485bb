import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { addressJson } from '../../src/dump/address-json.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { clustersFromText } from '../../src/dump/clusters-text.ts';
import { listenersFromText } from '../../src/dump/listeners-text.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import { textKind } from '../../src/dump/text-documents.ts';

const CLUSTERS = `a::b::observability_name::other
a::b::outlier::success_rate_average::-1
a::b::outlier::success_rate_ejection_threshold::85.5
a::b::default_priority::max_connections::1024
a::b::default_priority::max_retries::3
a::b::high_priority::max_connections::99
a::b::added_via_api::true
a::b::eds_service_name::x|y||z
a::b::10.0.0.1:80::cx_active::2
a::b::10.0.0.1:80::cx_total::0
a::b::10.0.0.1:80::rq_success::18446744073709551615
a::b::10.0.0.1:80::hostname::one.example.com
a::b::10.0.0.1:80::health_flags::/failed_active_hc/failed_eds_health/brand_new_flag
a::b::10.0.0.1:80::weight::7
a::b::10.0.0.1:80::region::r1
a::b::10.0.0.1:80::zone::
a::b::10.0.0.1:80::sub_zone::s1
a::b::10.0.0.1:80::canary::false
a::b::10.0.0.1:80::priority::1
a::b::10.0.0.1:80::success_rate::-1
a::b::10.0.0.1:80::local_origin_success_rate::99.5
a::b::[fd00::1]:8080::cx_active::0
a::b::[fd00::1]:8080::health_flags::healthy
a::b::[fd00::1]:8080::weight::1
a::b::[fd00::1]:8080::brand_new_key::text
c::added_via_api::false
c::/var/run/x.sock::cx_active::0
this is no such line
`;

describe('the text form of /clusters', () => {
  test('is the JSON form in other words', () => {
    expect(clustersFromText(CLUSTERS)).toEqual({
      strange: ['this is no such line'],
      json: {
        cluster_statuses: [
          {
            name: 'a::b',
            observability_name: 'other',
            success_rate_ejection_threshold: { value: 85.5 },
            added_via_api: true,
            eds_service_name: 'x|y||z',
            host_statuses: [
              {
                address: { socket_address: { address: '10.0.0.1', port_value: 80 } },
                stats: [{ type: 'GAUGE', name: 'cx_active', value: '2' }, { name: 'cx_total' }, { name: 'rq_success', value: '18446744073709551615' }],
                health_status: { eds_health_status: 'UNHEALTHY', failed_active_health_check: true, brand_new_flag: true },
                hostname: 'one.example.com',
                weight: 7,
                priority: 1,
                local_origin_success_rate: { value: 99.5 },
                locality: { region: 'r1', sub_zone: 's1' },
              },
              {
                address: { socket_address: { address: 'fd00::1', port_value: 8080 } },
                stats: [{ type: 'GAUGE', name: 'cx_active' }],
                health_status: { eds_health_status: 'HEALTHY' },
                weight: 1,
                brand_new_key: 'text',
              },
            ],
            circuit_breakers: {
              thresholds: [
                { max_connections: 1024, max_retries: 3 },
                { priority: 'HIGH', max_connections: 99 },
              ],
            },
          },
          {
            name: 'c',
            host_statuses: [
              {
                address: { pipe: { path: '/var/run/x.sock' } },
                stats: [{ type: 'GAUGE', name: 'cx_active' }],
                health_status: { eds_health_status: 'HEALTHY' },
              },
            ],
          },
        ],
      },
    });
  });

  test('gives the same value as the JSON form, and says which lines it did not understand', async () => {
    const proxy = buildProxyConfig('x', await readDocuments(textSource('clusters', CLUSTERS.replaceAll('\n', '\r\n'))));
    expect(proxy.clusterStatuses?.value.cluster_statuses?.[0]?.host_statuses?.[0]).toMatchObject({
      weight: 7,
      priority: 1,
      health_status: { eds_health_status: 'UNHEALTHY' },
    });
    expect(proxy.notes).toMatchObject([{ id: 'PC1031', what: expect.stringContaining('this is no such line') }]);
  });
});

describe('the text form of /listeners', () => {
  test('is the JSON form in other words', () => {
    expect(listenersFromText('a::0.0.0.0:80\nb::[::]:443\nb::10.0.0.1:443\np::/run/envoy.sock\nwhat\n')).toEqual({
      strange: ['what'],
      json: {
        listener_statuses: [
          { name: 'a', local_address: { socket_address: { address: '0.0.0.0', port_value: 80 } } },
          {
            name: 'b',
            local_address: { socket_address: { address: '::', port_value: 443 } },
            additional_local_addresses: [{ socket_address: { address: '10.0.0.1', port_value: 443 } }],
          },
          { name: 'p', local_address: { pipe: { path: '/run/envoy.sock' } } },
        ],
      },
    });
  });
});

test.each([
  ['10.0.0.1:80', { socket_address: { address: '10.0.0.1', port_value: 80 } }],
  ['[fd00::1]:0', { socket_address: { address: 'fd00::1', port_value: 0 } }],
  ['host.example.com:443', { socket_address: { address: 'host.example.com', port_value: 443 } }],
  ['@abstract', { pipe: { path: '@abstract' } }],
  ['/run/x:80', { pipe: { path: '/run/x:80' } }],
  ['envoy://inner/ep-1', { envoy_internal_address: { server_listener_name: 'inner', endpoint_id: 'ep-1' } }],
  ['envoy://inner', { envoy_internal_address: { server_listener_name: 'inner' } }],
])('the address %s', (text, json) => {
  expect(addressJson(text)).toEqual(json);
});

test.each([
  ['cluster.x.upstream_cx_total: 3\nserver.live: 1\n', 'stats'],
  ['cluster_manager.cds.version_text: "abc"\ncluster.x.y: 0\n', 'stats'],
  ['# TYPE envoy_server_live gauge\nenvoy_server_live{} 1\n', 'stats'],
  ['ECDS NAME     TYPE\nx     y\n', 'tool_output'],
  ['ADDRESSES PORT  MATCH DESTINATION\n0.0.0.0   80    ALL   Route: x\n', 'tool_output'],
  ['apiVersion: v1\nkind: Pod\n', 'kubernetes'],
  ['LIVE\n', 'other'],
  ['null\n', 'istiod_debug'],
  ['static_resources:\n  clusters: []\n', undefined],
  ['port: 1\nname: x\n', undefined],
])('a text that begins %j is told by what it says', (text, kind) => {
  expect(textKind(text)?.kind).toBe(kind);
});

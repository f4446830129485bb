import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { encodeMessage } from '../../src/decode/encode-message.ts';
import { maskSecretBytes, maskSecrets } from '../../src/decode/mask-secrets.ts';
import { readWireDocument } from '../../src/decode/read-wire-document.ts';
import { bytesSource } from '../../src/dump/byte-source.ts';
import { Failure } from '../../src/dump/failure.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { Resource } from '../../src/model/resource.ts';

const ADMIN = 'type.googleapis.com/envoy.admin.v3.';
const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** A dump that has something of everything that is looked at on the way to the model. */
const DUMP = {
  configs: [
    {
      '@type': `${ADMIN}BootstrapConfigDump`,
      bootstrap: { node: { id: 'n', metadata: { A: [1, null] } }, static_resources: {} },
      last_updated: '2024-01-01T00:00:00Z',
    },
    {
      '@type': `${ADMIN}ListenersConfigDump`,
      dynamic_listeners: [
        {
          name: 'web',
          active_state: {
            version_info: '1',
            listener: {
              '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
              name: 'web',
              address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
              filter_chains: [
                {
                  filters: [
                    {
                      name: 'hcm',
                      typed_config: { '@type': HCM, stat_prefix: 's', rds: { route_config_name: 'r' }, http_filters: [{ name: 'x', config: {} }] },
                    },
                  ],
                },
              ],
            },
          },
          error_state: { details: 'no', failed_configuration: { name: 'web' } },
        },
      ],
    },
    {
      '@type': `${ADMIN}RoutesConfigDump`,
      dynamic_route_configs: [
        {
          route_config: {
            name: 'r',
            virtual_hosts: [
              {
                name: 'v',
                domains: ['*'],
                routes: [
                  {
                    match: { prefix: '/', headers: [{ name: 'authorization', exact_match: 'Bearer x' }] },
                    route: { weighted_clusters: { clusters: [{ name: 'c', weight: 1 }] }, timeout: '1s' },
                  },
                ],
              },
            ],
          },
        },
      ],
    },
    {
      '@type': `${ADMIN}ClustersConfigDump`,
      static_clusters: [{ cluster: { name: 'c', type: 'EDS', connect_timeout: '1s', eds_cluster_config: { service_name: 's' } } }],
    },
    {
      '@type': `${ADMIN}EndpointsConfigDump`,
      dynamic_endpoint_configs: [{ endpoint_config: { cluster_name: 's', endpoints: [{ lb_endpoints: [{ endpoint: { address: {} } }] }] } }],
    },
    {
      '@type': `${ADMIN}SecretsConfigDump`,
      static_secrets: [{ name: 'k', secret: { name: 'k', tls_certificate: { private_key: { inline_string: 'secret' } } } }],
    },
    { '@type': `${ADMIN}ScopedRoutesConfigDump`, inline_scoped_route_configs: [{ name: 'x', scoped_route_configs: [{ name: 'y' }] }] },
    { '@type': `${ADMIN}EcdsConfigDump`, ecds_filters: [{ ecds_filter: { name: 'e', typed_config: { '@type': 'a/b.C' } } }] },
  ],
};
const CLUSTERS = 'a::observability_name::a\na::default_priority::max_connections::1\na::10.0.0.1:80::health_flags::healthy\na::10.0.0.1:80::weight::1\n';
const BOOTSTRAP =
  'node: {id: n}\nstatic_resources:\n  listeners:\n  - name: a\n    filter_chains:\n    - filters: [{name: x, typed_config: {route_config: {name: r}}}]\n  clusters: [{name: c, load_assignment: {cluster_name: c}}]\n';

/** Reads everything that can be read of a file; whatever is thrown but a Failure fails the test. */
async function readAll(bytes: Uint8Array): Promise<void> {
  let resources: readonly Resource[];
  try {
    const proxy = buildProxyConfig('x', await readDocuments(bytesSource('x', bytes), { readers: { protobuf: readWireDocument } }));
    resources = [...proxy.listeners, ...proxy.routeConfigs, ...proxy.scopedRoutes, ...proxy.clusters, ...proxy.endpoints, ...proxy.secrets, ...proxy.ecds];
    if (proxy.bootstrap !== undefined) resources = [...resources, proxy.bootstrap];
    for (const message of [proxy.clusterStatuses, proxy.listenerStatuses, proxy.certificates, proxy.serverInfo]) maskSecrets(message?.value);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.id).toMatch(/^PC10\d\d$/);
    expect(error.place).toMatch(/^x(?::\d+:\d+)?$/);
    expect(error.next).not.toBe('');
    return;
  }
  for (const resource of resources) {
    expect(typeof resource.name).toBe('string');
    for (const issue of resource.issues) expect(issue.what).not.toBe('');
    JSON.stringify(encodeMessage(resource.type, maskSecrets(resource.value)));
    maskSecretBytes(resource.raw());
    maskSecretBytes(resource.rawEntry());
  }
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every place in a value, as the containers and keys that hold it. */
function placesIn(value: Json, found: { readonly holder: { [key: string]: Json }; readonly key: string }[] = []): typeof found {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    const holder = value as { [key: string]: Json };
    found.push({ holder, key });
    placesIn(holder[key] as Json, found);
  }
  return found;
}

const strange: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    -1,
    1.5,
    1e300,
    '',
    'x',
    [],
    {},
    [null],
    [[]],
    { '@type': 5 },
    { '@type': HCM },
    { '@type': `${ADMIN}ListenersConfigDump` },
    { value: {} },
    { constructor: 1, toString: 2 },
  ),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);
const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'rename', 'move'),
  value: strange,
  key: fc.constantFrom('name', 'configs', '__proto__', 'constructor', '@type', 'listener', 'cluster'),
});

describe('mutated dumps never end in anything but a Failure', () => {
  test('values of wrong types in every position, missing and moved ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const dump = structuredClone(DUMP) as unknown as Json;
        for (const { at, how, value, key } of changes) {
          const places = placesIn(dump);
          const place = places[at % Math.max(1, places.length)];
          if (place === undefined) continue;
          const held = place.holder[place.key] as Json;
          if (how === 'replace') place.holder[place.key] = value;
          else delete place.holder[place.key];
          if (how === 'rename') Object.defineProperty(place.holder, key, { value: held, enumerable: true, configurable: true, writable: true });
          if (how === 'move') (dump as { [key: string]: Json })[place.key] = held;
        }
        await readAll(new TextEncoder().encode(JSON.stringify(dump)));
      }),
      { numRuns: 1500 },
    );
  });

  test.each([
    ['a dump', JSON.stringify(DUMP)],
    ['a dump as Envoy lays it out', JSON.stringify(DUMP, null, 1)],
    ['/clusters as text', CLUSTERS],
    ['a bootstrap in YAML', BOOTSTRAP],
  ])('%s with bytes changed, left out, doubled or cut', async (_, text) => {
    const original = new TextEncoder().encode(text);
    const edit = fc.record({ at: fc.nat(original.length), length: fc.nat(40), bytes: fc.uint8Array({ maxLength: 6 }) });
    const tokens = fc
      .constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '\n', '::', '\u0000', '\ufeff', '&a', '*a', '<<: ', '- ')
      .map((token) => new TextEncoder().encode(token));
    const anyEdit = fc.oneof(edit, fc.record({ at: fc.nat(original.length), length: fc.nat(2), bytes: tokens }));
    await fc.assert(
      fc.asyncProperty(fc.array(anyEdit, { minLength: 1, maxLength: 3 }), async (edits) => {
        let bytes: Uint8Array = original;
        for (const { at, length, bytes: put } of edits) bytes = Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + length)]);
        await readAll(bytes);
      }),
      { numRuns: 400 },
    );
  });

  test('any bytes at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => readAll(bytes)),
      { numRuns: 1000 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { TraceAnswer } from '../../src/trace/trace-answer.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { chain, hcm, type Json, listener } from '../support/connection-builders.ts';
import { cluster, configDump, host, type ProxyParts, ROUTER, to, typed } from '../support/http-builders.ts';

const LISTENER = 'envoy.config.listener.v3.Listener';
const manager = (more: Json) => hcm({ http_filters: [ROUTER], ...more });
const inline = (target: string, more: Json = {}) =>
  manager({ route_config: { name: 'own', virtual_hosts: [host('all', '*', [to(target, undefined, more)])] } });
const web = (filter: Json = inline('a'), more: Json = {}) => typed(LISTENER, listener('web', [chain('only', {}, { filters: [filter] })], more));
const served = { version_info: '1', listener: web() };

/** One request to 127.0.0.1:80, before a dump whose listeners section holds just these entries; the other sections are made of the parts. */
async function ask(dynamicListeners: readonly Json[], parts: ProxyParts = {}, without: readonly string[] = []): Promise<TraceAnswer> {
  const dump = configDump({ clusters: [cluster('a'), cluster('b')], ...parts }) as { readonly configs: readonly Json[] };
  const configs = dump.configs
    .filter((section) => !without.some((name) => String(section['@type']).endsWith(`.${name}`)))
    .map((section) => (String(section['@type']).endsWith('.ListenersConfigDump') ? { ...section, dynamic_listeners: dynamicListeners } : section));
  const documents = await readDocuments(textSource('config_dump.json', JSON.stringify({ configs })));
  return traceRequest(buildProxyConfig('test', documents), { listener: { address: '127.0.0.1', port: 80 }, authority: 'a.com', path: '/' });
}
const REFUSED = { verdict: 'broken', status: null, flags: null, connection: 'refused' };

describe("Envoy's surprises about what a dump shows, each as recorded from Envoy 1.40", () => {
  describe('1: a route configuration that Envoy rejected leaves no trace', () => {
    const rds = web(manager({ route_config: undefined, rds: { route_config_name: 'rejected', config_source: { ads: {} } } }));
    const entries = [{ name: 'web', active_state: { listener: rds } }];

    test('its name is absent: 404 NR without a virtual host, whatever stands under other names', async () => {
      const { outcomes } = await ask(entries, { routes: [{ name: 'other', virtual_hosts: [host('h', '*')] }] });
      expect(outcomes).toMatchObject([{ verdict: 'broken', status: 404, flags: 'NR', route_config: 'rejected', virtual_host: null }]);
    });

    test('the only one of the proxy: then the section of routes is missing altogether, and it is 404 NR all the same', async () => {
      expect((await ask(entries, {}, ['RoutesConfigDump'])).outcomes).toMatchObject([{ verdict: 'broken', status: 404, flags: 'NR' }]);
    });

    test('a dump of few sections may be masked: there nothing is said of it', async () => {
      const masked = ['RoutesConfigDump', 'ScopedRoutesConfigDump', 'EndpointsConfigDump', 'EcdsConfigDump', 'BootstrapConfigDump'];
      expect(await ask(entries, {}, masked)).toMatchObject({ verdict: 'undetermined', gap: { id: 'PC1001' } });
    });
  });

  describe('2: a listener that Envoy rejected', () => {
    const error = { failed_configuration: web(), details: "error adding listener 'web': it is not so" };

    test('stands with its error and does not listen; Envoy’s reason is told', async () => {
      const answer = await ask([{ name: 'web', error_state: error }]);
      expect(answer.outcomes).toMatchObject([{ ...REFUSED, break: 'PC2003' }]);
      expect(JSON.stringify(answer.hops)).toContain('it is not so');
    });

    test('may stand once more without a name: still one listener that does not listen', async () => {
      const answer = await ask([{ name: 'web', error_state: error }, { error_state: error }]);
      expect(answer.outcomes).toMatchObject([{ ...REFUSED, break: 'PC2003' }]);
    });

    test('with an older version active, that one serves, error or not', async () => {
      const update = { failed_configuration: web(inline('b')), details: 'no' };
      expect((await ask([{ name: 'web', active_state: served, error_state: update }])).outcomes).toMatchObject([{ verdict: 'forwarded', cluster: 'a' }]);
      expect((await ask([{ name: 'web', active_state: served }])).outcomes).toMatchObject([{ verdict: 'forwarded', cluster: 'a' }]);
    });
  });

  describe('3: what warms', () => {
    test('a listener that only warms refuses connections', async () => {
      expect((await ask([{ name: 'web', warming_state: served }])).outcomes).toMatchObject([{ ...REFUSED, break: 'PC2003' }]);
    });

    test('a listener that has an active version serves by that one while the next warms', async () => {
      const next = { listener: web(inline('b')) };
      expect((await ask([{ name: 'web', active_state: served, warming_state: next }])).outcomes).toMatchObject([{ verdict: 'forwarded', cluster: 'a' }]);
    });

    test('a cluster that is only among the warming ones is NC', async () => {
      const answer = await ask([{ name: 'web', active_state: served }], { clusters: [cluster('b')], warmingClusters: [cluster('a')] });
      expect(answer.outcomes).toMatchObject([{ verdict: 'broken', status: 503, flags: 'NC', cluster: 'a' }]);
    });

    test('before the first clusters have come there is no listener and no section of routes: connections are refused', async () => {
      expect((await ask([], {}, ['RoutesConfigDump'])).outcomes).toMatchObject([{ ...REFUSED, break: 'PC2001' }]);
    });
  });

  describe('4: the endpoints section shows health and weights as Envoy made them; the tests of clusters hold that', () => {
    test('a host that EDS gives as UNHEALTHY stands there as it is, and panic still counts it', async () => {
      const lbEndpoint = (port: number, health: string) => ({
        health_status: health,
        load_balancing_weight: 1,
        endpoint: { address: { socket_address: { address: '10.0.0.1', port_value: port } } },
      });
      const assignment = (health: string) => ({
        cluster_name: 'a',
        endpoints: [{ locality: {}, lb_endpoints: [lbEndpoint(1, health), lbEndpoint(2, 'HEALTHY'), lbEndpoint(3, health)] }],
        policy: { overprovisioning_factor: 140 },
      });
      const eds = { name: 'a', type: 'EDS', eds_cluster_config: { eds_config: { ads: {} } } };
      const served1 = [{ name: 'web', active_state: served }];
      const sick = await ask(served1, { clusters: [eds], endpoints: [assignment('UNHEALTHY')] });
      expect(sick.outcomes[0]?.endpoints?.map((e) => [e.address, e.health])).toEqual([
        ['10.0.0.1:1', 'UNHEALTHY'],
        ['10.0.0.1:2', 'HEALTHY'],
        ['10.0.0.1:3', 'UNHEALTHY'],
      ]);
      const well = await ask(served1, { clusters: [eds], endpoints: [assignment('HEALTHY')] });
      expect(well.outcomes[0]?.endpoints).toHaveLength(3);
    });
  });

  describe('5: runtime overrides stand in the bootstrap alone', () => {
    const fraction = { match: { prefix: '/', runtime_fraction: { default_value: { numerator: 100 }, runtime_key: 'to.b' } } };
    const routes = [{ name: 'first', ...fraction, route: { cluster: 'b' } }, to('a')];
    const entries = [{ name: 'web', active_state: { listener: web(manager({ route_config: { name: 'own', virtual_hosts: [host('all', '*', routes)] } })) } }];

    test('a layer that sets the key decides', async () => {
      expect((await ask(entries, { runtime: { to: { b: 0 } } })).outcomes).toMatchObject([{ cluster: 'a' }]);
      expect((await ask(entries, { runtime: { other: 0 } })).outcomes).toMatchObject([{ cluster: 'b' }]);
    });

    test('a layer whose values a dump does not hold is a condition, which names the key and the layer', async () => {
      const dump = {
        layered_runtime: {
          layers: [
            { name: 'base', static_layer: {} },
            { name: 'rtds', rtds_layer: {} },
          ],
        },
      };
      const { outcomes } = await ask(entries, { bootstrap: dump });
      expect(outcomes).toMatchObject([{ cluster: 'b', probability: null, conditions: [expect.stringMatching(/"to\.b".* not set by the RTDS layer "rtds"/)] }]);
    });

    test('without bootstrap and /runtime too, for keys that the configuration names', async () => {
      const { outcomes } = await ask(entries, {}, ['BootstrapConfigDump']);
      expect(outcomes).toMatchObject([
        { cluster: 'b', probability: null, conditions: ['the runtime key "to.b" is not set by the bootstrap, which the input does not show (/runtime does)'] },
      ]);
      const plain = await ask([{ name: 'web', active_state: served }], {}, ['BootstrapConfigDump']);
      expect(plain.outcomes).toMatchObject([{ cluster: 'a', probability: 1, conditions: [] }]);
    });
  });
});

import { describe, expect, test } from 'vitest';
import { allChangeWords } from '../../src/compare/change-words.ts';
import { compareProxies } from '../../src/compare/compare-proxies.ts';
import { diffText } from '../../src/render/diff-text.ts';
import { styleFor } from '../../src/render/style.ts';
import { cluster, connectionManager, host, httpListener, type Json, type ProxyParts, proxyOf, to, typed } from '../support/http-builders.ts';

const OPTIONS = { all: false, showSecrets: false };

/** What is said of the changes between two proxies of parts, each with the things that it is within. */
async function saidOf(before: ProxyParts, after: ProxyParts): Promise<string[]> {
  const difference = compareProxies(await proxyOf(before), await proxyOf(after), OPTIONS);
  return difference.resources.flatMap((resource) =>
    resource.status === 'changed'
      ? allChangeWords(resource.changes).map(({ within, text }) => [...within, text].join(' › '))
      : [`${resource.kind} ${resource.name} ${resource.status}`],
  );
}

const routes = (...virtualHosts: Json[]): ProxyParts => ({ routes: [{ name: 'http.80', virtual_hosts: virtualHosts }] });
const split = (...weights: number[]): Json => ({
  name: 'catalog',
  match: { prefix: '/items' },
  route: { weighted_clusters: { clusters: weights.map((weight, i) => ({ name: `v${i + 1}`, weight })) } },
});
const endpoints = (...hosts: (readonly [port: number, health?: string])[]): ProxyParts => ({
  endpoints: [
    {
      cluster_name: 'catalog',
      endpoints: [
        {
          lb_endpoints: hosts.map(([port, health]) => ({
            endpoint: { address: { socket_address: { address: '10.0.0.5', port_value: port } } },
            ...(health === undefined ? {} : { health_status: health }),
          })),
        },
      ],
    },
  ],
});

describe('a change is said in the words of the field', () => {
  test('the arms of a split by their share', async () => {
    expect(await saidOf(routes(host('shop', 'a.com', [split(20, 80)])), routes(host('shop', 'a.com', [split(0, 100)])))).toEqual([
      'virtual host shop › route `catalog` /items* › arm v1 20 % → 0 %',
      'virtual host shop › route `catalog` /items* › arm v2 80 % → 100 %',
    ]);
  });

  test('a route that goes elsewhere by another field, once', async () => {
    const forwarded = { name: 'catalog', match: { prefix: '/items' }, route: { cluster: 'v3' } };
    expect(await saidOf(routes(host('shop', 'a.com', [split(20, 80)])), routes(host('shop', 'a.com', [forwarded])))).toEqual([
      'virtual host shop › route `catalog` /items* › destination v1 (20%), v2 (80%) → v3',
    ]);
    const redirected = { name: 'catalog', match: { prefix: '/items' }, redirect: { host_redirect: 'b.com' } };
    expect(await saidOf(routes(host('shop', 'a.com', [forwarded])), routes(host('shop', 'a.com', [redirected])))).toEqual([
      'virtual host shop › route `catalog` /items* › destination v3 → redirect 301 to {scheme}://b.com{path}',
    ]);
  });

  test('a timeout, with what holds where it is not set', async () => {
    const timed = (timeout?: string): ProxyParts =>
      routes(host('shop', 'a.com', [{ name: 'r', match: { prefix: '/' }, route: { cluster: 'a', ...(timeout ? { timeout } : {}) } }]));
    expect(await saidOf(timed('15s'), timed('3s'))).toEqual(['virtual host shop › route `r` /* › timeout 15s → 3s']);
    expect(await saidOf(timed(), timed('3s'))).toEqual(['virtual host shop › route `r` /* › timeout unset (15s) → 3s']);
    expect(await saidOf(timed('3s'), timed('3.000s'))).toEqual([]);
  });

  test('the health of an endpoint, and endpoints that come and go', async () => {
    expect(await saidOf(endpoints([8080]), endpoints([8080, 'UNHEALTHY']))).toEqual(['locality (none) › endpoint 10.0.0.5:8080 healthy → unhealthy']);
    expect(await saidOf(endpoints([8080], [8081]), endpoints([8081], [8082]))).toEqual([
      'locality (none) › endpoint 10.0.0.5:8080 is gone',
      'locality (none) › endpoint 10.0.0.5:8082 is new',
    ]);
    expect(await saidOf(endpoints([8080], [8081, 'HEALTHY']), endpoints([8081, 'HEALTHY'], [8080]))).toEqual([]);
  });

  test('domains are a set, routes are ordered', async () => {
    expect(await saidOf(routes(host('h', ['a.com', 'b.com'])), routes(host('h', ['b.com', 'c.com'])))).toEqual([
      'virtual host h › domain a.com is gone',
      'virtual host h › domain c.com is new',
    ]);
    const [first, second, third] = [to('a', { prefix: '/a' }), to('b', { prefix: '/b' }), to('c', { prefix: '/c' })];
    expect(await saidOf(routes(host('h', '*', [first, second, third])), routes(host('h', '*', [third, first, second])))).toEqual([
      'virtual host h › route `c` /c* moved from place 3 to 1',
    ]);
    expect(await saidOf(routes(host('h', '*', [first])), routes(host('h', '*', [second, first])))).toEqual(['virtual host h › route `b` /b* is new (to b)']);
  });

  test('filters are ordered, filter chains are not', async () => {
    const chain = (name: string, sni: string): Json => ({ name, filter_chain_match: { server_names: [sni] }, filters: [] });
    const listener = (...chains: Json[]): ProxyParts => ({ listeners: [{ name: 'l', filter_chains: chains }] });
    expect(await saidOf(listener(chain('x', 'a.com'), chain('y', 'b.com')), listener(chain('y', 'b.com'), chain('x', 'a.com')))).toEqual([]);
    expect(await saidOf(listener(chain('x', 'a.com')), listener(chain('x', 'b.com')))).toEqual([
      'filter chain x (SNI: a.com) › server name a.com is gone',
      'filter chain x (SNI: a.com) › server name b.com is new',
    ]);
    const filters = (...names: string[]): ProxyParts => ({
      listeners: [
        httpListener(
          connectionManager(
            'r',
            names.map((name) => ({ name, typed_config: typed('envoy.extensions.filters.http.cors.v3.Cors') })),
          ),
        ),
      ],
    });
    expect(await saidOf(filters('one', 'two'), filters('two', 'one'))).toEqual(['filter chain chain › filter hcm › HTTP filter two moved from place 2 to 1']);
  });

  test('what no schema knows, by its path', async () => {
    const unknown = (value: unknown): ProxyParts => ({ clusters: [{ ...cluster('a'), brand_new: { deeper: value } }] });
    expect(await saidOf(unknown(1), unknown(2))).toEqual(['brand_new.deeper 1 → 2']);
    const spelled: ProxyParts = { clusters: [{ ...cluster('a'), brandNew: { deeper: 1 } }] };
    expect(await saidOf(unknown(1), spelled)).toEqual([]);
  });

  test('a default that is spelled out is no change, a zero in a wrapper is one', async () => {
    const of = (more: Json): ProxyParts => ({ clusters: [{ ...cluster('a'), ...more }] });
    expect(await saidOf(of({}), of({ lb_policy: 'ROUND_ROBIN', respect_dns_ttl: false, health_checks: [] }))).toEqual([]);
    expect(await saidOf(of({}), of({ lb_policy: 'MAGLEV' }))).toEqual(['lb_policy ROUND_ROBIN → MAGLEV']);
    expect(await saidOf(of({}), of({ per_connection_buffer_limit_bytes: 0 }))).toEqual(['per_connection_buffer_limit_bytes unset → 0']);
  });

  test('a secret is told to have changed, and not shown', async () => {
    const users = (password: string): ProxyParts => {
      const basic = typed('envoy.extensions.filters.http.basic_auth.v3.BasicAuth', { users: { inline_string: `anna:{SHA}${password}` } });
      return { listeners: [httpListener(connectionManager('r', [{ name: 'basic', typed_config: basic }]))] };
    };
    const difference = compareProxies(await proxyOf(users('first')), await proxyOf(users('second')), OPTIONS);
    const text = diffText(difference, { labels: ['a', 'b'], style: styleFor(false) });
    expect(text).toContain('HTTP filter basic › users.inline_string changed (a secret, not shown)');
    expect(JSON.stringify(difference.resources.map(({ changes, secrets, patch }) => [changes, secrets, patch]))).not.toMatch(/first|second/);
  });
});

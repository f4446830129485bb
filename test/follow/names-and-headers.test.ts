import { describe, expect, test } from 'vitest';
import { acceptedNames } from '../../src/follow/accepted-names.ts';
import { sentHeaders } from '../../src/follow/sent-headers.ts';
import type { SentUpstream } from '../../src/trace/sent-upstream.ts';
import { SENT } from '../../src/trace/sent-upstream.ts';
import { indexOf, traceRequest } from '../../src/trace/trace-request.ts';
import { clustersSection, configDump, endpoint, httpFilter, type Json, listenersSection, proxyOf, socketAddress } from '../support/dump-builders.ts';

describe('the names that a client accepts in its server’s certificate', async () => {
  const index = indexOf(await proxyOf(configDump(listenersSection())));
  const context = (...match_typed_subject_alt_names: readonly object[]) => ({ validation_context: { match_typed_subject_alt_names } }) as never;

  test('any one of the matchers is enough, each for its kind of name', () => {
    const names = acceptedNames(
      index,
      context({ san_type: 'URI', matcher: { prefix: 'spiffe://mesh/' } }, { san_type: 'DNS', matcher: { exact: 'shop.example' } }),
    );
    expect(names?.described).toEqual(['spiffe://mesh/*', 'shop.example']);
    expect(names?.accepts(['URI:spiffe://mesh/ns/a/sa/b'])).toBe(true);
    expect(names?.accepts(['DNS:spiffe://mesh/'])).toBe(false);
    expect(names?.accepts(['DNS:other.example', 'DNS:shop.example'])).toBe(true);
  });

  test('a wildcard of the certificate stands for one label', () => {
    const names = acceptedNames(index, context({ san_type: 'DNS', matcher: { exact: 'a.shop.example' } }));
    expect([names?.accepts(['DNS:*.shop.example']), names?.accepts(['DNS:*.example'])]).toEqual([true, false]);
  });

  test('nothing is asked without matchers, nor where the certificate is not verified', () => {
    expect(acceptedNames(index, {})).toBeUndefined();
    const untrusted = {
      validation_context: { trust_chain_verification: 'ACCEPT_UNTRUSTED', match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'a' } }] },
    };
    expect(acceptedNames(index, untrusted as never)).toBeUndefined();
  });

  test('auto_san_validation asks for the name of the request, and for nothing else', () => {
    const names = acceptedNames(index, context({ san_type: 'URI', matcher: { exact: 'spiffe://mesh/a' } }), 'shop.example');
    expect([names?.accepts(['DNS:shop.example']), names?.accepts(['URI:spiffe://mesh/a'])]).toEqual([true, false]);
  });
});

describe('the headers that go upstream', () => {
  const add = (key: string, value: string, append_action?: string): Json => ({
    header: { key, value },
    ...(append_action === undefined ? {} : { append_action }),
  });

  /** The headers that a route sends on, by the configuration of its route config, virtual host and route. */
  async function sent(levels: { readonly config?: Json; readonly host?: Json; readonly route?: Json }, headers: readonly (readonly [string, string])[] = []) {
    const route = { match: { prefix: '/api' }, route: { cluster: 'up', prefix_rewrite: '/v2' }, ...levels.route };
    const route_config = { name: 'r', virtual_hosts: [{ name: 'all', domains: ['*'], routes: [route], ...levels.host }], ...levels.config };
    const router = { name: 'envoy.filters.http.router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } };
    const chain = { filters: [httpFilter({ stat_prefix: 'x', route_config, http_filters: [router] })] };
    const up = { name: 'up', type: 'STATIC', load_assignment: { cluster_name: 'up', endpoints: [{ lb_endpoints: [endpoint('10.0.0.1', 80)] }] } };
    const proxy = await proxyOf(
      configDump(listenersSection({ name: 'l', address: socketAddress('0.0.0.0', 80), filter_chains: [chain] }), clustersSection(up)),
    );
    const asked = { listener: { address: '10.0.0.9', port: 80 }, source: { address: '192.0.2.1' }, authority: 'shop', path: '/api/x', headers };
    const [outcome] = traceRequest(proxy, asked).outcomes;
    const { lines, computed } = sentHeaders(outcome?.[SENT] as Extract<SentUpstream, { kind: 'http' }>, outcome?.upstream_request ?? null);
    return { of: (name: string) => lines.filter(([own]) => own === name).map(([, value]) => value), computed };
  }

  test('each level removes before it adds: the route first, the route config last', async () => {
    const { of } = await sent(
      {
        config: { request_headers_to_add: [add('x-who', 'config', 'OVERWRITE_IF_EXISTS_OR_ADD')] },
        host: { request_headers_to_add: [add('x-list', 'host')] },
        route: {
          request_headers_to_add: [add('x-who', 'route', 'OVERWRITE_IF_EXISTS_OR_ADD'), add('x-list', 'route')],
          request_headers_to_remove: ['x-list', 'x-gone'],
        },
      },
      [
        ['x-list', 'client'],
        ['x-gone', 'yes'],
      ],
    );
    expect([of('x-who'), of('x-list'), of('x-gone')]).toEqual([['config'], ['route', 'host'], []]);
  });

  test('with most_specific_header_mutations_wins the route comes last', async () => {
    const { of } = await sent({
      config: { most_specific_header_mutations_wins: true, request_headers_to_add: [add('x-who', 'config', 'OVERWRITE_IF_EXISTS_OR_ADD')] },
      route: { request_headers_to_add: [add('x-who', 'route', 'OVERWRITE_IF_EXISTS_OR_ADD')] },
    });
    expect(of('x-who')).toEqual(['route']);
  });

  test('ADD_IF_ABSENT and OVERWRITE_IF_EXISTS look at what is there', async () => {
    const { of } = await sent({ route: { request_headers_to_add: [add('x-here', 'new', 'ADD_IF_ABSENT'), add('x-absent', 'new', 'OVERWRITE_IF_EXISTS')] } }, [
      ['x-here', 'old'],
    ]);
    expect([of('x-here'), of('x-absent')]).toEqual([['old'], []]);
  });

  test('format strings that the request tells are worked out; what only run time knows is named', async () => {
    const { of, computed } = await sent(
      { route: { request_headers_to_add: [add('x-from', '%REQ(x-user)% at %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%'), add('x-at', '%START_TIME%')] } },
      [['x-user', 'jason']],
    );
    expect(of('x-from')).toEqual(['jason at 192.0.2.1']);
    expect(computed).toEqual(['x-at']);
  });

  test('a rewritten path is kept in x-envoy-original-path', async () => {
    expect((await sent({})).of('x-envoy-original-path')).toEqual(['/api/x']);
  });
});

import { describe, expect, test } from 'vitest';
import { traceRequest } from '../../src/trace/trace-request.ts';
import {
  cluster,
  connectionManager,
  filter,
  filterName,
  host,
  httpListener,
  type Json,
  type ProxyParts,
  proxyOf,
  ROUTER,
  to,
  typed,
} from '../support/http-builders.ts';

const HTTP = 'envoy.extensions.filters.http';
const FAULT = `${HTTP}.fault.v3.HTTPFault`;
const ODD = { field_of_a_later_envoy: { a: 1 } };
const NAME = 'field_of_a_later_envoy';
const any = { prefix: '/' };

/** What one request meets on its way, each to be given a field that pc does not know. */
interface World {
  readonly listener?: Json;
  readonly chain?: Json;
  readonly hcm?: Json;
  readonly filters?: readonly Json[];
  readonly routeConfig?: Json;
  readonly host?: Json;
  readonly routes?: readonly Json[];
  readonly clusters?: readonly Json[];
  readonly endpoints?: readonly Json[];
}

async function ask({ listener = {}, chain = {}, hcm = {}, filters = [], routeConfig = {}, host: more = {}, routes = [to('a')], ...rest }: World) {
  const inline = { name: 'routes', virtual_hosts: [host('h', '*', routes, more)], ...routeConfig };
  const built = httpListener(connectionManager(inline, filters, hcm));
  const [first] = built['filter_chains'] as Json[];
  const parts: ProxyParts = { clusters: [cluster('a')], ...rest, listeners: [{ ...built, filter_chains: [{ ...first, ...chain }], ...listener }] };
  return traceRequest(await proxyOf(parts), { listener: { address: '127.0.0.1', port: 8080 }, authority: 'a.com', path: '/' });
}

const eds = { name: 'a', type: 'EDS', eds_cluster_config: { eds_config: { ads: {} } } };
const assignment = cluster('a')['load_assignment'] as Json;
const perRoute = (config: Json): Json => ({ typed_per_filter_config: { [filterName(FAULT)]: config } });
const fault = (config: Json): Json => filter(FAULT, { abort: { http_status: 503 }, ...config });
const policies = (policy: Json): Json =>
  filter(`${HTTP}.rbac.v3.RBAC`, { rules: { policies: { open: { permissions: [{ any: true }], principals: [{ any: true }], ...policy } } } });

test('as it is, the request is forwarded', async () => {
  expect(await ask({})).toMatchObject({ verdict: 'forwarded', gap: null });
});

describe('a field that pc does not know makes the verdict undetermined, and is named with its place', () => {
  const route = 'virtual_hosts\\[0\\]\\.routes\\[0\\]';
  test.each<[string, World, string]>([
    ['the listener', { listener: ODD }, '\\.listener'],
    ['its filter chain', { chain: ODD }, 'filter_chains\\[0\\]'],
    ['the connection manager', { hcm: ODD }, 'typed_config'],
    ['its protocol options', { hcm: { http_protocol_options: ODD } }, 'http_protocol_options'],
    ['its local replies', { hcm: { local_reply_config: { mappers: [ODD] } } }, 'mappers\\[0\\]'],
    ['the route config', { routeConfig: ODD }, 'route_config'],
    ['the virtual host', { host: ODD }, 'virtual_hosts\\[0\\]'],
    ['the route', { routes: [{ ...to('a'), ...ODD }] }, route],
    ['its match', { routes: [to('a', { ...any, ...ODD })] }, `${route}\\.match`],
    ['a header matcher', { routes: [to('a', { ...any, headers: [{ name: ':path', present_match: true, ...ODD }] })] }, `${route}\\.match\\.headers\\[0\\]`],
    [
      'a string matcher',
      { routes: [to('a', { ...any, headers: [{ name: ':path', string_match: { prefix: '/', ...ODD } }] })] },
      'headers\\[0\\]\\.string_match',
    ],
    ['its action', { routes: [{ ...to('a'), route: { cluster: 'a', ...ODD } }] }, `${route}\\.route`],
    ['the split', { routes: [{ name: 'r', match: any, route: { weighted_clusters: { clusters: [{ name: 'a', weight: 1 }], ...ODD } } }] }, 'weighted_clusters'],
    [
      'an arm of it',
      { routes: [{ name: 'r', match: any, route: { weighted_clusters: { clusters: [{ name: 'a', weight: 1, ...ODD }] } } }] },
      'clusters\\[0\\]',
    ],
    ['a redirect', { routes: [{ name: 'r', match: any, redirect: { path_redirect: '/x', ...ODD } }] }, `${route}\\.redirect`],
    ['a direct response', { routes: [{ name: 'r', match: any, direct_response: { status: 200, ...ODD } }] }, `${route}\\.direct_response`],
    ['an entry of the filter chain', { filters: [{ ...fault({}), ...ODD }] }, 'http_filters\\[0\\]'],
    ["a filter's configuration", { filters: [fault(ODD)] }, 'http_filters\\[0\\]\\.typed_config'],
    ['a message within it', { filters: [fault({ abort: ODD })] }, 'typed_config\\.abort'],
    ['a policy', { filters: [policies(ODD)] }, 'rules\\.policies\\.open'],
    ['the router', { hcm: { http_filters: [{ ...ROUTER, typed_config: typed(`${HTTP}.router.v3.Router`, ODD) }] } }, 'http_filters\\[0\\]\\.typed_config'],
    [
      'what the route says to a filter',
      { filters: [fault({})], routes: [to('a', any, perRoute(typed(FAULT, ODD)))] },
      `${route}\\.typed_per_filter_config\\.fault`,
    ],
    ['what the virtual host says to it', { filters: [fault({})], host: perRoute(typed(FAULT, ODD)) }, 'virtual_hosts\\[0\\]\\.typed_per_filter_config\\.fault'],
    ['the cluster', { clusters: [{ ...cluster('a'), ...ODD }] }, 'cluster'],
    ['its circuit breakers', { clusters: [{ ...cluster('a'), circuit_breakers: ODD }] }, 'circuit_breakers'],
    ['its load assignment', { clusters: [{ ...cluster('a'), load_assignment: { ...assignment, ...ODD } }] }, 'load_assignment'],
    ['its endpoints by EDS', { clusters: [eds], endpoints: [{ ...assignment, ...ODD }] }, 'endpoint_config'],
    [
      'an endpoint',
      { clusters: [eds], endpoints: [{ ...assignment, endpoints: [{ ...ODD, ...((assignment['endpoints'] as Json[])[0] ?? {}) }] }] },
      'endpoints\\[0\\]',
    ],
  ])('%s', async (_, world, place) => {
    const { verdict, gap } = await ask(world);
    expect(verdict).toBe('undetermined');
    expect(gap?.what).toContain(`"${NAME}"`);
    expect(gap?.path).toMatch(new RegExp(`${place}\\.${NAME}$`));
  });
});

describe('a field that the request does not meet is no gap', () => {
  test.each<[string, World]>([
    ['of a route that another one comes before', { routes: [to('a'), { ...to('b'), ...ODD }] }],
    ['of a filter that is disabled', { filters: [{ ...fault(ODD), disabled: true }] }],
    [
      'of a filter that the route disables',
      { filters: [fault(ODD)], routes: [to('a', any, perRoute(typed('envoy.config.route.v3.FilterConfig', { disabled: true })))] },
    ],
    ['of another cluster', { clusters: [cluster('a'), { ...cluster('b'), ...ODD }] }],
    ['that is null, and so not set', { hcm: { [NAME]: null } }],
  ])('%s', async (_, world) => {
    expect(await ask(world)).toMatchObject({ verdict: 'forwarded', gap: null });
  });
});

describe('a known field that is not modelled is named by its message', () => {
  test.each<[string, World, string]>([
    ['of the connection manager', { hcm: { original_ip_detection_extensions: [{ name: 'x' }] } }, 'HttpConnectionManager.original_ip_detection_extensions'],
    ['of a match', { routes: [to('a', { ...any, filter_state: [{ key: 'k', address_match: { ranges: [] } }] })] }, 'FilterStateMatcher.address_match'],
    ['of a filter', { filters: [filter(`${HTTP}.ratelimit.v3.RateLimit`, { domain: 'd', filter_enabled: {} })] }, 'RateLimit.filter_enabled'],
  ])('%s', async (_, world, what) => {
    const { verdict, gap } = await ask(world);
    expect([verdict, gap?.what]).toEqual(['undetermined', expect.stringContaining(what)]);
  });
});

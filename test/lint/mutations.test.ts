import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { type DumpPath, jqPath } from '../../src/dump/dump-path.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { Finding } from '../../src/lint/finding.ts';
import { runLint } from '../../src/lint/run-lint.ts';
import { cluster, configDump, connectionManager, filter, HCM_TYPE, host, httpListener, type Json, to, typed } from '../support/http-builders.ts';
import { projectRoot } from '../support/project-root.ts';

const SNAPSHOTS = join(projectRoot(), 'snapshots');
const OPTIONS = { now: new Date('2026-11-22T00:00:00Z'), expiringMs: 14 * 86_400_000 };
const BROKEN = 'broken-by-the-test';

/** A reference in a dump: where its name stands, and the finding that a broken one gives. */
interface Reference {
  readonly path: DumpPath;
  readonly id: string;
}

/** Parts of a dump that do not serve. */
const IDLE: ReadonlySet<string | number> = new Set(['bootstrap', 'error_state', 'warming_state', 'dynamic_warming_clusters']);

/** What stands in listeners already, and is listed in a section of its own once more. */
const LISTED_AGAIN: ReadonlySet<string> = new Set(['static_route_configs', 'inline_scoped_route_configs']);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every reference of a dump by the names of its fields: route and TCP proxy to cluster, RDS, SDS, ECDS, aggregate children. */
function referencesIn(value: unknown, path: DumpPath = [], found: Reference[] = []): Reference[] {
  const key = path.at(-1);
  const parent = path.at(-2);
  if (Array.isArray(value)) for (const [i, item] of value.entries()) referencesIn(item, [...path, i], found);
  else if (isObject(value)) for (const [name, item] of Object.entries(value)) if (!LISTED_AGAIN.has(name)) referencesIn(item, [...path, name], found);
  if (typeof value !== 'string' || value === '' || path.some((step) => IDLE.has(step))) return found;
  const inSplit = path.at(-4) === 'weighted_clusters' && key === 'name';
  if (key === 'cluster' && parent === 'route') found.push({ path, id: 'PC4001' });
  else if (inSplit) found.push({ path, id: 'PC4001' });
  else if (key === 'cluster' && typeof parent === 'number' && path.at(-3) === 'request_mirror_policies') found.push({ path, id: 'PC4004' });
  else if (key === 'cluster' && parent === 'typed_config') found.push({ path, id: 'PC4001' });
  else if (key === 'route_config_name' && parent === 'rds') found.push({ path, id: 'PC3003' });
  else if (key === 'name' && String(path.at(-2)).endsWith('sds_secret_config')) found.push({ path, id: 'PC6002' });
  else if (key === 'name' && String(path.at(-3)).endsWith('sds_secret_configs')) found.push({ path, id: 'PC6002' });
  else if (typeof key === 'number' && parent === 'clusters' && path.at(-3) === 'typed_config') found.push({ path, id: 'PC4005' });
  else if (key === 'service_name' && parent === 'eds_cluster_config') found.push({ path, id: 'PC5003' });
  else if (key === 'cluster_name' && parent === 'envoy_grpc' && path.includes('filters') && !path.includes('sds_config')) found.push({ path, id: 'PC4006' });
  else if (key === 'cluster' && (parent === 'http_uri' || parent === 'server_uri') && path.includes('filters')) found.push({ path, id: 'PC4006' });
  return found;
}

function withValue(dump: unknown, path: DumpPath, value: string): unknown {
  const copy = structuredClone(dump);
  let at = copy as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[path.at(-1) as string] = value;
  return copy;
}

async function lint(dump: unknown): Promise<readonly Finding[]> {
  return runLint(buildProxyConfig('test', await readDocuments(textSource('config_dump.json', JSON.stringify(dump)))), OPTIONS);
}

const keys = (findings: readonly Finding[]): Set<string> => new Set(findings.map((f) => `${f.id} ${f.evidence.path}`));

/** Breaks each reference in turn; each must give its finding, at its place. */
async function breakEach(dump: unknown): Promise<{ readonly broken: number; readonly missed: readonly string[] }> {
  const missed: string[] = [];
  const references = referencesIn(dump);
  for (const { path, id } of references) {
    const after = keys(await lint(withValue(dump, path, BROKEN)));
    const key = `${id} ${jqPath(path)}`;
    if (!after.has(key)) missed.push(key);
  }
  return { broken: references.length, missed };
}

describe('each reference of a recorded dump, broken one at a time, is found', () => {
  const names = readdirSync(SNAPSHOTS).filter((name) => existsSync(join(SNAPSHOTS, name, 'config_dump.json')));
  test.each(names)('%s', async (name) => {
    const dump: unknown = JSON.parse(readFileSync(join(SNAPSHOTS, name, 'config_dump.json'), 'utf8'));
    const { broken, missed } = await breakEach(dump);
    expect(missed).toEqual([]);
    expect(broken).toBeGreaterThan(0);
  });
});

describe('references that no recorded dump has', () => {
  const mirror = { request_mirror_policies: [{ cluster: 'b' }] };
  const secret = (name: string): Json => ({ name, sds_config: { ads: {} } });
  const tls = (context: string, config: Json): Json => ({ name: 'tls', typed_config: typed(`envoy.extensions.transport_sockets.tls.v3.${context}`, config) });
  const routes = {
    name: 'routes',
    virtual_hosts: [host('all', '*', [{ ...to('a'), route: { cluster: 'a', ...mirror } }], mirror)],
    ...mirror,
  };
  const authorization = {
    name: 'ext_authz',
    typed_config: typed('envoy.extensions.filters.http.ext_authz.v3.ExtAuthz', { grpc_service: { envoy_grpc: { cluster_name: 'a' } } }),
  };
  const tokens = {
    name: 'jwt',
    typed_config: typed('envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication', {
      providers: { p: { remote_jwks: { http_uri: { uri: 'https://keys.example/', cluster: 'b', timeout: '1s' } } } },
    }),
  };
  const listener = {
    name: 'secure',
    address: { socket_address: { address: '127.0.0.1', port_value: 8443 } },
    listener_filters: [{ name: 'tls_inspector', typed_config: typed('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector') }],
    filter_chains: [
      {
        name: 'tls',
        filter_chain_match: { server_names: ['a.com'] },
        transport_socket: tls('DownstreamTlsContext', { common_tls_context: { tls_certificate_sds_secret_configs: [secret('cert')] } }),
        filters: [
          {
            name: 'hcm',
            typed_config: typed(
              HCM_TYPE,
              connectionManager('routes', [{ name: 'plugin', config_discovery: { config_source: { ads: {} } } }, authorization, tokens]),
            ),
          },
        ],
      },
    ],
  };
  const eds = (name: string, service: string): Json => ({ name, type: 'EDS', eds_cluster_config: { service_name: service, eds_config: { ads: {} } } });
  const aggregate = {
    name: 'all',
    lb_policy: 'CLUSTER_PROVIDED',
    cluster_type: { name: 'aggregate', typed_config: typed('envoy.extensions.clusters.aggregate.v3.ClusterConfig', { clusters: ['a', 'b'] }) },
  };
  const secured = {
    ...cluster('c'),
    transport_socket: tls('UpstreamTlsContext', {
      common_tls_context: { combined_validation_context: { default_validation_context: {}, validation_context_sds_secret_config: secret('root') } },
    }),
  };
  const endpoints = [
    { cluster_name: 'service', endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: '10.0.0.1', port_value: 1 } } } }] }] },
  ];
  const dump = configDump({
    listeners: [listener],
    routes: [routes],
    clusters: [cluster('a'), cluster('b'), secured, aggregate, eds('d', 'service')],
    endpoints,
    ecds: [filter('envoy.extensions.filters.http.cors.v3.Cors')].map((f) => ({ ...f, name: 'plugin' })),
  }) as { configs: Json[] };
  const held = ['cert', 'root'].map((name) => ({ name, secret: { name, generic_secret: { secret: { inline_string: 'x' } } } }));
  dump.configs.push(typed('envoy.admin.v3.SecretsConfigDump', { dynamic_active_secrets: held }));

  test('whole, it gives no finding', async () => {
    expect((await lint(dump)).map((f) => `${f.id} ${f.subject}`)).toEqual([]);
  });

  test('mirrors, secrets, aggregate children, endpoints and route configs are found when broken', async () => {
    const { broken, missed } = await breakEach(dump);
    expect(missed).toEqual([]);
    expect(broken).toBeGreaterThanOrEqual(12);
  });

  test('an extension that ECDS does not have is found', async () => {
    const broken = JSON.parse(JSON.stringify(dump).replaceAll('"name":"plugin","config_discovery"', '"name":"other","config_discovery"')) as unknown;
    expect((await lint(broken)).map((f) => f.id)).toEqual(['PC7030']);
  });
});

describe('faults of routes and filter chains', () => {
  const of = (parts: Parameters<typeof configDump>[0]): Promise<readonly Finding[]> => lint(configDump({ clusters: [cluster('a'), cluster('b')], ...parts }));
  const routed = (hosts: readonly Json[], more: Json = {}): Parameters<typeof configDump>[0] => ({
    listeners: [httpListener(connectionManager('routes'))],
    routes: [{ name: 'routes', virtual_hosts: hosts, ...more }],
  });
  const ids = async (parts: Parameters<typeof configDump>[0]): Promise<string[]> => (await of(parts)).map((f) => f.id);

  test('a route behind one with a shorter prefix is shadowed, and the one that shadows it is named', async () => {
    const [found] = await of(routed([host('h', '*', [to('a', { prefix: '/api' }), to('b', { prefix: '/api/v2' })])]));
    expect(found).toMatchObject({ id: 'PC3021', facts: { by: 'a', place: 0, route: 'b' } });
  });

  test('a route behind a catch-all is told as such', async () => {
    expect(await ids(routed([host('h', '*', [to('a'), to('b', { prefix: '/b' })])]))).toEqual(['PC3025']);
  });

  test.each<[string, Json, Json]>([
    ['a header that only the first asks for', { prefix: '/', headers: [{ name: 'x', string_match: { exact: '1' } }] }, { prefix: '/api' }],
    ['a longer prefix first', { prefix: '/api/v2' }, { prefix: '/api' }],
    ['a path-separated prefix and a sibling', { path_separated_prefix: '/api' }, { prefix: '/apix' }],
    ['a path-separated prefix and a plain prefix of the same text', { path_separated_prefix: '/api' }, { prefix: '/api' }],
    ['a share of the requests', { prefix: '/', runtime_fraction: { default_value: { numerator: 50 } } }, { prefix: '/' }],
    ['CONNECT behind a catch-all', { prefix: '/' }, { connect_matcher: {} }],
    ['small letters only', { prefix: '/api' }, { prefix: '/API' }],
  ])('no shadow: %s', async (_, first, second) => {
    expect(await ids(routed([host('h', '*', [to('a', first), to('b', second)])]))).toEqual([]);
  });

  test('a domain in two virtual hosts is found whatever its case', async () => {
    expect(await ids(routed([host('x', 'a.com'), host('y', 'A.com')]))).toEqual(['PC3022']);
  });

  test('domains with a port are dead where ports are cut off', async () => {
    expect(await ids(routed([host('x', 'a.com:80'), host('y', ['b.com', 'b.com:80'])], { ignore_port_in_host_matching: true }))).toEqual(['PC3020']);
  });

  test('weights that sum to 0', async () => {
    const split = { weighted_clusters: { clusters: [{ name: 'a', weight: 0 }, { name: 'b' }] } };
    expect(await ids(routed([host('h', '*', [{ match: { prefix: '/' }, route: split }])]))).toEqual(['PC3023']);
  });

  test.each([
    ['shop.example.com', true],
    ['shop\\.example\\.com', false],
    ['.*\\.example\\.com', false],
    ['shop[.]example[.]com', false],
    ['.*.example\\.com', false],
  ])('the expression %s on the host: dot not escaped %s', async (regex, isLoose) => {
    const match = { prefix: '/', headers: [{ name: ':authority', string_match: { safe_regex: { regex } } }] };
    expect(await ids(routed([host('h', '*', [to('a', match)])]))).toEqual(isLoose ? ['PC3024'] : []);
  });

  const chain = (name: string, match: Json, more: Json = {}): Json => ({
    name,
    filter_chain_match: match,
    filters: [{ name: 'tcp', typed_config: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { stat_prefix: 't', cluster: 'a' }) }],
    ...more,
  });
  const listening = (chains: readonly Json[], more: Json = {}): Parameters<typeof configDump>[0] => ({
    listeners: [{ name: 'l', address: { socket_address: { address: '0.0.0.0', port_value: 80 } }, filter_chains: chains, ...more }],
  });
  const INSPECTOR = { listener_filters: [{ name: 'i', typed_config: typed('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector') }] };

  test('a chain with the match of another is unreachable', async () => {
    expect(await ids(listening([chain('x', { destination_port: 1 }), chain('y', { destination_port: 1 })]))).toEqual(['PC2010']);
  });

  const tls = { transport_protocol: 'tls' };
  const plain = { transport_protocol: 'raw_buffer' };
  const range = (address: string, length: number): Json => ({ prefix_ranges: [{ address_prefix: address, prefix_len: length }] });
  test.each<[string, readonly Json[], readonly string[]]>([
    ['TLS and plain text are taken, each with another condition', [{}, { ...tls, application_protocols: ['h2'] }, plain], ['0']],
    ['only TLS is taken', [{}, tls], []],
    ['TLS and plain text of one port', [{ destination_port: 1 }, { ...tls, destination_port: 1 }, { ...plain, destination_port: 1 }], ['0']],
    ['TLS and plain text of another port', [{}, { ...tls, destination_port: 1 }, { ...plain, destination_port: 1 }], []],
    ['sources within and outside', [{}, { source_type: 'EXTERNAL' }, { source_type: 'SAME_IP_OR_LOOPBACK' }], ['0']],
    ['both halves of a range', [range('10.0.0.0', 8), range('10.0.0.0', 9), range('10.128.0.0', 9)], ['0']],
    ['one half of a range', [range('10.0.0.0', 8), range('10.0.0.0', 9)], []],
    ['a longer range and its quarters', [range('10.0.0.0', 8), range('10.0.0.0', 9), range('10.128.0.0', 10), range('10.192.0.0', 10)], ['0']],
  ])('a chain that others hide, since Envoy does not come back: %s', async (_, matches, hidden) => {
    const found = await of(
      listening(
        matches.map((match, i) => chain(String(i), match)),
        INSPECTOR,
      ),
    );
    expect(found.map((f) => [f.id, f.facts['chain']])).toEqual(hidden.map((name) => ['PC2010', name]));
  });

  test('the range of all addresses beside none is ambiguous, on one port only', async () => {
    const all = { prefix_ranges: [{ address_prefix: '0.0.0.0', prefix_len: 0 }] };
    expect(await ids(listening([chain('x', all), chain('y', { source_type: 'EXTERNAL' })]))).toEqual(['PC2011']);
    expect(await ids(listening([chain('x', { ...all, destination_port: 1 }), chain('y', { destination_port: 2 })]))).toEqual([]);
  });

  test('a chain without filters, and a connection manager without a router', async () => {
    expect(await ids(listening([chain('x', {}, { filters: [] })]))).toEqual(['PC7020']);
    const manager = {
      ...connectionManager({ name: 'r', virtual_hosts: [host('h', '*')] }),
      http_filters: [filter('envoy.extensions.filters.http.cors.v3.Cors')],
    };
    expect(await ids(listening([chain('x', {}, { filters: [{ name: 'hcm', typed_config: typed(HCM_TYPE, manager) }] })]))).toEqual(['PC7010']);
  });

  test('SNI without an inspector', async () => {
    expect(await ids(listening([chain('x', { server_names: ['a.com'] })]))).toEqual(['PC2012']);
    expect(await ids(listening([chain('x', { server_names: ['a.com'] })], INSPECTOR))).toEqual([]);
  });

  test('a TLS match for a connection manager without a transport socket', async () => {
    const filters = [{ name: 'hcm', typed_config: typed(HCM_TYPE, connectionManager({ name: 'r', virtual_hosts: [host('h', '*')] })) }];
    expect(await ids(listening([chain('x', { transport_protocol: 'tls' }, { filters })], INSPECTOR))).toEqual(['PC2013']);
  });
});

describe('resources that warm', () => {
  const since = '2026-11-21T10:00:00.000Z';
  const warming = (later: string): unknown => {
    const dump = configDump({ clusters: [cluster('a')] }) as { configs: Json[] };
    dump.configs.push(
      typed('envoy.admin.v3.ClustersConfigDump', {
        dynamic_warming_clusters: [{ last_updated: since, cluster: { name: 'slow', type: 'EDS' } }],
        dynamic_active_clusters: [{ last_updated: later, cluster: { name: 'new', type: 'STATIC' } }],
      }),
    );
    return dump;
  };
  test.each([
    ['a moment', '2026-11-21T10:00:05.000Z', 'info', '5 s'],
    ['for long', '2026-11-21T10:05:00.000Z', undefined, '5 min'],
    ['for as long as the dump does not tell', since, undefined, undefined],
  ])('%s', async (_, later, severity, age) => {
    const [found] = (await lint(warming(later))).filter((f) => f.id === 'PC1041');
    expect([found?.severity, found?.facts['age']]).toEqual([severity, age]);
  });
});

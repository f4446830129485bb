import { describe, expect, test } from 'vitest';
import { describeProxy } from '../../src/describe/describe-proxy.ts';
import type { Description } from '../../src/describe/description.ts';
import {
  assignment,
  chain,
  clusterStatuses,
  clustersSection,
  configDump,
  endpoint,
  endpointsSection,
  hostStatus,
  httpFilter,
  type Json,
  listener,
  listenersSection,
  proxyOf,
  rds,
  routesSection,
  socketAddress,
  tcpFilter,
  virtualHost,
} from '../support/dump-builders.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const ADMIN = 'type.googleapis.com/envoy.admin.v3.';
const SECRET = [{ name: 'default', sds_config: { ads: {} } }];

const described = async (...documents: readonly Json[]): Promise<Description> => describeProxy(await proxyOf(...documents), { now: NOW });
const bootstrap = (content: Json): Json => ({ '@type': `${ADMIN}BootstrapConfigDump`, bootstrap: content });
const istio = (role: string, metadata: Json = {}): Json =>
  bootstrap({ node: { id: `${role}~10.1.0.1~web-1.shop~shop.svc.cluster.local`, metadata: { ISTIO_VERSION: '1.28.0', ...metadata } } });
const typed = (type: string, content: Json = {}): Json => ({ '@type': `type.googleapis.com/${type}`, ...content });
const downstream = (wantsClient: boolean): Json => ({
  name: 'tls',
  typed_config: typed('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
    common_tls_context: { tls_certificate_sds_secret_configs: SECRET },
    require_client_certificate: wantsClient,
  }),
});
const upstream = (hasOwn: boolean): Json => ({
  name: 'tls',
  typed_config: typed('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
    common_tls_context: hasOwn ? { tls_certificate_sds_secret_configs: SECRET } : {},
  }),
});
const tcp = (cluster: string, match: Json = {}, more: Json = {}): Json =>
  chain(tcpFilter({ cluster, stat_prefix: cluster }), { filter_chain_match: match, ...more });
const inboundListener = (...chains: readonly Json[]): Json => ({
  ...listener('virtualInbound', 15006, ...chains),
  traffic_direction: 'INBOUND',
  listener_filters: [{ name: 'envoy.filters.listener.original_dst' }],
});

describe('who the proxy is', () => {
  test.each([
    ['sidecar', 'sidecar'],
    ['router', 'gateway'],
    ['waypoint', 'waypoint'],
  ])('node id %s~… makes an Istio %s', async (kind, role) => {
    const { identity } = await described(configDump(istio(kind)));
    expect(identity).toMatchObject({
      maker: { value: 'Istio', known_by: `node id begins with "${kind}~"` },
      role: { value: role },
      pod: 'web-1',
      namespace: 'shop',
      addresses: ['10.1.0.1'],
    });
  });

  test('where nothing tells, nothing is claimed', async () => {
    const { identity, unknown } = await described(clusterStatuses({ catalog: [hostStatus('10.0.0.1', 80)] }));
    expect([identity.maker, identity.role]).toEqual([null, null]);
    expect(unknown.map(({ what }) => what)).toContain('who made the configuration: neither the node nor names tell');
  });

  test("Envoy's version is read from the node, and from /server_info where there is no node", async () => {
    const node = { user_agent_build_version: { version: { major_number: 1, minor_number: 36, patch: 2 }, metadata: { 'build.type': 'RELEASE' } } };
    expect((await described(configDump(bootstrap({ node })))).identity.envoy_version).toBe('1.36.2 RELEASE');
    const server = { version: 'abcdef/1.35.0/Clean/RELEASE/BoringSSL', state: 'LIVE', command_line_options: {} };
    expect((await described(server)).identity).toMatchObject({ envoy_version: '1.35.0 RELEASE BoringSSL', state: 'LIVE' });
  });

  test('the control plane is found through its cluster', async () => {
    const load_assignment = assignment('xds', endpoint('istiod.istio-system.svc', 15012));
    const ads_config = { api_type: 'DELTA_GRPC', grpc_services: [{ envoy_grpc: { cluster_name: 'xds' } }] };
    const { control_plane } = await described(configDump(bootstrap({ dynamic_resources: { ads_config } }), clustersSection({ name: 'xds', load_assignment })));
    expect(control_plane).toMatchObject({ transport: 'ADS over gRPC (delta)', cluster: 'xds', addresses: ['istiod.istio-system.svc:15012'], version: null });
  });
});

describe('what it listens on', () => {
  const ports = (found: Description): readonly string[] =>
    found.open_ports.map(({ port, reach, seen, purpose_from }) => `${port} ${reach} ${purpose_from ?? '-'}${seen ? '' : ' unseen'}`);

  test('an address says who can connect, Istio’s table what a port is for', async () => {
    const found = await described(
      configDump(
        bootstrap({
          node: { id: 'sidecar~10.1.0.1~web-1.shop~d', metadata: { ISTIO_VERSION: '1.28.0' } },
          admin: { address: socketAddress('127.0.0.1', 15000) },
        }),
        listenersSection(inboundListener(tcp('app')), { ...listener('status', 15021, tcp('agent')), address: socketAddress('10.1.0.1', 15021) }),
      ),
    );
    expect(ports(found)).toEqual([
      '15000 pod dump',
      '15002 pod convention unseen',
      '15004 pod convention unseen',
      '15006 any convention',
      '15020 any convention unseen',
      '15021 address convention',
    ]);
  });

  test('15053 is listed only where DNS is captured', async () => {
    const port = async (metadata: Json) => (await described(configDump(istio('sidecar', metadata)))).open_ports.some((one) => one.port === 15053);
    expect(await port({})).toBe(false);
    expect(await port({ PROXY_CONFIG: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } } })).toBe(true);
    expect(await port({ DNS_CAPTURE: 'true' })).toBe(true);
  });

  test('older versions of Istio have fewer ports, other proxies none of them', async () => {
    expect((await described(configDump(istio('sidecar', { ISTIO_VERSION: '1.4.0' })))).open_ports).toEqual([]);
    expect((await described(configDump(bootstrap({ node: { id: 'mine' } })))).open_ports).toEqual([]);
  });

  test('an admin interface that is bound to every address is open to the network', async () => {
    const found = await described(configDump(bootstrap({ admin: { address: socketAddress('0.0.0.0', 9901) } })));
    expect(found.open_ports[0]).toMatchObject({ port: 9901, reach: 'any', purpose: 'Envoy admin, open to the network' });
  });

  test('a listener without a socket is told apart', async () => {
    const found = await described(
      configDump(
        istio('sidecar'),
        listenersSection({ ...listener('10.0.0.9_443', 443, tcp('c')), bind_to_port: false }, { name: 'main_internal', internal_listener: {} }),
      ),
    );
    expect(found.handed_over).toEqual({ listeners: 1, ports: [443], internal: ['main_internal'] });
    expect(found.open_ports.filter(({ seen }) => seen)).toEqual([]);
  });
});

describe('who must use TLS with it', () => {
  const modes = async (...chains: readonly Json[]): Promise<readonly string[]> =>
    (await described(configDump(istio('sidecar'), listenersSection(inboundListener(...chains))))).inbound.map(({ port, mode }) => `${port ?? '*'} ${mode}`);
  const port = (destination_port: number, match: Json = {}): Json => ({ destination_port, ...match });

  test('by the filter chains of each port', async () => {
    expect(
      await modes(
        tcp('a', port(8080, { transport_protocol: 'tls' }), { transport_socket: downstream(true) }),
        tcp('b', port(8081, { transport_protocol: 'tls' }), { transport_socket: downstream(true) }),
        tcp('b', port(8081, { transport_protocol: 'raw_buffer' })),
        tcp('c', port(8082)),
        tcp('d', port(8443, { transport_protocol: 'tls' })),
        tcp('e', port(9443), { transport_socket: downstream(false) }),
        tcp('InboundPassthroughCluster', { transport_protocol: 'tls' }, { transport_socket: downstream(true) }),
      ),
    ).toEqual(['8080 strict', '8081 permissive', '8082 disabled', '8443 passthrough', '9443 tls', '* strict']);
  });

  test("Istio's chain that closes connections to 15006 itself is no port", async () => {
    expect(await modes(tcp('BlackHoleCluster', port(15006)), tcp('a', port(8080)))).toEqual(['8080 disabled']);
  });

  test('clusters are counted by what they are spoken to in, inbound ones and those of the proxy left out', async () => {
    const matches = [
      { name: 'tlsMode-istio', transport_socket: upstream(true) },
      { name: 'tlsMode-disabled', transport_socket: { name: 'raw', typed_config: typed('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer') } },
    ];
    const { outbound } = await described(
      configDump(
        istio('sidecar'),
        clustersSection(
          { name: 'outbound|80||a.shop.svc.cluster.local', transport_socket_matches: matches },
          { name: 'outbound|80||b.shop.svc.cluster.local', transport_socket: upstream(true) },
          { name: 'outbound|443||c.example', transport_socket: upstream(false) },
          { name: 'outbound|80||d.shop.svc.cluster.local' },
          { name: 'outbound_.443_._.e.shop.svc.cluster.local' },
          { name: 'inbound|8080||' },
          { name: 'PassthroughCluster', type: 'ORIGINAL_DST' },
          { name: 'agent' },
        ),
      ),
    );
    expect(outbound).toEqual({
      clusters: 5,
      mtls: 1,
      mtls_by_endpoint: 1,
      hbone: 0,
      tls: 1,
      passthrough: 1,
      plaintext: 1,
      other: 0,
      plaintext_names: ['outbound|80||d.shop.svc.cluster.local'],
    });
  });
});

describe('what it routes and enforces', () => {
  const metadata = (kind: string, name: string): Json => ({
    filter_metadata: { istio: { config: `/apis/networking.istio.io/v1/namespaces/shop/${kind}/${name}` } },
  });
  const rbac = (rules: Json, more: Json = {}): Json => ({
    name: 'envoy.filters.http.rbac',
    typed_config: typed('envoy.extensions.filters.http.rbac.v3.RBAC', { rules, ...more }),
  });
  const everyone = { permissions: [{ any: true }], principals: [{ any: true }] };

  test('hosts with their objects come first, the split with its shares', async () => {
    const split = {
      weighted_clusters: {
        clusters: [
          { name: 'outbound|80|v1|catalog.shop', weight: 20 },
          { name: 'outbound|80|v2|catalog.shop', weight: 80 },
        ],
      },
    };
    const { hosts } = await described(
      configDump(
        istio('router'),
        clustersSection({ name: 'outbound|80|v1|catalog.shop', metadata: metadata('destination-rule', 'catalog') }),
        routesSection({
          name: 'http.8080',
          virtual_hosts: [
            virtualHost('plain', ['plain.example'], { match: { prefix: '/' }, route: { cluster: 'outbound|80||plain.shop' } }),
            virtualHost('catalog', ['catalog.example'], { match: { prefix: '/' }, route: split, metadata: metadata('virtual-service', 'catalog') }),
          ],
        }),
      ),
    );
    expect(hosts.map(({ domains }) => domains[0])).toEqual(['catalog.example', 'plain.example']);
    expect(hosts[0]).toMatchObject({
      objects: ['VirtualService shop/catalog'],
      cluster_objects: ['DestinationRule shop/catalog'],
      destinations: [
        { text: 'outbound|80|v1|catalog.shop', percent: 20 },
        { text: 'outbound|80|v2|catalog.shop', percent: 80 },
      ],
    });
  });

  test('a TCP service is known by its server name or its address', async () => {
    const found = await described(
      configDump(
        istio('router'),
        listenersSection(listener('0.0.0.0_8443', 8443, tcp('outbound|443||db.shop', { server_names: ['db.example'] }), tcp('outbound|443||other.shop'))),
      ),
    );
    expect(found.hosts.map(({ kind, domains }) => [kind, ...domains])).toEqual([
      ['tcp', 'db.example'],
      ['tcp', '*:8443'],
    ]);
  });

  test("a sidecar's traffic to hosts that nothing names is told apart from its hosts", async () => {
    const found = await described(
      configDump(
        istio('sidecar'),
        listenersSection({ ...listener('virtualOutbound', 15001, tcp('PassthroughCluster')), use_original_dst: true }),
        routesSection({ name: '80', virtual_hosts: [virtualHost('block_all', ['*'], { match: { prefix: '/' }, direct_response: { status: 502 } })] }),
      ),
    );
    expect(found.other_traffic).toEqual({ http: ['direct response 502'], tcp: ['PassthroughCluster'] });
    expect(found.hosts).toEqual([]);
  });

  test('AuthorizationPolicies by the names of their rules, each once', async () => {
    const rules = { action: 'DENY', policies: { 'ns[shop]-policy[no-admin]-rule[0]': everyone, 'ns[shop]-policy[no-admin]-rule[1]': everyone } };
    const custom = rbac(
      {},
      {
        shadow_rules: { action: 'DENY', policies: { 'istio-ext-authz-ns[shop]-policy[ask]-rule[0]': everyone } },
        shadow_rules_stat_prefix: 'istio_ext_authz_',
        rules: undefined,
      },
    );
    const manager = httpFilter({
      ...rds('inbound|8080||'),
      http_filters: [custom, rbac(rules), { name: 'envoy.filters.http.router', typed_config: typed('envoy.extensions.filters.http.router.v3.Router') }],
    });
    const found = await described(
      configDump(istio('sidecar'), listenersSection(inboundListener(chain(manager, { filter_chain_match: { destination_port: 8080 } })))),
    );
    expect(found.policies).toEqual([
      { kind: 'AuthorizationPolicy', name: 'shop/ask', action: 'CUSTOM', detail: '1 rule', places: ['inbound port 8080'] },
      { kind: 'AuthorizationPolicy', name: 'shop/no-admin', action: 'DENY', detail: '2 rules', places: ['inbound port 8080'] },
    ]);
    expect(found.other_filters).toEqual([]);
  });

  test('an ALLOW without policies refuses everything, and that is said', async () => {
    const found = await described(configDump(listenersSection(listener('web', 80, chain(httpFilter({ ...rds('web'), http_filters: [rbac({})] }))))));
    expect(found.policies).toMatchObject([
      { kind: 'RBAC', name: null, action: 'ALLOW', detail: expect.stringContaining('everything is refused'), places: ['listener web'] },
    ]);
  });

  test('what a route sets for itself stands at its host', async () => {
    const limit = typed('envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit', {
      stat_prefix: 'few',
      token_bucket: { max_tokens: 10, tokens_per_fill: 5, fill_interval: '60s' },
    });
    const route = { match: { prefix: '/' }, route: { cluster: 'c' }, typed_per_filter_config: { 'envoy.filters.http.local_ratelimit': limit } };
    const found = await described(configDump(routesSection({ name: 'web', virtual_hosts: [virtualHost('shop', ['shop.example'], route)] })));
    expect(found.policies).toEqual([{ kind: 'local rate limit', name: 'few', action: null, detail: '5 every 60s, at most 10', places: ['host shop'] }]);
    expect(found.hosts[0]?.filters).toEqual(['envoy.filters.http.local_ratelimit']);
  });
});

describe('what it could not know', () => {
  test('a section that is empty is known, one that is absent is not', async () => {
    const found = await described(configDump(istio('sidecar'), listenersSection(), clustersSection({ name: 'c', type: 'EDS' }), routesSection()));
    const unknown = found.unknown.map(({ what }) => what);
    expect(unknown).toContain('which endpoints clusters have: the input has no endpoints section');
    expect(unknown.filter((what) => /no (?:listeners|routes|clusters) section/.test(what))).toEqual([]);
    expect(found.counts).toMatchObject({ listeners: 0, route_configs: 0, clusters: 1, endpoints: null, secrets: null });
  });

  test('endpoints are known from EDS or from /clusters', async () => {
    const eds = configDump(clustersSection({ name: 'c', type: 'EDS' }), endpointsSection(assignment('c', endpoint('10.0.0.1', 80), endpoint('10.0.0.2', 80))));
    expect((await described(eds)).counts.endpoints).toBe(2);
    const statuses = await described(configDump(clustersSection({ name: 'c', type: 'EDS' })), clusterStatuses({ c: [hostStatus('10.0.0.1', 80)] }));
    expect(statuses.counts.endpoints).toBe(1);
    expect(statuses.unknown.map(({ what }) => what).join()).not.toContain('endpoints section');
  });

  test('where most is missing, each gap names the one request that gives all', async () => {
    const { unknown } = await described(clusterStatuses({ c: [] }));
    expect(new Set(unknown.flatMap(({ what, next }) => (/section$/.test(what) ? [next] : [])))).toEqual(
      new Set(['fetch /config_dump?include_eds; in an Istio pod: pilot-agent request GET config_dump?include_eds']),
    );
  });
});

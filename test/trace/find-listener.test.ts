import { describe, expect, test } from 'vitest';
import { address, chain, connect, connectOnce, endOf, hcm, type Json, listener, ORIGINAL_DST, tcpChain, tls } from '../support/connection-builders.ts';
import { cluster } from '../support/http-builders.ts';

const rds = (name: string, more: Json = {}): Json => ({ name: '', filters: [hcm({ route_config: undefined, rds: { route_config_name: name } })], ...more });
const routes = (name: string, ...domains: readonly string[][]): Json => ({
  name,
  virtual_hosts: domains.map((names, i) => ({ name: `${names[0]}:${i}`, domains: names, routes: [] })),
});
const byUrl = (authority: string, more: Json = {}) => ({ listener: undefined, scheme: 'http', authority, ...more }) as never;

describe('by address', () => {
  const parts = {
    listeners: [listener('exact', [chain('a')], {}, '10.0.0.1:80'), listener('any', [chain('b')], {}, '0.0.0.0:80'), listener('v6', [chain('c')], {}, ':::81')],
  };
  const at = async (place: string, port: number) => (await connectOnce(parts, { listener: { address: place, port } })).listener?.name ?? null;

  test('exactly that address, else the wildcard of its family', async () => {
    expect([await at('10.0.0.1', 80), await at('10.0.0.9', 80), await at('::1', 81)]).toEqual(['exact', 'any', 'v6']);
  });

  test('IPv4 and IPv6 wildcards do not stand in for each other', async () => {
    expect([await at('::1', 80), await at('10.0.0.9', 81)]).toEqual([null, null]);
  });

  test('nobody there: refused, and the answer says who listens where', async () => {
    const branch = await connectOnce(parts, { listener: { address: '10.0.0.1', port: 9 } });
    expect(endOf(branch)).toMatchObject({ verdict: 'broken', connection: 'refused', break: 'PC2001' });
    expect(branch.hops[0]?.rejected.map(({ reason }) => reason)).toEqual(['listens on 10.0.0.1:80', 'listens on 0.0.0.0:80', 'listens on :::81']);
  });

  test('UDP listeners are a named gap', async () => {
    const udp = {
      name: 'quic',
      address: { socket_address: { protocol: 'UDP', address: '0.0.0.0', port_value: 443 } },
      udp_listener_config: { quic_options: {} },
    };
    expect((await connectOnce({ listeners: [udp] }, { listener: { address: '127.0.0.1', port: 443 } })).gap).toMatchObject({
      id: 'PC9001',
      what: expect.stringContaining('UDP'),
    });
  });
});

describe('by name', () => {
  test('a listener of that name', async () => {
    expect((await connectOnce({ listeners: [listener('a', [chain('x')], { bind_to_port: false })] }, { listenerName: 'a' })).filterChain?.name).toBe('x');
  });

  test('an unknown name is answered with the known ones', async () => {
    expect((await connectOnce({ listeners: [listener('a', [chain('x')])] }, { listenerName: 'b' })).gap?.what).toContain('it has a');
  });
});

describe('by URL, at a gateway or a plain Envoy', () => {
  const gateway = {
    listeners: [listener('http', [rds('http.8080')], {}, '0.0.0.0:8080'), listener('https', [rds('https', { transport_socket: tls() })], {}, '0.0.0.0:8443')],
    routes: [routes('http.8080', ['a.com']), routes('https', ['a.com'])],
  };

  test('the listener with the port of the URL', async () => {
    const branch = await connectOnce(gateway, byUrl('a.com:8080'));
    expect([branch.listener?.name, branch.assumptions]).toEqual(['http', []]);
  });

  test('without it, the one of the right scheme: a Service maps the port', async () => {
    const plain = await connectOnce(gateway, byUrl('a.com'));
    const secure = await connectOnce(gateway, byUrl('a.com', { scheme: 'https' }));
    expect([plain.listener?.name, plain.assumptions]).toEqual(['http', ['a Service maps port 80 to 8080']]);
    expect([secure.listener?.name, secure.assumptions]).toEqual(['https', ['a Service maps port 443 to 8443']]);
  });

  test('of several, the one whose routes name the host', async () => {
    const two = {
      ...gateway,
      listeners: [...gateway.listeners, listener('other', [rds('other')], {}, '0.0.0.0:9090')],
      routes: [...gateway.routes, routes('other', ['b.com'])],
    };
    expect((await connectOnce(two, byUrl('b.com'))).listener?.name).toBe('other');
  });

  test('several that name it are listed, none is taken', async () => {
    const two = {
      ...gateway,
      listeners: [...gateway.listeners, listener('other', [rds('other')], {}, '0.0.0.0:9090')],
      routes: [...gateway.routes, routes('other', ['a.com'])],
    };
    const [branch] = await connect(two, byUrl('a.com'));
    expect(branch?.gap?.what).toBe(
      'several listeners may take the connection to a.com:80: "http" (0.0.0.0:8080), "other" (0.0.0.0:9090); pick one with --listener',
    );
  });

  test('TLS that is passed on belongs to the chain that names the host', async () => {
    const passing = {
      ...gateway,
      listeners: [...gateway.listeners, listener('pass', [tcpChain('p', 'up', { server_names: ['p.com'] })], {}, '0.0.0.0:15443')],
    };
    expect((await connectOnce(passing, byUrl('p.com', { scheme: 'https' }))).listener?.name).toBe('pass');
  });

  test('nothing of that scheme: refused', async () => {
    const [http] = gateway.listeners;
    expect(endOf(await connectOnce({ ...gateway, listeners: [http as Json] }, byUrl('a.com', { scheme: 'https' })))).toMatchObject({ connection: 'refused' });
  });
});

describe('by URL, behind a sidecar', () => {
  const outbound = { use_original_dst: true, traffic_direction: 'OUTBOUND' };
  const unbound = (name: string, chains: readonly Json[], place: string): Json =>
    listener(name, chains, { bind_to_port: false, traffic_direction: 'OUTBOUND' }, place);
  const sidecar = {
    listeners: [
      listener('virtualOutbound', [tcpChain('passthrough', 'PassthroughCluster')], outbound, '0.0.0.0:15001'),
      listener('virtualInbound', [chain('in')], { traffic_direction: 'INBOUND', listener_filters: [ORIGINAL_DST] }, '0.0.0.0:15006'),
      unbound('0.0.0.0_80', [rds('80')], '0.0.0.0:80'),
      unbound('10.96.1.9_3306', [tcpChain('db', 'outbound|3306||db.ns.svc.cluster.local')], '10.96.1.9:3306'),
    ],
    routes: [routes('80', ['catalog.ns.svc.cluster.local', 'catalog', '10.96.1.2'], ['*'])],
    clusters: [cluster('outbound|3306||db.ns.svc.cluster.local'), { name: 'PassthroughCluster', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' }],
  };

  test('the destination is the address among the domains of the virtual host', async () => {
    const branch = await connectOnce(sidecar, byUrl('catalog'));
    expect([branch.listener?.name, branch.destination]).toEqual(['0.0.0.0_80', '10.96.1.2:80']);
    expect(branch.assumptions).toEqual([
      'the destination is 10.96.1.2:80, from the domains of virtual host "catalog.ns.svc.cluster.local:0"',
      'the connection to 10.96.1.2:80 is redirected to listener "virtualOutbound" (port 15001), as outbound traffic',
    ]);
  });

  test('of a TCP service, the address of the listener that leads to its cluster', async () => {
    const branch = await connectOnce(sidecar, byUrl('db.ns:3306', { scheme: 'tcp' }));
    expect([branch.listener?.name, branch.destination, endOf(branch).verdict]).toEqual(['10.96.1.9_3306', '10.96.1.9:3306', 'forwarded']);
  });

  test('a host that the dump has no address for is not resolved: it goes where unknown addresses go', async () => {
    const http = await connectOnce(sidecar, byUrl('example.com'));
    expect([http.listener?.name, http.destination]).toEqual(['0.0.0.0_80', null]);
    expect(http.assumptions[0]).toContain('the dump has no address for example.com');
    const tcp = await connectOnce(sidecar, byUrl('example.com:9000', { scheme: 'tcp' }));
    expect([tcp.listener?.name, endOf(tcp).cluster]).toEqual(['virtualOutbound', 'PassthroughCluster']);
  });

  test('an IP address in the URL is the destination', async () => {
    expect((await connectOnce(sidecar, byUrl('10.96.1.9:3306', { scheme: 'tcp' }))).listener?.name).toBe('10.96.1.9_3306');
  });
});

describe('by destination', () => {
  test('without an interceptor, the destination is what the client dials', async () => {
    const parts = { listeners: [listener('main', [chain('a')])] };
    expect((await connectOnce(parts, { listener: undefined, destination: { address: '127.0.0.1', port: 80 } } as never)).listener?.name).toBe('main');
  });

  test('redirected by iptables: restored, where the listener asks for it', async () => {
    const parts = { listeners: [listener('main', [chain('a', { destination_port: 443 }), chain('b')], { listener_filters: [ORIGINAL_DST] })] };
    const redirected = { destination: { address: '10.0.0.1', port: 443 } };
    expect((await connectOnce(parts, redirected)).filterChain?.name).toBe('a');
    expect((await connectOnce({ listeners: [{ ...parts.listeners[0], listener_filters: [] }] }, redirected)).filterChain?.name).toBe('b');
  });
});

test('a listener at an additional address is found there', async () => {
  const parts = { listeners: [listener('main', [chain('a')], { additional_addresses: [{ address: address('10.0.0.1:90') }] })] };
  expect((await connectOnce(parts, { listener: { address: '10.0.0.1', port: 90 } })).listener?.name).toBe('main');
});

import { describe, expect, test } from 'vitest';
import { explainChain } from '../../src/follow/explain-chain.ts';
import { followRequest } from '../../src/follow/follow-request.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import { configDump, endpoint, type Json, listenersSection, proxyOf, socketAddress } from '../support/dump-builders.ts';
import { directory, downstreamTls, envoyAt, gatewayTo, sendsTo, sidecarAt, TLS_INSPECTOR, upstreamTls } from '../support/mesh-builders.ts';

const ASKED: TraceRequest = { listener: { address: '10.0.0.7', port: 8080 }, authority: 'shop.example', path: '/items' };
const counters = (host: readonly [string, number], stats: Readonly<Record<string, number>>): Json => ({
  cluster_statuses: [
    {
      name: `inbound|${host[1]}||`,
      host_statuses: [
        {
          address: { socket_address: { address: host[0], port_value: host[1] } },
          stats: Object.entries(stats).map(([name, value]) => ({ name, value: String(value) })),
          health_status: { eds_health_status: 'HEALTHY' },
        },
      ],
    },
  ],
});
const ports = (...declared: readonly number[]): Json => ({ POD_PORTS: JSON.stringify(declared.map((containerPort) => ({ containerPort }))) });

describe('which proxy has the address that was reached', () => {
  test('the one whose node has it: each host leads to its own, with its share', async () => {
    const gateway = await gatewayTo([endpoint('10.0.0.1', 80), endpoint('10.0.0.2', 80)]);
    const chain = followRequest(gateway, ASKED, directory(gateway, await sidecarAt('10.0.0.1', 80), await sidecarAt('10.0.0.2', 80)));
    expect(chain.legs.map(({ proxy, probability, from }) => [proxy, probability, from?.address])).toEqual([
      ['gateway', 1, undefined],
      ['pod-10.0.0.1', 0.5, '10.0.0.1:80'],
      ['pod-10.0.0.2', 0.5, '10.0.0.2:80'],
    ]);
    expect(chain.ends.map(({ kind, verdict, probability }) => [kind, verdict, probability])).toEqual([
      ['application', 'forwarded', 0.5],
      ['application', 'forwarded', 0.5],
    ]);
  });

  test('an IPv6 address is the same in every spelling', async () => {
    const gateway = await gatewayTo([endpoint('fd00:0:0::1', 80)]);
    const chain = followRequest(gateway, ASKED, directory(gateway, await sidecarAt('fd00::1', 80, { name: 'six' })));
    expect(chain.legs.map(({ proxy }) => proxy)).toEqual(['gateway', 'six']);
    expect(chain.ends).toMatchObject([{ kind: 'application' }]);
  });

  test('of several on one host, the one that serves the port; where two do, nothing is guessed', async () => {
    const gateway = await gatewayTo([endpoint('10.0.0.1', 80)]);
    const first = await sidecarAt('10.0.0.1', 80, { name: 'first' });
    const other = await sidecarAt('10.0.0.1', 81, { name: 'other' });
    expect(followRequest(gateway, ASKED, directory(gateway, other, first)).legs[1]?.proxy).toBe('first');
    const twin = await sidecarAt('10.0.0.1', 80, { name: 'twin' });
    const { ends } = followRequest(gateway, ASKED, directory(gateway, first, twin));
    expect(ends).toMatchObject([{ kind: 'no-dump', verdict: 'forwarded', what: expect.stringContaining('"first" and "twin" have 10.0.0.1') }]);
  });

  test('of two dumps of one proxy the first is used, and it is said', async () => {
    const gateway = await gatewayTo([endpoint('10.0.0.1', 80)]);
    const before = await sidecarAt('10.0.0.1', 80, { name: 'web' });
    const after = { ...(await sidecarAt('10.0.0.1', 80, { name: 'web' })), name: 'web-later' };
    const chain = followRequest(gateway, ASKED, directory(gateway, before, after));
    expect(chain.legs[1]?.proxy).toBe('web');
    expect(chain.notes).toEqual(['"web-later" is another dump of the proxy of "web", which is used']);
  });

  test('a plain Envoy is known by a listener at exactly that address', async () => {
    const front = await envoyAt('front', ['10.1.0.1', 80], ['10.1.0.2', 80]);
    const back = await envoyAt('back', ['10.1.0.2', 80], ['10.1.0.3', 9000]);
    const chain = followRequest(front, { ...ASKED, listener: { address: '10.1.0.1', port: 80 } }, directory(front, back));
    expect(chain.legs.map(({ proxy }) => proxy)).toEqual(['front', 'back']);
    expect(chain.ends).toMatchObject([{ kind: 'no-dump', what: 'no dump is given for 10.1.0.3: the chain ends here' }]);
  });

  test('two Envoys that send to each other are followed so far, and it is said', async () => {
    const one = await envoyAt('one', ['10.1.0.1', 80], ['10.1.0.2', 80]);
    const two = await envoyAt('two', ['10.1.0.2', 80], ['10.1.0.1', 80]);
    const chain = followRequest(one, { ...ASKED, listener: { address: '10.1.0.1', port: 80 } }, directory(one, two));
    expect(chain.ends).toMatchObject([{ kind: 'limit' }]);
    expect(chain.notes.join()).toContain('may go in a circle');
  });

  test('of very many hosts the first are followed, and the others counted', async () => {
    const gateway = await gatewayTo(Array.from({ length: 40 }, (_, i) => endpoint(`10.0.1.${i}`, 80)));
    const chain = followRequest(gateway, ASKED, directory(gateway));
    expect(chain.ends.filter(({ kind }) => kind === 'limit')).toHaveLength(8);
    expect(chain.notes).toEqual(['cluster "catalog" has 40 hosts: 32 of them are followed']);
  });

  test('behind a load balancer, the east-west gateway of the cluster that the host is of', async () => {
    const sni = 'outbound_.80_._.catalog.shop.svc.cluster.local';
    const host = endpoint('172.18.255.1', 15443, { metadata: { filter_metadata: { istio: { workload: ';;;;cluster2' } } } });
    const tls = upstreamTls({ sni, common_tls_context: { alpn_protocols: ['istio'] } });
    const gateway = await gatewayTo([host], tls, undefined, { CLUSTER_ID: 'cluster1' });
    const passing = async (cluster: string, ip: string) => {
      const other = await gatewayTo([endpoint('10.0.9.9', 80)], {}, `router~${ip}~eastwest-${cluster}.shop~x`, {
        CLUSTER_ID: cluster,
        WORKLOAD_NAME: cluster,
        NAMESPACE: 'shop',
      });
      const passThrough = { filter_chain_match: { server_names: [sni], transport_protocol: 'tls' }, filters: [tcpTo('catalog')] };
      return { ...other, config: { ...other.config, listeners: await listenersOf(15443, passThrough) } };
    };
    const [own, far] = [await passing('cluster1', '10.0.0.8'), await passing('cluster2', '10.9.0.8')];
    const chain = followRequest(gateway, ASKED, directory(gateway, own, far));
    expect(chain.legs.map(({ proxy }) => proxy)).toEqual(['gateway', 'eastwest-cluster2']);
    expect(chain.legs[1]?.assumptions.join()).toContain("172.18.255.1 is no pod's address");
  });
});

describe('the application behind the last proxy', () => {
  const to = async (more: Parameters<typeof sidecarAt>[2]) => {
    const gateway = await gatewayTo([endpoint('10.0.0.1', 9999)]);
    return followRequest(gateway, ASKED, directory(gateway, await sidecarAt('10.0.0.1', 9999, more)));
  };

  test('a port to which every connection failed is closed', async () => {
    const chain = await to({ clusters: counters(['10.0.0.1', 9999], { cx_total: 2, cx_connect_fail: 2 }) });
    expect(chain).toMatchObject({ verdict: 'broken', ends: [{ kind: 'application', break: 'PC5004', status: 503, flags: 'UF', probability: 1 }] });
    expect(chain.ends[0]?.what).toContain('2 of 2 connections');
  });

  test('a port to which connections went is open, whatever the pod declares', async () => {
    const chain = await to({ metadata: ports(3000), clusters: counters(['10.0.0.1', 9999], { cx_total: 5, cx_connect_fail: 1 }) });
    expect(chain.ends).toMatchObject([{ kind: 'application', verdict: 'forwarded', break: null }]);
  });

  test('without counters, a port that the pod does not declare is told both ways', async () => {
    const chain = await to({ metadata: ports(3000) });
    expect(chain.verdict).toBe('mixed');
    expect(chain.ends.map(({ verdict, conditions, probability }) => [verdict, conditions.length, probability])).toEqual([
      ['broken', 1, null],
      ['forwarded', 1, null],
    ]);
  });

  test('a pod that declares the port, or none at all, is believed', async () => {
    for (const metadata of [ports(9999), ports(), {}]) expect((await to({ metadata })).ends).toMatchObject([{ verdict: 'forwarded' }]);
  });
});

describe('what goes on to the next proxy', () => {
  test('TLS that the first one does not terminate is carried on as it is, with the client’s own SNI', async () => {
    const gateway = await gatewayTo([endpoint('10.0.0.1', 443)]);
    const passing = { ...gateway, config: { ...gateway.config, listeners: await listenersOf(8443, { filters: [tcpTo('catalog')] }) } };
    const server = {
      filter_chain_match: { server_names: ['shop.example'], transport_protocol: 'tls' },
      filters: [sendsTo('inbound|443||')],
      ...downstreamTls({ common_tls_context: {} }),
    };
    const sidecar = await sidecarAt('10.0.0.1', 443, { chains: [server] });
    const asked = { ...ASKED, listener: { address: '10.0.0.7', port: 8443 }, scheme: 'https', tls: { sni: 'shop.example', alpn: ['http/1.1'] } } as const;
    const chain = followRequest(passing, asked, directory(passing, sidecar));
    expect(chain.legs[1]).toMatchObject({ border: { state: 'ok', sends: 'TLS', sni: 'shop.example', takes: 'TLS' }, answer: { verdict: 'forwarded' } });
    const other = followRequest(passing, { ...asked, tls: { sni: 'other.example' } }, directory(passing, sidecar));
    expect(other.ends).toMatchObject([{ kind: 'border', break: 'PC6009', status: null }]);
  });

  test('a PROXY header goes to a listener that reads one; to another it is what breaks', async () => {
    const header = {
      transport_socket: {
        name: 'p',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport',
          transport_socket: { name: 'raw_buffer' },
        },
      },
    };
    const gateway = await gatewayTo([endpoint('10.1.0.2', 80)], header);
    const deaf = await envoyAt('deaf', ['10.1.0.2', 80], ['10.1.0.3', 9000]);
    const chain = followRequest(gateway, { ...ASKED, source: { address: '192.0.2.9', port: 40_000 } }, directory(gateway, deaf));
    expect(chain.legs[1]?.request).toMatchObject({ proxy_protocol: 1, source: { address: '192.0.2.9' } });
    expect(chain.ends).toMatchObject([{ kind: 'border', break: 'PC2004' }]);
    expect(explainChain(chain, [gateway, deaf])[1]?.diagnostics).toMatchObject([{ id: 'PC2004', title: expect.stringContaining('listener "in"') }]);
  });

  test('a port on which the proxy of that address does not listen refuses the connection', async () => {
    const gateway = await gatewayTo([endpoint('10.0.0.8', 8081)]);
    const other = await gatewayTo([endpoint('10.0.0.1', 80)], {}, 'router~10.0.0.8~egress.shop~shop.svc.cluster.local');
    const chain = followRequest(gateway, ASKED, directory(gateway, other));
    expect(chain.ends).toMatchObject([{ kind: 'border', break: 'PC2001', status: 503, flags: 'UF' }]);
    expect(explainChain(chain, [gateway, other])[1]?.diagnostics).toMatchObject([{ id: 'PC2001', why: expect.stringContaining('0.0.0.0_8080') }]);
  });

  test('where a cluster connects in a way that is not modelled, that is said, and nothing is guessed', async () => {
    const gateway = await gatewayTo([endpoint('10.0.0.1', 80)], {
      transport_socket: { name: 'x', typed_config: { '@type': 'type.googleapis.com/example.Unknown' } },
    });
    const chain = followRequest(gateway, ASKED, directory(gateway, await sidecarAt('10.0.0.1', 80)));
    expect(chain).toMatchObject({ verdict: 'undetermined', ends: [{ kind: 'undetermined', what: expect.stringContaining('example.Unknown') }] });
  });

  test('automatic mutual TLS goes by the label of the host', async () => {
    const tls = upstreamTls({ sni: 's', common_tls_context: {} })['transport_socket'];
    const matches = {
      transport_socket_matches: [
        { name: 'istio', match: { tlsMode: 'istio' }, transport_socket: tls },
        { name: 'disabled', match: {}, transport_socket: { name: 'raw_buffer' } },
      ],
    };
    const labelled = { metadata: { filter_metadata: { 'envoy.transport_socket_match': { tlsMode: 'istio' } } } };
    const sends = async (rest: Json) => {
      const gateway = await gatewayTo([endpoint('10.0.0.1', 80, rest)], matches);
      return followRequest(gateway, ASKED, directory(gateway, await sidecarAt('10.0.0.1', 80))).legs[1]?.border?.sends;
    };
    expect([await sends(labelled), await sends({})]).toEqual(['TLS', 'plaintext']);
  });
});

test('the random number of the question is that of the first proxy alone', async () => {
  const gateway = await gatewayTo([endpoint('10.0.0.1', 80)]);
  const chain = followRequest(gateway, ASKED, directory(gateway, await sidecarAt('10.0.0.1', 80)), { random: 42n });
  expect(chain.verdict).toBe('forwarded');
});

function tcpTo(cluster: string): Json {
  return { name: 'tcp', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', stat_prefix: 'x', cluster } };
}

async function listenersOf(port: number, chain: Json) {
  const one = { name: `0.0.0.0_${port}`, address: socketAddress('0.0.0.0', port), listener_filters: [TLS_INSPECTOR], filter_chains: [chain] };
  return (await proxyOf(configDump(listenersSection(one)))).listeners;
}

import { describe, expect, test } from 'vitest';
import type { TraceRequest } from '../../src/match/request.ts';
import type { TraceAnswer } from '../../src/trace/trace-answer.ts';
import { traceRequest } from '../../src/trace/trace-request.ts';
import { HTTP_INSPECTOR, hcm, listener, ORIGINAL_DST, tls } from '../support/connection-builders.ts';
import { type Json, proxyOf, typed } from '../support/http-builders.ts';

const LOCAL_IP = 'envoy.filters.listener.original_dst.local_ip';

/** A waypoint with one service, 10.0.0.1:80, whose cluster is `inbound-vip|80|http|shop.ns.svc.cluster.local`. */
interface WaypointParts {
  /** Format of the destination that the CONNECT shares; null where nothing does. */
  readonly destination?: string | null;
  readonly sharing?: string;
  /** `local` of the host metadata that the cluster main_internal passes on. */
  readonly hostMetadata?: string;
  /** Hosts of the cluster main_internal. */
  readonly hosts?: readonly Json[];
  readonly chainNames?: readonly string[];
  readonly listeners?: readonly Json[];
  readonly clusters?: readonly Json[];
  readonly shopHost?: Json;
  readonly connectConfig?: Json;
}

const SHOP = 'inbound-vip|80|http|shop.ns.svc.cluster.local';
const internal = (name: string, id?: string): Json => ({
  envoy_internal_address: { server_listener_name: name, ...(id === undefined ? {} : { endpoint_id: id }) },
});
const INTERNAL_UPSTREAM: Json = {
  transport_socket: {
    name: 'internal_upstream',
    typed_config: typed('envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport', {
      passthrough_metadata: [{ kind: { host: {} }, name: 'envoy.filters.listener.original_dst' }],
      transport_socket: { name: 'raw', typed_config: typed('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer') },
    }),
  },
};

function staticCluster(name: string, hosts: readonly Json[], more: Json = {}): Json {
  return { name, type: 'STATIC', load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: hosts }] }, ...more };
}

function waypoint(parts: WaypointParts = {}): ReturnType<typeof proxyOf> {
  const { destination = '%REQ(:AUTHORITY)%', sharing = 'ONCE', hostMetadata, chainNames = ['inbound-vip|80||shop.ns.svc.cluster.local-http'] } = parts;
  const value = { object_key: LOCAL_IP, format_string: { text_format_source: { inline_string: destination } }, shared_with_upstream: sharing };
  const router = { name: 'router', typed_config: typed('envoy.extensions.filters.http.router.v3.Router') };
  const connect = hcm({
    route_config: {
      virtual_hosts: [
        {
          name: 'tunnels',
          domains: ['*'],
          routes: [
            {
              match: { connect_matcher: {} },
              route: { cluster: 'main_internal', upgrade_configs: [{ upgrade_type: 'CONNECT', connect_config: parts.connectConfig ?? {} }] },
            },
          ],
        },
      ],
    },
    http_filters: [
      ...(destination === null
        ? []
        : [{ name: 'authority', typed_config: typed('envoy.extensions.filters.http.set_filter_state.v3.Config', { on_request_headers: [value] }) }]),
      router,
    ],
  });
  const shop = hcm({
    route_config: { virtual_hosts: [{ name: 'shop', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: SHOP } }] }] },
    http_filters: [router],
  });
  const ranges = chainNames.map((name, i) => ({
    ranges: [{ address_prefix: `10.0.0.${i + 1}`, prefix_len: 32 }],
    on_match: {
      matcher: { matcher_tree: { input: input('DestinationPortInput'), exact_match_map: { map: { 80: action(name), 81: action(name) } } } },
    },
  }));
  const host = {
    endpoint: { address: internal('main_internal') },
    ...(hostMetadata === undefined ? {} : { metadata: { filter_metadata: { 'envoy.filters.listener.original_dst': { local: hostMetadata } } } }),
  };
  return proxyOf({
    listeners: [
      listener(
        'connect_terminate',
        [
          {
            name: 'tunnel',
            filters: [connect],
            transport_socket: tls({ alpn_protocols: ['h2'], tls_certificates: [{}] }, { require_client_certificate: true }),
          },
        ],
        {},
        '0.0.0.0:15008',
      ),
      {
        name: 'main_internal',
        internal_listener: {},
        listener_filters: [ORIGINAL_DST, HTTP_INSPECTOR],
        filter_chains: chainNames.map((name) => ({ name, filters: [shop] })),
        filter_chain_matcher: {
          matcher_tree: {
            input: input('DestinationIPInput'),
            custom_match: { name: 'ip', typed_config: typed('xds.type.matcher.v3.IPMatcher', { range_matchers: ranges }) },
          },
        },
      },
      ...(parts.listeners ?? []),
    ],
    clusters: [
      staticCluster('main_internal', parts.hosts ?? [host], INTERNAL_UPSTREAM),
      staticCluster(SHOP, [parts.shopHost ?? { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: 8080 } } } }], INTERNAL_UPSTREAM),
      ...(parts.clusters ?? []),
    ],
  });
}

const input = (type: string): Json => ({ name: 'input', typed_config: typed(`envoy.extensions.matching.common_inputs.network.v3.${type}`) });
const action = (name: string): Json => ({ action: { name, typed_config: typed('google.protobuf.StringValue', { value: name }) } });

const plain: TraceRequest = { scheme: 'http', method: 'GET', authority: 'shop', path: '/' };
const tunnelled = (authority: string): TraceRequest => ({ ...plain, tunnel: { authority } });

async function answerOf(request: TraceRequest, parts?: WaypointParts): Promise<TraceAnswer> {
  return traceRequest(await waypoint(parts), request);
}

describe('a request inside a tunnel', () => {
  test('goes on in the internal listener with the authority of the CONNECT as its destination', async () => {
    const answer = await answerOf(tunnelled('10.0.0.1:80'));
    expect(answer).toMatchObject({ verdict: 'forwarded', listener: 'main_internal', destination: '10.0.0.1:80' });
    expect(answer.outcomes).toMatchObject([{ cluster: SHOP, virtual_host: 'shop', endpoints: [{ address: '127.0.0.1:8080', share: 1 }] }]);
  });

  test('finds no filter chain where the authority is a name', async () => {
    const answer = await answerOf(tunnelled('shop.ns:80'));
    expect(answer.outcomes).toMatchObject([{ verdict: 'broken', flags: 'NR', connection: 'closed', break: 'PC2002' }]);
    expect(answer.hops?.find((hop) => hop.name === 'main_internal' && hop.stage === 'listener')?.rule).toContain('"shop.ns:80" is no ip:port');
  });

  test('is not told the destination where the CONNECT does not share it', async () => {
    expect((await answerOf(tunnelled('10.0.0.1:80'), { sharing: 'NONE' })).outcomes).toMatchObject([{ flags: 'NR', connection: 'closed' }]);
  });

  test('takes the destination from the metadata of the host where no filter state tells it', async () => {
    const answer = await answerOf(tunnelled('10.9.9.9:80'), { destination: null, hostMetadata: '10.0.0.1:80' });
    expect(answer).toMatchObject({ verdict: 'forwarded', destination: '10.0.0.1:80' });
  });

  test('prefers filter state to the metadata of the host', async () => {
    expect(await answerOf(tunnelled('10.0.0.1:80'), { hostMetadata: '10.9.9.9:80' })).toMatchObject({ verdict: 'forwarded', destination: '10.0.0.1:80' });
  });

  test('is undetermined where a format string of the destination is not modelled', async () => {
    const answer = await answerOf(tunnelled('10.0.0.1:80'), { destination: '%DYNAMIC_METADATA(a:b)%' });
    expect(answer.verdict).toBe('undetermined');
    expect(answer.gap?.what).toContain('%DYNAMIC_METADATA(a:b)%');
  });

  test('is undetermined where a PROXY header is put before it', async () => {
    expect((await answerOf(tunnelled('10.0.0.1:80'), { connectConfig: { proxy_protocol_config: { version: 'V1' } } })).verdict).toBe('undetermined');
  });

  test('ends with the CONNECT where that leads out of the proxy', async () => {
    const hosts = [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: 15008 } } } }];
    const answer = await answerOf(tunnelled('10.0.0.1:80'), { hosts });
    expect(answer).toMatchObject({ verdict: 'forwarded', listener: 'connect_terminate' });
    expect(answer.outcomes).toMatchObject([{ cluster: 'main_internal', endpoints: [{ address: '127.0.0.1:15008' }] }]);
  });

  test('is split over the internal listeners that the cluster has as hosts', async () => {
    const other = { name: 'other_internal', internal_listener: {}, filter_chains: [] };
    const hosts = [{ endpoint: { address: internal('main_internal') } }, { endpoint: { address: internal('other_internal') } }];
    const { outcomes } = await answerOf(tunnelled('10.0.0.1:80'), { hosts, listeners: [other] });
    expect(outcomes).toMatchObject([
      { verdict: 'forwarded', probability: 0.5 },
      { flags: 'NR', probability: 0.5 },
    ]);
  });

  test('goes no further than the listener of the tunnel without the certificate that it demands', async () => {
    const answer = await answerOf({ ...plain, tunnel: { authority: '10.0.0.1:80', tls: { alpn: ['h2'] } } });
    expect(answer).toMatchObject({ listener: 'connect_terminate', outcomes: [{ verdict: 'broken', connection: 'closed', break: 'PC6001' }] });
  });

  test('that is no CONNECT has no route in the listener of the tunnel', async () => {
    const answer = await answerOf({ ...plain, protocol: 'h2', tls: { alpn: ['h2'], client_cert: true }, listenerName: 'connect_terminate' });
    expect(answer.outcomes).toMatchObject([{ status: 404, flags: 'NR' }]);
  });
});

describe('a URL at a waypoint', () => {
  const known = ['the destination is 10.0.0.1:80, which filter_chain_matcher of "main_internal" has for shop.ns.svc.cluster.local'];
  const through = 'the request arrives through the HBONE tunnel of connect_terminate (port 15008)';

  test.each(['shop', 'shop.ns', 'SHOP.ns.svc.cluster.local'])('%s: a name of the service leads to its address', async (authority) => {
    const answer = await answerOf({ ...plain, authority });
    expect(answer).toMatchObject({ listener: 'main_internal', destination: '10.0.0.1:80' });
    expect(answer.assumptions).toEqual(expect.arrayContaining([...known, through]));
  });

  test('its port is the one that the client dials', async () => {
    expect((await answerOf({ ...plain, authority: 'shop:8080' })).outcomes).toMatchObject([{ flags: 'NR', break: 'PC2002' }]);
  });

  test('--to gives the address, whatever the host', async () => {
    const answer = await answerOf({ ...plain, authority: 'else', destination: { address: '10.0.0.1', port: 80 } });
    expect(answer.destination).toBe('10.0.0.1:80');
    expect(answer.assumptions).toContain(through);
  });

  test('a host that the waypoint does not serve is a question back, with what it serves', async () => {
    const { verdict, gap } = await answerOf({ ...plain, authority: 'sho' });
    expect({ verdict, id: gap?.id }).toEqual({ verdict: 'undetermined', id: 'PC9010' });
    expect(gap?.what).toContain('shop.ns.svc.cluster.local:80');
  });

  test('a short name of several services is a question back', async () => {
    const chainNames = ['inbound-vip|80||shop.ns.svc.cluster.local-http', 'inbound-vip|80||shop.other.svc.cluster.local-http'];
    const { gap } = await answerOf(plain, { chainNames });
    expect(gap?.what).toContain('shop.other.svc.cluster.local:80');
    expect((await answerOf({ ...plain, authority: 'shop.other' }, { chainNames })).destination).toBe('10.0.0.2:80');
  });
});

describe('a host that is an internal listener', () => {
  const originate = {
    name: 'connect_originate',
    internal_listener: {},
    listener_filters: [ORIGINAL_DST],
    filter_chains: [
      {
        filters: [
          { name: 'tcp', typed_config: typed('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { stat_prefix: 'x', cluster: 'connect_originate' }) },
        ],
      },
    ],
  };
  const shopHost = {
    endpoint: { address: internal('connect_originate', '10.1.1.1:80') },
    metadata: { filter_metadata: { 'envoy.filters.listener.original_dst': { local: '10.1.1.1:80' } } },
  };

  test('is the end of the walk, and the way on is told: the pod is dialled at the port of HBONE', async () => {
    const out = { name: 'connect_originate', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', original_dst_lb_config: { upstream_port_override: 15008 } };
    const answer = await answerOf(tunnelled('10.0.0.1:80'), { shopHost, listeners: [originate], clusters: [out] });
    expect(answer.outcomes).toMatchObject([{ cluster: SHOP, endpoints: [{ address: 'envoy://connect_originate/10.1.1.1:80' }] }]);
    expect(answer.hops?.at(-1)).toMatchObject({ stage: 'endpoints', name: '10.1.1.1:15008' });
  });

  test('a break on the way on does not change the verdict, as for any host that cannot be reached', async () => {
    const answer = await answerOf(tunnelled('10.0.0.1:80'), { shopHost, listeners: [originate] });
    expect(answer.verdict).toBe('forwarded');
    expect(answer.hops?.at(-1)).toMatchObject({ stage: 'cluster', name: 'connect_originate', state: 'broken' });
  });
});

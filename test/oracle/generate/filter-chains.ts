import fc from 'fast-check';
import { accessLog } from '../access-log.ts';
import type { JsonObject } from '../xds-files.ts';
import { PLAIN_CLUSTERS } from './clusters.ts';
import { CERTIFICATE, type Configuration, OWN, OWN_PORT, PRIVATE_KEY } from './configuration.ts';
import { connectionManager } from './http-listeners.ts';
import { chainMatcher } from './matcher-trees.ts';
import { fieldOneTimeIn, together } from './sometimes.ts';

const oneOrTwo = (values: readonly string[]): fc.Arbitrary<string[]> => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const cidr = (text: string): JsonObject => {
  const [address = '', length] = text.split('/');
  return { address_prefix: address, prefix_len: Number(length) };
};

const ranges = oneOrTwo(['10.0.0.0/8', '10.1.0.0/16', '10.1.2.3/32', '127.0.0.0/8', '127.0.0.1/32', '192.168.0.0/16']).map((list) => list.map(cidr));

/** A FilterChainMatch; each criterion is there one time in a few. */
const chainMatch: fc.Arbitrary<JsonObject> = together(
  fieldOneTimeIn(5, 'destination_port', fc.constantFrom<(string | number)[]>(80, 443, OWN_PORT)),
  fieldOneTimeIn(5, 'prefix_ranges', ranges),
  fieldOneTimeIn(2, 'server_names', oneOrTwo(['a.com', 'b.a.com', '*.a.com', '*.com', 'A.com', 'x'])),
  fieldOneTimeIn(3, 'transport_protocol', fc.constantFrom('tls', 'raw_buffer')),
  fieldOneTimeIn(4, 'application_protocols', oneOrTwo(['h2', 'http/1.1', 'istio', 'foo', 'http/1.0', 'h2c'])),
  fieldOneTimeIn(10, 'direct_source_prefix_ranges', ranges),
  fieldOneTimeIn(8, 'source_type', fc.constantFrom('SAME_IP_OR_LOOPBACK', 'EXTERNAL', 'ANY')),
  fieldOneTimeIn(8, 'source_prefix_ranges', ranges),
  fieldOneTimeIn(10, 'source_ports', fc.uniqueArray(fc.constantFrom(40000, 40001), { minLength: 1 })),
);

const TLS: JsonObject = {
  name: 'envoy.transport_sockets.tls',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
    common_tls_context: {
      alpn_protocols: ['h2', 'http/1.1'],
      tls_certificates: [{ certificate_chain: { inline_string: CERTIFICATE }, private_key: { inline_string: PRIVATE_KEY } }],
    },
  },
};

const TYPES = {
  tls_inspector: 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
  http_inspector: 'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector',
  proxy_protocol: 'envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
};
export const listenerFilter = (name: keyof typeof TYPES): JsonObject => ({
  name: `envoy.filters.listener.${name}`,
  typed_config: { '@type': `type.googleapis.com/${TYPES[name]}` },
});

const TCP_TARGETS: readonly JsonObject[] = [
  { cluster: `${OWN}a` },
  { cluster: `${OWN}empty` },
  { cluster: `${OWN}missing` },
  { weighted_clusters: { clusters: [`${OWN}a`, `${OWN}b`].map((name, i) => ({ name, weight: 1 + 3 * i })) } },
  { weighted_clusters: { clusters: [`${OWN}a`, `${OWN}missing`].map((name) => ({ name, weight: 1 })) } },
];

/** What a chain does: answers by itself under its own route name, or forwards TCP. */
function chain(index: number, match: JsonObject | undefined, tls: boolean, tcp: boolean): JsonObject {
  const name = `chain-${index}`;
  const routes = {
    name: `${OWN}${name}`,
    virtual_hosts: [{ name: 'host', domains: ['*'], routes: [{ name, match: { prefix: '/' }, direct_response: { status: 200 } }] }],
  };
  const proxy = {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
      stat_prefix: 't',
      ...TCP_TARGETS[index % TCP_TARGETS.length],
      access_log: accessLog('tcp'),
    },
  };
  return {
    name,
    ...(match === undefined ? {} : { filter_chain_match: match }),
    filters: [tcp ? proxy : connectionManager(routes)],
    ...(tls ? { transport_socket: TLS } : {}),
  };
}

const LISTENER_FILTERS = fc
  .tuple(fc.constantFrom(true, true, true, false), fc.boolean(), fc.boolean())
  .map(([tlsInspector, httpInspector, proxyProtocol]) => [
    ...(proxyProtocol ? [listenerFilter('proxy_protocol')] : []),
    ...(tlsInspector ? [listenerFilter('tls_inspector')] : []),
    ...(httpInspector ? [listenerFilter('http_inspector')] : []),
  ]);
const defaultChain = fc.constantFrom<JsonObject[]>(
  {},
  { default_filter_chain: chain(99, undefined, false, false) },
  { default_filter_chain: chain(99, undefined, true, false) },
);

/** A listener whose filter chains are the point; two that match the same are left in, as Envoy refuses such a listener. */
export const chains: fc.Arbitrary<Configuration> = fc
  .tuple(
    fc.uniqueArray(fc.tuple(chainMatch, fc.boolean(), fc.nat(5)), { minLength: 1, maxLength: 5, selector: ([match]) => JSON.stringify(match) }),
    defaultChain,
    LISTENER_FILTERS,
  )
  .map(([list, byDefault, listener_filters]) =>
    configuration({ listener_filters, filter_chains: list.map(([match, tls, kind], i) => chain(i, match, tls, kind === 5)), ...byDefault }),
  );

/** The same by a `filter_chain_matcher`, which names the chain; now and then one that is not there. */
export const matchedChains: fc.Arbitrary<Configuration> = fc
  .tuple(fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }), defaultChain, LISTENER_FILTERS, chainMatcher(['chain-0', 'chain-1', 'chain-2']))
  .map(([list, byDefault, listener_filters, filter_chain_matcher]) =>
    configuration({ listener_filters, filter_chain_matcher, filter_chains: list.map((tls, i) => chain(i, undefined, tls, false)), ...byDefault }),
  );

function configuration(listener: JsonObject): Configuration {
  return { about: 'filter chains', listener, routes: [], clusters: PLAIN_CLUSTERS, random: JSON.stringify(listener).includes('weighted_clusters') };
}

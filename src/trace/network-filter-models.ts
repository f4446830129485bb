import { jqPath } from '../dump/dump-path.ts';
import type { NetworkDirectResponse_Config as DirectResponse, HttpConnectionManager, TcpProxy } from '../model/generated/envoy-api.ts';
import { HTTP_CONNECTION_MANAGER, TCP_PROXY } from './listener-routes.ts';
import type { NetworkEffect, NetworkFilterModel, NetworkFilterQuestion } from './network-filter.ts';
import { connectionLimit, extAuthz, localRateLimit, mixer, outside, wasm } from './network-filter-guards.ts';
import { setFilterState } from './network-filter-state.ts';
import { networkRbac } from './network-rbac.ts';
import { outcome } from './outcome.ts';

const NETWORK = 'envoy.extensions.filters.network';
const MIXER = 'mixer';

const passes: NetworkFilterModel = () => ({ kind: 'passes' });

/** Filters that look on, and filters of protocols that tcp_proxy behind them carries. */
const WITHOUT_EFFECT = [
  `${NETWORK}.mongo_proxy.v3.MongoProxy`,
  `${NETWORK}.mysql_proxy.v3.MySQLProxy`,
  `${NETWORK}.postgres_proxy.v3alpha.PostgresProxy`,
  `${NETWORK}.zookeeper_proxy.v3.ZooKeeperProxy`,
  `${NETWORK}.kafka_broker.v3.KafkaBroker`,
  // Istio's own: workload metadata, authentication facts, telemetry.
  'envoy.tcp.metadataexchange.config.MetadataExchange',
  'io.istio.network.authn.Config',
  'istio.authentication.v1alpha1.Policy',
  'stats.PluginConfig',
];

/** Filters of old Istio dumps that are known by name alone. */
export const NETWORK_FILTER_NAMES: Readonly<Record<string, string>> = {
  mixer: MIXER,
  'envoy.filters.network.metadata_exchange': 'envoy.tcp.metadataexchange.config.MetadataExchange',
  'istio.metadata_exchange': 'envoy.tcp.metadataexchange.config.MetadataExchange',
};

/** Filters that speak the protocol themselves and choose the cluster by it. */
const PROTOCOL_PROXIES = ['redis_proxy.v3.RedisProxy', 'thrift_proxy.v3.ThriftProxy', 'dubbo_proxy.v3.DubboProxy', 'generic_proxy.v3.GenericProxy'];

/** How each network filter is modelled, by the type of its configuration. A type that is not here is a gap. */
export const NETWORK_FILTER_MODELS: ReadonlyMap<string, NetworkFilterModel> = new Map<string, NetworkFilterModel>([
  ...WITHOUT_EFFECT.map((type): [string, NetworkFilterModel] => [type, passes]),
  ...PROTOCOL_PROXIES.map((type): [string, NetworkFilterModel] => [`${NETWORK}.${type}`, protocolProxy]),
  [HTTP_CONNECTION_MANAGER, ({ config }) => ({ kind: 'http', hcm: (config ?? {}) as HttpConnectionManager })],
  [TCP_PROXY, ({ config }) => ({ kind: 'tcp', proxy: (config ?? {}) as TcpProxy })],
  [`${NETWORK}.rbac.v3.RBAC`, networkRbac],
  [`${NETWORK}.sni_cluster.v3.SniCluster`, sniCluster],
  [`${NETWORK}.sni_dynamic_forward_proxy.v3.FilterConfig`, () => ({ kind: 'passes', says: 'resolves the server name for the cluster behind it' })],
  [`${NETWORK}.set_filter_state.v3.Config`, setFilterState],
  [`${NETWORK}.connection_limit.v3.ConnectionLimit`, connectionLimit],
  [`${NETWORK}.local_ratelimit.v3.LocalRateLimit`, localRateLimit],
  [`${NETWORK}.ratelimit.v3.RateLimit`, () => outside('connection', 'the rate limit service', 'PC7006')],
  [`${NETWORK}.ext_authz.v3.ExtAuthz`, extAuthz],
  [`${NETWORK}.wasm.v3.Wasm`, wasm],
  [MIXER, mixer],
  [`${NETWORK}.direct_response.v3.Config`, directResponse],
  [
    `${NETWORK}.echo.v3.Echo`,
    () => ({ kind: 'ends', outcomes: [outcome({ verdict: 'answered', details: 'echo' })], says: 'sends back what it gets', state: 'ok' }),
  ],
]);

/** The server name, where there is one, is the cluster. Source: sni_cluster.cc SniClusterFilter::onNewConnection. */
function sniCluster({ context }: NetworkFilterQuestion): NetworkEffect {
  const { sni } = context.facts;
  return sni === undefined
    ? { kind: 'passes', says: 'there is no server name to take as the cluster' }
    : { kind: 'sets cluster', cluster: sni, says: `the server name ${sni} is the cluster` };
}

/** What the response says as HTTP/1, if it says that, is the status that a client of HTTP/1 sees. Source: direct_response/filter.cc onNewConnection. */
function directResponse({ config, context }: NetworkFilterQuestion): NetworkEffect {
  const text = (config as DirectResponse | undefined)?.response?.inline_string ?? '';
  const isReadable = (context.socket.bytes.payload !== 'tls' || context.facts.isTls) && context.facts.protocol !== 'h2';
  const status = isReadable ? /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] : undefined;
  const known = { verdict: 'answered', status: status === undefined ? null : Number(status), details: 'direct_response' } as const;
  return {
    kind: 'ends',
    outcomes: [outcome(status === undefined ? { ...known, connection: 'closed' } : known)],
    says: 'answers by itself and closes',
    state: 'ok',
  };
}

function protocolProxy({ type, path }: NetworkFilterQuestion): NetworkEffect {
  const filter = type.split('.').at(-1) ?? type;
  const conditions = [`what the client sends is routed by ${filter} to one of its clusters`];
  return {
    kind: 'ends',
    outcomes: [outcome({ verdict: 'forwarded', probability: null, conditions })],
    says: `forwarded by filter ${filter} (${jqPath(path)})`,
    state: 'ok',
  };
}

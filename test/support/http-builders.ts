import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { textSource } from '../../src/dump/byte-source.ts';
import { readDocuments } from '../../src/dump/read-documents.ts';
import type { TraceRequest } from '../../src/match/request.ts';
import type { HttpConnectionManager } from '../../src/model/generated/envoy-api.ts';
import type { ProxyConfig } from '../../src/model/proxy-config.ts';
import type { ConnectionFacts } from '../../src/trace/connection-facts.ts';
import { alternatives } from '../../src/trace/outcome.ts';
import { indexProxy } from '../../src/trace/proxy-index.ts';
import type { Gap, Hop, Outcome } from '../../src/trace/trace-answer.ts';
import { traceHttp } from '../../src/trace/trace-http.ts';

/** proto3 JSON, as a configuration file or a dump has it. */
export type Json = { readonly [key: string]: unknown };

/** What a proxy under test is made of: resources as plain JSON. */
export interface ProxyParts {
  readonly listeners?: readonly Json[];
  readonly clusters?: readonly Json[];
  /** Clusters that warm. */
  readonly warmingClusters?: readonly Json[];
  /** Route configurations that RDS delivered. */
  readonly routes?: readonly Json[];
  readonly scopedRoutes?: readonly Json[];
  readonly endpoints?: readonly Json[];
  readonly ecds?: readonly Json[];
  /** Values of a static runtime layer, by key. */
  readonly runtime?: Json;
  /** More of the bootstrap. */
  readonly bootstrap?: Json;
  /** `[1, 40]`. */
  readonly envoyVersion?: readonly [major: number, minor: number];
}

const URL = 'type.googleapis.com/';

/** An Any: `typed('envoy.extensions.filters.http.cors.v3.Cors', {})`. */
export function typed(type: string, config: Json = {}): Json {
  return { '@type': `${URL}${type}`, ...config };
}

/** A `/config_dump?include_eds` that holds the parts. */
export function configDump(parts: ProxyParts): Json {
  const [major, minor] = parts.envoyVersion ?? [1, 40];
  const section = (name: string, content: Json): Json => typed(`envoy.admin.v3.${name}`, content);
  const resource = (type: string, value: Json): Json => (value['@type'] === undefined ? typed(type, value) : value);
  const CLUSTER = 'envoy.config.cluster.v3.Cluster';
  const layers = parts.runtime === undefined ? {} : { layered_runtime: { layers: [{ name: 'static', static_layer: parts.runtime }] } };
  return {
    configs: [
      section('BootstrapConfigDump', {
        bootstrap: { node: { id: 'test', user_agent_build_version: { version: { major_number: major, minor_number: minor } } }, ...layers, ...parts.bootstrap },
      }),
      section('ClustersConfigDump', {
        dynamic_active_clusters: (parts.clusters ?? []).map((c) => ({ cluster: resource(CLUSTER, c) })),
        dynamic_warming_clusters: (parts.warmingClusters ?? []).map((c) => ({ cluster: resource(CLUSTER, c) })),
      }),
      section('ListenersConfigDump', {
        dynamic_listeners: (parts.listeners ?? []).map((l) => ({
          name: l['name'],
          active_state: { listener: resource('envoy.config.listener.v3.Listener', l) },
        })),
      }),
      section('RoutesConfigDump', {
        dynamic_route_configs: (parts.routes ?? []).map((r) => ({ route_config: resource('envoy.config.route.v3.RouteConfiguration', r) })),
      }),
      section('ScopedRoutesConfigDump', {
        dynamic_scoped_route_configs: (parts.scopedRoutes ?? []).map((r) => ({
          name: 'scopes',
          scoped_route_configs: [resource('envoy.config.route.v3.ScopedRouteConfiguration', r)],
        })),
      }),
      section('EndpointsConfigDump', {
        dynamic_endpoint_configs: (parts.endpoints ?? []).map((e) => ({ endpoint_config: resource('envoy.config.endpoint.v3.ClusterLoadAssignment', e) })),
      }),
      section('EcdsConfigDump', {
        ecds_filters: (parts.ecds ?? []).map((e) => ({ ecds_filter: resource('envoy.config.core.v3.TypedExtensionConfig', e) })),
      }),
    ],
  };
}

/** The proxy that `pc` reads from a dump of these parts. */
export async function proxyOf(parts: ProxyParts): Promise<ProxyConfig> {
  return buildProxyConfig('test', await readDocuments(textSource('config_dump.json', JSON.stringify(configDump(parts)))));
}

/** A STATIC cluster with one healthy host; `10.0.0.1:80` unless others are named. */
export function cluster(name: string, ...hosts: string[]): Json {
  const lbEndpoints = (hosts.length === 0 ? ['10.0.0.1:80'] : hosts).map((host) => {
    const colon = host.lastIndexOf(':');
    return { endpoint: { address: { socket_address: { address: host.slice(0, colon), port_value: Number(host.slice(colon + 1)) } } } };
  });
  return { name, type: 'STATIC', load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: lbEndpoints }] } };
}

/** A virtual host of one domain or several. */
export function host(name: string, domains: string | readonly string[], routes: readonly Json[] = [to('a')], more: Json = {}): Json {
  return { name, domains: typeof domains === 'string' ? [domains] : domains, routes, ...more };
}

/** A route to a cluster; its match is `prefix: /` unless given, its name the cluster's. */
export function to(target: string, match: Json = { prefix: '/' }, more: Json = {}): Json {
  return { name: target, match, route: { cluster: target }, ...more };
}

/** A route with any action. */
export function route(name: string, match: Json, action: Json): Json {
  return { name, match, ...action };
}

/** An HTTP filter: `filter('envoy.extensions.filters.http.cors.v3.Cors')`. Its name is the type's last part but one, in lower case. */
export function filter(type: string, config: Json = {}, more: Json = {}): Json {
  return { name: filterName(type), typed_config: typed(type, config), ...more };
}

/** The name that {@link filter} gives: what typed_per_filter_config is keyed by. */
export function filterName(type: string): string {
  return type.split('.').at(-3) ?? type;
}

export const ROUTER: Json = { name: 'router', typed_config: typed('envoy.extensions.filters.http.router.v3.Router') };
export const HCM_TYPE = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** A connection manager with a router behind the given filters. `routes`: a route config inline, or the name that RDS gives. */
export function connectionManager(routes: Json | string, filters: readonly Json[] = [], more: Json = {}): Json {
  return {
    stat_prefix: 'test',
    ...(typeof routes === 'string' ? { rds: { route_config_name: routes, config_source: { ads: {} } } } : { route_config: routes }),
    http_filters: [...filters, ROUTER],
    ...more,
  };
}

/** A listener of 127.0.0.1:8080 with one filter chain, whose only filter is the connection manager. */
export function httpListener(hcm: Json, more: Json = {}): Json {
  return {
    name: 'listener',
    address: { socket_address: { address: '127.0.0.1', port_value: 8080 } },
    filter_chains: [{ name: 'chain', filters: [{ name: 'hcm', typed_config: typed(HCM_TYPE, hcm) }] }],
    ...more,
  };
}

export interface GatewayParts extends Omit<ProxyParts, 'listeners'> {
  /** Virtual hosts of an inline route config… */
  readonly hosts?: readonly Json[];
  /** …with these fields besides. */
  readonly routeConfig?: Json;
  /** Filters before the router. */
  readonly filters?: readonly Json[];
  /** Fields of the connection manager. */
  readonly hcm?: Json;
}

/** What a trace of the HTTP half said. */
export interface HttpAnswer {
  readonly outcomes: readonly Outcome[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
  /** The only outcome; throws where there are several, or a gap. */
  readonly only: Outcome;
}

export interface Gateway {
  readonly proxy: ProxyConfig;
  /** Traces one request: plain HTTP/1.1, `GET /` of `a.com`, unless said otherwise. */
  ask(request?: Partial<TraceRequest>, facts?: Partial<ConnectionFacts>, random?: bigint): HttpAnswer;
}

/** An HTTP gateway of plain parts: clusters `a` and `b` exist unless others are given, and one virtual host `*` sends everything to `a`. */
export async function gateway(parts: GatewayParts = {}): Promise<Gateway> {
  const { hosts = [host('all', '*')], routeConfig = {}, filters = [], hcm = {}, clusters = [cluster('a'), cluster('b')], ...rest } = parts;
  const inline = { name: 'routes', virtual_hosts: hosts, ...routeConfig };
  const routed = 'rds' in hcm || 'scoped_routes' in hcm ? omitRoutes(connectionManager(inline, filters, hcm)) : connectionManager(inline, filters, hcm);
  const proxy = await proxyOf({ ...rest, clusters, listeners: [httpListener(routed)] });
  const index = indexProxy(proxy);
  const [listener] = proxy.listeners;
  if (listener === undefined) throw new Error('the listener of the test was not read');
  const place = {
    hcm: listener.value.filter_chains?.[0]?.filters?.[0]?.typed_config as unknown as HttpConnectionManager,
    path: [...listener.path, 'filter_chains', 0, 'filters', 0, 'typed_config'],
    document: listener.document,
  };
  return {
    proxy,
    ask: (request = {}, facts = {}, random = undefined) => {
      const question: TraceRequest = { authority: 'a.com', path: '/', ...request };
      const traced = traceHttp(index, place, connectionFacts(question, facts), question, { terse: false, random });
      const outcomes = alternatives(traced.outcomes);
      return {
        outcomes,
        hops: traced.hops,
        gap: traced.gap,
        get only(): Outcome {
          const [only, ...others] = outcomes;
          if (only === undefined || others.length > 0 || traced.gap !== null) {
            throw new Error(`not one certain outcome: ${JSON.stringify({ gap: traced.gap, outcomes }, null, 1)}`);
          }
          return only;
        },
      };
    },
  };
}

function connectionFacts(question: TraceRequest, facts: Partial<ConnectionFacts>): ConnectionFacts {
  const isTls = question.tls !== undefined && question.tls !== null;
  return {
    isTls,
    sni: question.tls?.sni ?? undefined,
    alpn: undefined,
    protocol: question.protocol ?? (facts.alpn === 'h2' ? 'h2' : 'http/1.1'),
    localAddress: '127.0.0.1',
    localPort: 8080,
    remoteAddress: question.source?.address ?? '127.0.0.1',
    remotePort: question.source?.port,
    directRemoteAddress: question.source?.address ?? '127.0.0.1',
    certificate: { presented: false, validated: false },
    destination: undefined,
    ...facts,
  };
}

function omitRoutes({ route_config: _, ...hcm }: Json): Json {
  return hcm;
}

import type { FilterChain, HeaderValueOption, LbEndpoint, LocalityLbEndpoints, Route, WeightedCluster_ClusterWeight } from '../model/generated/envoy-api.ts';
import { addressText } from '../query/address-text.ts';
import { localityText } from '../query/endpoint-row.ts';

/** How the elements of a list are told apart and whether their order means anything. */
export interface ListOrder {
  /** Envoy reads the list the same in any order. */
  readonly isSet: boolean;
  /**
   * By what an element is found again on the other side, the surest way first; undefined where it has no such thing. Where a list has no
   * way, an element is found again by its whole content.
   */
  readonly ways: readonly ((element: never, content: (value: unknown, type: string) => string) => string | undefined)[];
}

const byName = (element: { readonly name?: string }): string | undefined => element.name || undefined;
const byMatch =
  (type: string) =>
  (element: { readonly match?: unknown }, content: (value: unknown, type: string) => string): string =>
    content(element.match ?? {}, type);

const VALUES: ListOrder = { isSet: true, ways: [] };
const NAMED_SET: ListOrder = { isSet: true, ways: [byName] };

const ROUTE_MATCH = 'envoy.config.route.v3.RouteMatch';
const CHAIN_MATCH = 'envoy.config.listener.v3.FilterChainMatch';

/** The first route that matches wins: an ordered list. A route is the same one while its match is, else while its name is. */
const ROUTES: ListOrder = {
  isSet: false,
  ways: [(route: Route, content) => (route.name ? `${route.name} ${content(route.match ?? {}, ROUTE_MATCH)}` : undefined), byMatch(ROUTE_MATCH), byName],
};

/** The most specific match wins, wherever the chain stands; Envoy refuses two of the same match. */
const FILTER_CHAINS: ListOrder = {
  isSet: true,
  ways: [
    (chain: FilterChain, content) => `${chain.name ?? ''} ${content(chain.filter_chain_match ?? {}, CHAIN_MATCH)}`,
    (chain: FilterChain, content) => content(chain.filter_chain_match ?? {}, CHAIN_MATCH),
    byName,
  ],
};

const ENDPOINTS: ListOrder = {
  isSet: true,
  ways: [(lb: LbEndpoint) => addressText(lb.endpoint?.address) || lb.endpoint_name || undefined],
};

const LOCALITIES: ListOrder = {
  isSet: true,
  ways: [
    (group: LocalityLbEndpoints) => `${localityText(group.locality)} ${group.priority ?? 0}`,
    (group: LocalityLbEndpoints) => localityText(group.locality) || undefined,
  ],
};

const ARMS: ListOrder = { isSet: true, ways: [(arm: WeightedCluster_ClusterWeight) => arm.name || arm.cluster_header || undefined] };

/** Headers are added in their order; one is found again by its name. */
const HEADERS_TO_ADD: ListOrder = { isSet: false, ways: [(option: HeaderValueOption) => option.header?.key] };

/** The lists of Envoy's API that are sets, or whose elements are known by something other than `name`; by message (without its package) and field. */
const ORDERS: Readonly<Record<string, ListOrder>> = {
  'RouteConfiguration.virtual_hosts': NAMED_SET,
  'RouteConfiguration.internal_only_headers': VALUES,
  'VirtualHost.domains': VALUES,
  'VirtualHost.routes': ROUTES,
  'VirtualHost.rate_limits': VALUES,
  'RouteList.routes': ROUTES,
  'RouteAction.rate_limits': VALUES,
  'RouteMatch.headers': VALUES,
  'RouteMatch.query_parameters': VALUES,
  'RouteMatch.cookies': VALUES,
  'RouteMatch.dynamic_metadata': VALUES,
  'RouteMatch.filter_state': VALUES,
  'WeightedCluster.clusters': ARMS,
  'CorsPolicy.allow_origin_string_match': VALUES,
  'RetryPolicy.retriable_status_codes': VALUES,
  'RetryPolicy.retriable_headers': VALUES,
  'RetryPolicy.retriable_request_headers': VALUES,
  'Listener.filter_chains': FILTER_CHAINS,
  'Listener.additional_addresses': VALUES,
  'FilterChainMatch.prefix_ranges': VALUES,
  'FilterChainMatch.direct_source_prefix_ranges': VALUES,
  'FilterChainMatch.source_prefix_ranges': VALUES,
  'FilterChainMatch.source_ports': VALUES,
  'FilterChainMatch.server_names': VALUES,
  'FilterChainMatch.application_protocols': VALUES,
  'HttpConnectionManager.access_log': NAMED_SET,
  'HttpConnectionManager.upgrade_configs': { isSet: true, ways: [(config: { readonly upgrade_type?: string }) => config.upgrade_type] },
  'TcpProxy.access_log': NAMED_SET,
  'Listener.access_log': NAMED_SET,
  'ClusterLoadAssignment.endpoints': LOCALITIES,
  'LocalityLbEndpoints.lb_endpoints': ENDPOINTS,
  'LocalityLbEndpoints.LbEndpointList.lb_endpoints': ENDPOINTS,
  'CircuitBreakers.thresholds': { isSet: true, ways: [(threshold: { readonly priority?: unknown }) => String(threshold.priority ?? 'DEFAULT')] },
  'CircuitBreakers.per_host_thresholds': { isSet: true, ways: [(threshold: { readonly priority?: unknown }) => String(threshold.priority ?? 'DEFAULT')] },
  'Cluster.LbSubsetConfig.subset_selectors': VALUES,
  'Cluster.LbSubsetConfig.LbSubsetSelector.keys': VALUES,
  'Policy.permissions': VALUES,
  'Policy.principals': VALUES,
  'Permission.Set.rules': VALUES,
  'Principal.Set.ids': VALUES,
  'CertificateValidationContext.match_subject_alt_names': VALUES,
  'CertificateValidationContext.match_typed_subject_alt_names': VALUES,
  'CertificateValidationContext.verify_certificate_hash': VALUES,
  'CertificateValidationContext.verify_certificate_spki': VALUES,
  'JwtProvider.audiences': VALUES,
  'Node.extensions': { isSet: true, ways: [(e: { readonly category?: string; readonly name?: string }) => `${e.category} ${e.name}`] },
  'Node.client_features': VALUES,
  'Bootstrap.StaticResources.listeners': NAMED_SET,
  'Bootstrap.StaticResources.clusters': NAMED_SET,
  'Bootstrap.StaticResources.secrets': NAMED_SET,
};

/** Fields that are sets of header names wherever they stand. */
const SETS_ANYWHERE: ReadonlySet<string> = new Set(['request_headers_to_remove', 'response_headers_to_remove']);
const HEADERS_ANYWHERE: ReadonlySet<string> = new Set(['request_headers_to_add', 'response_headers_to_add', 'headers_to_add']);
const ORDERED: ListOrder = {
  isSet: false,
  ways: [byName],
};

/**
 * The order of a list field. Source of the rules: what Envoy does with each list (docs of envoy.config.*; first match wins for routes and
 * matchers of transport sockets, filters run one after the other). A list that nothing is said of is ordered.
 */
export function listOrder(message: string, field: string): ListOrder {
  const known = ORDERS[`${withoutPackage(message)}.${field}`];
  if (known !== undefined) return known;
  if (SETS_ANYWHERE.has(field)) return VALUES;
  return HEADERS_ANYWHERE.has(field) ? HEADERS_TO_ADD : ORDERED;
}

/** `envoy.config.route.v3.WeightedCluster.ClusterWeight` gives `WeightedCluster.ClusterWeight`. */
export function withoutPackage(message: string): string {
  return message.replace(/^.*?\.v\d\w*\./, '');
}

// A route configuration of 500 entries as meshes have them: prefixes, exact paths, regexes, headers and query parameters mixed.

/** Deterministic numbers in [0, 1). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const METADATA = { filter_metadata: { istio: { config: '/apis/networking.istio.io/v1/namespaces/shop/virtual-service/catalog' } } };

function matchOf(i) {
  const path = `/service-${i % 97}/v${i % 3}/resource-${i}`;
  switch (i % 5) {
    case 0:
      return { prefix: path };
    case 1:
      return { path: `${path}/exact` };
    case 2:
      return { safe_regex: { regex: `/service-${i % 97}/[a-z]+/${i}(/.*)?` } };
    case 3:
      return {
        prefix: path,
        headers: [
          { name: 'x-user', string_match: { exact: `user-${i}` } },
          { name: ':method', string_match: { exact: 'GET' } },
        ],
      };
    default:
      return { prefix: path, query_parameters: [{ name: 'version', string_match: { prefix: String(i) } }] };
  }
}

function actionOf(i) {
  const cluster = `outbound|80||service-${i % 97}.shop.svc.cluster.local`;
  const common = {
    timeout: '0s',
    retry_policy: {
      retry_on: 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
      num_retries: 2,
      host_selection_retry_max_attempts: '5',
      retriable_status_codes: [503],
    },
    max_grpc_timeout: '0s',
  };
  if (i % 7 !== 0) return { cluster, ...common };
  return {
    weighted_clusters: {
      clusters: [
        { name: cluster, weight: 20 },
        { name: `${cluster}-canary`, weight: 80 },
      ],
    },
    ...common,
  };
}

export function routeConfig(count = 500) {
  const routes = Array.from({ length: count }, (_, i) => ({
    match: matchOf(i),
    route: actionOf(i),
    metadata: METADATA,
    decorator: { operation: `catalog.shop.svc.cluster.local:80/service-${i}*` },
    name: `route-${i}`,
  }));
  return {
    '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
    name: 'http.8080',
    virtual_hosts: [{ name: 'shop.example:8080', domains: ['shop.example', 'shop.example:8080', '*.shop.example'], routes }],
    validate_clusters: false,
    ignore_port_in_host_matching: true,
  };
}

/** Requests that match somewhere in the list, or nowhere. */
export function requests(count, seed = 7) {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, n) => {
    const i = Math.floor(random() * 520);
    const path = `/service-${i % 97}/v${i % 3}/resource-${i}`;
    const target = i % 5 === 1 ? `${path}/exact` : i % 5 === 2 ? `/service-${i % 97}/abc/${i}/more` : i % 5 === 4 ? `${path}?version=${i}&x=1` : `${path}/item`;
    return {
      id: String(n),
      listener: { address: '127.0.0.1', port: 8080 },
      source: { address: '127.0.0.1' },
      scheme: 'http',
      method: 'GET',
      authority: 'shop.example',
      path: target,
      headers: i % 5 === 3 ? [['x-user', `user-${i}`]] : [['accept', '*/*']],
    };
  });
}

/** A config_dump around the route configuration. */
export function dump() {
  const clusters = Array.from({ length: 97 }, (_, i) => `outbound|80||service-${i}.shop.svc.cluster.local`).flatMap((name) => [name, `${name}-canary`]);
  const endpoint = (name) => ({
    cluster_name: name,
    endpoints: [
      {
        locality: {},
        lb_endpoints: [
          { endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: 9000 } } }, health_status: 'HEALTHY', load_balancing_weight: 1 },
        ],
      },
    ],
  });
  const hcm = {
    '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'in',
    rds: { config_source: { ads: {} }, route_config_name: 'http.8080' },
    http_filters: [{ name: 'envoy.filters.http.router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } }],
    normalize_path: true,
  };
  const listener = {
    '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
    name: '0.0.0.0_8080',
    address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
    filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: hcm }] }],
  };
  return {
    configs: [
      { '@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: { node: { id: 'router~127.0.0.1~bench.shop~shop.svc.cluster.local' } } },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.ClustersConfigDump',
        dynamic_active_clusters: clusters.map((name) => ({
          cluster: {
            '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
            name,
            type: 'EDS',
            eds_cluster_config: { eds_config: { ads: {} }, service_name: name },
          },
        })),
      },
      {
        '@type': 'type.googleapis.com/envoy.admin.v3.EndpointsConfigDump',
        dynamic_endpoint_configs: clusters.map((name) => ({
          endpoint_config: { '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment', ...endpoint(name) },
        })),
      },
      { '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump', dynamic_listeners: [{ name: '0.0.0.0_8080', active_state: { listener } }] },
      { '@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump', dynamic_route_configs: [{ route_config: routeConfig() }] },
    ],
  };
}

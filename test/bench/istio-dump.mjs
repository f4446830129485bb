// Writes Istio-shaped config dumps of any size, indented by one blank as Envoy does, or compact; the same options give the same bytes.
//   node test/bench/istio-dump.mjs OUT [--services N] [--subsets N] [--endpoints N] [--compact]
import { closeSync, openSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const TYPE = 'type.googleapis.com/';
const UPDATED = '2026-01-01T00:00:00.000Z';
const VERSION = '2026-01-01T00:00:00Z/1';

const sds = (name) => ({
  name,
  sds_config: {
    api_config_source: {
      api_type: 'GRPC',
      transport_api_version: 'V3',
      grpc_services: [{ envoy_grpc: { cluster_name: 'sds-grpc' } }],
      set_node_on_first_message_only: true,
    },
    initial_fetch_timeout: '0s',
    resource_api_version: 'V3',
  },
});

function upstreamTls(host, sni) {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': `${TYPE}envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext`,
      common_tls_context: {
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
        tls_certificate_sds_secret_configs: [sds('default')],
        combined_validation_context: {
          default_validation_context: { match_subject_alt_names: [{ exact: `spiffe://cluster.local/ns/shop/sa/${host}` }] },
          validation_context_sds_secret_config: sds('ROOTCA'),
        },
        alpn_protocols: ['istio-peer-exchange', 'istio'],
      },
      sni,
    },
  };
}

const hostOf = (service) => `service-${String(service).padStart(6, '0')}.shop.svc.cluster.local`;
const clusterName = (service, subset) => `outbound|80|${subset === 0 ? '' : `v${subset}`}|${hostOf(service)}`;

function cluster(service, subset) {
  const name = clusterName(service, subset);
  const host = hostOf(service);
  return {
    version_info: VERSION,
    cluster: {
      '@type': `${TYPE}envoy.config.cluster.v3.Cluster`,
      transport_socket_matches: [
        {
          name: 'tlsMode-istio',
          match: { tlsMode: 'istio' },
          transport_socket: upstreamTls(`service-${service}`, `outbound_.80_.${subset === 0 ? '' : `v${subset}`}_.${host}`),
        },
        {
          name: 'tlsMode-disabled',
          match: {},
          transport_socket: {
            name: 'envoy.transport_sockets.raw_buffer',
            typed_config: { '@type': `${TYPE}envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer` },
          },
        },
      ],
      name,
      alt_stat_name: `${name};`,
      type: 'EDS',
      eds_cluster_config: { eds_config: { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' }, service_name: name },
      connect_timeout: '10s',
      lb_policy: 'LEAST_REQUEST',
      circuit_breakers: {
        thresholds: [
          { max_connections: 4294967295, max_pending_requests: 4294967295, max_requests: 4294967295, max_retries: 4294967295, track_remaining: true },
        ],
      },
      common_lb_config: { locality_weighted_lb_config: {} },
      metadata: {
        filter_metadata: {
          istio: {
            services: [{ host, name: `service-${service}`, namespace: 'shop' }],
            ...(subset === 0 ? {} : { subset: `v${subset}`, config: `/apis/networking.istio.io/v1/namespaces/shop/destination-rule/service-${service}` }),
          },
        },
      },
      filters: [
        {
          name: 'istio.metadata_exchange',
          typed_config: {
            '@type': `${TYPE}udpa.type.v1.TypedStruct`,
            type_url: `${TYPE}envoy.tcp.metadataexchange.config.MetadataExchange`,
            value: { protocol: 'istio-peer-exchange', enable_discovery: true },
          },
        },
      ],
    },
    last_updated: UPDATED,
  };
}

function assignment(service, subset, endpoints) {
  return {
    endpoint_config: {
      '@type': `${TYPE}envoy.config.endpoint.v3.ClusterLoadAssignment`,
      cluster_name: clusterName(service, subset),
      endpoints: [
        {
          locality: { region: 'region-1', zone: `zone-${service % 3}` },
          lb_endpoints: Array.from({ length: endpoints }, (_, i) => ({
            endpoint: {
              address: { socket_address: { address: `10.${(service >> 8) & 255}.${service & 255}.${i + 1}`, port_value: 8080 } },
              health_check_config: {},
            },
            health_status: 'HEALTHY',
            metadata: {
              filter_metadata: {
                'envoy.transport_socket_match': { tlsMode: 'istio' },
                istio: { workload: `service-${service};shop;service-${service};v1;Kubernetes` },
              },
            },
            load_balancing_weight: 1,
          })),
          load_balancing_weight: endpoints,
        },
      ],
      policy: { overprovisioning_factor: 140 },
    },
  };
}

const metadata = (service) => ({ filter_metadata: { istio: { config: `/apis/networking.istio.io/v1/namespaces/shop/virtual-service/service-${service}` } } });
const retries = {
  retry_on: 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
  num_retries: 2,
  retry_host_predicate: [
    {
      name: 'envoy.retry_host_predicates.previous_hosts',
      typed_config: { '@type': `${TYPE}envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate` },
    },
  ],
  host_selection_retry_max_attempts: '5',
  retriable_status_codes: [503],
};

function virtualHost(service, subsets) {
  const host = hostOf(service);
  const short = `service-${String(service).padStart(6, '0')}`;
  const common = { timeout: '0s', retry_policy: retries, max_grpc_timeout: '0s' };
  const split =
    subsets > 1
      ? {
          weighted_clusters: {
            clusters: [
              { name: clusterName(service, 1), weight: 20 },
              { name: clusterName(service, 2), weight: 80 },
            ],
          },
          ...common,
        }
      : { cluster: clusterName(service, 0), ...common };
  return {
    name: `${host}:80`,
    domains: [host, short, `${short}.shop.svc`, `${short}.shop`, `10.96.${(service >> 8) & 255}.${service & 255}`],
    routes: [
      {
        match: { prefix: '/canary', headers: [{ name: 'x-user', string_match: { exact: 'jason' } }] },
        route: { cluster: clusterName(service, 0), ...common },
        metadata: metadata(service),
        decorator: { operation: `${host}:80/canary*` },
        name: 'canary',
      },
      { match: { prefix: '/' }, route: split, metadata: metadata(service), decorator: { operation: `${host}:80/*` }, name: 'default' },
    ],
    include_request_attempt_count: true,
  };
}

function listener(service, port) {
  return {
    name: `10.96.${(service >> 8) & 255}.${service & 255}_${port}`,
    active_state: {
      version_info: VERSION,
      listener: {
        '@type': `${TYPE}envoy.config.listener.v3.Listener`,
        name: `10.96.${(service >> 8) & 255}.${service & 255}_${port}`,
        address: { socket_address: { address: `10.96.${(service >> 8) & 255}.${service & 255}`, port_value: port } },
        filter_chains: [
          {
            filters: [
              {
                name: 'envoy.filters.network.tcp_proxy',
                typed_config: {
                  '@type': `${TYPE}envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy`,
                  stat_prefix: clusterName(service, 0),
                  cluster: clusterName(service, 0),
                  access_log: [
                    {
                      name: 'envoy.access_loggers.file',
                      typed_config: {
                        '@type': `${TYPE}envoy.extensions.access_loggers.file.v3.FileAccessLog`,
                        path: '/dev/stdout',
                        log_format: {
                          text_format_source: {
                            inline_string: '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE%\n',
                          },
                        },
                      },
                    },
                  ],
                },
              },
            ],
          },
        ],
        traffic_direction: 'OUTBOUND',
        bind_to_port: false,
      },
      last_updated: UPDATED,
    },
  };
}

function httpListener() {
  const hcm = {
    '@type': `${TYPE}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'outbound_0.0.0.0_80',
    rds: { config_source: { ads: {}, resource_api_version: 'V3' }, route_config_name: '80' },
    http_filters: [{ name: 'envoy.filters.http.router', typed_config: { '@type': `${TYPE}envoy.extensions.filters.http.router.v3.Router` } }],
    normalize_path: true,
  };
  return {
    name: '0.0.0.0_80',
    active_state: {
      version_info: VERSION,
      listener: {
        '@type': `${TYPE}envoy.config.listener.v3.Listener`,
        name: '0.0.0.0_80',
        address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
        filter_chains: [{ filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: hcm }] }],
        traffic_direction: 'OUTBOUND',
        bind_to_port: false,
      },
      last_updated: UPDATED,
    },
  };
}

/** The dump's sections: their fields, and for each list a generator of its entries. */
function* sections({ services, subsets, endpoints }) {
  const each = function* (make) {
    for (let service = 0; service < services; service++) for (let subset = 0; subset <= subsets; subset++) yield make(service, subset);
  };
  yield [
    'BootstrapConfigDump',
    {
      bootstrap: {
        node: { id: 'sidecar~10.0.0.1~webapp-0.shop~shop.svc.cluster.local', cluster: 'webapp.shop', metadata: { ISTIO_VERSION: '1.29.0', NAMESPACE: 'shop' } },
      },
      last_updated: UPDATED,
    },
  ];
  yield ['ClustersConfigDump', { version_info: VERSION }, ['dynamic_active_clusters', each(cluster)]];
  yield ['EndpointsConfigDump', {}, ['dynamic_endpoint_configs', each((service, subset) => assignment(service, subset, endpoints))]];
  yield [
    'ListenersConfigDump',
    { version_info: VERSION },
    [
      'dynamic_listeners',
      (function* () {
        yield httpListener();
        for (let service = 0; service < services; service += 10) yield listener(service, 9000);
      })(),
    ],
  ];
  yield [
    'RoutesConfigDump',
    {},
    [
      'dynamic_route_configs',
      (function* () {
        // Real sidecars have a route config for each port, each with a part of the hosts.
        const perConfig = 250;
        for (let from = 0, port = 80; from < services; from += perConfig, port = port === 80 ? 8001 : port + 1) {
          const hosts = Array.from({ length: Math.min(perConfig, services - from) }, (_, i) => virtualHost(from + i, subsets));
          yield {
            version_info: VERSION,
            route_config: {
              '@type': `${TYPE}envoy.config.route.v3.RouteConfiguration`,
              name: String(port),
              virtual_hosts: hosts,
              validate_clusters: false,
              max_direct_response_body_size_bytes: 1048576,
              ignore_port_in_host_matching: true,
            },
            last_updated: UPDATED,
          };
        }
      })(),
    ],
  ];
}

/** Writes the dump piece by piece; gives its size in bytes. */
export function writeDump(file, { services = 100, subsets = 2, endpoints = 4, compact = false } = {}) {
  const handle = openSync(file, 'w');
  let pending = '';
  let size = 0;
  const flush = () => {
    size += writeSync(handle, pending);
    pending = '';
  };
  const indent = compact ? 0 : 1;
  const newline = compact ? '' : '\n';
  const put = (text) => {
    pending += text;
    if (pending.length > 1 << 20) flush();
  };
  const value = (data, level) => (compact ? JSON.stringify(data) : JSON.stringify(data, null, indent).replaceAll('\n', `\n${' '.repeat(level)}`));
  const pad = (level) => (compact ? '' : ' '.repeat(level));
  const colon = compact ? ':' : ': ';
  put(`{${newline}${pad(1)}"configs"${colon}[${newline}`);
  let first = true;
  for (const [name, fields, list] of sections({ services, subsets, endpoints })) {
    put(`${first ? '' : `,${newline}`}${pad(2)}{${newline}${pad(3)}"@type"${colon}"${TYPE}envoy.admin.v3.${name}"`);
    first = false;
    for (const [key, data] of Object.entries(fields)) put(`,${newline}${pad(3)}"${key}"${colon}${value(data, 3)}`);
    if (list !== undefined) {
      put(`,${newline}${pad(3)}"${list[0]}"${colon}[${newline}`);
      let firstEntry = true;
      for (const entry of list[1]) {
        put(`${firstEntry ? '' : `,${newline}`}${pad(4)}${value(entry, 4)}`);
        firstEntry = false;
      }
      put(`${newline}${pad(3)}]`);
    }
    put(`${newline}${pad(2)}}`);
  }
  put(`${newline}${pad(1)}]${newline}}${newline}`);
  flush();
  closeSync(handle);
  return size;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [out, ...flags] = process.argv.slice(2);
  const number = (name, fallback) => (flags.includes(name) ? Number(flags[flags.indexOf(name) + 1]) : fallback);
  const size = writeDump(out, {
    services: number('--services', 100),
    subsets: number('--subsets', 2),
    endpoints: number('--endpoints', 4),
    compact: flags.includes('--compact'),
  });
  console.log(`${out}: ${size} bytes`);
}

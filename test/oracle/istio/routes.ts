import type { JsonObject } from '../xds-files.ts';
import { NAMESPACE } from './names.ts';

export interface RouteOptions {
  /** The VirtualService that the route stands for. */
  readonly virtualService?: string;
  readonly match?: JsonObject;
  readonly name?: string;
  readonly more?: JsonObject;
}

/** A route to one cluster, or split over several by weight. */
export function forward(target: string | readonly (readonly [string, number])[], options: RouteOptions = {}): JsonObject {
  const to: JsonObject =
    typeof target === 'string'
      ? { cluster: target }
      : { weighted_clusters: { clusters: target.map(([name, weight]) => ({ name, weight })), total_weight: 100 } };
  return route({ route: { ...to, timeout: '0s', retry_policy: RETRIES, max_grpc_timeout: '0s' } }, options);
}

/** Any other action: `redirect` or `direct_response`. */
export function answer(action: JsonObject, options: RouteOptions = {}): JsonObject {
  return route(action, options);
}

/** A virtual host under Istio's name, `HOST:PORT`. */
export function virtualHost(name: string, domains: readonly string[], routes: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return { name, domains: [...domains], routes: [...routes], include_request_attempt_count: true, ...more };
}

/** A route config: `http.PORT` or `https.PORT.…` on a gateway, `PORT` in a sidecar. */
export function routeConfig(name: string, virtualHosts: readonly JsonObject[]): JsonObject {
  return { name, virtual_hosts: [...virtualHosts], validate_clusters: false, max_direct_response_body_size_bytes: 1048576, ignore_port_in_host_matching: true };
}

/** A sidecar's last virtual host: what no service answers to is passed through, or refused. */
export function unknownHosts(policy: 'ALLOW_ANY' | 'REGISTRY_ONLY'): JsonObject {
  return policy === 'ALLOW_ANY'
    ? virtualHost(
        'allow_any',
        ['*'],
        [{ name: 'allow_any', match: { prefix: '/' }, route: { cluster: 'PassthroughCluster', timeout: '0s', max_grpc_timeout: '0s' } }],
      )
    : virtualHost('block_all', ['*'], [{ name: 'block_all', match: { prefix: '/' }, direct_response: { status: 502 } }]);
}

/** The names by which a mesh client may call a service. */
export function serviceDomains(host: string, address: string): string[] {
  const [service = '', namespace = ''] = host.split('.');
  return [host, service, `${service}.${namespace}.svc`, `${service}.${namespace}`, address];
}

const RETRIES: JsonObject = {
  retry_on: 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes',
  num_retries: 2,
  retry_host_predicate: [
    {
      name: 'envoy.retry_host_predicates.previous_hosts',
      typed_config: { '@type': 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate' },
    },
  ],
  host_selection_retry_max_attempts: '5',
};

function route(action: JsonObject, options: RouteOptions): JsonObject {
  const { virtualService } = options;
  const config = `/apis/networking.istio.io/v1/namespaces/${NAMESPACE}/virtual-service/${virtualService}`;
  return {
    ...(options.name === undefined ? {} : { name: options.name }),
    match: options.match ?? { prefix: '/' },
    ...action,
    ...(virtualService === undefined ? {} : { metadata: { filter_metadata: { istio: { config } } }, decorator: { operation: `${virtualService}:80/*` } }),
    ...options.more,
  };
}

import { configSource, type JsonObject } from '../xds-files.ts';
import { socketAddress } from './listeners.ts';
import { NAMESPACE, outbound, PODS, type PodName } from './names.ts';

const NO_LIMITS: JsonObject = {
  thresholds: [{ max_connections: 4294967295, max_pending_requests: 4294967295, max_requests: 4294967295, max_retries: 4294967295, track_remaining: true }],
};

/** A service's EDS cluster; with a subset, that of a DestinationRule. Istio sets the panic threshold to zero. */
export function serviceCluster(host: string, subset = '', more: JsonObject = {}): JsonObject {
  const name = outbound(80, host, subset);
  const service = host.split('.')[0] ?? host;
  const rule = `/apis/networking.istio.io/v1/namespaces/${NAMESPACE}/destination-rule/${service}`;
  return {
    name,
    type: 'EDS',
    eds_cluster_config: { eds_config: configSource('eds', name), service_name: name },
    connect_timeout: '10s',
    lb_policy: 'LEAST_REQUEST',
    circuit_breakers: NO_LIMITS,
    common_lb_config: { healthy_panic_threshold: {} },
    metadata: {
      filter_metadata: {
        istio: {
          ...(subset === '' ? {} : { subset, config: rule }),
          default_original_port: 80,
          services: [{ host, name: service, namespace: NAMESPACE }],
        },
      },
    },
    ...more,
  };
}

/** EDS for a service's cluster: its pods with their health, all in one zone. */
export function assignment(host: string, subset: string, pods: readonly (PodName | readonly [PodName, string])[]): JsonObject {
  const endpoints = pods.map((pod) => {
    const [name, health] = typeof pod === 'string' ? [pod, 'HEALTHY'] : pod;
    const service = host.split('.')[0] ?? host;
    const workload = `${name};${NAMESPACE};${service};${name.split('-')[1] ?? ''};Kubernetes`;
    return {
      endpoint: { address: socketAddress('127.0.0.1', PODS[name]) },
      health_status: health,
      load_balancing_weight: 1,
      metadata: { filter_metadata: { istio: { workload } } },
    };
  });
  const locality = { locality: { region: 'ap-northeast-2', zone: 'ap-northeast-2a' }, load_balancing_weight: pods.length, lb_endpoints: endpoints };
  return { cluster_name: outbound(80, host, subset), endpoints: pods.length === 0 ? [] : [locality] };
}

/** Answers nothing: where Istio sends what must not go anywhere. */
export const BLACK_HOLE: JsonObject = { name: 'BlackHoleCluster', type: 'STATIC', connect_timeout: '10s' };

/** Dials the original destination. The bind address is a guard of the recorder: from it nothing but loopback can be reached. */
export const PASSTHROUGH: JsonObject = originalDestination('PassthroughCluster', '127.0.0.1');

/** The same for inbound traffic without a service. */
export const INBOUND_PASSTHROUGH: JsonObject = originalDestination('InboundPassthroughCluster', '127.0.0.6');

/** The application behind a sidecar. */
export function inboundCluster(port: number): JsonObject {
  return originalDestination(`inbound|${port}||`, '127.0.0.6');
}

function originalDestination(name: string, bindAddress: string): JsonObject {
  return {
    name,
    type: 'ORIGINAL_DST',
    connect_timeout: '10s',
    lb_policy: 'CLUSTER_PROVIDED',
    circuit_breakers: NO_LIMITS,
    upstream_bind_config: { source_address: { address: bindAddress, port_value: 0 } },
  };
}

import { configSource, type JsonObject } from '../xds-files.ts';
import { httpConnectionManager } from './http-connection-manager.ts';
import { socketAddress } from './listeners.ts';
import { NAMESPACE } from './names.ts';

export interface ProxyIdentity {
  readonly role: 'router' | 'sidecar' | 'waypoint';
  readonly workload: string;
  readonly namespace?: string;
  readonly address: string;
  /** It sends through tunnels of its own, by internal listeners; waypoints always do. */
  readonly tunnels?: boolean;
  /** The ports that the pod's containers declare. */
  readonly podPorts?: readonly number[];
}

/**
 * Istio's bootstrap, with file subscriptions where istiod's would be, and the admin interface on its usual port; with several proxies on
 * one machine, their own ports are shifted.
 */
export function istioBootstrap(identity: ProxyIdentity, shift = 0): JsonObject {
  const { role, workload, address, namespace = NAMESPACE, podPorts, tunnels = role === 'waypoint' } = identity;
  const pod = `${workload}-6cf4b97d-5c8hd`;
  return {
    node: {
      id: `${role}~${address}~${pod}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${workload}.${namespace}`,
      locality: { region: 'ap-northeast-2', zone: 'ap-northeast-2a' },
      metadata: {
        NAME: pod,
        NAMESPACE: namespace,
        WORKLOAD_NAME: workload,
        CLUSTER_ID: 'Kubernetes',
        MESH_ID: 'cluster.local',
        ISTIO_VERSION: '1.29.0',
        INSTANCE_IPS: address,
        SERVICE_ACCOUNT: workload,
        LABELS: { app: workload, 'service.istio.io/canonical-name': workload },
        ...(role === 'sidecar' ? { INTERCEPTION_MODE: 'REDIRECT' } : {}),
        ...(podPorts === undefined ? {} : { POD_PORTS: JSON.stringify(podPorts.map((containerPort) => ({ containerPort, protocol: 'TCP' }))) }),
      },
    },
    ...(tunnels ? { bootstrap_extensions: [INTERNAL_LISTENERS] } : {}),
    admin: { address: socketAddress('127.0.0.1', 15000 + shift) },
    dynamic_resources: { lds_config: configSource('lds'), cds_config: configSource('cds') },
    static_resources: {
      listeners: [ownPort(15090 + shift, 'stats', '/stats/prometheus', 'prometheus_stats'), ownPort(15021 + shift, 'agent', '/healthz/ready', 'agent')],
      clusters: [ownCluster('prometheus_stats', 15000 + shift), ownCluster('agent', 15020 + shift)],
    },
  };
}

const INTERNAL_LISTENERS: JsonObject = {
  name: 'envoy.bootstrap.internal_listener',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener' },
};

function ownPort(port: number, statPrefix: string, prefix: string, cluster: string): JsonObject {
  const routes: JsonObject = { virtual_hosts: [{ name: 'backend', domains: ['*'], routes: [{ match: { prefix }, route: { cluster } }] }] };
  const manager = httpConnectionManager({ statPrefix, routes, edge: false, serverName: false });
  return { name: `0.0.0.0_${port}`, address: socketAddress('0.0.0.0', port), filter_chains: [{ filters: [manager] }] };
}

function ownCluster(name: string, port: number): JsonObject {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: socketAddress('127.0.0.1', port) } }] }];
  return { name, type: 'STATIC', connect_timeout: '0.250s', load_assignment: { cluster_name: name, endpoints } };
}

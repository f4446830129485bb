import { endpointAddress } from '../match/endpoint-address.ts';
import type { SocketAddress, TraceRequest } from '../match/request.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { roleOf } from '../trace/proxy-role.ts';
import { indexOf, traceRequest } from '../trace/trace-request.ts';
import type { Owner, ProxyDirectory } from './find-owner.ts';
import { type FollowedProxy, nodeMetadata, servesPort, workloadOf } from './followed-proxy.ts';

/** SNI of a connection that an east-west gateway passes on: `outbound_.80_._.catalog.shop.svc.cluster.local`. */
const CLUSTER_SNI = /^outbound_\.\d+_\./;

/**
 * The east-west gateway behind an address that is no pod's, as a load balancer's is: a gateway that serves the port and passes on the SNI
 * that names the cluster. The host's metadata tells whose cluster it stands for, which narrows the choice. Undefined where the connection
 * is of another kind, where no gateway takes it, or where gateways of several workloads do.
 */
export function gatewayBehind(
  directory: ProxyDirectory,
  to: SocketAddress,
  caller: FollowedProxy,
  request: TraceRequest,
  index: ProxyIndex,
  cluster: string,
): Owner | undefined {
  const { sni } = request.tls ?? {};
  if (typeof sni !== 'string' || !CLUSTER_SNI.test(sni)) return undefined;
  const home = clusterOfHost(index, cluster, to);
  const question: TraceRequest = { ...request, listener: to };
  const fitting = directory.proxies.filter(({ config, name }) => {
    if (name === caller.name || roleOf(indexOf(config)) !== 'gateway' || !servesPort({ config, name }, to.port)) return false;
    if (home !== '' && nodeMetadata(config, 'CLUSTER_ID') !== '' && nodeMetadata(config, 'CLUSTER_ID') !== home) return false;
    return traceRequest(config, question, { terse: true }).verdict === 'forwarded';
  });
  const [first] = fitting;
  if (first === undefined || new Set(fitting.map(workloadOf)).size > 1) return undefined;
  const assumption = `${to.address} is no pod's address: "${first.name}" takes this SNI on port ${to.port}, and is taken to stand behind it`;
  return { kind: 'proxy', proxy: first, assumption };
}

/** The cluster that a host is of: the last part of Istio's `workload` metadata, `;;;;cluster2`. */
function clusterOfHost(index: ProxyIndex, name: string, { address, port }: SocketAddress): string {
  const cluster = index.clusters.get(name)?.value;
  const assignment = index.assignments.get(cluster?.eds_cluster_config?.service_name || name)?.value ?? cluster?.load_assignment;
  for (const { lb_endpoints: hosts = [] } of assignment?.endpoints ?? []) {
    for (const { endpoint, metadata } of hosts) {
      if (endpointAddress(endpoint?.address) !== `${address.includes(':') ? `[${address}]` : address}:${port}`) continue;
      const workload = metadata?.filter_metadata?.['istio']?.['workload'];
      return typeof workload === 'string' ? (workload.split(';')[4] ?? '') : '';
    }
  }
  return '';
}

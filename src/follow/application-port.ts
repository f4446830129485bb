import { plural } from '../diagnostics/words.ts';
import { endpointAddress } from '../match/endpoint-address.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { nodeMetadata } from './followed-proxy.ts';

/** What the input tells of an application's port, which no configuration shows. */
export interface ApplicationPort {
  /** `listens`: connections went there. `refuses`: every connection failed. `undeclared`: the pod names other ports. `unknown`: nothing tells. */
  readonly state: 'listens' | 'refuses' | 'undeclared' | 'unknown';
  /** In one line; '' where nothing tells. */
  readonly why: string;
}

/**
 * Whether the application behind a proxy listens on a port: by the host's counters in `/clusters`, else by the ports that the pod's
 * containers declare (Istio's POD_PORTS). A pod may listen on ports that it does not declare.
 */
export function applicationPort(index: ProxyIndex, cluster: string, host: string, port: number): ApplicationPort {
  const counted = counters(index, cluster, host);
  if (counted !== undefined && counted.total > 0) {
    const failed = `${counted.failed} of ${plural(counted.total, 'connection')} from the proxy to ${host} failed (/clusters, ${cluster})`;
    if (counted.failed < counted.total) return { state: 'listens', why: '' };
    const declared = declaredPorts(index);
    const besides = declared.length > 0 && !declared.includes(port) ? `; the pod declares ${portsText(declared)}` : '';
    return { state: 'refuses', why: `${failed}${besides}` };
  }
  const declared = declaredPorts(index);
  if (declared.length === 0) return { state: 'unknown', why: '' };
  return declared.includes(port)
    ? { state: 'unknown', why: '' }
    : { state: 'undeclared', why: `the pod's containers declare ${portsText(declared)} (POD_PORTS), and not ${port}` };
}

const portsText = (ports: readonly number[]): string => `port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`;

function counters(index: ProxyIndex, cluster: string, host: string): { readonly total: number; readonly failed: number } | undefined {
  const found = (index.statuses?.get(cluster)?.host_statuses ?? []).find(({ address }) => endpointAddress(address) === host);
  if (found === undefined) return undefined;
  const value = (name: string): number => Number((found.stats ?? []).find((metric) => metric.name === name)?.value ?? 0);
  return { total: value('cx_total'), failed: value('cx_connect_fail') };
}

/** The TCP ports of POD_PORTS: `[{"name":"http","containerPort":3000,"protocol":"TCP"}]`. */
function declaredPorts({ proxy }: ProxyIndex): readonly number[] {
  try {
    const listed: unknown = JSON.parse(nodeMetadata(proxy, 'POD_PORTS'));
    if (!Array.isArray(listed)) return [];
    return listed.flatMap(({ containerPort, protocol = 'TCP' }) => (typeof containerPort === 'number' && protocol === 'TCP' ? [containerPort] : []));
  } catch {
    return [];
  }
}

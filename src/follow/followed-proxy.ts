import { isBound, tcpAddressesOf } from '../match/listener-address.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { addressesOf } from '../trace/own-address.ts';
import { type ProxyRole, roleOf } from '../trace/proxy-role.ts';
import { indexOf } from '../trace/trace-request.ts';

/** One of the proxies that a request may come through. */
export interface FollowedProxy {
  /** What the user calls it: `--proxy NAME`. */
  readonly name: string;
  readonly config: ProxyConfig;
}

/** What a report says of a proxy. */
export interface ProxyFacts {
  readonly name: string;
  /** The node id; null where nothing tells it. */
  readonly node: string | null;
  readonly role: ProxyRole;
  readonly addresses: readonly string[];
}

export function factsOf({ name, config }: FollowedProxy): ProxyFacts {
  const node = config.bootstrap?.value.node?.id ?? config.serverInfo?.value.node?.id ?? null;
  return { name, node, role: roleOf(indexOf(config)), addresses: addressesOf(config) };
}

/** A text of the node's metadata: `CLUSTER_ID`, `WORKLOAD_NAME`, `POD_PORTS`; '' where it has none. */
export function nodeMetadata({ bootstrap, serverInfo }: ProxyConfig, key: string): string {
  const value = (bootstrap?.value.node ?? serverInfo?.value.node)?.metadata?.[key];
  return typeof value === 'string' ? value : '';
}

/** `workload.namespace`, by which the pods of one workload are known as such; the name where nothing tells. */
export function workloadOf({ name, config }: FollowedProxy): string {
  const workload = nodeMetadata(config, 'WORKLOAD_NAME');
  return workload === '' ? name : `${workload}.${nodeMetadata(config, 'NAMESPACE')}`;
}

/** Whether a connection to this port of the proxy's address is for the proxy: a socket of its own, or an inbound chain for the port. */
export function servesPort({ config }: FollowedProxy, port: number): boolean {
  return indexOf(config).listeners.some(({ value }) => {
    if (isBound(value) && tcpAddressesOf(value).some((own) => own.port === port)) return true;
    return value.traffic_direction !== 'OUTBOUND' && (value.filter_chains ?? []).some((chain) => chain.filter_chain_match?.destination_port === port);
  });
}

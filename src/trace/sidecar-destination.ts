import { parseIp } from '../match/ip-address.ts';
import { ipAddressesOf } from '../match/listener-address.ts';
import type { SocketAddress } from '../match/request.ts';
import type { Listener, VirtualHost } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { clustersOf, routeConfigNamesOf } from './listener-routes.ts';
import { type ProxyIndex, servedRouteConfigs } from './proxy-index.ts';

export interface SidecarDestination {
  readonly destination: SocketAddress;
  readonly assumption: string;
}

/**
 * Where an application behind a sidecar connects to for a host name: the address that Istio lists among the domains of the host's virtual
 * host, else the address of the listener that serves the host's routes or its TCP cluster. Names are not resolved: where the dump has
 * no address, the name stands for one that no listener has.
 */
export function sidecarDestination(index: ProxyIndex, host: string, port: number): SidecarDestination {
  if (parseIp(host) !== undefined) return { destination: { address: host, port }, assumption: `the destination is ${host}:${port}, from the URL` };
  return byVirtualHost(index, host, port) ?? byListener(index, host, port) ?? unlisted(host, port);
}

function unlisted(host: string, port: number): SidecarDestination {
  return { destination: { address: host, port }, assumption: `the dump has no address for ${host}: its destination is taken to be one that no listener names` };
}

/** Istio names outbound route configs by port (`80`), or by host and port (`db.ns.svc.cluster.local:8080`). */
function byVirtualHost(index: ProxyIndex, host: string, port: number): SidecarDestination | undefined {
  for (const routeConfig of servedRouteConfigs(index)) {
    const { name } = routeConfig;
    if (name !== String(port) && !name.endsWith(`:${port}`)) continue;
    const virtualHost = (routeConfig.value.virtual_hosts ?? []).find((candidate) => names(candidate, host, port));
    if (virtualHost === undefined) continue;
    const address = (virtualHost.domains ?? []).map((domain) => domain.replace(new RegExp(`:${port}$`), '')).find((domain) => parseIp(domain) !== undefined);
    if (address !== undefined)
      return {
        destination: { address, port },
        assumption: `the destination is ${address}:${port}, from the domains of virtual host "${virtualHost.name ?? ''}"`,
      };
    const listener = index.listeners.find((l) => routeConfigNamesOf(l.value).includes(name) && specificAddress(l, port) !== undefined);
    return listener === undefined ? undefined : atListener(listener, port);
  }
  return undefined;
}

function names({ domains = [] }: VirtualHost, host: string, port: number): boolean {
  const wanted = host.toLowerCase();
  return domains.some((domain) => domain.toLowerCase() === wanted || domain.toLowerCase() === `${wanted}:${port}`);
}

/** A TCP service: its listener stands at the service's address and leads to the cluster `outbound|PORT|SUBSET|HOST`. */
function byListener(index: ProxyIndex, host: string, port: number): SidecarDestination | undefined {
  const listener = index.listeners.find((l) => specificAddress(l, port) !== undefined && clustersOf(l.value).some((cluster) => serves(cluster, host, port)));
  return listener === undefined ? undefined : atListener(listener, port);
}

function serves(cluster: string, host: string, port: number): boolean {
  const [direction, clusterPort, , fqdn] = cluster.split('|');
  return direction === 'outbound' && clusterPort === String(port) && fqdn !== undefined && (fqdn === host || fqdn.startsWith(`${host}.`));
}

function specificAddress({ value }: Resource<Listener>, port: number): string | undefined {
  return ipAddressesOf(value).find((own) => own.port === port && own.ip.bits !== 0n)?.text;
}

function atListener(listener: Resource<Listener>, port: number): SidecarDestination {
  const address = specificAddress(listener, port) ?? '';
  return { destination: { address, port }, assumption: `the destination is ${address}:${port}, the address of listener "${listener.name}"` };
}

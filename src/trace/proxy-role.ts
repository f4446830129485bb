import { parseIp, sameAddress } from '../match/ip-address.ts';
import { isBound } from '../match/listener-address.ts';
import type { ProxyIndex } from './proxy-index.ts';

/** What the proxy is for: it decides how a request reaches its listeners. */
export type ProxyRole = 'sidecar' | 'gateway' | 'waypoint' | 'plain';

/** Istio's node ids begin with the role (`sidecar~10.1.2.3~pod.ns~domain`); without one, a listener that hands connections over makes a sidecar. */
export function roleOf(index: ProxyIndex): ProxyRole {
  const [kind] = nodeId(index).split('~');
  if (kind === 'sidecar' || kind === 'waypoint') return kind;
  if (kind === 'router') return 'gateway';
  const intercepts = index.listeners.some(({ value }) => value.use_original_dst === true && isBound(value));
  return intercepts ? 'sidecar' : 'plain';
}

/** Whether an address is the proxy's own, as its node id and metadata tell. */
export function isOwnAddress(index: ProxyIndex, address: string): boolean {
  const ip = parseIp(address);
  return (
    ip !== undefined &&
    ownAddresses(index).some((text) => {
      const own = parseIp(text);
      return own !== undefined && sameAddress(own, ip);
    })
  );
}

function ownAddresses(index: ProxyIndex): readonly string[] {
  const instanceIps = index.proxy.bootstrap?.value.node?.metadata?.['INSTANCE_IPS'];
  return [nodeId(index).split('~')[1] ?? '', ...(typeof instanceIps === 'string' ? instanceIps.split(',') : [])];
}

function nodeId(index: ProxyIndex): string {
  return index.proxy.bootstrap?.value.node?.id ?? '';
}

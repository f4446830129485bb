import { parseIp, sameAddress } from '../match/ip-address.ts';
import type { ProxyIndex } from './proxy-index.ts';

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

/** The id that the proxy tells its control plane; '' where the dump has none. */
export function nodeId(index: ProxyIndex): string {
  return index.proxy.bootstrap?.value.node?.id ?? '';
}

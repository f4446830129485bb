import { parseIp, sameAddress } from '../match/ip-address.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { ProxyIndex } from './proxy-index.ts';

/** Whether an address is the proxy's own, as its node id and metadata tell. */
export function isOwnAddress(index: ProxyIndex, address: string): boolean {
  const ip = parseIp(address);
  return (
    ip !== undefined &&
    addressesOf(index.proxy).some((text) => {
      const own = parseIp(text);
      return own !== undefined && sameAddress(own, ip);
    })
  );
}

/** The addresses of a proxy's pod, by Istio's node id and INSTANCE_IPS; from `/server_info` where the dump has no bootstrap. None for other proxies. */
export function addressesOf(proxy: ProxyConfig): readonly string[] {
  const node = proxy.bootstrap?.value.node ?? proxy.serverInfo?.value.node;
  const instanceIps = node?.metadata?.['INSTANCE_IPS'];
  const all = [node?.id?.split('~')[1] ?? '', ...(typeof instanceIps === 'string' ? instanceIps.split(',') : [])];
  return [...new Set(all.filter((address) => parseIp(address) !== undefined))];
}

/** The id that the proxy tells its control plane; '' where the dump has none. */
export function nodeId(index: ProxyIndex): string {
  return index.proxy.bootstrap?.value.node?.id ?? '';
}

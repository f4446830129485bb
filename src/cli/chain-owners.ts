import { Failure } from '../dump/failure.ts';
import { ownerKey, ProxyDirectory } from '../follow/find-owner.ts';
import type { FollowedProxy } from '../follow/followed-proxy.ts';
import { socketOf } from '../follow/host-address.ts';
import { parseIp } from '../match/ip-address.ts';
import { proxyOfName } from './load-proxy.ts';

/**
 * The proxies with the addresses that the user gives to them: `--owner ADDRESS[:PORT]=PROXY`. `reasons` tells, by IP, why no proxy has an
 * address. Throws Failure PC1020 for what is no such pair, PC1010 for an unknown proxy.
 */
export function directoryOf(proxies: readonly FollowedProxy[], owners: readonly string[], reasons?: ReadonlyMap<string, string>): ProxyDirectory {
  const inputs = proxies.map((proxy) => ({ name: proxy.name, documents: [], notes: [], proxy }));
  const said = owners.map((text): readonly [string, FollowedProxy] => {
    const [, left = '', name = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const socket = socketOf(left);
    const address = socket?.address ?? left.replace(/^\[|\]$/g, '');
    if (name === '' || parseIp(address) === undefined) {
      const next = 'write it as --owner 172.18.0.5=eastwest, or with a port: 172.18.0.5:15443=eastwest';
      throw new Failure({ id: 'PC1020', what: `--owner ${text} is not an address and a proxy`, next });
    }
    return [ownerKey(address, socket?.port), proxyOfName(inputs, name).proxy];
  });
  return new ProxyDirectory(proxies, new Map(said), reasons);
}

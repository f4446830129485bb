import { parseIp } from '../match/ip-address.ts';
import type { SocketAddress } from '../match/request.ts';

/** `10.0.0.1:80`, `[::1]:80`; undefined for what is no IP address with a port. */
export function socketOf(text: string): SocketAddress | undefined {
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  return parseIp(address) === undefined ? undefined : { address, port: Number(port) };
}

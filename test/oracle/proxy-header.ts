import { isIPv6 } from 'node:net';
import type { SocketAddress } from '../../src/match/request.ts';

/**
 * The PROXY protocol header, version 1 (text) or 2 (binary), that says a TCP connection came from `source` and went to `destination`.
 * Both must be of one family. Source: HAProxy's "The PROXY protocol", sections 2.1 and 2.2.
 */
export function proxyHeader(version: 1 | 2, source: SocketAddress, destination: SocketAddress): Buffer {
  const six = isIPv6(destination.address);
  if (isIPv6(source.address) !== six) throw new Error('PROXY protocol: source and destination are of different address families');
  if (version === 1) return Buffer.from(`PROXY TCP${six ? 6 : 4} ${source.address} ${destination.address} ${source.port} ${destination.port}\r\n`);
  const addresses = Buffer.concat([addressBytes(source.address), addressBytes(destination.address), port(source.port), port(destination.port)]);
  const signature = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
  return Buffer.concat([signature, Buffer.from([0x21, six ? 0x21 : 0x11]), port(addresses.length), addresses]);
}

function port(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

function addressBytes(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((g) => Number.parseInt(g, 16)));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((g) => [g >> 8, g & 0xff]));
}

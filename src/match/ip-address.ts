/** An IP address as a number. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly bits: bigint;
}

const parsed = new Map<string, IpAddress | undefined>();

/**
 * Reads an IPv4 or IPv6 address (brackets and a zone are dropped); undefined for anything else. An IPv4 client of a dual-stack socket
 * (`::ffff:10.0.0.1`) is an IPv4 address, as Envoy unwraps it.
 * Source: source/common/network/utility.cc Utility::parseInternetAddressNoThrow; address_impl.cc addressFromSockAddr.
 */
export function parseIp(text: string): IpAddress | undefined {
  if (parsed.has(text)) return parsed.get(text);
  if (parsed.size > 20_000) parsed.clear();
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const address = bare.includes(':') ? parseIpv6(bare) : parseIpv4(bare);
  parsed.set(text, address);
  return address;
}

/** Exactly 127.0.0.1 and ::1: Envoy does not count the rest of 127.0.0.0/8. Source: utility.cc Utility::isLoopbackAddress. */
export function isLoopback(address: IpAddress): boolean {
  return address.version === 4 ? address.bits === 0x7f000001n : address.bits === 1n;
}

/** `0.0.0.0` and `::`. */
export function isAnyAddress(address: IpAddress): boolean {
  return address.bits === 0n;
}

export function sameAddress(a: IpAddress, b: IpAddress): boolean {
  return a.version === b.version && a.bits === b.bits;
}

function parseIpv4(text: string): IpAddress | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return { version: 4, bits: parts.reduce((bits, part) => bits * 256n + BigInt(part), 0n) };
}

function parseIpv6(text: string): IpAddress | undefined {
  const [head = '', tail, ...more] = text.split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  if (front === undefined || back === undefined || more.length > 0) return undefined;
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array<number>(missing).fill(0), ...back];
  const bits = groups.reduce((sum, group) => sum * 65536n + BigInt(group), 0n);
  return bits >> 32n === 0xffffn ? { version: 4, bits: bits & 0xffffffffn } : { version: 6, bits };
}

/** The 16-bit groups of a part of an IPv6 address; its end may be written as IPv4. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const words = text.split(':');
  for (const [i, word] of words.entries()) {
    const v4 = i === words.length - 1 && word.includes('.') ? parseIpv4(word) : undefined;
    if (v4 !== undefined) groups.push(Number(v4.bits >> 16n), Number(v4.bits & 0xffffn));
    else if (/^[0-9a-fA-F]{1,4}$/.test(word)) groups.push(Number.parseInt(word, 16));
    else return undefined;
  }
  return groups;
}

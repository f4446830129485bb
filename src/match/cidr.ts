import type { CidrRange } from '../model/generated/envoy-api.ts';
import { type IpAddress, parseIp } from './ip-address.ts';

/** An address range with the bits behind its prefix cut to zero, as Envoy keeps it. */
export interface Cidr {
  readonly version: 4 | 6;
  readonly bits: bigint;
  readonly length: number;
  /** `10.1.0.0/16` with the address as the dump writes it. */
  readonly text: string;
}

const ranges = new WeakMap<object, Cidr | null>();

/**
 * Reads a CidrRange; undefined where its address is none. An unset prefix_len is 0: the range then holds every address of its family.
 * Source: source/common/network/cidr_range.cc CidrRange::create.
 */
export function parseCidr(range: CidrRange): Cidr | undefined {
  const known = ranges.get(range);
  if (known !== undefined) return known ?? undefined;
  const address = parseIp(range.address_prefix ?? '');
  const cidr = address === undefined ? null : cidrOf(address, range.prefix_len ?? 0, range.address_prefix ?? '');
  ranges.set(range, cidr);
  return cidr ?? undefined;
}

/** Whether an address lies in a range: families must agree. Source: cidr_range.cc CidrRange::isInRange. */
export function cidrContains(cidr: Cidr, address: IpAddress): boolean {
  return cidr.version === address.version && maskTo(address.bits, cidr.version, cidr.length) === cidr.bits;
}

/** Whether an address, as text, lies in a CidrRange of a message; false for text that is no address. */
export function isInCidr(address: string, range: CidrRange): boolean {
  const ip = parseIp(address);
  const cidr = ip === undefined ? undefined : parseCidr(range);
  return ip !== undefined && cidr !== undefined && cidrContains(cidr, ip);
}

/** One key for all spellings of a range: `10.1.2.3/8` and `10.0.0.0/8` are one. */
export function cidrKey(cidr: Cidr): string {
  return `${cidr.version}:${cidr.bits.toString(16)}/${cidr.length}`;
}

function cidrOf(address: IpAddress, wanted: number, text: string): Cidr {
  const length = Math.min(wanted, address.version === 4 ? 32 : 128);
  return { version: address.version, bits: maskTo(address.bits, address.version, length), length, text: `${text}/${length}` };
}

function maskTo(bits: bigint, version: 4 | 6, length: number): bigint {
  const rest = BigInt((version === 4 ? 32 : 128) - length);
  return (bits >> rest) << rest;
}

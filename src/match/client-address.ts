import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';
import { isInCidr } from './cidr.ts';
import { type HeaderLine, joinedValue } from './connection-header.ts';
import { parseIp } from './ip-address.ts';

/** Who the client is, as a connection manager sees it. */
export interface ClientAddress {
  /** The address that Envoy trusts; '' where the connection's own is not known. */
  readonly trusted: string;
  /** The request comes from within: it keeps the headers that only internal clients may set. */
  readonly isInternal: boolean;
  /** The request comes from outside, and this Envoy is the first that it meets. */
  readonly isEdge: boolean;
}

/** What Envoy counted as internal before 1.33, where internal_address_config is unset. */
const PRIVATE_NETWORKS = [
  { address_prefix: '10.0.0.0', prefix_len: 8 },
  { address_prefix: '172.16.0.0', prefix_len: 12 },
  { address_prefix: '192.168.0.0', prefix_len: 16 },
  { address_prefix: '127.0.0.1', prefix_len: 32 },
  { address_prefix: 'fc00::', prefix_len: 7 },
  { address_prefix: '::1', prefix_len: 128 },
];

/**
 * With use_remote_address the client is the connection's peer, or the entry of x-forwarded-for that xff_num_trusted_hops picks; without
 * it, the last entry but so many. Internal is only an address of internal_address_config that nobody before us vouched for: no
 * x-forwarded-for at all with use_remote_address, exactly one entry without.
 * Source: source/common/http/conn_manager_utility.cc ConnectionManagerUtility::mutateRequestHeaders; utility.cc getLastAddressFromXFF.
 */
export function clientAddress(hcm: HttpConnectionManager, lines: readonly HeaderLine[], peer: string, trustsPrivateNetworks: boolean): ClientAddress {
  const forwardedFor = joinedValue(lines, 'x-forwarded-for');
  const hops = hcm.xff_num_trusted_hops ?? 0;
  const usesPeer = hcm.use_remote_address === true;
  const skip = usesPeer ? hops - 1 : hops;
  const listed = skip < 0 || forwardedFor === undefined ? undefined : lastAddress(forwardedFor, skip);
  const trusted = listed ?? (usesPeer ? peer : undefined);
  const isVouchedFor = usesPeer ? forwardedFor === undefined : listed !== undefined && skip === 0 && forwardedFor?.includes(',') === false;
  const ranges = hcm.internal_address_config?.cidr_ranges ?? (hcm.internal_address_config === undefined && trustsPrivateNetworks ? PRIVATE_NETWORKS : []);
  const isInternal = isVouchedFor && trusted !== undefined && ranges.some((range) => isInCidr(trusted, range));
  return { trusted: trusted ?? peer, isInternal, isEdge: usesPeer && !isInternal };
}

/** The last entry of a list after `skip` others; undefined where there are too few, or it is no address. */
function lastAddress(list: string, skip: number): string | undefined {
  let rest = list;
  for (let i = 0; i < skip; i++) {
    const comma = rest.lastIndexOf(',');
    if (comma < 0) return undefined;
    rest = rest.slice(0, comma);
  }
  const comma = rest.lastIndexOf(',');
  const last = (comma + 1 < rest.length ? rest.slice(comma + 1) : rest).trim();
  return parseIp(last) === undefined || /[[\]%]/.test(last) ? undefined : last;
}

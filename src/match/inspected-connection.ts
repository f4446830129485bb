import { type IpAddress, isLoopback, sameAddress } from './ip-address.ts';

/** What a listener knows of a connection when it picks a filter chain. Undefined stands for what the question does not tell. */
export interface InspectedConnection {
  /** The local address: the original destination where it was restored. */
  readonly localIp: IpAddress | undefined;
  readonly localPort: number | undefined;
  /** SNI, as tls_inspector read it (lower case); '' without one. */
  readonly serverName: string;
  /** `tls` where tls_inspector found a ClientHello; `raw_buffer` otherwise, be it TLS or not. */
  readonly transportProtocol: string;
  /** ALPN, as tls_inspector read it, or what http_inspector recognised. */
  readonly applicationProtocols: readonly string[];
  /** The client, as PROXY protocol gives it. */
  readonly remoteIp: IpAddress | undefined;
  readonly remotePort: number | undefined;
  /** The peer of the socket itself. */
  readonly directRemoteIp: IpAddress | undefined;
}

/**
 * source_type SAME_IP_OR_LOOPBACK: the client is 127.0.0.1 or ::1, or has the connection's own local IP.
 * Source: source/common/network/utility.cc Utility::isSameIpOrLoopback. Undefined where the client is not known.
 */
export function isLocalConnection({ localIp, remoteIp }: InspectedConnection): boolean | undefined {
  if (remoteIp === undefined) return undefined;
  if (isLoopback(remoteIp)) return true;
  return localIp === undefined ? undefined : sameAddress(localIp, remoteIp);
}

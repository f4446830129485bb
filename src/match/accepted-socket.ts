import type { InspectedConnection } from './inspected-connection.ts';
import { parseIp } from './ip-address.ts';
import type { SocketAddress } from './request.ts';

/** An address whose parts the question may leave open. */
export interface OpenAddress {
  /** '' where it is not known, a host name where only that is. */
  readonly address: string;
  readonly port: number | undefined;
}

/** What comes over the wire, in its order, once the connection stands. */
export interface ClientBytes {
  /** A PROXY protocol header, and the addresses that it carries (none: UNKNOWN or LOCAL). */
  readonly proxyHeader: { readonly version: 1 | 2; readonly destination: SocketAddress | undefined; readonly source: OpenAddress | undefined } | undefined;
  /** `opaque`: neither TLS nor anything that begins as HTTP does, as far as the question says. */
  readonly payload: 'tls' | 'http/1.0' | 'http/1.1' | 'h2' | 'opaque';
  readonly tls: { readonly serverName: string; readonly applicationProtocols: readonly string[] } | undefined;
}

/** A connection on its way through listener filters, as Envoy's ConnectionSocket. */
export interface AcceptedSocket {
  readonly local: OpenAddress;
  /** The local address was restored to another one than the socket's own: the connection may be handed over by it. */
  readonly isRestored: boolean;
  readonly remote: OpenAddress;
  readonly directRemote: OpenAddress;
  /** The destination before iptables redirected the connection, where that happened. */
  readonly redirectedFrom: SocketAddress | undefined;
  /** The client that a tunnel hands on: what an internal listener restores in place of its peer. */
  readonly handedOnPeer?: OpenAddress | undefined;
  /** The dynamic metadata that an internal connection is given, as `namespace.key`; undefined where it is not known. */
  readonly handedOnMetadata?: Readonly<Record<string, string>> | undefined;
  readonly serverName: string;
  /** '' until a filter detects one. */
  readonly transportProtocol: string;
  readonly applicationProtocols: readonly string[];
  /** What the client sends; a PROXY header is gone once a filter read it. */
  readonly bytes: ClientBytes;
}

/** An address of Envoy's internal listeners (`envoy://listener/endpoint`): it has no IP and no port. */
export function isInternalAddress(address: string): boolean {
  return address.startsWith('envoy://');
}

/** What filter chains are matched against. A transport protocol that nothing detected is raw_buffer. Source: ActiveTcpSocket::newConnection. */
export function inspected(socket: AcceptedSocket): InspectedConnection {
  return {
    localIp: parseIp(socket.local.address),
    localPort: socket.local.port,
    serverName: socket.serverName,
    transportProtocol: socket.transportProtocol || 'raw_buffer',
    applicationProtocols: socket.applicationProtocols,
    remoteIp: parseIp(socket.remote.address),
    remotePort: socket.remote.port,
    directRemoteIp: parseIp(socket.directRemote.address),
  };
}

import type { SocketAddress } from '../match/request.ts';

/** What the connection tells the HTTP half of the trace. */
export interface ConnectionFacts {
  readonly isTls: boolean;
  readonly sni: string | undefined;
  /** The negotiated protocol; undefined where none was. */
  readonly alpn: string | undefined;
  /** What the client speaks on this connection: what ALPN agreed on, else what the question says. */
  readonly protocol: 'http/1.1' | 'h2' | 'http/1.0';
  /** The local address: the original destination where it was restored, else the listener's own. */
  readonly localAddress: string;
  readonly localPort: number | undefined;
  /** The client, as PROXY protocol or the user gives it. */
  readonly remoteAddress: string;
  readonly remotePort: number | undefined;
  /** The peer of the socket itself. */
  readonly directRemoteAddress: string;
  readonly certificate: {
    readonly presented: boolean;
    readonly validated: boolean;
    /** URI SANs and DNS SANs; undefined where it is not known whose it is. */
    readonly names?: readonly string[] | undefined;
  };
  /** Set where the connection's destination was restored (PROXY protocol, iptables). */
  readonly destination: SocketAddress | undefined;
}

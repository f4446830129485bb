/** `address:port` of one side of a connection. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** The HBONE tunnel (CONNECT over HTTP/2 and mutual TLS) that a request comes through, as ztunnel or another proxy opens it. */
export interface TunnelRequest {
  /** `:authority` of the CONNECT: `ip:port` of the service or the pod that the client dialled. */
  readonly authority: string;
  /** The tunnel's own TLS; by default ALPN h2 and a certificate that the proxy trusts. The names of the certificate are the peer's identity. */
  readonly tls?: TraceRequest['tls'];
  /** Headers of the CONNECT itself. */
  readonly headers?: readonly (readonly [string, string])[];
}

/** The question: one request, in the form of the batch contract (docs/trace-json.md). Missing fields take their defaults. */
export interface TraceRequest {
  readonly id?: string;
  /** Host and port of the URL that the user typed, where the authority says others. */
  readonly url?: { readonly host: string; readonly port: number };
  /** What the client connected to. */
  readonly listener?: SocketAddress;
  /** Name of the listener, where the user picked one. */
  readonly listenerName?: string;
  /** The connection's original destination where it differs from `listener` (PROXY protocol, iptables). */
  readonly destination?: SocketAddress;
  /** The client as Envoy sees it. */
  readonly source?: { readonly address: string; readonly port?: number };
  /** Present when the connection carried a PROXY header. */
  readonly proxy_protocol?: unknown;
  readonly scheme?: 'http' | 'https' | 'tcp';
  readonly protocol?: 'http/1.1' | 'h2' | 'http/1.0';
  readonly tls?: { readonly sni?: string | null; readonly alpn?: readonly string[] | null; readonly client_cert?: unknown } | null;
  readonly method?: string;
  /** null: no Host header. */
  readonly authority?: string | null;
  /** As sent, with the query. */
  readonly path?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  /** `:protocol` of an HTTP/2 extended CONNECT. */
  readonly connect_protocol?: string;
  /** `:scheme` of an HTTP/2 request. */
  readonly scheme_h2?: string;
  /** Dynamic metadata and filter state that the user states: `namespace.key=value`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Set where the request comes inside a tunnel: `listener` is then the tunnel's, and all else is said of what comes out of it. */
  readonly tunnel?: TunnelRequest;
}

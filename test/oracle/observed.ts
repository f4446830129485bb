/** One way that a request was seen to go, from the client's side and from the access log. */
export interface ObservedOutcome {
  /** What the client saw; null where no HTTP response came. */
  readonly status: number | null;
  /** Which log told: the HTTP connection manager's, the TCP proxy's, the (internal) listener's alone, that of a refused CONNECT, or none as nothing accepted the connection. */
  readonly via: 'http' | 'tcp' | 'internal listener' | 'tunnel' | 'listener' | 'none';
  readonly flags: string | null;
  readonly details: string | null;
  readonly virtual_host: string | null;
  readonly route_name: string | null;
  /** `%UPSTREAM_CLUSTER%`: empty for an unknown cluster, `alt_stat_name` where the cluster has one. */
  readonly cluster: string | null;
  readonly upstream_host: string | null;
  /** The name that the upstream server gave itself. */
  readonly upstream: string | null;
  readonly filter_chain: string | null;
  readonly location: string | null;
  /** Response headers that tell something; `x-up-…` is what reached the upstream. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How the connection ended where no complete response came. */
  readonly connection?: string;
  /** The logged status where it differs from what the client saw. */
  readonly log_status?: number;
  readonly alpn?: string;
  readonly tls_failure?: string;
  readonly termination?: string;
}

/** What a real Envoy did with a request sent `n` times: each way it went, the most frequent first, with its count. */
export interface Observed {
  readonly n: number;
  /** Too few were sent to see every way that there is. */
  readonly isSample?: boolean;
  readonly outcomes: readonly (ObservedOutcome & { readonly n: number; readonly hosts?: Readonly<Record<string, number>> })[];
}

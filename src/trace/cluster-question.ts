import type { SocketAddress } from '../match/request.ts';
import type { RequestHeaders } from '../match/request-headers.ts';
import type { RoutingPriority } from '../model/generated/envoy-api.ts';
import type { Struct } from '../model/message.ts';
import type { EndpointShare, Gap, Hop } from './trace-answer.ts';

/** What the cluster's choice of a host depends on. */
export interface ClusterQuestion {
  /** The cluster that a route or a TCP proxy chose. */
  readonly name: string;
  readonly protocol: 'http' | 'tcp';
  /** The `envoy.lb` filter metadata of the route's metadata_match, merged with that of the weighted cluster (which wins per key). */
  readonly metadataMatch: Struct | undefined;
  /** The connection's original destination; undefined where nothing restored it. */
  readonly destination: SocketAddress | undefined;
  /** The request's headers as the router sees them; empty for TCP. */
  readonly headers: RequestHeaders;
  /** The authority that goes upstream. */
  readonly host: string;
  readonly sni: string | undefined;
  /** Whether batch speed matters more than the hops: they may then be left out. */
  readonly terse: boolean;
  /** The route's priority, which chooses the circuit breakers' thresholds. */
  readonly priority?: RoutingPriority;
  /** The listener's own address: a destination equal to it was not restored by a redirection. */
  readonly listener?: SocketAddress;
  /** Dynamic metadata, as far as it is stated: `namespace.key`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** There is no other metadata than that. */
  readonly isMetadataWhole?: boolean;
}

/** One way that the cluster can serve the question. */
export interface ClusterOutcome {
  /** Relative to the question; the outcomes without conditions sum to 1. Null where there are conditions. */
  readonly probability: number | null;
  readonly conditions: readonly string[];
  readonly verdict: 'forwarded' | 'broken';
  readonly status: number | null;
  readonly flags: string | null;
  readonly details: string | null;
  /** The name as logs and stats have it; null where it equals the cluster's own. */
  readonly observability_name: string | null;
  readonly endpoints: readonly EndpointShare[] | null;
  readonly break: string | null;
}

export interface ClusterTrace {
  readonly outcomes: readonly ClusterOutcome[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
}

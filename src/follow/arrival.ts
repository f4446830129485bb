import type { TraceRequest } from '../match/request.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import type { SentUpstream } from '../trace/sent-upstream.ts';
import type { Outcome } from '../trace/trace-answer.ts';
import type { LegOrigin } from './chain-answer.ts';
import type { FollowedProxy } from './followed-proxy.ts';
import type { Onward } from './onward-request.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** The proxy before, as far as the connection from it goes. */
export interface Caller {
  readonly name: string;
  readonly index: ProxyIndex;
  readonly cluster: Resource<Cluster>;
  readonly connection: UpstreamConnection;
  readonly sent: SentUpstream;
  readonly outcome: Outcome;
  /** Where the TLS that the connection carries began, where that was another proxy: a gateway may pass it on as it is. */
  readonly tlsFrom: Caller | undefined;
}

/** A request on its way to a proxy. */
export interface Arrival {
  readonly proxy: FollowedProxy;
  readonly request: TraceRequest;
  readonly from: LegOrigin | null;
  readonly caller: Caller | undefined;
  readonly probability: number | null;
  readonly conditions: readonly string[];
  readonly assumptions: readonly string[];
  /** So many proxies before this one. */
  readonly depth: number;
  /** So many calls of applications before this one. */
  readonly call: number;
}

/** Who began the TLS that goes on: undefined where the caller's own cluster does, or there is none. */
export function inbound(before: Caller | undefined, onward: Extract<Onward, { kind: 'request' }>): Caller | undefined {
  if (onward.connection.tls !== null || (onward.request.tls ?? null) === null) return undefined;
  return before?.tlsFrom ?? (before?.connection.tls === null ? undefined : before);
}

import type { TraceRequest } from '../match/request.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import type { Border } from './chain-answer.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** The side that connects. */
export interface ConnectingSide {
  readonly name: string;
  readonly index: ProxyIndex;
  readonly cluster: Resource<Cluster>;
  readonly connection: UpstreamConnection;
}

export interface BorderQuestion {
  /** `tlsFrom`: who began the TLS that it passes on, where it does not speak TLS itself. */
  readonly caller: ConnectingSide & { readonly tlsFrom: ConnectingSide | undefined };
  readonly callee: { readonly name: string; readonly index: ProxyIndex };
  /** What arrives at the callee. */
  readonly request: TraceRequest;
  readonly answer: TraceAnswer;
}

/** What both sides say, before it is judged. */
export type BothSides = Omit<Border, 'state' | 'break' | 'why'>;

/** Why they do not agree. */
export interface Disagreement {
  readonly break: string;
  readonly why: string;
}

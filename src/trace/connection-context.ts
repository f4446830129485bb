import type { DumpPath } from '../dump/dump-path.ts';
import type { AcceptedSocket } from '../match/accepted-socket.ts';
import type { TraceRequest } from '../match/request.ts';
import type { FilterChain, Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { ProxyIndex } from './proxy-index.ts';

/** A connection in the filter chain that took it. */
export interface ConnectionContext {
  readonly index: ProxyIndex;
  readonly request: TraceRequest;
  readonly terse: boolean;
  readonly listener: Resource<Listener>;
  readonly chain: FilterChain;
  readonly path: DumpPath;
  readonly socket: AcceptedSocket;
  readonly facts: ConnectionFacts;
  /** Why the transport socket closes the connection; null where it goes on to the network filters. */
  readonly refusal: { readonly why: string; readonly path: DumpPath } | null;
}

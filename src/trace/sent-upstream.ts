import type { TraceRequest } from '../match/request.ts';
import type { HttpConnectionManager, TcpProxy } from '../model/generated/envoy-api.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { RoutedPlace } from './filter-chain-walk.ts';
import type { HttpRequest } from './http-request.ts';

/**
 * Where an outcome keeps what goes to the upstream, for who follows it there. No part of the contract: JSON leaves symbols out, and the
 * upstream request's own words stand in `upstream_request`.
 */
export const SENT: unique symbol = Symbol('sent upstream');

/** An HTTP request as the router has it, before the route's own changes of headers; or a connection that tcp_proxy carries on. */
export type SentUpstream =
  | { readonly kind: 'http'; readonly request: HttpRequest; readonly place: RoutedPlace; readonly manager: HttpConnectionManager }
  | { readonly kind: 'tcp'; readonly question: TraceRequest; readonly facts: ConnectionFacts; readonly proxy: TcpProxy };

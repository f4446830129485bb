import type { TraceRequest } from '../match/request.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Outcome, TraceAnswer } from '../trace/trace-answer.ts';
import { traceRequest } from '../trace/trace-request.ts';
import { sampleRequests } from './sample-requests.ts';

/** Where requests go on each side. */
export interface RoutingDifference {
  /** Every request that was asked of both sides. */
  readonly requests: readonly TraceRequest[];
  /** Those that go elsewhere, with both answers. */
  readonly changed: readonly { readonly request: TraceRequest; readonly before: TraceAnswer; readonly after: TraceAnswer }[];
  /** Those of which a side could not say where they go. */
  readonly undetermined: readonly { readonly request: TraceRequest; readonly side: 'A' | 'B'; readonly what: string }[];
  /** What either side names and no request was found for. */
  readonly notAsked: readonly { readonly side: 'A' | 'B'; readonly what: string; readonly why: string }[];
}

/**
 * Asks both sides the requests that either of them has a domain and route for, and tells those whose destination is another: verdict,
 * cluster, status, flags, location, each way with its share.
 */
export function compareRouting(a: ProxyConfig, b: ProxyConfig): RoutingDifference {
  const [inA, inB] = [sampleRequests(a), sampleRequests(b)];
  const requests = [...new Map([...inA.requests, ...inB.requests]).values()].map((request, i): TraceRequest => ({ ...request, id: String(i + 1) }));
  const changed: RoutingDifference['changed'][number][] = [];
  const undetermined: RoutingDifference['undetermined'][number][] = [];
  for (const request of requests) {
    const before = traceRequest(a, request, { terse: true });
    const after = traceRequest(b, request, { terse: true });
    if (before.gap !== null) undetermined.push({ request, side: 'A', what: before.gap.what });
    if (after.gap !== null) undetermined.push({ request, side: 'B', what: after.gap.what });
    if (destinationKey(before) !== destinationKey(after)) changed.push({ request, before, after });
  }
  return {
    requests,
    changed,
    undetermined,
    notAsked: [...inA.notAsked.map((item) => ({ side: 'A' as const, ...item })), ...inB.notAsked.map((item) => ({ side: 'B' as const, ...item }))],
  };
}

/** What makes two answers the same destination, as one text. */
export function destinationKey(answer: TraceAnswer): string {
  const outcomes = answer.outcomes.map((outcome) => JSON.stringify(destinationOf(outcome))).sort();
  return `${answer.verdict} ${answer.gap?.what ?? ''} ${outcomes.join(' ')}`;
}

function destinationOf({ verdict, status, flags, cluster, location, grpc_status, connection, conditions, probability }: Outcome): readonly unknown[] {
  const share = probability === null ? null : Math.round(probability * 1e6);
  return [verdict, status, flags, cluster, location, grpc_status, connection, conditions, share];
}

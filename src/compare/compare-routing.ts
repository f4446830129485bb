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
  readonly changed: readonly { readonly request: TraceRequest; readonly before: Destination; readonly after: Destination }[];
  /** Those of which a side could not say where they go. */
  readonly undetermined: readonly { readonly request: TraceRequest; readonly side: 'A' | 'B'; readonly what: string }[];
  /** How many requests are followed to their cluster and no further, since a side does not show its endpoints. */
  readonly toTheCluster: number;
  /** What either side names and no request was found for. */
  readonly notAsked: readonly { readonly side: 'A' | 'B'; readonly what: string; readonly why: string }[];
}

/** Where a request goes: the answer of its trace, and where that comes to a gap, the clusters that the walk reached before. */
export interface Destination extends TraceAnswer {
  readonly reached?: readonly string[];
}

/** The gap of a cluster whose endpoints the input does not hold. */
const NO_ENDPOINTS = 'PC1002';

/**
 * Asks both sides the requests that either of them has a domain and route for, and tells those whose destination is another: verdict,
 * cluster, status, flags, location, each way with its share.
 */
export function compareRouting(a: ProxyConfig, b: ProxyConfig): RoutingDifference {
  const [inA, inB] = [sampleRequests(a), sampleRequests(b)];
  const requests = [...new Map([...inA.requests, ...inB.requests]).values()].map((request, i): TraceRequest => ({ ...request, id: String(i + 1) }));
  const changed: RoutingDifference['changed'][number][] = [];
  const undetermined: RoutingDifference['undetermined'][number][] = [];
  let toTheCluster = 0;
  for (const request of requests) {
    const [before, after] = [destinationIn(a, request), destinationIn(b, request)];
    const gaps = [before, after].map((destination) => destination.gap?.id);
    if (gaps.includes(NO_ENDPOINTS)) toTheCluster++;
    if (before.gap !== null && gaps[0] !== NO_ENDPOINTS) undetermined.push({ request, side: 'A', what: before.gap.what });
    if (after.gap !== null && gaps[1] !== NO_ENDPOINTS) undetermined.push({ request, side: 'B', what: after.gap.what });
    if (destinationKey(before) !== destinationKey(after)) changed.push({ request, before, after });
  }
  return {
    requests,
    changed,
    undetermined,
    toTheCluster,
    notAsked: [...inA.notAsked.map((item) => ({ side: 'A' as const, ...item })), ...inB.notAsked.map((item) => ({ side: 'B' as const, ...item }))],
  };
}

function destinationIn(proxy: ProxyConfig, request: TraceRequest): Destination {
  const answer = traceRequest(proxy, request, { terse: true });
  if (answer.gap === null) return answer;
  const hops = traceRequest(proxy, request).hops ?? [];
  return { ...answer, reached: [...new Set(hops.flatMap((hop) => (hop.stage === 'cluster' && hop.name !== '' ? [hop.name] : [])))] };
}

/** What makes two destinations the same, as one text. */
function destinationKey(destination: Destination): string {
  const outcomes = destination.outcomes.map((outcome) => JSON.stringify(destinationOf(outcome))).sort();
  return `${destination.verdict} ${destination.gap?.id ?? ''} ${destination.reached?.join(' ') ?? ''} ${outcomes.join(' ')}`;
}

function destinationOf({ verdict, status, flags, cluster, location, grpc_status, connection, conditions, probability }: Outcome): readonly unknown[] {
  const share = probability === null ? null : Math.round(probability * 1e6);
  return [verdict, status, flags, cluster, location, grpc_status, connection, conditions, share];
}

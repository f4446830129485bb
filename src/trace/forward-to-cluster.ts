import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { rewriteHost, rewritePath } from '../match/rewrite.ts';
import type { HttpConnectionManager, Route } from '../model/generated/envoy-api.ts';
import type { Struct } from '../model/message.ts';
import type { ClusterArm } from './cluster-arms.ts';
import type { FilterTraces, RoutedPlace } from './filter-chain-walk.ts';
import type { HttpRequest } from './http-request.ts';
import { outcome } from './outcome.ts';
import type { ProxyIndex } from './proxy-index.ts';
import { SENT, type SentUpstream } from './sent-upstream.ts';
import type { Gap, Hop, Outcome } from './trace-answer.ts';
import { traceCluster } from './trace-cluster.ts';

export interface ForwardQuestion {
  readonly request: HttpRequest;
  readonly route: Route;
  readonly path: DumpPath;
  readonly arm: ClusterArm;
  readonly terse: boolean;
  /** The names of the route, for the outcomes. */
  readonly names: Partial<Outcome>;
  /** What the filters did to the request. */
  readonly passed: FilterTraces;
  /** Who sends it, and by which configuration: for who follows the request. */
  readonly place: RoutedPlace;
  readonly manager: HttpConnectionManager;
}

const NOT_FOUND_STATUS: Readonly<Record<string, number>> = { SERVICE_UNAVAILABLE: 503, NOT_FOUND: 404, INTERNAL_SERVER_ERROR: 500 };

/** What becomes of a request that a route entry sends to a cluster: the cluster's answer in the route's words. */
export function forwardToCluster(
  index: ProxyIndex,
  question: ForwardQuestion,
): { readonly outcomes: readonly Outcome[]; readonly hops: readonly Hop[]; readonly gap: Gap | null } {
  const { request, route, arm } = question;
  const { route: action } = route;
  if (action === undefined || arm.cluster === null) {
    const status = NOT_FOUND_STATUS[String(action?.cluster_not_found_response_code ?? 'SERVICE_UNAVAILABLE')] ?? 503;
    const rule = action === undefined ? 'the route does not forward (non_forwarding_action)' : 'the request lacks the header that names the cluster';
    const hop: Hop = { stage: 'cluster', name: '', state: 'broken', rule, path: jqPath(arm.path), document: '', rejected: [] };
    return {
      outcomes: [outcome({ status, flags: 'NC', details: 'cluster_not_found', break: action === undefined ? 'PC3006' : 'PC4002' })],
      hops: [hop],
      gap: null,
    };
  }
  const host = rewriteHost(action, arm.weight?.host_rewrite_literal, request.headers, request.host, request.pathOnly);
  const path = rewritePath(action, route.match ?? {}, request.path);
  const traced = traceCluster(index, {
    name: arm.cluster,
    protocol: 'http',
    metadataMatch: metadataMatch(route, arm, question.passed.lbMetadata),
    destination: request.facts.destination,
    headers: request.headers,
    host: host ?? request.host,
    sni: request.facts.sni,
    terse: question.terse,
    metadata: request.metadata,
    ...(action.priority === undefined ? {} : { priority: action.priority }),
  });
  // A rewrite by the upstream's own name, or one that pc does not follow, leaves the upstream request unknown.
  const upstream =
    host === undefined || path === undefined || question.passed.changesRequest || request.method === 'CONNECT' ? null : { method: request.method, path, host };
  const sent: SentUpstream = { kind: 'http', request, place: question.place, manager: question.manager };
  return {
    outcomes: traced.outcomes.map((o) =>
      outcome(
        {
          probability: o.probability,
          conditions: o.conditions,
          verdict: o.verdict,
          status: o.flags === 'NC' ? (NOT_FOUND_STATUS[String(action.cluster_not_found_response_code ?? 'SERVICE_UNAVAILABLE')] ?? 503) : o.status,
          flags: o.flags,
          details: o.details,
          cluster: arm.cluster,
          observability_name: o.observability_name,
          endpoints: o.endpoints,
          break: o.break,
          upstream_request: o.verdict === 'forwarded' ? upstream : null,
          [SENT]: o.verdict === 'forwarded' ? sent : undefined,
        },
        question.names,
      ),
    ),
    hops: traced.hops,
    gap: traced.gap ?? internalRedirectGap(route, question.path),
  };
}

/** The upstream's answer may send the request back to the route table, which is beyond a dump. */
function internalRedirectGap(route: Route, path: DumpPath): Gap | null {
  const { internal_redirect_policy: policy, internal_redirect_action: action } = route.route ?? {};
  if (policy === undefined && action !== 'HANDLE_INTERNAL_REDIRECT') return null;
  return {
    id: 'PC9004',
    what: 'the upstream may answer with an internal redirect, which Envoy then routes again',
    path: jqPath([...path, 'route', 'internal_redirect_policy']),
  };
}

/** The `envoy.lb` metadata of the route, overridden per key by that of the weighted cluster, and that by what filters set. */
function metadataMatch(route: Route, arm: ClusterArm, set: Struct): Struct | undefined {
  const own = route.route?.metadata_match?.filter_metadata?.['envoy.lb'];
  const over = arm.weight?.metadata_match?.filter_metadata?.['envoy.lb'];
  return own === undefined && over === undefined && Object.keys(set).length === 0 ? undefined : { ...own, ...over, ...set };
}

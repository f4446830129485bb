import type { DirectResponseAction, RedirectAction, Route, RouteAction } from '../model/generated/envoy-api.ts';
import { headerClusterText, type WeightedArm, weightedArms, weightedText } from './weighted-clusters.ts';

/** Where a route sends a request. */
export interface RouteDestination {
  readonly kind: 'cluster' | 'weighted_clusters' | 'cluster_header' | 'cluster_specifier_plugin' | 'redirect' | 'direct_response' | 'non_forwarding' | 'none';
  readonly text: string;
  /** The clusters that may get the request, each with its share; none where it is not forwarded, or the request names the cluster. */
  readonly arms: readonly WeightedArm[];
}

/** Reads a route's action. */
export function routeDestination(route: Pick<Route, 'route' | 'redirect' | 'direct_response' | 'non_forwarding_action' | 'filter_action'>): RouteDestination {
  if (route.route) return forwardDestination(route.route);
  if (route.redirect) return { kind: 'redirect', text: redirectText(route.redirect), arms: [] };
  if (route.direct_response) return { kind: 'direct_response', text: directResponseText(route.direct_response), arms: [] };
  if (route.non_forwarding_action) return { kind: 'non_forwarding', text: 'not forwarded', arms: [] };
  return { kind: 'none', text: route.filter_action ? 'decided by a filter' : 'no action', arms: [] };
}

function forwardDestination(action: RouteAction): RouteDestination {
  if (action.weighted_clusters) {
    return new WeightedDestination(weightedArms(action.weighted_clusters.clusters));
  }
  if (action.cluster !== undefined) {
    return new ClusterDestination(action.cluster);
  }
  if (action.cluster_header !== undefined) return { kind: 'cluster_header', text: headerClusterText(action.cluster_header), arms: [] };
  const plugin = action.cluster_specifier_plugin ?? action.inline_cluster_specifier_plugin?.extension?.name;
  if (plugin !== undefined) return { kind: 'cluster_specifier_plugin', text: `cluster chosen by plugin ${plugin}`, arms: [] };
  return { kind: 'none', text: 'no cluster', arms: [] };
}

/** A large dump has a hundred thousand destinations: each holds what it needs, and makes the rest when it is asked for. */
class ClusterDestination implements RouteDestination {
  readonly kind = 'cluster';
  readonly text: string;

  constructor(cluster: string) {
    this.text = cluster;
  }

  get arms(): readonly WeightedArm[] {
    return [{ cluster: this.text, cluster_header: null, weight: 1, percent: 100 }];
  }
}

class WeightedDestination implements RouteDestination {
  readonly kind = 'weighted_clusters';
  readonly arms: readonly WeightedArm[];

  constructor(arms: readonly WeightedArm[]) {
    this.arms = arms;
  }

  get text(): string {
    return weightedText(this.arms);
  }
}

const REDIRECT_CODES: Readonly<Record<string, number>> = {
  MOVED_PERMANENTLY: 301,
  FOUND: 302,
  SEE_OTHER: 303,
  TEMPORARY_REDIRECT: 307,
  PERMANENT_REDIRECT: 308,
};

/** `redirect 301 to https://{host}:8443/new{path}`: what comes from the request stands in braces. */
function redirectText(redirect: RedirectAction): string {
  const code = REDIRECT_CODES[String(redirect.response_code ?? 'MOVED_PERMANENTLY')] ?? String(redirect.response_code);
  const scheme = redirect.scheme_redirect ?? (redirect.https_redirect ? 'https' : '{scheme}');
  const host = redirect.host_redirect || '{host}';
  const port = redirect.port_redirect ? `:${redirect.port_redirect}` : '';
  const query = redirect.strip_query ? ' without query' : '';
  return `redirect ${code} to ${scheme}://${host}${port}${redirectPath(redirect)}${query}`;
}

function redirectPath(redirect: RedirectAction): string {
  if (redirect.path_redirect !== undefined) return redirect.path_redirect;
  if (redirect.prefix_rewrite !== undefined) return `${redirect.prefix_rewrite}{rest of path}`;
  if (redirect.regex_rewrite) return `{path with ${redirect.regex_rewrite.pattern?.regex ?? ''} -> ${redirect.regex_rewrite.substitution ?? ''}}`;
  return redirect.path_rewrite ?? '{path}';
}

const BODY_SHOWN = 40;

function directResponseText(response: DirectResponseAction): string {
  const body = response.body?.inline_string;
  if (body === undefined) return `direct response ${response.status ?? 0}${response.body?.filename ? ` with file ${response.body.filename}` : ''}`;
  return `direct response ${response.status ?? 0} ${JSON.stringify(body.length > BODY_SHOWN ? `${body.slice(0, BODY_SHOWN)}…` : body)}`;
}

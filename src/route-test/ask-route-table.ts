import { jqPath } from '../dump/dump-path.ts';
import type { HeaderLine } from '../match/connection-header.ts';
import { compileHeader } from '../match/header-matcher.ts';
import { satisfies } from '../match/random-space.ts';
import { redirectLocation, redirectStatus, sslRedirectLocation } from '../match/redirect.ts';
import { type RequestHeaders, requestHeaders } from '../match/request-headers.ts';
import { rewriteHost, rewritePath } from '../match/rewrite.ts';
import type { Route, RouteConfiguration, VirtualCluster, VirtualHost } from '../model/generated/envoy-api.ts';
import { chooseRoute, virtualHostsOf } from '../trace/choose-route.ts';
import { type ClusterArm, clusterArms } from '../trace/cluster-arms.ts';
import type { HttpRequest } from '../trace/http-request.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { asMatched, requiresTls, routedAuthority } from '../trace/routed-request.ts';
import { type ChangedHeaders, changeHeaders, type HeaderChanges } from './header-mutation.ts';
import { localReplyHeaders } from './local-reply-headers.ts';
import type { RouterInput, TextField } from './route-test.ts';
import { LOOPBACK, linesOf, requestOf } from './router-request.ts';

/** What a route table says of a request, in router_check_tool's terms; '' for what there is none of. */
export interface RouteFacts {
  readonly texts: Readonly<Record<TextField, string>>;
  readonly codeRedirect: number;
  readonly route: Route | undefined;
  readonly request: ChangedHeaders;
  readonly response: ChangedHeaders;
  /** Fields that could not be told, with the reason. */
  readonly untold: ReadonlyMap<string, string>;
  /** Where the route entry stands: jq path below the route config, `.virtual_hosts[0].routes[2]`, and the arm of a split that was taken. */
  readonly taken: { readonly path: string; readonly arm: number | undefined } | undefined;
}

const NOTHING: RouteFacts['texts'] = {
  cluster_name: '',
  virtual_cluster_name: '',
  virtual_host_name: '',
  host_rewrite: '',
  path_rewrite: '',
  path_redirect: '',
};

/**
 * Looks a request up in one route configuration, as router_check_tool does: the headers are taken as they are given, no connection manager
 * changes them, no filter runs and no cluster is looked for. Source: test/tools/router_check/router.cc.
 */
export function askRouteTable(index: ProxyIndex, routeConfig: RouteConfiguration, input: RouterInput): RouteFacts {
  const lines: HeaderLine[] = linesOf(input);
  const request = requestOf(input, requestHeaders(lines), routeConfig);
  const plain = { request: { lines, untold: NO_REASONS }, response: { lines: input.responseHeaders, untold: NO_REASONS }, untold: NO_REASONS };
  const none: RouteFacts = { texts: NOTHING, codeRedirect: 0, route: undefined, ...plain, taken: undefined };
  const matched = virtualHostsOf(routeConfig).find(routedAuthority(routeConfig, request));
  if (matched === undefined) return none;
  const { virtualHost } = matched;
  if (requiresTls(virtualHost, request)) return { ...none, texts: { ...NOTHING, path_redirect: sslRedirectLocation(request) }, codeRedirect: 301 };
  const path = ['virtual_hosts', matched.index];
  const { choices, gap } = chooseRoute(virtualHost, path, asMatched(request, routeConfig, index.envoyVersion), true);
  const choice = choices.find(({ cuts }) => cuts.every((cut) => satisfies(input.random, cut)));
  if (choice === undefined && gap !== undefined) return { ...none, untold: new Map([['route', gap.what]]) };
  const route = choice?.route;
  if (choice === undefined || route === undefined) return none;
  const taken = { path: jqPath(choice.path), arm: undefined };
  const found = { route, taken, ...plain };
  if (route.redirect !== undefined || route.direct_response !== undefined)
    return answered(found, request, input, levelsOf(route, undefined, virtualHost, routeConfig, 'response'));
  return forwarded(index, { ...found, request, input, lines, virtualHost, routeConfig, path: choice.path });
}

const NO_REASONS: ReadonlyMap<string, string> = new Map();

type Found = Pick<RouteFacts, 'taken' | 'untold'> & { readonly route: Route; readonly request: ChangedHeaders };

/** A redirect or a direct response; both have a location for the tool. */
function answered(found: Found, request: HttpRequest, input: RouterInput, levels: readonly HeaderChanges[]): RouteFacts {
  const { route } = found;
  const location = redirectLocation(route.redirect ?? {}, route.match ?? {}, request);
  const untold = new Map(location === undefined ? [['path_redirect', 'the path rewrite of this redirect is not modelled']] : []);
  const status = route.redirect === undefined ? (route.direct_response?.status ?? 200) : redirectStatus(route.redirect);
  const reply = localReplyHeaders(route.direct_response, input.responseHeaders);
  const facts = { request: (name: string) => request.headers.first(name), remoteAddress: LOOPBACK };
  const response = changeHeaders(reply.lines, levels, facts);
  return {
    texts: { ...NOTHING, path_redirect: location ?? '' },
    codeRedirect: status,
    route,
    request: found.request,
    response: { lines: response.lines, untold: new Map([...reply.untold, ...response.untold]) },
    untold,
    taken: found.taken,
  };
}

interface Forwarding extends Omit<Found, 'request'> {
  readonly request: HttpRequest;
  readonly input: RouterInput;
  readonly lines: readonly HeaderLine[];
  readonly virtualHost: VirtualHost;
  readonly routeConfig: RouteConfiguration;
  readonly path: readonly (string | number)[];
}

function forwarded(index: ProxyIndex, { route, request, input, lines, virtualHost, routeConfig, path, taken }: Forwarding): RouteFacts {
  const untold = new Map<string, string>();
  const arms = clusterArms(route, path, request, index);
  if (arms.kind === 'gap') untold.set('cluster_name', arms.gap.what);
  const arm = arms.kind === 'gap' ? undefined : armOf(arms.arms, input.random);
  for (const condition of arm?.conditions ?? []) untold.set('cluster_name', `it hangs on whether ${condition}`);
  const action = route.route ?? {};
  const facts = { request: (name: string) => request.headers.first(name), remoteAddress: LOOPBACK };
  const changed = changeHeaders(lines, levelsOf(route, arm, virtualHost, routeConfig, 'request'), { remoteAddress: LOOPBACK });
  const now = requestHeaders(changed.lines);
  // The host of the upstream, which auto_host_rewrite takes, is not known to the tool either: the header stays.
  const host = action.auto_host_rewrite === true ? request.host : rewriteHost(action, arm?.weight?.host_rewrite_literal, now, request.host, request.pathOnly);
  const rewritten = rewritePath(action, route.match ?? {}, request.path);
  if (host === undefined) untold.set('host_rewrite', 'its host rewrite is not modelled');
  if (rewritten === undefined) untold.set('path_rewrite', 'its path rewrite is not modelled');
  const sent = withRewrites(changed.lines, request, host ?? request.host, rewritten ?? request.path, action.append_x_forwarded_host === true);
  const response = changeHeaders(input.responseHeaders, levelsOf(route, arm, virtualHost, routeConfig, 'response'), facts);
  return {
    texts: {
      cluster_name: arm?.cluster ?? '',
      virtual_cluster_name: virtualClusterName(virtualHost.virtual_clusters ?? [], now),
      virtual_host_name: virtualHost.name ?? '',
      host_rewrite: host ?? '',
      path_rewrite: rewritten ?? '',
      path_redirect: '',
    },
    codeRedirect: 0,
    route,
    request: { lines: sent, untold: changed.untold },
    response,
    untold,
    taken: taken && { ...taken, arm: arm === undefined || arm.weight === undefined ? undefined : Number(arm.path.at(-1)) },
  };
}

function armOf(arms: readonly ClusterArm[], random: bigint): ClusterArm | undefined {
  return arms.find((arm) => arm.cut === undefined || satisfies(random, arm.cut));
}

/** The headers with host and path rewritten, and what Envoy notes of the old ones. */
function withRewrites(lines: readonly HeaderLine[], request: HttpRequest, host: string, path: string, notesHost: boolean): readonly HeaderLine[] {
  const kept = lines.filter(([name]) => name !== ':authority' && name !== ':path');
  return [
    [':authority', host],
    [':path', path],
    ...kept,
    ...(path === request.path ? [] : [['x-envoy-original-path', request.path] as const]),
    ...(notesHost && host !== request.host ? [['x-forwarded-host', request.host] as const] : []),
  ];
}

/**
 * From the route outwards, so that the widest wins; the other way round where the route config says so. The arm of a split is always first.
 * Source: config_impl.cc RouteEntryImplBase::finalizeRequestHeaders, weighted_cluster_specifier.cc WeightedClusterEntry.
 */
function levelsOf(
  route: Route,
  arm: ClusterArm | undefined,
  virtualHost: VirtualHost,
  routeConfig: RouteConfiguration,
  of: 'request' | 'response',
): readonly HeaderChanges[] {
  const changesOf = (level: ClusterArm['weight'] | Route | VirtualHost | RouteConfiguration): HeaderChanges => ({
    add: level?.[`${of}_headers_to_add`] ?? [],
    remove: level?.[`${of}_headers_to_remove`] ?? [],
  });
  const levels = [route, virtualHost, routeConfig].map(changesOf);
  if (routeConfig.most_specific_header_mutations_wins === true) levels.reverse();
  return [changesOf(arm?.weight), ...levels];
}

/** The first virtual cluster that matches; `other` where the host has some and none does. Source: config_impl.cc VirtualHostImpl. */
function virtualClusterName(clusters: readonly VirtualCluster[], headers: RequestHeaders): string {
  const found = clusters.find((cluster) => (cluster.headers ?? []).every((matcher) => compileHeader(matcher).matches(headers)));
  return found?.name ?? (clusters.length === 0 ? '' : 'other');
}

import { jqPath } from '../dump/dump-path.ts';
import type { TraceRequest } from '../match/request.ts';
import { withoutHeaders } from '../match/request-headers.ts';
import type { RouteConfiguration, VirtualHost } from '../model/generated/envoy-api.ts';
import { chooseRoute, type RouteChoice, virtualHostsOf } from './choose-route.ts';
import { clusterArms } from './cluster-arms.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { type FoundRouteConfig, findRouteConfig } from './find-route-config.ts';
import { type HcmPlace, HttpContext, type RouteNames, type TraceOptions } from './http-context.ts';
import { type HttpRequest, receiveRequest } from './http-request.ts';
import { within } from './outcome.ts';
import type { ProxyIndex } from './proxy-index.ts';
import { refuseRequest } from './refused-request.ts';
import { asMatched, requiresTls, routedAuthority } from './routed-request.ts';
import { redirectToTls, runFilters } from './run-filters.ts';
import type { Gap, Hop, Outcome } from './trace-answer.ts';

export interface HttpTrace {
  readonly outcomes: readonly Outcome[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
}

type RouteConfigFound = Extract<FoundRouteConfig, { readonly kind: 'found' }>;

/** Follows a request through an HTTP connection manager: checks, route config, virtual host, route, filters, cluster. */
export function traceHttp(index: ProxyIndex, place: HcmPlace, facts: ConnectionFacts, question: TraceRequest, options: TraceOptions): HttpTrace {
  const context = new HttpContext(index, place, options);
  context.meet('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', place.hcm, place.path);
  const received = receiveRequest(question, facts, place.hcm, index);
  const outcomes =
    received.kind === 'request' ? routeRequest(context, received.request) : refuseRequest(context, received.reply, received.headers, received.request);
  return { outcomes, hops: context.hops, gap: context.gap ?? null };
}

/** Finds the route config, then goes on with its virtual hosts. */
function routeRequest(context: HttpContext, received: HttpRequest): readonly Outcome[] {
  const found = findRouteConfig(context.index, context.place, received);
  if (found.kind === 'gap') return context.stop(found.gap);
  context.say(found.hop);
  if (found.kind === 'none') return withoutRoute(context, received, { route_config: found.name }, {}, found.break);
  const request = withoutInternalHeaders(received, found.routeConfig);
  context.meet('envoy.config.route.v3.RouteConfiguration', found.routeConfig, found.path);
  return chooseVirtualHost(context, request, found);
}

/** Finds the virtual host by the authority, then goes on with its routes. */
function chooseVirtualHost(context: HttpContext, request: HttpRequest, found: RouteConfigFound): readonly Outcome[] {
  const { routeConfig, name } = found;
  const authority = routedAuthority(routeConfig, request);
  const matched = virtualHostsOf(routeConfig).find(authority);
  if (routeConfig.vhds !== undefined && (matched === undefined || matched.by === 'default'))
    context.note({ id: 'PC9001', what: 'virtual hosts may be fetched on demand (vhds)', path: jqPath([...found.path, 'vhds']) });
  if (matched === undefined) {
    context.sayLazily(() => ({
      stage: 'virtual_host',
      name: authority ?? '',
      state: 'broken',
      rule: authority === undefined ? `the request has no ${routeConfig.vhost_header} header` : `no virtual host serves "${authority}"`,
      path: jqPath([...found.path, 'virtual_hosts']),
      document: found.document,
      rejected: virtualHostNames(found),
    }));
    return withoutRoute(context, request, { route_config: name }, { routeConfig }, 'PC3001');
  }
  const { virtualHost } = matched;
  const path = [...found.path, 'virtual_hosts', matched.index];
  context.meet('envoy.config.route.v3.VirtualHost', virtualHost, path);
  context.sayLazily(() => ({
    stage: 'virtual_host',
    name: virtualHost.name ?? '',
    state: 'ok',
    rule: `"${authority}" matches the domain "${matched.domain}" (${matched.by})`,
    path: jqPath(path),
    document: found.document,
    rejected: [],
  }));
  const names = { route_config: name, virtual_host: virtualHost.name ?? '', route: null };
  const hosts = { routeConfig, virtualHost };
  // A request that says no protocol (an empty x-forwarded-proto) is matched with nothing.
  if (request.forwardedProto === '') return withoutRoute(context, request, names, hosts, 'PC3002');
  if (requiresTls(virtualHost, request))
    return redirectToTls(context, request, { ...hosts, route: undefined, arm: undefined, cluster: null }, names, { path, document: found.document });
  const { choices, rejected, gap } = chooseRoute(virtualHost, path, asMatched(request, routeConfig, context.index.envoyVersion), context.options.terse);
  if (gap !== undefined) return context.stop(gap);
  return choices.flatMap((choice) => takeRoute(context, request, choice, hosts, names, { rejected, document: found.document }));
}

interface Hosts {
  readonly routeConfig: RouteConfiguration;
  readonly virtualHost: VirtualHost;
}

/** Follows one route entry, each of its arms for itself. */
function takeRoute(
  context: HttpContext,
  request: HttpRequest,
  choice: RouteChoice,
  hosts: Hosts,
  names: RouteNames,
  { rejected, document }: { readonly rejected: Hop['rejected']; readonly document: string },
): readonly Outcome[] {
  const { route } = choice;
  if (!context.isDrawn(choice.cuts)) return [];
  if (route === undefined) {
    const probability = context.chance(choice.cuts);
    if (probability === 0) return [];
    const rule = `no route of the virtual host matches ${request.method} ${request.path}`;
    context.sayLazily(() => ({ stage: 'route', name: '', state: 'broken', rule, path: jqPath(choice.path), document, rejected }));
    return within(withoutRoute(context, request, names, hosts, 'PC3002'), probability);
  }
  context.sayLazily(() => ({ stage: 'route', name: route.name ?? '', state: 'ok', rule: choice.describe, path: jqPath(choice.path), document, rejected }));
  context.meet('envoy.config.route.v3.Route', route, choice.path);
  const named = { route_config: names.route_config, virtual_host: names.virtual_host, route: route.name ?? '' };
  const arms = clusterArms(route, choice.path, request, context.index);
  if (arms.kind === 'gap') return context.stop(arms.gap);
  return arms.arms.flatMap((arm) => {
    const cuts = arm.cut === undefined ? choice.cuts : [...choice.cuts, arm.cut];
    if (!context.isDrawn(cuts)) return [];
    const probability = arm.conditions.length > 0 ? null : context.chance(cuts);
    if (probability === 0) return [];
    const { routeConfig, virtualHost } = hosts;
    const place = { routeConfig, virtualHost, route, arm: arm.weight, cluster: arm.cluster, routePath: choice.path, armPath: arm.path };
    return within(runFilters(context, request, { place, choice, arm, breakId: 'PC3002' }, named), probability, arm.conditions);
  });
}

/** A request without a route passes the filters all the same, and is answered by the router behind them. */
function withoutRoute(context: HttpContext, request: HttpRequest, names: Partial<RouteNames>, hosts: Partial<Hosts>, breakId: string): readonly Outcome[] {
  const place = { routeConfig: hosts.routeConfig, virtualHost: hosts.virtualHost, route: undefined, arm: undefined, cluster: null };
  const known = { route_config: null, virtual_host: null, route: null, ...names };
  return runFilters(context, request, { place, choice: undefined, arm: undefined, breakId }, known);
}

/** Headers that the route config keeps for internal requests. Source: conn_manager_utility.cc cleanInternalHeaders. */
function withoutInternalHeaders(request: HttpRequest, { internal_only_headers: names = [] }: RouteConfiguration): HttpRequest {
  return request.isInternal || names.length === 0 ? request : { ...request, headers: withoutHeaders(request.headers, names) };
}

const NAMES_SHOWN = 50;

function virtualHostNames({ routeConfig, path }: RouteConfigFound): Hop['rejected'] {
  return (routeConfig.virtual_hosts ?? []).slice(0, NAMES_SHOWN).map((virtualHost, i) => ({
    name: virtualHost.name ?? '',
    reason: `serves ${(virtualHost.domains ?? []).slice(0, 5).join(', ')}`,
    path: jqPath([...path, 'virtual_hosts', i]),
  }));
}

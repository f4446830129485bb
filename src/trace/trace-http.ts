import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { probabilityOf, type RandomCut, satisfies } from '../match/random-space.ts';
import { redirectLocation, redirectStatus, sslRedirectLocation } from '../match/redirect.ts';
import type { TraceRequest } from '../match/request.ts';
import { withoutHeaders } from '../match/request-headers.ts';
import type { HttpConnectionManager, RouteConfiguration, VirtualHost } from '../model/generated/envoy-api.ts';
import type { Message } from '../model/message.ts';
import { chooseRoute, type RouteChoice, virtualHostsOf } from './choose-route.ts';
import { type ClusterArm, clusterArms } from './cluster-arms.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { httpGap } from './fidelity/http-gap.ts';
import { type FilterTraces, type RoutedPlace, walkFilters } from './filter-chain-walk.ts';
import { findRouteConfig } from './find-route-config.ts';
import { forwardToCluster } from './forward-to-cluster.ts';
import { type HttpRequest, receiveRequest } from './http-request.ts';
import { type LocalReply, type ReplyContext, replyOutcome } from './local-reply.ts';
import { outcome, within } from './outcome.ts';
import type { ProxyIndex } from './proxy-index.ts';
import { asMatched, requiresTls, routedAuthority } from './routed-request.ts';
import type { Gap, Hop, Outcome } from './trace-answer.ts';
import { upgradeFilters } from './upgrade.ts';

/** The connection manager that took the connection. */
export interface HcmPlace {
  readonly hcm: HttpConnectionManager;
  readonly path: DumpPath;
  readonly document: string;
}

export interface TraceOptions {
  /** No hops and no rejected candidates: a batch wants speed. */
  readonly terse: boolean;
  /** Envoy's random number for the request; without it every possibility is followed. */
  readonly random: bigint | undefined;
}

export interface HttpTrace {
  readonly outcomes: readonly Outcome[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
}

/** Follows a request through an HTTP connection manager: checks, route config, virtual host, route, filters, cluster. */
export function traceHttp(index: ProxyIndex, place: HcmPlace, facts: ConnectionFacts, question: TraceRequest, options: TraceOptions): HttpTrace {
  return new HttpWalk(index, place, facts, options).walk(question);
}

/** What is known of the route when an outcome is written. */
interface RouteNames {
  readonly route_config: string | null;
  readonly virtual_host: string | null;
  readonly route: string | null;
}

class HttpWalk {
  private readonly hops: Hop[] = [];
  private gap: Gap | undefined;
  private readonly index: ProxyIndex;
  private readonly place: HcmPlace;
  private readonly facts: ConnectionFacts;
  private readonly options: TraceOptions;

  constructor(index: ProxyIndex, place: HcmPlace, facts: ConnectionFacts, options: TraceOptions) {
    this.index = index;
    this.place = place;
    this.facts = facts;
    this.options = options;
  }

  walk(question: TraceRequest): HttpTrace {
    this.meet('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', this.place.hcm, this.place.path);
    const received = receiveRequest(question, this.facts, this.place.hcm, this.index);
    const outcomes = received.kind === 'request' ? this.route(received.request) : this.refuse(received.reply, received.headers, received.request);
    return { outcomes, hops: this.hops, gap: this.gap ?? null };
  }

  /** A request that is refused before routing; the access log names the route that it would have had all the same. */
  private refuse(reply: LocalReply, headers: ReplyContext['headers'], request: HttpRequest | undefined): readonly Outcome[] {
    const { document, path } = this.place;
    this.sayLazily(() => ({
      stage: 'filter',
      name: 'connection manager',
      state: 'broken',
      rule: `refused before routing: ${reply.details}`,
      path: jqPath(path),
      document,
      rejected: [],
    }));
    if (request === undefined) return this.reply(reply, headers, {}, request);
    return this.wouldBe(request).flatMap(({ names, probability }) => within(this.reply(reply, headers, names, request), probability));
  }

  /** The routes and clusters that a refused request would have had, each with its probability. */
  private wouldBe(request: HttpRequest): readonly { readonly names: Partial<Outcome>; readonly probability: number }[] {
    const found = findRouteConfig(this.index, this.place, request);
    if (found.kind !== 'found') return [{ names: {}, probability: 1 }];
    const matched = virtualHostsOf(found.routeConfig).find(routedAuthority(found.routeConfig, request));
    const names = { route_config: found.name, virtual_host: matched?.virtualHost.name ?? null };
    if (matched === undefined) return [{ names, probability: 1 }];
    const { choices, gap } = chooseRoute(matched.virtualHost, [], request, true);
    if (gap !== undefined) return [{ names, probability: 1 }];
    return choices.flatMap(({ route, path, cuts }) => {
      if (!this.isDrawn(cuts)) return [];
      const arms = route === undefined ? undefined : clusterArms(route, path, request, this.index);
      if (route === undefined || arms?.kind !== 'arms') return [{ names: { ...names, route: route?.name ?? null }, probability: this.chance(cuts) }];
      return arms.arms.flatMap((arm) => {
        const all = arm.cut === undefined ? cuts : [...cuts, arm.cut];
        if (!this.isDrawn(all)) return [];
        const known = { ...names, route: route.name ?? '', cluster: arm.cluster, observability_name: this.observabilityName(arm.cluster) };
        return [{ names: known, probability: this.chance(all) }];
      });
    });
  }

  private route(received: HttpRequest): readonly Outcome[] {
    const found = findRouteConfig(this.index, this.place, received);
    if (found.kind === 'gap') return this.stop(found.gap);
    this.say(found.hop);
    const request = found.kind === 'found' ? withoutInternalHeaders(received, found.routeConfig) : received;
    const none = (
      names: Partial<RouteNames>,
      routeConfig: RouteConfiguration | undefined,
      virtualHost: VirtualHost | undefined,
      breakId: string,
    ): readonly Outcome[] =>
      this.run(
        request,
        { routeConfig, virtualHost, route: undefined, arm: undefined, cluster: null },
        { route_config: null, virtual_host: null, route: null, ...names },
        undefined,
        undefined,
        breakId,
      );
    if (found.kind === 'none') return none({ route_config: found.name }, undefined, undefined, found.break);

    const { routeConfig, name } = found;
    this.meet('envoy.config.route.v3.RouteConfiguration', routeConfig, found.path);
    const authority = routedAuthority(routeConfig, request);
    const matched = virtualHostsOf(routeConfig).find(authority);
    if (routeConfig.vhds !== undefined && (matched === undefined || matched.by === 'default'))
      this.gap ??= { id: 'PC9001', what: 'virtual hosts may be fetched on demand (vhds)', path: jqPath([...found.path, 'vhds']) };
    if (matched === undefined) {
      this.sayLazily(() => ({
        stage: 'virtual_host',
        name: authority ?? '',
        state: 'broken',
        rule: authority === undefined ? `the request has no ${routeConfig.vhost_header} header` : `no virtual host serves "${authority}"`,
        path: jqPath([...found.path, 'virtual_hosts']),
        document: found.document,
        rejected: virtualHostNames(routeConfig, found.path),
      }));
      return none({ route_config: name }, routeConfig, undefined, 'PC3001');
    }
    const { virtualHost } = matched;
    const virtualHostPath = [...found.path, 'virtual_hosts', matched.index];
    this.meet('envoy.config.route.v3.VirtualHost', virtualHost, virtualHostPath);
    this.sayLazily(() => ({
      stage: 'virtual_host',
      name: virtualHost.name ?? '',
      state: 'ok',
      rule: `"${authority}" matches the domain "${matched.domain}" (${matched.by})`,
      path: jqPath(virtualHostPath),
      document: found.document,
      rejected: [],
    }));
    const names = { route_config: name, virtual_host: virtualHost.name ?? '', route: null };
    // A request that says no protocol (an empty x-forwarded-proto) is matched with nothing.
    if (request.forwardedProto === '') return none({ route_config: name, virtual_host: virtualHost.name ?? '' }, routeConfig, virtualHost, 'PC3002');
    if (requiresTls(virtualHost, request))
      return this.redirectToTls(request, { routeConfig, virtualHost, route: undefined, arm: undefined, cluster: null }, names, virtualHostPath, found.document);

    const { choices, rejected, gap } = chooseRoute(virtualHost, virtualHostPath, asMatched(request, routeConfig, this.index.envoyVersion), this.options.terse);
    if (gap !== undefined) return this.stop(gap);
    return choices.flatMap((choice) => this.take(choice, request, { routeConfig, virtualHost }, names, rejected, found.document));
  }

  /** Follows one route entry, each of its arms for itself. */
  private take(
    choice: RouteChoice,
    request: HttpRequest,
    hosts: { routeConfig: RouteConfiguration; virtualHost: VirtualHost },
    names: RouteNames,
    rejected: Hop['rejected'],
    document: string,
  ): readonly Outcome[] {
    const { route } = choice;
    const { routeConfig, virtualHost } = hosts;
    if (!this.isDrawn(choice.cuts)) return [];
    if (route === undefined) {
      const probability = this.chance(choice.cuts);
      if (probability === 0) return [];
      this.sayLazily(() => ({
        stage: 'route',
        name: '',
        state: 'broken',
        rule: `no route of the virtual host matches ${request.method} ${request.path}`,
        path: jqPath(choice.path),
        document,
        rejected,
      }));
      return within(this.run(request, { routeConfig, virtualHost, route, arm: undefined, cluster: null }, names, undefined, undefined, 'PC3002'), probability);
    }
    this.sayLazily(() => ({ stage: 'route', name: route.name ?? '', state: 'ok', rule: choice.describe, path: jqPath(choice.path), document, rejected }));
    this.meet('envoy.config.route.v3.Route', route, choice.path);
    const named = { route_config: names.route_config, virtual_host: names.virtual_host, route: route.name ?? '' };
    const arms = clusterArms(route, choice.path, request, this.index);
    if (arms.kind === 'gap') return this.stop(arms.gap);
    return arms.arms.flatMap((arm) => {
      const cuts = arm.cut === undefined ? choice.cuts : [...choice.cuts, arm.cut];
      if (!this.isDrawn(cuts)) return [];
      const probability = arm.conditions.length > 0 ? null : this.chance(cuts);
      if (probability === 0) return [];
      return within(
        this.run(
          request,
          { routeConfig, virtualHost, route, arm: arm.weight, cluster: arm.cluster, routePath: choice.path, armPath: arm.path },
          named,
          choice,
          arm,
          'PC3002',
        ),
        probability,
        arm.conditions,
      );
    });
  }

  /** The filters, then the router. */
  private run(
    request: HttpRequest,
    place: RoutedPlace,
    names: RouteNames,
    choice: RouteChoice | undefined,
    arm: ClusterArm | undefined,
    breakId: string,
  ): readonly Outcome[] {
    const { hcm, path, document } = this.place;
    const known = {
      route_config: names.route_config,
      virtual_host: names.virtual_host,
      route: names.route,
      cluster: place.cluster,
      observability_name: this.observabilityName(place.cluster),
    };
    const upgrade = upgradeFilters(hcm, place.route, request);
    if (upgrade.kind === 'rejected')
      return this.reply({ verdict: 'broken', status: 403, flags: null, details: 'upgrade_failed', break: 'PC3011' }, request.headers, known, request);
    const walk = walkFilters(this.index, { path: [...path, ...upgrade.path], document }, upgrade.filters, place, request);
    this.gap ??= walk.gap;
    for (const hop of walk.hops) this.say(hop);
    return walk.ways.flatMap((way) => {
      const flags = way.flags.length === 0 ? undefined : [...new Set(way.flags)].join(',');
      const ended =
        way.reply !== null
          ? this.reply(way.reply, request.headers, known, request)
          : !walk.hasRouter
            ? [outcome({ ...known, verdict: 'broken', connection: 'hangs', break: 'PC7010' })]
            : this.answer(request, place, known, choice, arm, breakId, walk);
      const flagged =
        flags === undefined
          ? ended
          : ended.map((o) => (o.verdict === 'forwarded' || o.flags?.includes(flags) ? o : { ...o, flags: o.flags === null ? flags : `${flags},${o.flags}` }));
      return within(flagged, way.probability, way.conditions);
    });
  }

  /** What the router does with the request. Source: source/common/router/router.cc Filter::decodeHeaders. */
  private answer(
    request: HttpRequest,
    place: RoutedPlace,
    known: Partial<Outcome>,
    choice: RouteChoice | undefined,
    arm: ClusterArm | undefined,
    breakId: string,
    passed: FilterTraces,
  ): readonly Outcome[] {
    const { route } = place;
    if (route === undefined || choice === undefined || arm === undefined)
      return this.reply({ verdict: 'broken', status: 404, flags: 'NR', details: 'route_not_found', break: breakId }, request.headers, known, request);
    const match = route.match ?? {};
    if (route.redirect !== undefined) {
      const location = redirectLocation(route.redirect, match, request);
      if (location === undefined) this.gap ??= { id: 'PC9001', what: 'the path rewrite of this redirect', path: jqPath([...choice.path, 'redirect']) };
      return this.reply(
        { verdict: 'answered', status: redirectStatus(route.redirect), flags: null, details: 'direct_response', location },
        request.headers,
        known,
        request,
      );
    }
    if (route.direct_response !== undefined) {
      const status = route.direct_response.status ?? 200;
      const location = status === 201 || (status >= 300 && status < 400) ? redirectLocation({}, match, request) : undefined;
      return this.reply({ verdict: 'answered', status, flags: null, details: 'direct_response', location }, request.headers, known, request);
    }
    const { hcm: manager } = this.place;
    const forwarded = forwardToCluster(this.index, { request, route, path: choice.path, arm, terse: this.options.terse, names: known, passed, place, manager });
    if (forwarded.gap !== null) this.gap ??= forwarded.gap;
    for (const hop of forwarded.hops) this.say(hop);
    return forwarded.outcomes.flatMap((o) => {
      if (o.verdict === 'forwarded') return [o];
      const dressed = this.reply(
        { verdict: 'broken', status: o.status ?? 503, flags: o.flags, details: o.details ?? '', break: o.break ?? undefined },
        request.headers,
        known,
        request,
      );
      return within(
        dressed.map((d) => ({ ...d, endpoints: o.endpoints })),
        o.probability,
        o.conditions,
      );
    });
  }

  private redirectToTls(request: HttpRequest, place: RoutedPlace, names: RouteNames, path: DumpPath, document: string): readonly Outcome[] {
    this.sayLazily(() => ({
      stage: 'virtual_host',
      name: names.virtual_host ?? '',
      state: 'info',
      rule: `require_tls ${place.virtualHost?.require_tls}, and x-forwarded-proto is ${request.forwardedProto}: redirect to https`,
      path: jqPath([...path, 'require_tls']),
      document,
      rejected: [],
    }));
    const reply: LocalReply = {
      verdict: 'answered',
      status: 301,
      flags: null,
      details: 'direct_response',
      location: sslRedirectLocation(request),
      break: 'PC3005',
    };
    const { hcm } = this.place;
    // The redirect is a route of its own, without upgrades.
    const upgrade = upgradeFilters(hcm, {}, request);
    if (upgrade.kind === 'rejected')
      return this.reply({ verdict: 'broken', status: 403, flags: null, details: 'upgrade_failed', break: 'PC3011' }, request.headers, names, request);
    const walk = walkFilters(this.index, { path: [...this.place.path, ...upgrade.path], document: this.place.document }, upgrade.filters, place, request);
    this.gap ??= walk.gap;
    return walk.ways.flatMap((way) => within(this.reply(way.reply ?? reply, request.headers, names, request), way.probability, way.conditions));
  }

  private reply(reply: LocalReply, headers: ReplyContext['headers'], known: Partial<Outcome>, request?: HttpRequest): readonly Outcome[] {
    const dressed = replyOutcome(reply, { headers, localReplyConfig: this.place.hcm.local_reply_config, runtime: this.index.runtime.get });
    if (dressed === undefined) {
      this.gap ??= { id: 'PC9001', what: 'a mapper of local_reply_config', path: jqPath([...this.place.path, 'local_reply_config']) };
      return [];
    }
    // A CONNECT that is refused over HTTP/2 ends as a stream error for the client.
    const status = request?.method === 'CONNECT' && request.protocol === 'h2' ? null : dressed.status;
    return [outcome({ ...dressed, status }, known)];
  }

  private observabilityName(cluster: string | null): string | null {
    const alt = cluster === null ? undefined : this.index.clusters.get(cluster)?.value.alt_stat_name;
    return alt || null;
  }

  private chance(cuts: readonly RandomCut[]): number {
    return cuts.length === 0 || this.options.random !== undefined ? 1 : probabilityOf(cuts);
  }

  private isDrawn(cuts: readonly RandomCut[]): boolean {
    const { random } = this.options;
    return random === undefined || cuts.every((cut) => satisfies(random, cut));
  }

  private stop(gap: Gap): readonly Outcome[] {
    this.gap ??= gap;
    return [];
  }

  /** Notes the first field of a message on the way that pc does not model. */
  private meet(type: string, message: Message, path: DumpPath): void {
    this.gap ??= httpGap(type, message, path);
  }

  private say(hop: Hop): void {
    if (!this.options.terse) this.hops.push(hop);
  }

  private sayLazily(hop: () => Hop): void {
    if (!this.options.terse) this.hops.push(hop());
  }
}

/** Headers that the route config keeps for internal requests. Source: conn_manager_utility.cc cleanInternalHeaders. */
function withoutInternalHeaders(request: HttpRequest, { internal_only_headers: names = [] }: RouteConfiguration): HttpRequest {
  return request.isInternal || names.length === 0 ? request : { ...request, headers: withoutHeaders(request.headers, names) };
}

const NAMES_SHOWN = 50;

function virtualHostNames(routeConfig: RouteConfiguration, path: DumpPath): Hop['rejected'] {
  return (routeConfig.virtual_hosts ?? []).slice(0, NAMES_SHOWN).map((virtualHost, i) => ({
    name: virtualHost.name ?? '',
    reason: `serves ${(virtualHost.domains ?? []).slice(0, 5).join(', ')}`,
    path: jqPath([...path, 'virtual_hosts', i]),
  }));
}

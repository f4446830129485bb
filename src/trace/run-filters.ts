import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { sslRedirectLocation } from '../match/redirect.ts';
import { type RoutedPlace, walkFilters } from './filter-chain-walk.ts';
import type { HttpContext, RouteNames } from './http-context.ts';
import type { HttpRequest } from './http-request.ts';
import type { LocalReply } from './local-reply.ts';
import { outcome, within } from './outcome.ts';
import { type ChosenRoute, routerAnswer } from './router-answer.ts';
import type { Outcome } from './trace-answer.ts';
import { upgradeFilters } from './upgrade.ts';

const UPGRADE_REFUSED: LocalReply = { verdict: 'broken', status: 403, flags: null, details: 'upgrade_failed', break: 'PC3011' };

/** Takes a request through the filters of its connection manager, those for an upgrade where it is one, and on to the router. */
export function runFilters(context: HttpContext, request: HttpRequest, chosen: ChosenRoute, names: RouteNames): readonly Outcome[] {
  const { place } = chosen;
  const { hcm, path, document } = context.place;
  const { route_config, virtual_host, route } = names;
  const known = { route_config, virtual_host, route, cluster: place.cluster, observability_name: context.observabilityName(place.cluster) };
  const upgrade = upgradeFilters(hcm, place.route, request);
  if (upgrade.kind === 'rejected') return context.reply(UPGRADE_REFUSED, request.headers, known, request);
  const walk = walkFilters(context.index, { path: [...path, ...upgrade.path], document }, upgrade.filters, place, request);
  context.note(walk.gap);
  for (const hop of walk.hops) context.say(hop);
  return walk.ways.flatMap((way) => {
    const ended =
      way.reply !== null
        ? context.reply(way.reply, request.headers, known, request)
        : walk.hasRouter
          ? routerAnswer(context, request, chosen, known, walk)
          : [outcome({ ...known, verdict: 'broken', connection: 'hangs', break: 'PC7010' })];
    return within(withFlags(ended, way.flags), way.probability, way.conditions);
  });
}

/** The flags that filters on the way set stand before those of the end; a forwarded request's are its upstream's matter. */
function withFlags(outcomes: readonly Outcome[], set: readonly string[]): readonly Outcome[] {
  if (set.length === 0) return outcomes;
  const flags = [...new Set(set)].join(',');
  return outcomes.map((o) => (o.verdict === 'forwarded' || o.flags?.includes(flags) ? o : { ...o, flags: o.flags === null ? flags : `${flags},${o.flags}` }));
}

/** The answer of a virtual host that takes only TLS: a redirect behind the filters, as a route of its own, without upgrades. */
export function redirectToTls(
  context: HttpContext,
  request: HttpRequest,
  place: RoutedPlace,
  names: RouteNames,
  at: { readonly path: DumpPath; readonly document: string },
): readonly Outcome[] {
  context.sayLazily(() => ({
    stage: 'virtual_host',
    name: names.virtual_host ?? '',
    state: 'info',
    rule: `require_tls ${place.virtualHost?.require_tls}, and x-forwarded-proto is ${request.forwardedProto}: redirect to https`,
    path: jqPath([...at.path, 'require_tls']),
    document: at.document,
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
  const { hcm, path, document } = context.place;
  const upgrade = upgradeFilters(hcm, {}, request);
  if (upgrade.kind === 'rejected') return context.reply(UPGRADE_REFUSED, request.headers, names, request);
  const walk = walkFilters(context.index, { path: [...path, ...upgrade.path], document }, upgrade.filters, place, request);
  context.note(walk.gap);
  return walk.ways.flatMap((way) => within(context.reply(way.reply ?? reply, request.headers, names, request), way.probability, way.conditions));
}

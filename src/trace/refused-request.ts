import { jqPath } from '../dump/dump-path.ts';
import { chooseRoute, virtualHostsOf } from './choose-route.ts';
import { clusterArms } from './cluster-arms.ts';
import { findRouteConfig } from './find-route-config.ts';
import type { HttpContext } from './http-context.ts';
import type { HttpRequest } from './http-request.ts';
import type { LocalReply, ReplyContext } from './local-reply.ts';
import { within } from './outcome.ts';
import { routedAuthority } from './routed-request.ts';
import type { Outcome } from './trace-answer.ts';

/**
 * A request that the connection manager refuses before routing; the access log names the route that it would have had all the same.
 * In: the reply, the headers as far as they were read, and the request where it could be read as one.
 */
export function refuseRequest(context: HttpContext, reply: LocalReply, headers: ReplyContext['headers'], request: HttpRequest | undefined): readonly Outcome[] {
  const { document, path } = context.place;
  context.sayLazily(() => ({
    stage: 'filter',
    name: 'connection manager',
    state: 'broken',
    rule: `refused before routing: ${reply.details}`,
    path: jqPath(path),
    document,
    rejected: [],
  }));
  if (request === undefined) return context.reply(reply, headers, {}, request);
  return routesItWouldHave(context, request).flatMap(({ names, probability }) => within(context.reply(reply, headers, names, request), probability));
}

/** The routes and clusters that a refused request would have had, each with its probability. */
function routesItWouldHave(context: HttpContext, request: HttpRequest): readonly { readonly names: Partial<Outcome>; readonly probability: number }[] {
  const { index } = context;
  const found = findRouteConfig(index, context.place, request);
  if (found.kind !== 'found') return [{ names: {}, probability: 1 }];
  const matched = virtualHostsOf(found.routeConfig).find(routedAuthority(found.routeConfig, request));
  const names = { route_config: found.name, virtual_host: matched?.virtualHost.name ?? null };
  if (matched === undefined) return [{ names, probability: 1 }];
  const { choices, gap } = chooseRoute(matched.virtualHost, [], request, true);
  if (gap !== undefined) return [{ names, probability: 1 }];
  return choices.flatMap(({ route, path, cuts }) => {
    if (!context.isDrawn(cuts)) return [];
    const arms = route === undefined ? undefined : clusterArms(route, path, request, index);
    if (route === undefined || arms?.kind !== 'arms') return [{ names: { ...names, route: route?.name ?? null }, probability: context.chance(cuts) }];
    return arms.arms.flatMap((arm) => {
      const all = arm.cut === undefined ? cuts : [...cuts, arm.cut];
      if (!context.isDrawn(all)) return [];
      const known = { ...names, route: route.name ?? '', cluster: arm.cluster, observability_name: context.observabilityName(arm.cluster) };
      return [{ names: known, probability: context.chance(all) }];
    });
  });
}

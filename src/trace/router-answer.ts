import { jqPath } from '../dump/dump-path.ts';
import { redirectLocation, redirectStatus } from '../match/redirect.ts';
import type { RouteChoice } from './choose-route.ts';
import type { ClusterArm } from './cluster-arms.ts';
import type { FilterTraces, RoutedPlace } from './filter-chain-walk.ts';
import { forwardToCluster } from './forward-to-cluster.ts';
import type { HttpContext } from './http-context.ts';
import type { HttpRequest } from './http-request.ts';
import { within } from './outcome.ts';
import type { Outcome } from './trace-answer.ts';

/** The route that a request has when it comes to the router: an entry with one of its clusters; none where nothing matched. */
export interface ChosenRoute {
  readonly place: RoutedPlace;
  readonly choice: RouteChoice | undefined;
  readonly arm: ClusterArm | undefined;
  /** The break that a request without a route ends with. */
  readonly breakId: string;
}

/**
 * What the router does with a request that the filters let pass: a reply by the route's own action, or the way to a cluster.
 * Source: source/common/router/router.cc Filter::decodeHeaders.
 */
export function routerAnswer(
  context: HttpContext,
  request: HttpRequest,
  chosen: ChosenRoute,
  known: Partial<Outcome>,
  passed: FilterTraces,
): readonly Outcome[] {
  const { place, choice, arm, breakId } = chosen;
  const { route } = place;
  const { headers } = request;
  if (route === undefined || choice === undefined || arm === undefined)
    return context.reply({ verdict: 'broken', status: 404, flags: 'NR', details: 'route_not_found', break: breakId }, headers, known, request);
  const match = route.match ?? {};
  const answered = { verdict: 'answered', flags: null, details: 'direct_response' } as const;
  if (route.redirect !== undefined) {
    const location = redirectLocation(route.redirect, match, request);
    if (location === undefined) context.note({ id: 'PC9001', what: 'the path rewrite of this redirect', path: jqPath([...choice.path, 'redirect']) });
    return context.reply({ ...answered, status: redirectStatus(route.redirect), location }, headers, known, request);
  }
  if (route.direct_response !== undefined) {
    const status = route.direct_response.status ?? 200;
    const location = status === 201 || (status >= 300 && status < 400) ? redirectLocation({}, match, request) : undefined;
    return context.reply({ ...answered, status, location }, headers, known, request);
  }
  const { index, options, place: manager } = context;
  const forwarded = forwardToCluster(index, {
    request,
    route,
    path: choice.path,
    arm,
    terse: options.terse,
    names: known,
    passed,
    place,
    manager: manager.hcm,
  });
  context.note(forwarded.gap);
  for (const hop of forwarded.hops) context.say(hop);
  return forwarded.outcomes.flatMap((found) => (found.verdict === 'forwarded' ? [found] : dressed(context, request, known, found)));
}

/** A request that reached no endpoint is answered by Envoy itself. */
function dressed(context: HttpContext, request: HttpRequest, known: Partial<Outcome>, found: Outcome): readonly Outcome[] {
  const reply = { verdict: 'broken', status: found.status ?? 503, flags: found.flags, details: found.details ?? '', break: found.break ?? undefined } as const;
  const replies = context.reply(reply, request.headers, known, request);
  return within(
    replies.map((one) => ({ ...one, endpoints: found.endpoints })),
    found.probability,
    found.conditions,
  );
}

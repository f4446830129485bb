import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { evaluateMatcher } from '../match/matcher-tree.ts';
import type { Route, TypeMatcher_Matcher } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import { chooseFrom, type RouteChoices } from './choose-from-routes.ts';
import { httpMatcherInputs } from './http-matcher-inputs.ts';
import type { HttpRequest } from './http-request.ts';

/**
 * The `matcher` tree of a virtual host leads to a Route or a RouteList. Their own `match` still has to fit, and where it does not, the
 * tree is not asked again: the request has no route.
 * Source: config_impl.cc VirtualHostImpl::getRouteFromMatcher (RouteMatchAction, RouteListMatchAction).
 */
export function matchRouteTree(matcher: TypeMatcher_Matcher, path: DumpPath, request: HttpRequest, terse: boolean): RouteChoices {
  const result = evaluateMatcher(matcher, path, httpMatcherInputs(request));
  if (result.kind === 'unavailable')
    return { choices: [], rejected: [], gap: { id: 'PC9001', what: `the route matcher asks for ${result.what}`, path: jqPath(result.path) } };
  if (result.kind === 'no match') return chooseFrom([], path, request, terse);
  const config = result.action.typed_config;
  const at = [...result.path, 'typed_config'];
  switch (anyType(config)) {
    case 'envoy.config.route.v3.Route':
      return chooseFrom(singleton(config as unknown as Route), at, request, terse);
    case 'envoy.config.route.v3.RouteList':
      return chooseFrom((config as { readonly routes?: readonly Route[] }).routes ?? [], [...at, 'routes'], request, terse);
    default:
      return { choices: [], rejected: [], gap: { id: 'PC9001', what: `the route matcher's action ${anyType(config)}`, path: jqPath(at) } };
  }
}

const singletons = new WeakMap<Route, readonly Route[]>();

/** The same list for the same route, so that it is compiled once. */
function singleton(route: Route): readonly Route[] {
  let list = singletons.get(route);
  if (list === undefined) {
    list = [route];
    singletons.set(route, list);
  }
  return list;
}

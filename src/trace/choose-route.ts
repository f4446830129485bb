import type { DumpPath } from '../dump/dump-path.ts';
import { VirtualHostIndex } from '../match/virtual-host.ts';
import type { RouteConfiguration, VirtualHost } from '../model/generated/envoy-api.ts';
import { chooseFrom, type RouteChoices } from './choose-from-routes.ts';
import type { HttpRequest } from './http-request.ts';
import { matchRouteTree } from './route-tree.ts';

export type { RouteChoice, RouteChoices } from './choose-from-routes.ts';

const virtualHostIndexes = new WeakMap<RouteConfiguration, VirtualHostIndex>();

/** The virtual hosts of a route configuration, indexed once. */
export function virtualHostsOf(routeConfig: RouteConfiguration): VirtualHostIndex {
  let index = virtualHostIndexes.get(routeConfig);
  if (index === undefined) {
    index = new VirtualHostIndex(routeConfig);
    virtualHostIndexes.set(routeConfig, index);
  }
  return index;
}

/**
 * The route entries of a virtual host in their order: the first that matches wins, and none of the host's routes falls through to
 * another virtual host. A route with a runtime_fraction forks: the rest of the list gets what it lets go by.
 * Source: config_impl.cc VirtualHostImpl::getRouteFromEntries.
 */
export function chooseRoute(virtualHost: VirtualHost, path: DumpPath, request: HttpRequest, terse: boolean): RouteChoices {
  if (virtualHost.matcher !== undefined) return matchRouteTree(virtualHost.matcher, [...path, 'matcher'], request, terse);
  return chooseFrom(virtualHost.routes ?? [], [...path, 'routes'], request, terse);
}

import type { Route, VirtualHost } from '../model/generated/envoy-api.ts';
import type { LintContext, Placed } from './lint-context.ts';

/** A virtual host with the route config that holds it. */
export interface PlacedHost extends Placed<VirtualHost> {
  readonly routeConfig: string;
  readonly index: number;
}

/** A route entry with its virtual host. */
export interface PlacedRoute extends Placed<Route> {
  readonly host: PlacedHost;
  readonly index: number;
}

export function* eachHost(context: LintContext): Generator<PlacedHost> {
  for (const { name, value, document, path } of context.routeConfigs)
    for (const [index, host] of (value.virtual_hosts ?? []).entries())
      yield { value: host, document, path: [...path, 'virtual_hosts', index], routeConfig: name, index };
}

export function* eachRoute(context: LintContext): Generator<PlacedRoute> {
  for (const host of eachHost(context))
    for (const [index, route] of (host.value.routes ?? []).entries())
      yield { value: route, document: host.document, path: [...host.path, 'routes', index], host, index };
}

/** What a route is called: its own name, else its place in the virtual host. */
export function routeName({ value, index }: Pick<PlacedRoute, 'value' | 'index'>): string {
  return value.name || `route ${index}`;
}

/** What tells one route from every other, whatever is added before it elsewhere. */
export function routeSubject({ host, value, index }: PlacedRoute): string {
  return `${host.routeConfig}/${host.value.name ?? host.index}/${value.name || index}`;
}

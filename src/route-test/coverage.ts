import type { RouteConfiguration } from '../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { routeMatchText } from '../query/route-match-text.ts';
import { weightedArms } from '../query/weighted-clusters.ts';

/** A route entry, or one arm of its split, that tests may go through. */
export interface CoverableRoute {
  /** See {@link coverageKey}. */
  readonly key: string;
  readonly routeConfig: string;
  readonly virtualHost: string;
  /** `catalog /items*`, with the arm of a split. */
  readonly text: string;
}

/** How much of the routes the tests went through. */
export interface Coverage {
  readonly routes: number;
  readonly covered: number;
  /** In percent; 100 where there are no routes. */
  readonly percent: number;
  readonly untested: readonly CoverableRoute[];
}

/** What a route entry is known by: which of the proxy's route configs it is in, and where it stands there. */
export function coverageKey(routeConfig: number, path: string, arm: number | undefined): string {
  return `${routeConfig} ${path}${arm === undefined ? '' : ` arm ${arm}`}`;
}

/** A route config with its number among all of the proxy: several may have no name. */
export interface NumberedRouteConfig {
  readonly number: number;
  readonly name: string;
  readonly value: RouteConfiguration;
}

/** The route configs that serve, or were given by themselves. In: those of a name only, where a filter is given. */
export function routeConfigsOf(proxy: ProxyConfig, wants: (name: string) => boolean = () => true): readonly NumberedRouteConfig[] {
  return proxy.routeConfigs
    .map((config, number) => ({ number, name: config.name, state: config.state, config }))
    .filter(({ name, state }) => state !== 'error' && wants(name))
    .map(({ number, name, config }) => ({ number, name, value: config.value }));
}

/** Every route entry of the route configs. Arms of a split count one each, as router_check_tool counts them. */
export function coverableRoutes(configs: readonly NumberedRouteConfig[]): readonly CoverableRoute[] {
  return configs.flatMap((config) =>
    (config.value.virtual_hosts ?? []).flatMap((host, i) =>
      (host.routes ?? []).flatMap((route, j): CoverableRoute[] => {
        const path = `.virtual_hosts[${i}].routes[${j}]`;
        const text = `${route.name ? `\`${route.name}\` ` : ''}${routeMatchText(route.match)}`;
        const common = { routeConfig: config.name, virtualHost: host.name ?? '' };
        const arms = weightedArms(route.route?.weighted_clusters?.clusters);
        if (arms.length === 0) return [{ ...common, key: coverageKey(config.number, path, undefined), text }];
        return arms.map((arm, n) => ({
          ...common,
          key: coverageKey(config.number, path, n),
          text: `${text} arm ${arm.cluster ?? arm.cluster_header ?? n + 1} (${arm.percent} %)`,
        }));
      }),
    ),
  );
}

/** What the tests covered of the routes. */
export function coverageOf(routes: readonly CoverableRoute[], covered: ReadonlySet<string>): Coverage {
  const untested = routes.filter(({ key }) => !covered.has(key));
  const count = routes.length - untested.length;
  return { routes: routes.length, covered: count, percent: routes.length === 0 ? 100 : Math.round((count / routes.length) * 10_000) / 100, untested };
}

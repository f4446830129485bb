import { jqPath } from '../../dump/dump-path.ts';
import type { Route, RouteMatch } from '../../model/generated/envoy-api.ts';
import { coversRoute, isCatchAll } from '../covers-route.ts';
import { eachHost, routeName, routeSubject } from '../each-route.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';

/** Beyond this the pairs of one virtual host are not all compared: only with the nearest routes before. */
const PAIRS_BACK = 400;

/** Routes that never get a request, since an earlier one of their virtual host takes all of them; which one, and whether it is a catch-all. */
export function* shadowedRoutes(context: LintContext): Generator<Finding> {
  for (const host of eachHost(context)) {
    const routes = host.value.routes ?? [];
    const firstCatchAll = routes.findIndex((route) => route.match !== undefined && isCatchAll(route.match));
    for (const [index, value] of routes.entries()) {
      if (value.match === undefined) continue;
      const { match } = value;
      const all = routes[firstCatchAll]?.match;
      const by = all !== undefined && firstCatchAll < index && coversRoute(all, match) ? firstCatchAll : coveredBy(routes, index, match);
      const earlier = routes[by];
      if (earlier?.match === undefined) continue;
      // Istio ends a virtual host with the same catch-all for several protocols: equal routes to one place do no harm.
      const isCopy = JSON.stringify({ ...earlier, name: '' }) === JSON.stringify({ ...value, name: '' });
      const route = { value, index, host, document: host.document, path: [...host.path, 'routes', index] };
      yield {
        id: isCatchAll(earlier.match) ? 'PC3025' : 'PC3021',
        subject: routeSubject(route),
        facts: {
          route: routeName(route),
          host: host.value.name ?? '',
          routeConfig: host.routeConfig,
          by: routeName({ value: earlier, index: by }),
          place: by,
          copy: isCopy ? 'yes' : undefined,
        },
        evidence: { document: host.document, path: jqPath([...route.path, 'match']) },
        ...(isCopy ? { severity: 'info' as const } : {}),
      };
    }
  }
}

function coveredBy(routes: readonly Route[], index: number, match: RouteMatch): number {
  for (let i = Math.max(0, index - PAIRS_BACK); i < index; i++) {
    const earlier = routes[i]?.match;
    if (earlier !== undefined && coversRoute(earlier, match)) return i;
  }
  return -1;
}

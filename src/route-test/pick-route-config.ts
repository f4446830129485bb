import type { ProxyConfig } from '../model/proxy-config.ts';
import { nearestNames } from '../query/nearest-names.ts';
import { virtualHostsOf } from '../trace/choose-route.ts';
import { traceRequest } from '../trace/trace-request.ts';
import { type NumberedRouteConfig, routeConfigsOf } from './coverage.ts';
import type { RouteTest } from './route-test.ts';

/** The route table that a test asks; or why none is. */
export type PickedRouteConfig = { readonly kind: 'picked'; readonly config: NumberedRouteConfig } | { readonly kind: 'none'; readonly why: string };

/**
 * The route config that `validate` is about: the one that the test names; the only one of the input; the only one with a virtual host for
 * the authority; else the one that a trace of the request goes through.
 */
export function pickRouteConfig(proxy: ProxyConfig, test: RouteTest): PickedRouteConfig {
  const configs = routeConfigsOf(proxy);
  const named = configs.filter((config) => test.routeConfig === undefined || config.name === test.routeConfig);
  const [only] = named;
  if (only === undefined) {
    if (test.routeConfig === undefined) return { kind: 'none', why: 'the input has no route config' };
    const near = nearestNames(
      test.routeConfig,
      configs.map((config) => config.name),
    ).slice(0, 3);
    return { kind: 'none', why: `the input has no route config of that name${near.length === 0 ? '' : `; nearest: ${near.join(', ')}`}` };
  }
  if (named.length === 1) return { kind: 'picked', config: only };
  const authority = test.input?.authority;
  const knowing = named.filter((config) => {
    const matched = virtualHostsOf(config.value).find(authority);
    return matched !== undefined && matched.by !== 'default';
  });
  const [known] = knowing;
  if (known !== undefined && knowing.length === 1) return { kind: 'picked', config: known };
  const passed = traceRequest(proxy, test.request, { terse: true }).outcomes[0]?.route_config;
  const traced = named.find((config) => config.name === passed);
  if (traced !== undefined) return { kind: 'picked', config: traced };
  const names = (knowing.length > 0 ? knowing : named).map((config) => config.name || '(unnamed)').slice(0, 5);
  return {
    kind: 'none',
    why: `which of ${knowing.length > 0 ? knowing.length : named.length} route configs is meant cannot be told (${names.join(', ')} …): name it with route_config`,
  };
}

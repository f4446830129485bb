import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import type { HttpFilter } from '../model/generated/envoy-api.ts';
import { type Any, anyType, configOf, configType, type Message } from '../model/message.ts';
import { httpGap } from './fidelity/http-gap.ts';
import type { RoutedPlace } from './filter-chain-walk.ts';
import { HEEDLESS_OF_ROUTES } from './http-filters/filter-models.ts';
import type { Gap } from './trace-answer.ts';

/** What one level of the route says to a filter. */
export interface FilterOverride {
  /** Undefined where it only enables or disables. */
  readonly config: Any | undefined;
  readonly disabled: boolean;
  readonly path: DumpPath;
  /** It stands in per_filter_config of API v2, without a type. */
  readonly isUntyped?: boolean;
}

const FILTER_CONFIG = 'envoy.config.route.v3.FilterConfig';

/**
 * typed_per_filter_config of the filter's name at each level, least specific first, FilterConfig wrappers opened. All of it hangs on
 * the route: a request without one gets none, that of its virtual host neither.
 * Source: source/common/router/config_impl.cc RouteEntryImplBase::perFilterConfigs; docs "Route specific config".
 */
export function filterOverrides(name: string, place: RoutedPlace): readonly FilterOverride[] {
  const { route, routePath = [], armPath = [] } = place;
  if (route === undefined) return [];
  const hosts = routePath.indexOf('virtual_hosts');
  const levels = [
    { level: place.routeConfig, at: routePath.slice(0, hosts) },
    { level: place.virtualHost, at: routePath.slice(0, hosts + 2) },
    { level: route, at: routePath },
    { level: place.arm, at: armPath },
  ];
  return levels.flatMap(({ level, at }) => {
    const any = level?.typed_per_filter_config?.[name];
    if (any !== undefined) return [openOverride(any, [...at, 'typed_per_filter_config', name])];
    const isUntyped = level !== undefined && 'per_filter_config' in level && level.per_filter_config?.[name] !== undefined;
    return isUntyped ? [{ config: undefined, disabled: false, path: [...at, 'per_filter_config', name], isUntyped }] : [];
  });
}

function openOverride(any: Any, path: DumpPath): FilterOverride {
  if (anyType(any) !== FILTER_CONFIG) return { config: configOf({ typed_config: any }), disabled: false, path };
  const wrapper = any as Message & { readonly config?: Any; readonly disabled?: boolean };
  const config = wrapper.config === undefined ? undefined : configOf({ typed_config: wrapper.config });
  return { config, disabled: wrapper.disabled === true, path: [...path, 'config'] };
}

/** The most specific level decides; a filter that is disabled by default runs where a route configures it. */
export function isEnabled(filter: HttpFilter, overrides: readonly FilterOverride[]): boolean {
  const last = overrides.at(-1);
  return last === undefined ? filter.disabled !== true : !last.disabled;
}

/** The first field that pc does not model in what the route says to a filter of this type. */
export function overrideGap(overrides: readonly FilterOverride[], type: string): Gap | undefined {
  for (const { config, path, isUntyped } of overrides) {
    if (isUntyped && !HEEDLESS_OF_ROUTES.has(type)) return { id: 'PC9001', what: 'untyped filter configuration of API v2 is not modelled', path: jqPath(path) };
    const gap = httpGap(configType(config), config, path);
    if (gap !== undefined) return gap;
  }
  return undefined;
}

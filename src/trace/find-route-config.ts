import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import type {
  ScopedRoutes_ScopeKeyBuilder_FragmentBuilder as FragmentBuilder,
  HttpConnectionManager,
  RouteConfiguration,
} from '../model/generated/envoy-api.ts';
import type { HttpRequest } from './http-request.ts';
import { notShown } from './not-shown.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap, Hop } from './trace-answer.ts';

/** The route configuration that a connection manager uses for a request. */
export type FoundRouteConfig =
  | {
      readonly kind: 'found';
      readonly name: string;
      readonly routeConfig: RouteConfiguration;
      readonly path: DumpPath;
      readonly document: string;
      readonly hop: Hop;
    }
  /** None: every request is answered 404 NR. */
  | { readonly kind: 'none'; readonly name: string | null; readonly break: string; readonly hop: Hop }
  | { readonly kind: 'gap'; readonly gap: Gap };

/** Where the connection manager stands. */
interface HcmPlace {
  readonly hcm: HttpConnectionManager;
  readonly path: DumpPath;
  readonly document: string;
}

/**
 * Inline route config, RDS by name, or scoped routes by a key that is built from the request's headers. A name that RDS never
 * delivered (or that Envoy rejected) is simply absent, and every request gets 404 NR.
 * Source: source/common/router/rds_impl.cc; scoped_config_impl.cc ScopeKeyBuilderImpl::computeScopeKey.
 */
export function findRouteConfig(index: ProxyIndex, place: HcmPlace, request: HttpRequest): FoundRouteConfig {
  const { hcm } = place;
  if (hcm.route_config !== undefined) {
    const path = [...place.path, 'route_config'];
    const name = hcm.route_config.name ?? '';
    return found(name, hcm.route_config, path, place.document, 'the connection manager holds its route config itself');
  }
  if (hcm.rds !== undefined) return byName(index, place, hcm.rds.route_config_name ?? '', ['rds', 'route_config_name']);
  if (hcm.scoped_routes !== undefined) return byScope(index, place, request);
  return { kind: 'gap', gap: { id: 'PC9001', what: 'the connection manager names no route config', path: jqPath(place.path) } };
}

function found(name: string, routeConfig: RouteConfiguration, path: DumpPath, document: string, rule: string): FoundRouteConfig {
  return {
    kind: 'found',
    name,
    routeConfig,
    path,
    document,
    hop: { stage: 'route_config', name, state: 'ok', rule, path: jqPath(path), document, rejected: [] },
  };
}

function byName(index: ProxyIndex, place: HcmPlace, name: string, at: DumpPath): FoundRouteConfig {
  const resource = index.routeConfigs.get(name);
  if (resource !== undefined) return found(name, resource.value, resource.path, resource.document, `RDS delivered "${name}"`);
  if (!index.proxy.sections.has('route_config') && !index.proxy.sections.has('listener')) return { kind: 'gap', gap: missingSection(place) };
  // Envoy leaves the whole section out while it has no route config at all, so only a masked dump is a gap.
  if (!index.proxy.sections.has('route_config') && index.proxy.sections.size < 4) return { kind: 'gap', gap: missingSection(place) };
  const path = jqPath([...place.path, ...at]);
  if (index.proxy.partial.has('route_config')) return { kind: 'gap', gap: notShown('route config', name, path) };
  const hop: Hop = {
    stage: 'route_config',
    name,
    state: 'broken',
    rule: `RDS has not delivered "${name}", or Envoy rejected it`,
    path,
    document: place.document,
    rejected: [],
  };
  return { kind: 'none', name, break: 'PC3003', hop };
}

function missingSection(place: HcmPlace): Gap {
  return {
    id: 'PC1001',
    what: 'the dump has no routes section; /config_dump (or /config_dump?mask=dynamic_route_configs,static_route_configs) gives it',
    path: jqPath(place.path),
  };
}

function byScope(index: ProxyIndex, place: HcmPlace, request: HttpRequest): FoundRouteConfig {
  const scoped = place.hcm.scoped_routes;
  const key = scopeKey(scoped?.scope_key_builder?.fragments ?? [], request);
  const path = [...place.path, 'scoped_routes'];
  const none = (rule: string): FoundRouteConfig => ({
    kind: 'none',
    name: null,
    break: 'PC3004',
    hop: { stage: 'route_config', name: '', state: 'broken', rule, path: jqPath(path), document: place.document, rejected: [] },
  });
  if (key === 'unknown') return { kind: 'gap', gap: { id: 'PC9001', what: 'a scope key fragment that pc does not model', path: jqPath(path) } };
  if (key === undefined) return none('the request has not all the headers that the scope key is built from');
  const lists = [...index.proxy.scopedRoutes.map((r) => r.value), ...(scoped?.scoped_route_configurations_list?.scoped_route_configurations ?? [])];
  const scope = lists.find((s) => {
    const fragments = (s.key?.fragments ?? []).map((f) => f.string_key ?? '');
    return fragments.length === key.length && fragments.every((f, i) => f === key[i]);
  });
  if (scope === undefined) return none(`no scope has the key ${key.join(', ')}`);
  if (scope.route_configuration !== undefined)
    return found(scope.route_configuration.name ?? '', scope.route_configuration, path, place.document, `scope "${scope.name}"`);
  return byName(index, place, scope.route_configuration_name ?? '', ['scoped_routes']);
}

function scopeKey(builders: readonly FragmentBuilder[], request: HttpRequest): readonly string[] | undefined | 'unknown' {
  const fragments: string[] = [];
  for (const { header_value_extractor: extractor } of builders) {
    if (extractor === undefined) return 'unknown';
    const value = request.headers.first((extractor.name ?? '').toLowerCase());
    if (value === undefined) return undefined;
    const elements = extractor.element_separator ? value.split(extractor.element_separator) : [value];
    let fragment: string | undefined;
    if (extractor.element !== undefined) {
      const { key, separator = '' } = extractor.element;
      for (const element of elements) {
        const cut = separator === '' ? -1 : element.indexOf(separator);
        if ((cut < 0 ? element : element.slice(0, cut)) !== key) continue;
        fragment = cut < 0 ? '' : element.slice(cut + separator.length);
        break;
      }
    } else fragment = elements[extractor.index ?? 0];
    if (fragment === undefined) return undefined;
    fragments.push(fragment);
  }
  return fragments;
}

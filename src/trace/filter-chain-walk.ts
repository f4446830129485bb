import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import type { HttpFilter, Route, RouteConfiguration, VirtualHost, WeightedCluster_ClusterWeight } from '../model/generated/envoy-api.ts';
import { type Any, configOf, configType, type Struct } from '../model/message.ts';
import { httpGap } from './fidelity/http-gap.ts';
import { filterOverrides, isEnabled, overrideGap } from './filter-overrides.ts';
import { CONTINUES, type FilterEffect } from './http-filters/filter.ts';
import { FILTER_MODELS, FILTER_NAMES } from './http-filters/filter-models.ts';
import type { HttpRequest } from './http-request.ts';
import type { LocalReply } from './local-reply.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap, Hop } from './trace-answer.ts';

/** Where a request stands when the filters run: the levels that may override them, least specific first. */
export interface RoutedPlace {
  readonly routeConfig: RouteConfiguration | undefined;
  readonly virtualHost: VirtualHost | undefined;
  readonly route: Route | undefined;
  readonly arm: WeightedCluster_ClusterWeight | undefined;
  readonly cluster: string | null;
  /** Where the route and the arm stand. */
  readonly routePath?: DumpPath | undefined;
  readonly armPath?: DumpPath | undefined;
}

/** One way through the filters: it ends in a reply, or at the router. */
export interface FilterWay {
  readonly probability: number | null;
  readonly conditions: readonly string[];
  readonly reply: LocalReply | null;
  /** Flags that a later local reply carries as well. */
  readonly flags: readonly string[];
}

/** What filters left of a request that reaches the router. */
export interface FilterTraces {
  /** Path, host or method may be others, in a way that pc does not follow. */
  readonly changesRequest: boolean;
  /** What was set under `envoy.lb`. */
  readonly lbMetadata: Struct;
}

export interface FilterWalk extends FilterTraces {
  readonly ways: readonly FilterWay[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | undefined;
  /** False where the chain has no router: requests that reach its end hang. */
  readonly hasRouter: boolean;
}

const HTTP_FILTER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter';
const ROUTER = 'envoy.extensions.filters.http.router.v3.Router';

/**
 * The HTTP filters in their order, each with the most specific configuration that the route gives it. They run before a missing route
 * or cluster is noticed: that is the router's business, the last filter.
 * Source: source/common/http/filter_manager.cc FilterManager::decodeHeaders; conn_manager docs "HTTP filter ordering".
 */
export function walkFilters(
  index: ProxyIndex,
  at: { path: DumpPath; document: string },
  filters: readonly HttpFilter[],
  place: RoutedPlace,
  request: HttpRequest,
): FilterWalk {
  let ways: readonly FilterWay[] = [{ probability: 1, conditions: [], reply: null, flags: [] }];
  const hops: Hop[] = [];
  let gap: Gap | undefined;
  let changesRequest = false;
  let lbMetadata: Struct = {};
  let hasRouter = false;
  for (const [i, filter] of filters.entries()) {
    const path = [...at.path, i];
    gap ??= httpGap(HTTP_FILTER, filter, path);
    const found = filterConfig(index, filter, path);
    if ('gap' in found) {
      gap ??= found.gap;
      continue;
    }
    const type = configType(found.config) || FILTER_NAMES.get(filter.name ?? '') || '';
    const overrides = filterOverrides(filter.name ?? '', place);
    if (type !== ROUTER && !isEnabled(filter, overrides)) continue;
    gap ??= httpGap(type, found.config, [...path, 'typed_config']) ?? overrideGap(overrides, type);
    if (type === ROUTER) {
      hasRouter = true;
      break;
    }
    const model = FILTER_MODELS.get(type);
    const configs = overrides.flatMap((o) => (o.config === undefined ? [] : [o.config]));
    const effect: FilterEffect =
      model === undefined
        ? { ...CONTINUES, gap: { id: 'PC9001', what: `the HTTP filter "${filter.name ?? ''}" (${type || 'no type'}) is not modelled`, path: jqPath(path) } }
        : model({
            index,
            request,
            config: found.config,
            perRoute: configs.at(-1),
            perRouteAll: configs,
            path,
            name: filter.name ?? '',
            virtualHost: place.virtualHost,
            route: place.route,
            cluster: place.cluster,
          });
    gap ??= effect.gap;
    changesRequest ||= effect.changesRequest === true;
    if (effect.lbMetadata !== undefined) lbMetadata = { ...lbMetadata, ...effect.lbMetadata };
    if (effect.says !== undefined) {
      const ends = effect.alternatives.every((a) => a.reply !== null);
      hops.push({
        stage: 'filter',
        name: filter.name ?? '',
        state: ends ? 'broken' : 'info',
        rule: effect.says,
        path: jqPath(path),
        document: at.document,
        rejected: [],
      });
    }
    ways = ways.flatMap((way) => (way.reply !== null ? [way] : effect.alternatives.map((a) => join(way, a))));
    if (ways.every((way) => way.reply !== null)) return { ways, hops, gap, changesRequest, lbMetadata, hasRouter: true };
  }
  return { ways, hops, gap, changesRequest, lbMetadata, hasRouter };
}

function join(way: FilterWay, next: FilterEffect['alternatives'][number]): FilterWay {
  const conditions = [...way.conditions, ...next.conditions];
  return {
    conditions,
    probability: conditions.length > 0 || way.probability === null || next.probability === null ? null : way.probability * next.probability,
    reply: next.reply,
    flags: next.flag === undefined ? way.flags : [...way.flags, next.flag],
  };
}

/** A filter's configuration: its own, or the one that ECDS delivered under its name. */
function filterConfig(index: ProxyIndex, filter: HttpFilter, path: DumpPath): { readonly config: Any } | { readonly gap: Gap } {
  const own = configOf(filter);
  if (own !== undefined) return { config: own };
  if (filter.config_discovery === undefined) return { config: {} };
  const delivered = index.proxy.ecds.find((e) => e.name === filter.name && e.state !== 'error');
  const config = configOf(delivered?.value) ?? filter.config_discovery.default_config;
  if (config !== undefined) return { config };
  return { gap: { id: 'PC1001', what: `the filter "${filter.name ?? ''}" comes by ECDS and is not in the dump`, path: jqPath(path) } };
}

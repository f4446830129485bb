import { jqPath } from '../../dump/dump-path.ts';
import { cookieValue } from '../../match/cookies.ts';
import type { StatefulSession } from '../../model/generated/envoy-api.ts';
import { CONTINUES, type FilterEffect, type FilterQuestion } from './filter.ts';

/** Filters that choose the host or the cluster themselves, where a request gives them cause. */

/**
 * stateful_session: a request that carries its session's cookie or header goes to the host that it names, whatever the balancer says.
 * Source: source/extensions/filters/http/stateful_session/stateful_session.cc StatefulSession::decodeHeaders.
 */
export function statefulSession({ config, perRoute, request, path, name }: FilterQuestion): FilterEffect {
  const override = perRoute as { readonly disabled?: boolean; readonly stateful_session?: StatefulSession } | undefined;
  if (override?.disabled === true) return CONTINUES;
  const state = (override?.stateful_session ?? (config as unknown as StatefulSession)).session_state?.typed_config;
  const cookie = (state?.['cookie'] as { readonly name?: string } | undefined)?.name;
  const header = state?.['name'];
  const isCarried =
    (cookie !== undefined && cookieValue(request.headers, cookie) !== undefined) ||
    (typeof header === 'string' && request.headers.first(header.toLowerCase()) !== undefined);
  return isCarried ? unsaid(path, `the filter "${name}" sends the request to the host that its session names`) : CONTINUES;
}

/** on_demand: a cluster that is not there may be fetched while the request waits. Source: on_demand_update.cc OnDemandRouteUpdate. */
export function onDemand({ config, cluster, index, path, name }: FilterQuestion): FilterEffect {
  const fetches = config['odcds'] !== undefined;
  return fetches && cluster !== null && !index.clusters.has(cluster)
    ? unsaid(path, `the filter "${name}" may fetch the cluster "${cluster}" on demand`)
    : CONTINUES;
}

/** Settings that reach the choice of a host by names that only Envoy's code knows. */
export function settingHosts(names: RegExp): (question: FilterQuestion) => FilterEffect {
  return ({ config, path, name }) => (names.test(JSON.stringify(config)) ? unsaid(path, `the filter "${name}" sets what hosts are chosen by`) : CONTINUES);
}

function unsaid(path: FilterQuestion['path'], what: string): FilterEffect {
  return { ...CONTINUES, gap: { id: 'PC9002', what, path: jqPath(path) } };
}

import type { RouteMatch } from '../model/generated/envoy-api.ts';

/**
 * True where every request that the later match takes is taken by the earlier one already. Errs towards false: conditions that are not
 * plainly the same count as different. Source: RouteEntryImplBase and its heirs in source/common/router/config_impl.cc.
 */
export function coversRoute(earlier: RouteMatch, later: RouteMatch): boolean {
  return coversPath(earlier, later) && conditionsOf(earlier).every((condition) => conditionsOf(later).includes(condition));
}

/** A match that takes everything: `/` without further conditions. */
export function isCatchAll(match: RouteMatch): boolean {
  return (match.prefix === '/' || match.prefix === '') && conditionsOf(match).length === 0;
}

function coversPath(earlier: RouteMatch, later: RouteMatch): boolean {
  const isPathless = (match: RouteMatch): boolean => match.connect_matcher !== undefined || match.path_match_policy !== undefined;
  if (isPathless(earlier) || isPathless(later)) return false;
  const ignoresCase = earlier.case_sensitive === false;
  if (!ignoresCase && later.case_sensitive === false && later.safe_regex === undefined && earlier.prefix !== '/' && earlier.prefix !== '') return false;
  const fold = (text: string): string => (ignoresCase ? text.toLowerCase() : text);
  const laterStart = later.prefix ?? later.path ?? later.path_separated_prefix;
  if (earlier.prefix !== undefined) {
    if (earlier.prefix === '' || earlier.prefix === '/') return true;
    return laterStart !== undefined && fold(laterStart).startsWith(fold(earlier.prefix));
  }
  if (earlier.path_separated_prefix !== undefined) {
    const own = fold(earlier.path_separated_prefix);
    if (laterStart === undefined) return false;
    const other = fold(laterStart);
    return other.startsWith(`${own}/`) || (other === own && later.prefix === undefined);
  }
  if (earlier.path !== undefined) return later.path !== undefined && fold(later.path) === fold(earlier.path);
  const regex = earlier.safe_regex?.regex;
  return regex !== undefined && regex === later.safe_regex?.regex;
}

/** Everything that a match asks for besides the path, each as text. */
function conditionsOf(match: RouteMatch): readonly string[] {
  const { headers = [], query_parameters: query = [], cookies = [], dynamic_metadata: metadata = [], filter_state: state = [] } = match;
  const lists = { headers, query, cookies, metadata, state };
  const listed = Object.entries(lists).flatMap(([kind, items]) => items.map((item) => `${kind} ${JSON.stringify(item)}`));
  const { runtime_fraction: fraction, grpc, tls_context: tls } = match;
  return [
    ...listed,
    ...(fraction === undefined ? [] : [`fraction ${JSON.stringify(fraction)}`]),
    ...(grpc === undefined ? [] : ['grpc']),
    ...(tls === undefined ? [] : [`tls ${JSON.stringify(tls)}`]),
  ];
}

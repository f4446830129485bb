import type { RouteMatch } from '../../model/generated/envoy-api.ts';

/** istioctl's MATCH cell of a route: its path alone; '' for a kind of path match that istioctl does not know. */
export function routeMatchCell(match: RouteMatch | undefined): string {
  if (match?.path_separated_prefix !== undefined) return `PathPrefix:${match.path_separated_prefix}`;
  if (match?.prefix !== undefined) return `${match.prefix}*`;
  if (match?.path !== undefined) return match.path;
  if (match?.safe_regex !== undefined) return `regex ${match.safe_regex.regex ?? ''}`;
  return '';
}

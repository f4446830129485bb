import type { ListenerFilterChainMatchPredicate } from '../model/generated/envoy-api.ts';

/**
 * `filter_disabled` of a listener filter: destination_port_range holds its start and not its end, and sees the destination as the
 * filters before have restored it. Undefined for a predicate that pc cannot read.
 * Source: source/common/network/filter_matcher.cc ListenerFilterMatcherBuilder, ListenerFilterDstPortMatcher.
 */
export function isFilterDisabled(predicate: ListenerFilterChainMatchPredicate | undefined, localPort: number | undefined): boolean | undefined {
  if (predicate === undefined) return false;
  if (predicate.any_match === true) return true;
  if (predicate.destination_port_range !== undefined) {
    const { start = 0, end = 0 } = predicate.destination_port_range;
    return localPort === undefined ? undefined : localPort >= start && localPort < end;
  }
  if (predicate.not_match !== undefined) {
    const inner = isFilterDisabled(predicate.not_match, localPort);
    return inner === undefined ? undefined : !inner;
  }
  if (predicate.or_match !== undefined)
    return decide(
      (predicate.or_match.rules ?? []).map((rule) => isFilterDisabled(rule, localPort)),
      true,
    );
  if (predicate.and_match !== undefined)
    return decide(
      (predicate.and_match.rules ?? []).map((rule) => isFilterDisabled(rule, localPort)),
      false,
    );
  return undefined;
}

function decide(parts: readonly (boolean | undefined)[], decisive: boolean): boolean | undefined {
  if (parts.includes(decisive)) return decisive;
  return parts.includes(undefined) ? undefined : !decisive;
}

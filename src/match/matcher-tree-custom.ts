import type { DumpPath } from '../dump/dump-path.ts';
import type { IPMatcher, Matcher_OnMatch, ServerNameMatcher, TypedExtensionConfig } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import { cidrContains, parseCidr } from './cidr.ts';
import { parseIp } from './ip-address.ts';

/** A branch that an input chose, and its place. */
export interface MatcherChild {
  readonly on: Matcher_OnMatch;
  readonly at: DumpPath;
}

const IP_MATCHER = 'xds.type.matcher.v3.IPMatcher';
const DOMAIN_MATCHER = 'xds.type.matcher.v3.ServerNameMatcher';

/**
 * The branches that a custom matcher of a matcher tree chooses for a value, in the order in which Envoy tries them; `unavailable` for a
 * matcher that pc does not model.
 */
export function customChildren(
  custom: TypedExtensionConfig | undefined,
  value: string,
  path: DumpPath,
): readonly MatcherChild[] | { readonly unavailable: string } {
  const type = anyType(custom?.typed_config);
  if (type === IP_MATCHER) return ipChildren(custom?.typed_config as IPMatcher, value, path);
  if (type === DOMAIN_MATCHER) return domainChildren(custom?.typed_config as ServerNameMatcher, value, path);
  return { unavailable: `the matcher ${type || (custom?.name ?? 'without a type')}` };
}

/**
 * Ranges that hold the address, longest prefix first, then in their order; one marked exclusive only counts where it is the longest.
 * Source: source/extensions/common/matcher/ip_range_matcher.h IpRangeMatcher::match (trie_matcher.h before).
 */
function ipChildren(matcher: IPMatcher, value: string, path: DumpPath): readonly MatcherChild[] {
  const address = parseIp(value);
  if (address === undefined) return [];
  const hits = (matcher.range_matchers ?? []).flatMap((entry, i) =>
    (entry.ranges ?? []).flatMap((range) => {
      const cidr = parseCidr(range);
      return cidr !== undefined && cidrContains(cidr, address) ? [{ entry, i, length: cidr.length }] : [];
    }),
  );
  hits.sort((a, b) => b.length - a.length || a.i - b.i);
  return hits
    .filter(({ entry }, position) => position === 0 || entry.exclusive !== true)
    .map(({ entry, i }) => ({ on: (entry.on_match ?? {}) as Matcher_OnMatch, at: [...path, 'range_matchers', i, 'on_match'] }));
}

/**
 * The exact domain, then `*.suffix` by longest suffix (any number of labels, at least one), then `*`. Letters keep their case.
 * Source: source/extensions/common/matcher/domain_matcher.h DomainTrieMatcher::match.
 */
function domainChildren(matcher: ServerNameMatcher, value: string, path: DumpPath): readonly MatcherChild[] {
  if (value === '') return [];
  const candidates = [value];
  for (let dot = value.indexOf('.'); dot >= 0; dot = value.indexOf('.', dot + 1)) candidates.push(`*${value.slice(dot)}`);
  candidates.push('*');
  const entries = matcher.domain_matchers ?? [];
  return candidates.flatMap((candidate) => {
    const i = entries.findIndex(({ domains }) => domains?.includes(candidate));
    return i < 0 ? [] : [{ on: (entries[i]?.on_match ?? {}) as Matcher_OnMatch, at: [...path, 'domain_matchers', i, 'on_match'] }];
  });
}

import type { HeaderMatcher, QueryParameterMatcher, StringMatcher } from '../model/generated/envoy-api.ts';

/**
 * A matcher of text after the name of what it looks at, in the signs of CSS and regular expressions: `=` exact, `^=` prefix,
 * `$=` suffix, `*=` contains, `~=` regular expression.
 */
export function stringMatchText(match: StringMatcher | undefined): string {
  const fold = match?.ignore_case ? ' (any case)' : '';
  if (match?.exact !== undefined) return `=${match.exact}${fold}`;
  if (match?.prefix !== undefined) return `^=${match.prefix}${fold}`;
  if (match?.suffix !== undefined) return `$=${match.suffix}${fold}`;
  if (match?.contains !== undefined) return `*=${match.contains}${fold}`;
  if (match?.safe_regex !== undefined) return `~=${match.safe_regex.regex ?? ''}`;
  return match?.custom === undefined ? '' : ` by ${match.custom.name ?? 'a custom matcher'}`;
}

/** One header matcher: `x-user^=jason`, `x-debug present`, `not x-debug present`, `x-shard in [1,5)`. */
export function headerMatchText(matcher: HeaderMatcher): string {
  const text = `${matcher.name ?? ''}${headerCondition(matcher)}`;
  const loose = matcher.treat_missing_header_as_empty ? ' (missing is empty)' : '';
  return `${matcher.invert_match ? 'not ' : ''}${text}${loose}`;
}

function headerCondition(matcher: HeaderMatcher): string {
  if (matcher.string_match) return stringMatchText(matcher.string_match);
  if (matcher.exact_match !== undefined) return `=${matcher.exact_match}`;
  if (matcher.prefix_match !== undefined) return `^=${matcher.prefix_match}`;
  if (matcher.suffix_match !== undefined) return `$=${matcher.suffix_match}`;
  if (matcher.contains_match !== undefined) return `*=${matcher.contains_match}`;
  const regex = matcher.safe_regex_match?.regex ?? (matcher as { readonly regex_match?: string }).regex_match;
  if (regex !== undefined) return `~=${regex}`;
  if (matcher.range_match) return ` in [${matcher.range_match.start ?? '0'},${matcher.range_match.end ?? '0'})`;
  return matcher.present_match === false ? ' absent' : ' present';
}

/** One query parameter matcher, in the same signs. */
export function queryMatchText(matcher: QueryParameterMatcher): string {
  const old = matcher as { readonly value?: string; readonly regex?: boolean };
  if (matcher.string_match) return `${matcher.name ?? ''}${stringMatchText(matcher.string_match)}`;
  if (old.value !== undefined) return `${matcher.name ?? ''}${old.regex ? '~=' : '='}${old.value}`;
  return `${matcher.name ?? ''} ${matcher.present_match === false ? 'absent' : 'present'}`;
}

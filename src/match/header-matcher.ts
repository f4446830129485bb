import { describeValue } from '../dump/credentials.ts';
import type { HeaderMatcher } from '../model/generated/envoy-api.ts';
import type { RequestHeaders } from './request-headers.ts';
import { type CompiledString, compileRegexMatcher, compileString } from './string-matcher.ts';

/** A compiled HeaderMatcher. */
export interface CompiledHeader {
  readonly matches: (headers: RequestHeaders) => boolean;
  /** The header whose value decides, where Envoy made that value up and no dump shows it; then `matches` must not be asked. */
  readonly unknownIn: (headers: RequestHeaders) => string | undefined;
  /** `header x-user = "jason"`. */
  readonly describe: string;
  readonly unsupported?: string;
}

/**
 * envoy.config.route.v3.HeaderMatcher. A header sent several times matches when any of its values does; invert_match negates that
 * answer, but an absent header matches neither way, unless the matcher asks for presence or treats it as empty.
 * Source: source/common/http/header_utility.cc HeaderUtility::HeaderData and its matchers (values one by one since
 * `match_headers_individually`).
 */
export function compileHeader(matcher: HeaderMatcher, joinValues = false): CompiledHeader {
  const name = headerName(matcher.name ?? '');
  const invert = matcher.invert_match === true;
  const emptyWhenAbsent = matcher.treat_missing_header_as_empty === true;
  const test = valueTest(matcher);
  if (test === undefined) {
    const wanted = matcher.present_match ?? true;
    return {
      matches: (headers) => ((emptyWhenAbsent || headers.first(name) !== undefined) === wanted) !== invert,
      unknownIn: () => undefined,
      describe: `header ${name} ${wanted !== invert ? 'present' : 'absent'}`,
    };
  }
  return {
    matches: (headers) => {
      let values = headers.all(name);
      if (values.length === 0) {
        if (!emptyWhenAbsent) return false;
        values = [''];
      }
      if (joinValues) return test.matches(values.join(',')) !== invert;
      return values.some(test.matches) !== invert;
    },
    unknownIn: (headers) => (headers.unknown.has(name) ? name : undefined),
    describe: `header ${name} ${invert ? 'not ' : ''}${describeValue(name, test.describe)}`,
    ...(test.unsupported === undefined ? {} : { unsupported: test.unsupported }),
  };
}

/** `Host` and `:authority` are one header; names are case-insensitive. */
function headerName(name: string): string {
  const lower = name.toLowerCase();
  return lower === 'host' ? ':authority' : lower;
}

/** What a value must be; undefined where presence alone is asked. */
function valueTest(matcher: HeaderMatcher): CompiledString | undefined {
  if (matcher.string_match !== undefined) return compileString(matcher.string_match);
  if (matcher.exact_match !== undefined) return compileString({ exact: matcher.exact_match });
  if (matcher.prefix_match !== undefined) return compileString({ prefix: matcher.prefix_match });
  if (matcher.suffix_match !== undefined) return compileString({ suffix: matcher.suffix_match });
  if (matcher.contains_match !== undefined) return compileString({ contains: matcher.contains_match });
  if (matcher.safe_regex_match !== undefined) return compileRegexMatcher(matcher.safe_regex_match.regex ?? '');
  const legacyRegex = (matcher as { readonly regex_match?: string }).regex_match;
  if (legacyRegex !== undefined) return compileRegexMatcher(legacyRegex);
  if (matcher.range_match !== undefined) {
    const start = BigInt(matcher.range_match.start ?? '0');
    const end = BigInt(matcher.range_match.end ?? '0');
    return {
      matches: (text) => {
        const value = parseInt64(text);
        return value !== undefined && value >= start && value < end;
      },
      describe: `in [${start}, ${end})`,
    };
  }
  return undefined;
}

/** absl::SimpleAtoi: optional sign, decimal digits, blanks around them; undefined for anything else and on overflow. */
export function parseInt64(text: string): bigint | undefined {
  const digits = /^[\t\n\v\f\r ]*([+-]?\d+)[\t\n\v\f\r ]*$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  const value = BigInt(digits.startsWith('+') ? digits.slice(1) : digits);
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
}

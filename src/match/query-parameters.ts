import { describeValue } from '../dump/credentials.ts';
import type { QueryParameterMatcher } from '../model/generated/envoy-api.ts';
import { type CompiledString, compileRegexMatcher, compileString } from './string-matcher.ts';

/** Query parameters by name; of a repeated one the first counts. Nothing is percent-decoded. */
export type QueryParameters = ReadonlyMap<string, string>;

/**
 * The parameters of a path: what follows the first `?`, split at `&`; a part without `=` has the value "".
 * Source: source/common/http/utility.cc QueryParamsMulti::parseQueryString (without decoding, as the router uses it).
 */
export function parseQuery(path: string): QueryParameters {
  const parameters = new Map<string, string>();
  const start = path.indexOf('?');
  if (start < 0) return parameters;
  for (const part of path.slice(start + 1).split('&')) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (!parameters.has(name)) parameters.set(name, equals < 0 ? '' : part.slice(equals + 1));
  }
  return parameters;
}

export interface CompiledQueryParameter {
  readonly matches: (parameters: QueryParameters) => boolean;
  readonly describe: string;
  readonly unsupported?: string;
}

/**
 * envoy.config.route.v3.QueryParameterMatcher: an absent parameter fails everything but `present_match: false`.
 * Source: source/common/router/config_utility.cc ConfigUtility::QueryParameterMatcher.
 */
export function compileQueryParameter(matcher: QueryParameterMatcher): CompiledQueryParameter {
  const name = matcher.name ?? '';
  const test = valueTest(matcher);
  if (test === undefined) {
    const wanted = matcher.present_match ?? true;
    return { matches: (parameters) => parameters.has(name) === wanted, describe: `query parameter ${name} ${wanted ? 'present' : 'absent'}` };
  }
  return {
    matches: (parameters) => {
      const value = parameters.get(name);
      return value !== undefined && test.matches(value);
    },
    describe: `query parameter ${name} ${describeValue(name, test.describe)}`,
    ...(test.unsupported === undefined ? {} : { unsupported: test.unsupported }),
  };
}

function valueTest(matcher: QueryParameterMatcher): CompiledString | undefined {
  if (matcher.string_match !== undefined) return compileString(matcher.string_match);
  const legacy = matcher as { readonly value?: string; readonly regex?: boolean };
  if (legacy.value === undefined || legacy.value === '') return undefined;
  return legacy.regex === true ? compileRegexMatcher(legacy.value) : compileString({ exact: legacy.value });
}

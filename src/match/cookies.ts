import type { CookieMatcher } from '../model/generated/envoy-api.ts';
import type { RequestHeaders } from './request-headers.ts';
import { compileString } from './string-matcher.ts';

/**
 * The value of a cookie: the first of that name over all `cookie` lines; surrounding double quotes are dropped, blanks behind it are not; a part without `=` is
 * no cookie. Source: source/common/http/utility.cc Utility::parseCookieValue, forEachCookie.
 */
export function cookieValue(headers: RequestHeaders, name: string): string | undefined {
  for (const line of headers.all('cookie')) {
    for (const part of line.split(';')) {
      const trimmed = part.trimStart();
      const equals = trimmed.indexOf('=');
      if (equals < 0 || trimmed.slice(0, equals) !== name) continue;
      const value = trimmed.slice(equals + 1);
      return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    }
  }
  return undefined;
}

export interface CompiledCookie {
  readonly matches: (headers: RequestHeaders) => boolean;
  readonly describe: string;
  readonly unsupported?: string;
}

/** envoy.config.route.v3.CookieMatcher: an absent cookie matches only inverted. Source: config_utility.cc ConfigUtility::CookieMatcher. */
export function compileCookie(matcher: CookieMatcher): CompiledCookie {
  const name = matcher.name ?? '';
  const invert = matcher.invert_match === true;
  const test = compileString(matcher.string_match ?? {});
  return {
    matches: (headers) => {
      const value = cookieValue(headers, name);
      return (value !== undefined && test.matches(value)) !== invert;
    },
    describe: `cookie ${name} ${invert ? 'not ' : ''}${test.describe}`,
    ...(test.unsupported === undefined ? {} : { unsupported: test.unsupported }),
  };
}

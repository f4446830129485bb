import { compileHeader } from '../match/header-matcher.ts';
import { regexSourceOf } from '../match/path-matcher.ts';
import type { TraceRequest } from '../match/request.ts';
import { requestHeaders } from '../match/request-headers.ts';
import type { HeaderMatcher, QueryParameterMatcher, RouteMatch } from '../model/generated/envoy-api.ts';
import { exampleOfRegex, exampleOfString } from './example-text.ts';

/** A request that a route's match takes, or why none was found. */
export type ExampleRequest =
  | {
      readonly kind: 'request';
      readonly request: Pick<TraceRequest, 'method' | 'path' | 'headers' | 'metadata'>;
      readonly authority: string | undefined;
      readonly needsCertificate: boolean;
    }
  | { readonly kind: 'none'; readonly why: string };

/** Makes a request that satisfies a route's match, as plain as it may be: the prefix itself, the wanted headers and nothing else. */
export function exampleRequest(match: RouteMatch): ExampleRequest {
  const path = examplePath(match);
  if (path === undefined)
    return none(
      `no path was found that ${regexSourceOf(match) === undefined ? 'its path condition' : `the regular expression ${regexSourceOf(match)}`} matches`,
    );
  const headers: [string, string][] = match.grpc === undefined ? [] : [['content-type', 'application/grpc']];
  let method = match.connect_matcher === undefined ? undefined : 'CONNECT';
  let authority: string | undefined;
  for (const matcher of match.headers ?? []) {
    const name = (matcher.name ?? '').toLowerCase();
    const value = headerValue(matcher);
    if (value === undefined) return none(`no value was found for the header ${name}`);
    if (value === null) continue;
    if (name === ':method') method = value;
    else if (name === ':authority' || name === 'host') authority = value;
    else if (!name.startsWith(':')) headers.push([name, value]);
  }
  const query: string[] = [];
  for (const parameter of match.query_parameters ?? []) {
    const value = parameterValue(parameter);
    if (value === undefined) return none(`no value was found for the query parameter ${parameter.name ?? ''}`);
    if (value !== null) query.push(`${parameter.name ?? ''}=${value}`);
  }
  const cookies: string[] = [];
  for (const cookie of match.cookies ?? []) {
    const value = cookie.invert_match ? null : exampleOfString(cookie.string_match ?? {});
    if (value === undefined) return none(`no value was found for the cookie ${cookie.name ?? ''}`);
    if (value !== null) cookies.push(`${cookie.name ?? ''}=${value}`);
  }
  if (cookies.length > 0) headers.push(['cookie', cookies.join('; ')]);
  if (match.dynamic_metadata?.length || match.filter_state?.length) return none('its match asks for dynamic metadata or filter state');
  const request = {
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    ...(method === undefined ? {} : { method }),
    ...(headers.length === 0 ? {} : { headers }),
  };
  return { kind: 'request', request, authority, needsCertificate: match.tls_context?.presented === true || match.tls_context?.validated === true };
}

function none(why: string): ExampleRequest {
  return { kind: 'none', why };
}

function examplePath(match: RouteMatch): string | undefined {
  const own = match.prefix ?? match.path ?? match.path_separated_prefix;
  // A prefix need not begin with a slash; a path does.
  if (own !== undefined) return own.startsWith('/') ? own : own === '' ? '/' : undefined;
  if (match.connect_matcher !== undefined) return '/';
  const regex = regexSourceOf(match);
  if (regex !== undefined) return exampleOfRegex(regex, (path) => path.startsWith('/'));
  const template = match.path_match_policy?.typed_config?.['path_template'];
  return typeof template === 'string' ? template.replace(/\{[^}]*\}|\*\*?/g, 'x') : undefined;
}

/** A value that makes the matcher hold; null where the header is better left out; undefined where none was found. */
function headerValue(matcher: HeaderMatcher): string | null | undefined {
  const { string_match: own, range_match: range } = matcher;
  const positive =
    own !== undefined
      ? exampleOfString(own)
      : (matcher.exact_match ??
        matcher.prefix_match ??
        matcher.suffix_match ??
        matcher.contains_match ??
        (matcher.safe_regex_match === undefined ? undefined : exampleOfRegex(matcher.safe_regex_match.regex ?? '')) ??
        (range === undefined ? undefined : String(range.start ?? '0')));
  const holds = (value: string | null): boolean => compileHeader(matcher).matches(requestHeaders(value === null ? [] : [[matcher.name ?? '', value]]));
  return [null, positive, 'x', 'GET', ''].find((value): value is string | null => value !== undefined && holds(value));
}

function parameterValue({ string_match: match, present_match: present }: QueryParameterMatcher): string | null | undefined {
  if (match !== undefined) return exampleOfString(match);
  return present === false ? null : 'x';
}

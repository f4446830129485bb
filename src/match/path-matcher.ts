import type { RouteMatch } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import { asciiLower, compileRegexMatcher } from './string-matcher.ts';
import { compileUriTemplate } from './uri-template.ts';

/** A compiled path specifier. In: the path without its query. */
export interface CompiledPath {
  readonly kind: 'prefix' | 'path' | 'path_separated_prefix' | 'safe_regex' | 'path_match_policy' | 'connect_matcher' | 'none';
  readonly value: string;
  readonly matches: (path: string) => boolean;
  readonly unsupported?: string;
}

const URI_TEMPLATE = 'envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig';

/**
 * The path specifier of a route. All of them see the path without its query; case_sensitive folds all but regexes and templates;
 * a CONNECT request matches connect_matcher alone, which no other request matches.
 * Source: source/common/router/config_impl.cc, the RouteEntryImplBase subclasses (PrefixRouteEntryImpl, PathRouteEntryImpl, …).
 */
export function compilePath(match: RouteMatch): CompiledPath {
  const fold = match.case_sensitive === false;
  const norm = (text: string): string => (fold ? asciiLower(text) : text);
  if (match.prefix !== undefined) {
    const prefix = norm(match.prefix);
    return { kind: 'prefix', value: match.prefix, matches: (path) => norm(path).startsWith(prefix) };
  }
  if (match.path !== undefined) {
    const exact = norm(match.path);
    return { kind: 'path', value: match.path, matches: (path) => norm(path) === exact };
  }
  if (match.path_separated_prefix !== undefined) {
    const prefix = norm(match.path_separated_prefix);
    return {
      kind: 'path_separated_prefix',
      value: match.path_separated_prefix,
      matches: (path) => {
        const folded = norm(path);
        return folded.startsWith(prefix) && (folded.length === prefix.length || folded[prefix.length] === '/');
      },
    };
  }
  const regex = regexSourceOf(match);
  if (regex !== undefined) return { kind: 'safe_regex', value: regex, ...compileRegexMatcher(regex) };
  if (match.connect_matcher !== undefined) return { kind: 'connect_matcher', value: 'CONNECT', matches: () => false };
  if (match.path_match_policy !== undefined) return compilePolicy(match);
  return { kind: 'none', value: '', matches: () => false, unsupported: 'a path specifier of an unknown kind' };
}

/** The regex of a match: today's safe_regex, or the plain text of API v2. */
export function regexSourceOf(match: RouteMatch): string | undefined {
  return match.safe_regex === undefined ? match.regex : (match.safe_regex.regex ?? '');
}

function compilePolicy(match: RouteMatch): CompiledPath {
  const config = match.path_match_policy?.typed_config;
  const text = anyType(config) === URI_TEMPLATE ? String(config?.['path_template'] ?? '') : undefined;
  const template = text === undefined ? undefined : compileUriTemplate(text);
  if (template === undefined) {
    return { kind: 'path_match_policy', value: text ?? '', matches: () => false, unsupported: `path_match_policy ${text ?? anyType(config)}` };
  }
  return { kind: 'path_match_policy', value: text ?? '', matches: (path) => template.match(path) !== undefined };
}

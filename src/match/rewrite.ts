import type { RedirectAction, RegexMatchAndSubstitute, RouteAction, RouteMatch } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import { compilePath } from './path-matcher.ts';
import { compileRegex } from './regex.ts';
import type { RequestHeaders } from './request-headers.ts';
import { asciiLower } from './string-matcher.ts';
import { compileUriTemplate, rewriteByTemplate } from './uri-template.ts';

type PathRewrite =
  | Pick<RouteAction, 'prefix_rewrite' | 'regex_rewrite' | 'path_rewrite_policy' | 'path_rewrite'>
  | Pick<RedirectAction, 'prefix_rewrite' | 'regex_rewrite'>;

/**
 * The path that a route sends on, with its query. prefix_rewrite replaces, as text, what the matcher matched: the prefix, or the whole
 * path for exact and regex matches; regex_rewrite replaces all matches in the path and never touches the query.
 * Undefined where the rewrite is one that pc does not model. Source: config_impl.cc RouteEntryImplBase::finalizePathHeader.
 */
export function rewritePath(action: PathRewrite, match: RouteMatch, path: string): string | undefined {
  const cut = path.indexOf('?');
  const pure = cut < 0 ? path : path.slice(0, cut);
  const query = cut < 0 ? '' : path.slice(cut);
  if (action.prefix_rewrite) {
    const { kind, value } = compilePath(match);
    if (kind !== 'prefix' && kind !== 'path_separated_prefix') return action.prefix_rewrite + path.slice(pure.length);
    // Path parameters that matching ignored may keep the path from starting with the prefix: then it stays.
    return asciiLower(path).startsWith(asciiLower(value)) ? action.prefix_rewrite + path.slice(value.length) : path;
  }
  if (action.regex_rewrite !== undefined) {
    const rewritten = substitute(action.regex_rewrite, pure);
    // A path that would be empty is left as it was, query or not.
    return rewritten === undefined ? undefined : rewritten === '' ? path : rewritten + query;
  }
  if ('path_rewrite_policy' in action && action.path_rewrite_policy !== undefined) return rewriteByPolicy(action, match, pure, query);
  if ('path_rewrite' in action && action.path_rewrite) return action.path_rewrite.includes('%') ? undefined : action.path_rewrite + query;
  return path;
}

/** RegexMatchAndSubstitute on a text; undefined where the regex cannot be compiled. */
export function substitute(rewrite: RegexMatchAndSubstitute, text: string): string | undefined {
  return compileRegex(rewrite.pattern?.regex ?? '')?.replaceAll(text, rewrite.substitution ?? '');
}

function rewriteByPolicy(action: Pick<RouteAction, 'path_rewrite_policy'>, match: RouteMatch, pure: string, query: string): string | undefined {
  const config = action.path_rewrite_policy?.typed_config;
  if (anyType(config) !== 'envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig') return undefined;
  const template = compileUriTemplate(String(match.path_match_policy?.typed_config?.['path_template'] ?? ''));
  const variables = template?.match(pure);
  const rewritten = variables && rewriteByTemplate(String(config?.['path_template_rewrite'] ?? ''), variables);
  return rewritten === undefined ? undefined : rewritten + query;
}

/**
 * The Host that a route sends on; undefined where the upstream host decides (auto_host_rewrite) or pc does not model it.
 * Source: config_impl.cc RouteEntryImplBase::finalizeHostHeader.
 */
export function rewriteHost(action: RouteAction, armLiteral: string | undefined, headers: RequestHeaders, host: string, pathOnly: string): string | undefined {
  if (armLiteral) return armLiteral;
  if (action.host_rewrite_literal) return action.host_rewrite_literal;
  if (action.host_rewrite_header) return headers.first(action.host_rewrite_header.toLowerCase()) || host;
  if (action.host_rewrite_path_regex !== undefined) return substitute(action.host_rewrite_path_regex, pathOnly);
  if (action.host_rewrite) return action.host_rewrite.includes('%') ? undefined : action.host_rewrite;
  return action.auto_host_rewrite === true ? undefined : host;
}

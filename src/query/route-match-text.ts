import type { FractionalPercent, HeaderMatcher, RouteMatch, UriTemplateMatchConfig } from '../model/generated/envoy-api.ts';
import { headerMatchText, queryMatchText, stringMatchText } from './string-match-text.ts';

/** The path condition of a route, in istioctl's words, and in ours where it has none. */
export function routePathText(match: RouteMatch | undefined): string {
  const path = pathText(match);
  return match?.case_sensitive === false ? `${path} (any case)` : path;
}

function pathText(match: RouteMatch | undefined): string {
  if (match?.path_separated_prefix !== undefined) return `PathPrefix:${match.path_separated_prefix}`;
  if (match?.prefix !== undefined) return `${match.prefix}*`;
  if (match?.path !== undefined) return match.path;
  const regex = match?.safe_regex?.regex ?? (match as { readonly regex?: string } | undefined)?.regex;
  if (regex !== undefined) return `regex ${regex}`;
  if (match?.connect_matcher !== undefined) return 'CONNECT';
  if (match?.path_match_policy !== undefined) {
    const template = (match.path_match_policy.typed_config as UriTemplateMatchConfig | undefined)?.path_template;
    return template === undefined ? `path by ${match.path_match_policy.name ?? 'an extension'}` : `template ${template}`;
  }
  return 'no path condition';
}

/** The configured text of the path condition itself, without signs; '' where it is none of text. */
export function routePathValue(match: RouteMatch | undefined): string {
  return (
    match?.prefix ?? match?.path ?? match?.path_separated_prefix ?? match?.safe_regex?.regex ?? (match as { readonly regex?: string } | undefined)?.regex ?? ''
  );
}

/** The methods that a route's `:method` matchers ask for: `GET`; several joined; '' where there is no such matcher. */
export function methodText(match: RouteMatch | undefined): string {
  return (match?.headers ?? [])
    .filter((header) => header.name === ':method')
    .map((header) =>
      headerMatchText(header)
        .replace(/^(not )?:method=/, '$1')
        .replace(/^(not )?:method/, '$1'),
    )
    .join(' and ');
}

/** Each header matcher but `:method`. */
export function headerTexts(match: RouteMatch | undefined): string[] {
  return (match?.headers ?? []).filter((header: HeaderMatcher) => header.name !== ':method').map(headerMatchText);
}

export function queryTexts(match: RouteMatch | undefined): string[] {
  return (match?.query_parameters ?? []).map(queryMatchText);
}

/** The conditions that are neither path, method, header nor query. */
export function otherConditionTexts(match: RouteMatch | undefined): string[] {
  const texts = (match?.cookies ?? []).map((c) => `${c.invert_match ? 'not ' : ''}cookie ${c.name ?? ''}${stringMatchText(c.string_match)}`);
  if (match?.grpc) texts.push('gRPC');
  if (match?.runtime_fraction) {
    const { default_value, runtime_key } = match.runtime_fraction;
    texts.push(`${fractionText(default_value)} of requests${runtime_key ? ` (runtime ${runtime_key})` : ''}`);
  }
  if (match?.tls_context?.presented !== undefined) texts.push(`client certificate ${match.tls_context.presented ? 'presented' : 'not presented'}`);
  if (match?.tls_context?.validated !== undefined) texts.push(`client certificate ${match.tls_context.validated ? 'validated' : 'not validated'}`);
  for (const metadata of match?.dynamic_metadata ?? []) {
    texts.push(`${metadata.invert ? 'not ' : ''}metadata ${[metadata.filter ?? '', ...(metadata.path ?? []).map((step) => step.key ?? '')].join('.')}`);
  }
  for (const state of match?.filter_state ?? []) texts.push(`filter state ${state.key ?? ''}${stringMatchText(state.string_match)}`);
  return texts;
}

/**
 * The MATCH cell: the path as istioctl shows it, and what else must hold in brackets, by kind, so that two rows of one path do not look
 * the same: `/items* (+method, headers)`. In: the text of the path too, where it is at hand.
 */
export function routeMatchText(match: RouteMatch | undefined, path = routePathText(match)): string {
  const more: string[] = [];
  if (match?.headers !== undefined && methodText(match) !== '') more.push('method');
  if (match?.headers?.some(({ name }) => name !== ':method')) more.push('headers');
  if (match?.query_parameters?.length) more.push('query');
  if (otherConditionTexts(match).length > 0) more.push('more');
  return more.length === 0 ? path : sameText(`${path} (+${more.join(', ')})`);
}

/** Routes of all hosts have the same few conditions. */
const known = new Map<string, string>();
const MAX_KNOWN = 256;

function sameText(text: string): string {
  const same = known.get(text);
  if (same === undefined && known.size < MAX_KNOWN) known.set(text, text);
  return same ?? text;
}

/** `12.5%`. */
export function fractionText(fraction: FractionalPercent | undefined): string {
  const parts = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 } as const;
  const whole = parts[(fraction?.denominator ?? 'HUNDRED') as keyof typeof parts] ?? 100;
  return `${Math.round(((fraction?.numerator ?? 0) / whole) * 1e8) / 1e6}%`;
}

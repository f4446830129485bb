import type { ConfigRoute_RetryPolicy, RegexMatchAndSubstitute, RouteAction, UriTemplateRewriteConfig, VirtualHost } from '../model/generated/envoy-api.ts';
import { fractionText } from './route-match-text.ts';

/** `15s (default)`, `none`, or what is set. Source: RouteAction.timeout. */
export function timeoutText(action: RouteAction | undefined): string {
  if (action === undefined) return '';
  if (action.timeout === undefined) return '15s (default)';
  return /^0(?:\.0+)?s$/.test(action.timeout) ? 'none' : action.timeout;
}

/** `2 on 5xx,reset`: the route's own policy, else its virtual host's; '' where there is none. */
export function retriesText(action: RouteAction | undefined, host: VirtualHost): string {
  if (action === undefined) return '';
  const policy: ConfigRoute_RetryPolicy | undefined = action.retry_policy ?? host.retry_policy;
  if (policy === undefined) return '';
  const each = policy.per_try_timeout === undefined ? '' : `, ${policy.per_try_timeout} each`;
  return `${policy.num_retries ?? 1} on ${policy.retry_on || 'nothing'}${each}`;
}

/** What happens to path and host on the way: `path prefix -> /v2; host -> x.internal`. */
export function rewriteText(action: RouteAction | undefined): string {
  const texts: string[] = [];
  const regex = (what: string, rewrite: RegexMatchAndSubstitute): void => {
    texts.push(`${what} ${rewrite.pattern?.regex ?? ''} -> ${rewrite.substitution ?? ''}`);
  };
  if (action?.prefix_rewrite) texts.push(`path prefix -> ${action.prefix_rewrite}`);
  if (action?.regex_rewrite) regex('path', action.regex_rewrite);
  if (action?.path_rewrite) texts.push(`path -> ${action.path_rewrite}`);
  if (action?.path_rewrite_policy) {
    const template = (action.path_rewrite_policy.typed_config as UriTemplateRewriteConfig | undefined)?.path_template_rewrite;
    texts.push(`path -> ${template ?? `by ${action.path_rewrite_policy.name ?? 'an extension'}`}`);
  }
  const literal = action?.host_rewrite_literal ?? action?.host_rewrite;
  if (literal) texts.push(`host -> ${literal}`);
  if (action?.auto_host_rewrite) texts.push("host -> the endpoint's name");
  if (action?.host_rewrite_header) texts.push(`host -> header ${action.host_rewrite_header}`);
  if (action?.host_rewrite_path_regex) regex('host from path', action.host_rewrite_path_regex);
  return texts.join('; ');
}

/** The clusters that get a copy of the request. */
export function mirrorText(action: RouteAction | undefined): string {
  return (action?.request_mirror_policies ?? [])
    .map((policy) => {
      const share = policy.runtime_fraction?.default_value === undefined ? '' : ` (${fractionText(policy.runtime_fraction.default_value)})`;
      return `${policy.cluster ?? `header ${policy.cluster_header ?? ''}`}${share}`;
    })
    .join(', ');
}

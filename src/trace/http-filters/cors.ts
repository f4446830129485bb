import { runtimeFraction } from '../../match/runtime-fraction.ts';
import { compileString } from '../../match/string-matcher.ts';
import type { CorsPolicy } from '../../model/generated/envoy-api.ts';
import { answered, CONTINUES, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

/**
 * The CORS filter answers a preflight (OPTIONS with Origin and Access-Control-Request-Method) of an allowed origin by itself, with 200,
 * whether or not the cluster exists; it needs a route with a policy, of which the most specific counts.
 * Source: source/extensions/filters/http/cors/cors_filter.cc CorsFilter::decodeHeaders.
 */
export function cors(question: FilterQuestion): FilterEffect {
  const { request, perRoute, route, virtualHost } = question;
  if (route?.route === undefined) return CONTINUES;
  const policy = (perRoute as unknown as CorsPolicy | undefined) ?? route.route.cors ?? virtualHost?.cors;
  const origin = request.headers.first('origin');
  if (policy === undefined || !origin || !isEnabled(policy, question)) return CONTINUES;
  const asksMethod = Boolean(request.headers.first('access-control-request-method'));
  if (request.method !== 'OPTIONS' || !asksMethod) return CONTINUES;
  const isAllowed = (policy.allow_origin_string_match ?? []).some((matcher) => matcher.exact === '*' || compileString(matcher).matches(origin));
  if (!isAllowed && policy.forward_not_matching_preflights !== false) return CONTINUES;
  return replies(answered(200, 'cors_response', null, { isPlain: true }), `cors: answers the preflight of ${origin}`);
}

/** filter_enabled is all requests by default. */
function isEnabled(policy: CorsPolicy, { index }: FilterQuestion): boolean {
  const legacy = (policy as { readonly enabled?: boolean }).enabled;
  if (policy.filter_enabled === undefined) return legacy !== false;
  const { numerator } = runtimeFraction(policy.filter_enabled, index.runtime.get);
  return numerator > 0;
}

import { jqPath } from '../../dump/dump-path.ts';
import { runtimeFraction } from '../../match/runtime-fraction.ts';
import { errorStatus, statusNumber } from '../../match/status-code.ts';
import type {
  ExtAuthz,
  ExtAuthzPerRoute,
  HttpLocalRatelimit_LocalRateLimit as LocalRateLimit,
  Lua,
  LuaPerRoute,
  HttpRatelimit_RateLimit as RateLimit,
} from '../../model/generated/envoy-api.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

/**
 * ext_authz asks a service, but only where the request has a route; what it denies with is the service's choice.
 * Source: source/extensions/filters/http/ext_authz/ext_authz.cc Filter::decodeHeaders, onComplete.
 */
export function extAuthz(question: FilterQuestion): FilterEffect {
  const config = question.config as unknown as ExtAuthz;
  const perRoute = question.perRoute as unknown as ExtAuthzPerRoute | undefined;
  if (question.route === undefined || perRoute?.disabled === true) return CONTINUES;
  const enabled = config.filter_enabled === undefined ? undefined : runtimeFraction(config.filter_enabled, question.index.runtime.get);
  if (enabled?.numerator === 0 || config.shadow_mode === true) return CONTINUES;
  const onError =
    config.failure_mode_allow === true ? null : answered(statusNumber(config.status_on_error) ?? 403, 'ext_authz_error', 'UAEX', { break: 'PC7005' });
  const effect = depends(
    'ext_authz: an outside service decides',
    { condition: 'ext_authz allows', reply: null },
    { condition: 'ext_authz denies (with 403 unless it names another status)', reply: answered(403, 'ext_authz_denied', 'UAEX', { break: 'PC7005' }) },
    { condition: 'ext_authz cannot be reached or fails', reply: onError },
  );
  return { ...effect, gap: { id: 'PC9003', what: 'ext_authz: the service decides whether and with which status it denies', path: jqPath(question.path) } };
}

/**
 * The global rate limit asks a service where the route or its virtual host has rate_limits.
 * Source: source/extensions/filters/http/ratelimit/ratelimit.cc Filter::initiateCall, complete.
 */
export function rateLimit({ config, route, virtualHost, perRoute }: FilterQuestion): FilterEffect {
  const settings = config as unknown as RateLimit;
  const limits = [...(route?.route?.rate_limits ?? []), ...(virtualHost?.rate_limits ?? [])];
  const perRouteLimits = (perRoute as { readonly rate_limits?: readonly unknown[] } | undefined)?.rate_limits ?? [];
  if (route?.route === undefined || limits.length + perRouteLimits.length + (settings.rate_limits?.length ?? 0) === 0) return CONTINUES;
  const status = errorStatus(settings.rate_limited_status, 429);
  return depends(
    'rate limit: an outside service counts',
    { condition: 'the rate limit service lets it pass', reply: null },
    {
      condition: 'the rate limit is reached',
      reply: answered(status, 'request_rate_limited', 'RL', {
        break: 'PC7006',
        ...(settings.rate_limited_as_resource_exhausted === true ? { grpcStatus: 8 } : {}),
      }),
    },
    {
      condition: 'the rate limit service cannot be reached or fails',
      reply:
        settings.failure_mode_deny === true ? answered(errorStatus(settings.status_on_error, 500), 'rate_limiter_error', 'RLSE', { break: 'PC7006' }) : null,
    },
  );
}

/**
 * The local rate limit acts when filter_enabled and filter_enforced say so (never, by default); its token buckets are not in a dump.
 * Source: source/extensions/filters/http/local_ratelimit/local_ratelimit.cc Filter::decodeHeaders.
 */
export function localRateLimit(question: FilterQuestion): FilterEffect {
  const config = (question.perRoute ?? question.config) as unknown as LocalRateLimit;
  const isOn = (fraction: LocalRateLimit['filter_enabled']): boolean =>
    fraction !== undefined && runtimeFraction(fraction, question.index.runtime.get).numerator > 0;
  if (config.token_bucket === undefined && (config.descriptors ?? []).length === 0) return CONTINUES;
  if (!isOn(config.filter_enabled) || !isOn(config.filter_enforced)) return CONTINUES;
  const refused = answered(errorStatus(config.status, 429), 'local_rate_limited', 'RL', {
    break: 'PC7006',
    ...(config.rate_limited_as_resource_exhausted === true ? { grpcStatus: 8 } : {}),
  });
  const isCertain = [config.filter_enabled, config.filter_enforced].every((fraction) => isAlways(fraction, question));
  if (isCertain && config.token_bucket !== undefined && (config.token_bucket.max_tokens ?? 0) === 0)
    return replies(refused, 'local rate limit: there is never a token');
  return depends(
    `local rate limit: ${config.token_bucket?.max_tokens ?? '?'} tokens, filled every ${config.token_bucket?.fill_interval ?? '?'}`,
    { condition: 'the local rate limit has a token left', reply: null },
    { condition: 'the local rate limit is used up', reply: refused },
  );
}

function isAlways(fraction: LocalRateLimit['filter_enabled'], { index }: FilterQuestion): boolean {
  const { numerator, denominator } = runtimeFraction(fraction ?? {}, index.runtime.get);
  return numerator >= denominator;
}

/**
 * Lua: a script that neither answers, nor changes the request, nor re-routes it has no effect; of any other a dump cannot say what it
 * does. Source: source/extensions/filters/http/lua/lua_filter.cc, the calls that its stream handle offers.
 */
export function lua(question: FilterQuestion): FilterEffect {
  const perRoute = question.perRoute as unknown as LuaPerRoute | undefined;
  if (perRoute?.disabled === true) return CONTINUES;
  const config = question.config as unknown as Lua;
  const named = perRoute?.name === undefined ? undefined : config.source_codes?.[perRoute.name];
  const source = perRoute?.source_code ?? named ?? config.default_source_code;
  const script = source?.inline_string ?? config.inline_code ?? '';
  const known = script !== '' && script !== '[redacted]';
  if (known && !/envoy_on_request/.test(script)) return CONTINUES;
  if (
    known &&
    !/:\s*(respond|httpCall|clearRouteCache|setUpstreamOverrideHost|add|replace|remove|setHttp1ReasonPhrase|set|setBytes|body|bodyChunks)\s*\(/.test(script)
  )
    return CONTINUES;
  if (!known && source === undefined && config.inline_code === undefined) return CONTINUES;
  const gap = {
    id: 'PC9002',
    what: `the Lua script of "${question.name}" may answer the request, change it or send it another way`,
    path: jqPath(question.path),
  };
  return { ...CONTINUES, changesRequest: true, says: 'lua: the script may answer or change the request', gap };
}

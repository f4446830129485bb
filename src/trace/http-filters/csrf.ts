import { runtimeFraction } from '../../match/runtime-fraction.ts';
import { compileString } from '../../match/string-matcher.ts';
import type { CsrfPolicy } from '../../model/generated/envoy-api.ts';
import { answered, CONTINUES, type FilterEffect, type FilterQuestion } from './filter.ts';

const CHANGING: ReadonlySet<string> = new Set(['POST', 'PUT', 'DELETE', 'PATCH']);

/**
 * CSRF: a changing request passes where its origin (from Origin, else Referer) is the host itself or an additional origin. Schemes do
 * not count, ports do.
 * Source: source/extensions/filters/http/csrf/csrf_filter.cc CsrfFilter::decodeHeaders, isValid.
 */
export function csrf({ request, config, perRoute, index }: FilterQuestion): FilterEffect {
  const policy = (perRoute ?? config) as unknown as CsrfPolicy;
  const { numerator, denominator } = runtimeFraction(policy.filter_enabled ?? {}, index.runtime.get);
  const chance = Math.min(1, numerator / denominator);
  if (chance === 0 || !CHANGING.has(request.method)) return CONTINUES;
  const { headers } = request;
  const source = originOf(headers.first('origin')) || originOf(headers.first('referer'));
  const isKnown = source !== '' && (source === request.host || (policy.additional_origins ?? []).some((origin) => compileString(origin).matches(source)));
  if (isKnown) return CONTINUES;
  const reply = answered(403, 'csrf_origin_mismatch');
  const passes = chance === 1 ? [] : [{ probability: 1 - chance, conditions: [], reply: null }];
  return { says: `csrf: the origin "${source}" is not that of ${request.host}`, alternatives: [{ probability: chance, conditions: [], reply }, ...passes] };
}

/** Host and port of a URL; a text that is none stands for itself. */
function originOf(header: string | undefined): string {
  const text = header ?? '';
  return /^[A-Za-z][A-Za-z0-9+\-.]*:\/\/([^/?#]*)/.exec(text)?.[1] ?? text;
}

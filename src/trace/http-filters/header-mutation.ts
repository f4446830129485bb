import type { HttpHeaderMutation_HeaderMutation as HeaderMutation, HeaderMutationPerRoute } from '../../model/generated/envoy-api.ts';
import { CONTINUES, type FilterEffect, type FilterQuestion } from './filter.ts';

/**
 * header_mutation changes what goes upstream but never the route: it does not clear the route cache.
 * Source: source/extensions/filters/http/header_mutation/header_mutation.cc.
 */
export function headerMutation({ config, perRoute }: FilterQuestion): FilterEffect {
  const own = (config as unknown as HeaderMutation).mutations?.request_mutations ?? [];
  const routed = (perRoute as unknown as HeaderMutationPerRoute | undefined)?.mutations?.request_mutations ?? [];
  const touched = [...own, ...routed].flatMap((m) => [m.append?.header?.key, m.remove]).map((name) => name?.toLowerCase());
  const changesRequest = touched.some((name) => name === ':path' || name === ':authority' || name === 'host' || name === ':method');
  return { ...CONTINUES, changesRequest };
}

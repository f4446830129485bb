import { STOCK_POLICIES } from '../match/lb-policy.ts';
import type { ProxyIndex } from './proxy-index.ts';

const types = new WeakMap<ProxyIndex, ReadonlySet<string>>();

/** Message types of the balancing policies that this Envoy was built with: its node lists them; without a list, those of a stock Envoy. */
export function knownPolicies(index: ProxyIndex): ReadonlySet<string> {
  const known = types.get(index);
  if (known !== undefined) return known;
  const extensions = index.proxy.bootstrap?.value.node?.extensions ?? [];
  const listed = extensions.filter((e) => e.category === 'envoy.load_balancing_policies').flatMap((e) => e.type_urls ?? []);
  const found = listed.length > 0 ? new Set(listed) : STOCK_POLICIES;
  types.set(index, found);
  return found;
}

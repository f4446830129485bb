import type { CidrRange } from '../model/generated/envoy-api.ts';
import { type Cidr, cidrContains, cidrKey, parseCidr } from './cidr.ts';
import { ANY, anyOf, type CriterionPick, fallback, keysOrAny } from './criterion.ts';
import type { IpAddress } from './ip-address.ts';

const cidrs = new Map<string, Cidr>();

/** The keys of the ranges that a filter chain asks for. */
export function rangeKeys(ranges: readonly CidrRange[] | undefined): readonly string[] {
  return keysOrAny(
    (ranges ?? []).flatMap((range) => {
      const cidr = parseCidr(range);
      if (cidr === undefined) return [];
      const key = cidrKey(cidr);
      cidrs.set(key, cidr);
      return [key];
    }),
  );
}

/** The text of a range's key, for people. */
export function rangeText(key: string): string {
  return cidrs.get(key)?.text ?? key;
}

/**
 * The longest prefix that holds the address. A filter chain without ranges stands for 0.0.0.0/0 and ::/0: where another one spells that
 * range out, both are the same node of Envoy's trie, and which of them it keeps differs from one start to the next.
 * Source: filter_chain_manager_impl.cc makeCidrListEntry; source/common/network/lc_trie.h (exclusive tries).
 */
export function longestPrefix(keys: ReadonlySet<string>, address: IpAddress | undefined, whose: string): readonly CriterionPick[] {
  if (address === undefined) return anyOf(keys, `the address of the ${whose}`, (key) => `in ${rangeText(key)}`);
  let best: { readonly key: string; readonly length: number } | undefined;
  for (const key of keys) {
    const cidr = cidrs.get(key);
    if (cidr === undefined || !cidrContains(cidr, address)) continue;
    if (best === undefined || cidr.length > best.length) best = { key, length: cidr.length };
  }
  if (best === undefined) return fallback(keys);
  if (best.length > 0 || !keys.has(ANY)) return [{ key: best.key }];
  const which = (text: string): string => `of two equal filter chain matches, Envoy kept the one ${text} at its start`;
  return [
    { key: best.key, condition: which(`with ${rangeText(best.key)}`) },
    { key: ANY, condition: which('without ranges') },
  ];
}

/**
 * Selectors name the key sets by which subsets are made; Envoy keeps them as paths of sorted keys, so that the fallback of a selector
 * counts only where its last key was not already part of an earlier, longer path. With allow_redundant_keys the selectors with most
 * keys come first, and the first one whose keys are all given decides.
 * Source: subset_lb.cc SubsetLoadBalancer::initSubsetSelectorMap, tryFindSelectorFallbackParams, filterCriteriaBySelectors;
 * subset_lb_config.cc.
 */
import type { Cluster_LbSubsetConfig, Cluster_LbSubsetConfig_LbSubsetSelector, Subset } from '../model/generated/envoy-api.ts';
import type { Struct } from '../model/message.ts';

export type SubsetConfig = Cluster_LbSubsetConfig | Subset;
export type Selector = Cluster_LbSubsetConfig_LbSubsetSelector;

/** The selectors in the order in which they are tried. */
export function selectorsOf(config: SubsetConfig): readonly Selector[] {
  const selectors = config.subset_selectors ?? [];
  return allowsRedundantKeys(config) ? [...selectors].sort((a, b) => keysOf(b).length - keysOf(a).length) : selectors;
}

/** The wanted metadata without the keys that the deciding selector does not have. */
export function withoutRedundantKeys(config: SubsetConfig, selectors: readonly Selector[], metadata: Struct): Struct {
  if (!allowsRedundantKeys(config)) return metadata;
  const selector = selectors.find((s) => keysOf(s).every((key) => key in metadata));
  return selector === undefined ? metadata : keepKeys(metadata, keysOf(selector));
}

/** Whether a selector has exactly these keys, which are sorted. */
export function hasKeys(selector: Selector, sorted: readonly string[]): boolean {
  const keys = keysOf(selector);
  return keys.length === sorted.length && keys.every((key, i) => key === sorted[i]);
}

/** The selector whose fallback counts for these sorted keys. */
export function selectorFallback(selectors: readonly Selector[], keys: readonly string[]): Selector | undefined {
  const known = new Map<string, Selector | undefined>();
  for (const selector of selectors) {
    const path = keysOf(selector);
    for (let length = 1; length <= path.length; length++) {
      const key = JSON.stringify(path.slice(0, length));
      if (!known.has(key)) known.set(key, length === path.length ? selector : undefined);
    }
  }
  return known.get(JSON.stringify(keys));
}

/** The metadata under the given keys. */
export function keepKeys(metadata: Struct, keys: readonly string[]): Struct {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => keys.includes(key)));
}

const allowsRedundantKeys = (config: SubsetConfig): boolean => (config as Subset).allow_redundant_keys === true;
const keysOf = (selector: Selector): readonly string[] => [...new Set(selector.keys ?? [])].sort();

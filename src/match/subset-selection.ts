/**
 * With subsets, the route's metadata must name exactly the keys of one selector, and hosts must hold its values; then that subset alone
 * serves, by its own health and panic. Otherwise the fallback of the selector with exactly these keys applies, else the cluster's
 * (NO_FALLBACK finds no host; panic_mode_any only helps where another fallback found none).
 * Source: source/extensions/load_balancing_policies/subset/subset_lb.cc SubsetLoadBalancer::chooseHostIteration, findSubset,
 * tryFindSelectorFallbackParams, initSubsetSelectorMap, chooseHostForSelectorFallbackPolicy, chooseHostWithMetadataFallbacks.
 */
import { isJsonObject, type JsonValue } from '../dump/json-value.ts';
import type { Struct } from '../model/message.ts';
import { type HostPick, NO_HOST, orElse } from './host-pick.ts';
import { allHosts, filterHosts, type HostSet, hostsOf, type UpstreamHost } from './host-set.ts';
import { hasKeys, keepKeys, type Selector, type SubsetConfig, selectorFallback, selectorsOf, withoutRedundantKeys } from './subset-selectors.ts';
import { hasSubsetValues, holdsLabels, valueKey } from './subset-values.ts';

export interface SubsetPick {
  readonly pick: HostPick;
  /** How the hosts were narrowed: `subset version=v1`, `fallback ANY_ENDPOINT: …`. */
  readonly rule: string;
  /** No subset has the wanted values, and nothing stands in for it. */
  readonly missed: boolean;
}

/** Picks among a part of the hosts; `undefined` stands for the whole set as it is. */
export type PickAmong = (set: HostSet) => HostPick;

/** Chooses a subset by the route's metadata and picks within it. */
export function pickFromSubsets(config: SubsetConfig, set: HostSet, metadata: Struct | undefined, pickAmong: PickAmong): SubsetPick {
  const list = config.metadata_fallback_policy === 'FALLBACK_LIST' ? metadata?.['fallback_list'] : undefined;
  if (metadata === undefined || !Array.isArray(list)) return new SubsetChoice(config, set, pickAmong).choose(metadata);
  const { fallback_list: _, ...wanted } = metadata;
  const choice = new SubsetChoice(config, set, pickAmong);
  if (list.length === 0) return choice.choose(wanted);
  let last: SubsetPick = { pick: NO_HOST, rule: '', missed: true };
  for (const override of list as readonly JsonValue[]) {
    const next = choice.choose({ ...wanted, ...(isJsonObject(override) ? override : {}) });
    last = { ...next, rule: last.rule === '' ? next.rule : `${last.rule}; then ${next.rule}` };
    if (next.pick.none < 1) break;
  }
  return last;
}

class SubsetChoice {
  private readonly config: SubsetConfig;
  private readonly set: HostSet;
  private readonly pickAmong: PickAmong;
  private readonly selectors: readonly Selector[];

  constructor(config: SubsetConfig, set: HostSet, pickAmong: PickAmong) {
    this.config = config;
    this.set = set;
    this.pickAmong = pickAmong;
    this.selectors = selectorsOf(config);
  }

  choose(metadata: Struct | undefined): SubsetPick {
    const wanted = withoutRedundantKeys(this.config, this.selectors, metadata ?? {});
    const keys = Object.keys(wanted).sort();
    const selector = keys.length === 0 ? undefined : this.selectors.find((s) => hasKeys(s, keys));
    if (selector !== undefined) {
      const hosts = this.hostsWith(wanted);
      if (hosts.size > 0) return { pick: this.pickWithin(selector, hosts), rule: `subset ${describe(wanted)}`, missed: false };
    }
    const fallback = keys.length === 0 ? undefined : selectorFallback(this.selectors, keys);
    if (fallback === undefined || (fallback.fallback_policy ?? 'NOT_DEFINED') === 'NOT_DEFINED') return this.clusterFallback(wanted, selector !== undefined);
    return this.fallbackOf(fallback, wanted);
  }

  private hostsWith(wanted: Struct): ReadonlySet<UpstreamHost> {
    const listAsAny = this.config.list_as_any === true;
    return new Set(allHosts(this.set).filter((host) => hasSubsetValues(host, wanted, listAsAny)));
  }

  /** A subset of one host takes the first that qualifies, in the most wanted priority, whatever its health. */
  private pickWithin(selector: Selector, hosts: ReadonlySet<UpstreamHost>): HostPick {
    if (selector.single_host_per_subset !== true) return this.pickAmong(this.subset((host) => hosts.has(host)));
    const first = this.set.levels.flatMap((level) => hostsOf(level).slice()).find((host) => hosts.has(host));
    return first === undefined ? NO_HOST : { shares: new Map([[first, 1]]), none: 0 };
  }

  /** Subsets ignore locality weights unless the configuration says otherwise, and may scale them to what is left of a locality. */
  private subset(keepHost: (host: UpstreamHost) => boolean): HostSet {
    const { config, set } = this;
    const narrowed = filterHosts(set, keepHost);
    const aware = config.locality_weight_aware === true;
    const scale = aware && config.scale_locality_weight === true;
    return {
      ...narrowed,
      levels: narrowed.levels.map((level, i) => ({
        ...level,
        hasLocalityWeights: aware,
        localities: level.localities.map((locality, j) => {
          const all = set.levels[i]?.localities[j]?.hosts.length ?? 0;
          return scale && all > 0 ? { ...locality, weight: Math.round((locality.weight * locality.hosts.length) / all) } : locality;
        }),
      })),
    };
  }

  private fallbackOf(selector: Selector, wanted: Struct): SubsetPick {
    const policy = selector.fallback_policy;
    const rule = `no subset ${describe(wanted)}; its selector falls back to ${policy}`;
    if (policy === 'ANY_ENDPOINT') return { pick: this.pickAmong(this.subset(() => true)), rule, missed: false };
    if (policy === 'DEFAULT_SUBSET') return { pick: this.defaultSubset(), rule, missed: false };
    if (policy === 'KEYS_SUBSET') {
      const next = this.choose(keepKeys(wanted, selector.fallback_keys_subset ?? []));
      return { ...next, rule: `${rule}: ${next.rule}` };
    }
    return { pick: NO_HOST, rule, missed: true };
  }

  private clusterFallback(wanted: Struct, hasSelector: boolean): SubsetPick {
    const policy = this.config.fallback_policy ?? 'NO_FALLBACK';
    const names = Object.keys(wanted).sort().join(', ');
    const why = names === '' ? 'the route names no subset' : hasSelector ? `no host has ${describe(wanted)}` : `no selector has exactly the keys ${names}`;
    const rule = `${why}; fallback ${policy}`;
    if (policy === 'NO_FALLBACK') return { pick: NO_HOST, rule, missed: true };
    const pick = policy === 'ANY_ENDPOINT' ? this.pickAmong(this.subset(() => true)) : this.defaultSubset();
    return { pick: this.config.panic_mode_any === true ? orElse(pick, () => this.pickAmong(this.subset(() => true))) : pick, rule, missed: false };
  }

  private defaultSubset(): HostPick {
    const listAsAny = this.config.list_as_any === true;
    return this.pickAmong(this.subset((host) => holdsLabels(host, this.config.default_subset ?? {}, listAsAny)));
  }
}

function describe(wanted: Struct): string {
  return Object.keys(wanted)
    .sort()
    .map((key) => `${key}=${valueKey(wanted[key] as JsonValue)}`)
    .join(', ');
}

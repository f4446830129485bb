import type { FilterChain } from '../model/generated/envoy-api.ts';
import { ANY, type Criterion } from './criterion.ts';
import { CRITERIA } from './filter-chain-criteria.ts';
import type { InspectedConnection } from './inspected-connection.ts';
import { rangeText } from './longest-prefix.ts';

/** One way that the sieve can end. */
export interface FilterChainChoice {
  /** Positions in `filter_chains`: one; none where no filter chain matches; several where Envoy would have refused the listener. */
  readonly chains: readonly number[];
  /** What decides outside the dump; empty where nothing does. */
  readonly conditions: readonly string[];
  /** The key taken at each criterion, as far as the sieve came. */
  readonly taken: readonly string[];
}

/** Whether any of a listener's filter chains asks for a criterion, by its level. */
const askedByChains = new WeakMap<readonly FilterChain[], readonly boolean[]>();

function askedOf(chains: readonly FilterChain[]): readonly boolean[] {
  let asked = askedByChains.get(chains);
  if (asked === undefined) {
    asked = CRITERIA.map((_, level) => chains.some((chain) => keysOf(chain)[level]?.[0] !== ANY));
    askedByChains.set(chains, asked);
  }
  return asked;
}

const keysByChain = new WeakMap<FilterChain, readonly (readonly string[])[]>();

function keysOf(chain: FilterChain): readonly (readonly string[])[] {
  let keys = keysByChain.get(chain);
  if (keys === undefined) {
    keys = CRITERIA.map((criterion) => criterion.keysOf(chain.filter_chain_match ?? {}));
    keysByChain.set(chain, keys);
  }
  return keys;
}

/**
 * filter_chain_match: criteria are tried in a fixed order, and at each the most specific value among the remaining filter chains is
 * taken. There is no way back: where the chains with that value fail later, the less specific ones are not tried.
 * Source: source/common/listener_manager/filter_chain_manager_impl.cc FilterChainManagerImpl::findFilterChain.
 * In: the filter chains, the connection. Out: one choice, or several where something outside the dump decides. Pure.
 */
export function matchFilterChains(chains: readonly FilterChain[], connection: InspectedConnection): readonly FilterChainChoice[] {
  return sieve(
    chains,
    chains.map((_, i) => i),
    connection,
    0,
    [],
    [],
  );
}

function sieve(
  chains: readonly FilterChain[],
  left: readonly number[],
  connection: InspectedConnection,
  level: number,
  taken: readonly string[],
  conditions: readonly string[],
): readonly FilterChainChoice[] {
  const criterion = CRITERIA[level];
  if (criterion === undefined || left.length === 0) return [{ chains: left, conditions, taken }];
  if (askedOf(chains)[level] === false) return sieve(chains, left, connection, level + 1, [...taken, ANY], conditions);
  const groups = new Map<string, number[]>();
  for (const chain of left) {
    for (const key of keysOf(chains[chain] as FilterChain)[level] ?? []) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [chain]);
      else if (group.at(-1) !== chain) group.push(chain);
    }
  }
  const picks = criterion.pick(new Set(groups.keys()), connection);
  if (picks.length === 0) return [{ chains: [], conditions, taken }];
  return picks.flatMap(({ key, condition }) =>
    sieve(chains, groups.get(key) ?? [], connection, level + 1, [...taken, key], condition === undefined ? conditions : [...conditions, condition]),
  );
}

/** Why a filter chain was not taken: the first criterion at which it left the sieve. */
export function whyNotTaken(chain: FilterChain, choice: FilterChainChoice, connection: InspectedConnection): string {
  for (const [level, criterion] of CRITERIA.entries()) {
    const keys = keysOf(chain)[level] ?? [];
    const key = choice.taken[level];
    if (key !== undefined && keys.includes(key)) continue;
    const wants = keys.map((k) => say(criterion, k)).join(', ');
    if (key === undefined || criterion.pick(new Set(keys), connection).length === 0)
      return `${criterion.name} ${wants}, the connection has ${criterion.valueOf(connection)}`;
    return `${criterion.name} ${wants}: less specific than ${say(criterion, key)}, which another filter chain asks for`;
  }
  return 'the same match as another filter chain';
}

/** What decided for the filter chain that was taken, in one line. */
export function takenText({ taken }: FilterChainChoice): string {
  const asked = CRITERIA.flatMap((criterion, level) => {
    const key = taken[level];
    return key === undefined || key === '' ? [] : [`${criterion.name} ${say(criterion, key)}`];
  });
  return asked.length === 0 ? 'its filter_chain_match asks for nothing' : `taken by ${asked.join(', ')}`;
}

/** A key as the dump writes it. */
function say(criterion: Criterion, key: string): string {
  if (key === '') return 'not asked for';
  if (criterion.name === 'server_names') return key.startsWith('.') ? `*${key}` : key;
  return criterion.name.endsWith('prefix_ranges') || criterion.name === 'prefix_ranges' ? rangeText(key) : key;
}

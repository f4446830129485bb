import type { ChainAnswer } from '../../src/follow/chain-answer.ts';

/** One proxy of a chain, with the clusters that it chooses and the hosts that it sends to. */
export interface ChainStep {
  readonly proxy: string;
  readonly clusters: readonly string[];
  readonly hosts: readonly string[];
}

/** The proxies of a chain in the order in which they are met. */
export function wayOf({ legs }: ChainAnswer): readonly ChainStep[] {
  return legs.map(({ proxy, answer }) => ({
    proxy,
    clusters: answer.outcomes.flatMap(({ cluster }) => cluster ?? []),
    hosts: answer.outcomes.flatMap(({ endpoints }) => (endpoints ?? []).map(({ address }) => address)),
  }));
}

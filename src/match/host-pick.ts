import type { UpstreamHost } from './host-set.ts';

/** How a load balancer spreads requests: the share of each host that it can choose, and of the requests that get no host. All sum to 1. */
export interface HostPick {
  readonly shares: ReadonlyMap<UpstreamHost, number>;
  readonly none: number;
}

export const NO_HOST: HostPick = { shares: new Map(), none: 1 };

/** Picks taken with a probability each; what the probabilities leave open gets no host. */
export function mixPicks(parts: readonly (readonly [probability: number, pick: HostPick])[]): HostPick {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && only[0] === 1) return only[1];
  const shares = new Map<UpstreamHost, number>();
  for (const [probability, pick] of parts) {
    if (probability === 0) continue;
    for (const [host, share] of pick.shares) shares.set(host, (shares.get(host) ?? 0) + probability * share);
  }
  if (shares.size === 0) return NO_HOST;
  const none = 1 - parts.reduce((sum, [probability, pick]) => sum + probability * (1 - pick.none), 0);
  // Rounding must not look like a chance of finding nothing.
  return { shares, none: none < 1e-12 ? 0 : none };
}

/** One pick, and where it finds no host, the next. */
export function orElse(first: HostPick, second: () => HostPick): HostPick {
  return first.none === 0
    ? first
    : mixPicks([
        [1 - first.none, foundOnly(first)],
        [first.none, second()],
      ]);
}

/** The pick of those requests alone that find a host. */
export function foundOnly(pick: HostPick): HostPick {
  const found = 1 - pick.none;
  return found === 0 ? NO_HOST : { shares: new Map([...pick.shares].map(([host, share]) => [host, share / found])), none: 0 };
}

/** Hosts in proportion to their weight, or all alike. */
export function spread(hosts: readonly UpstreamHost[], byWeight: boolean): HostPick {
  if (hosts.length === 0) return NO_HOST;
  const total = byWeight ? hosts.reduce((sum, host) => sum + host.weight, 0) : hosts.length;
  const shares = new Map<UpstreamHost, number>();
  for (const host of hosts) shares.set(host, (shares.get(host) ?? 0) + (byWeight ? host.weight : 1) / total);
  return { shares, none: 0 };
}

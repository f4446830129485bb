import type { UpstreamHost } from '../match/host-set.ts';
import type { HostPart } from './host-choice.ts';
import type { EndpointShare } from './trace-answer.ts';

/** Requests by host: how much of all requests each gets. */
export type HostShares = Map<UpstreamHost, number>;

/** Adds what one part of a way sends to its hosts. */
export function addShares(into: HostShares, part: HostPart): void {
  for (const [host, share] of part.pick.shares) into.set(host, (into.get(host) ?? 0) + part.probability * share);
}

/** How much of all requests the hosts get together. */
export const totalOf = (shares: ReadonlyMap<UpstreamHost, number>): number => [...shares.values()].reduce((sum, share) => sum + share, 0);

/** Shares within the outcome: they sum to 1. An address that a cluster lists twice is one endpoint. */
export function endpointShares(shares: ReadonlyMap<UpstreamHost, number>): readonly EndpointShare[] {
  const all = totalOf(shares);
  const byAddress = new Map<string, EndpointShare>();
  for (const [host, share] of shares) {
    const before = byAddress.get(host.address);
    byAddress.set(host.address, { address: host.address, share: (before?.share ?? 0) + share / all, health: before?.health ?? host.health });
  }
  return [...byAddress.values()];
}

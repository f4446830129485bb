import type { HostPick } from '../match/host-pick.ts';
import type { UpstreamHost } from '../match/host-set.ts';
import type { Cluster } from '../model/generated/envoy-api.ts';
import type { ClusterHosts } from './found-hosts.ts';
import type { Gap } from './trace-answer.ts';

/** One cluster's part of a way: an aggregate has one for each child that gets requests. */
export interface HostPart {
  readonly probability: number;
  readonly pick: HostPick;
  /** Whose circuit breakers count. */
  readonly cluster: Cluster;
}

/** One way that the choice can go; certain where it has no conditions. */
export interface HostWay {
  readonly conditions: readonly string[];
  readonly parts: readonly HostPart[];
  /** The hosts are names that are still to be resolved: their addresses are not known. */
  readonly unresolved: boolean;
  /** How the choice fails where it finds no host. */
  readonly details: string;
}

export interface HostChoice {
  readonly kind: 'ways';
  readonly ways: readonly HostWay[];
  /** The rule applied, in one line. */
  readonly rule: string;
  /** Metadata asked for a subset that no host is in. */
  readonly subsetMissed: boolean;
  /** Where the candidates stand. */
  readonly hosts: ClusterHosts | undefined;
}

export type HostAnswer = HostChoice | { readonly kind: 'gap'; readonly gap: Gap };

export const NO_HEALTHY_UPSTREAM = 'no_healthy_upstream';

export function way(parts: readonly HostPart[], conditions: readonly string[] = [], unresolved = false, details = NO_HEALTHY_UPSTREAM): HostWay {
  return { conditions, parts, unresolved, details };
}

/** A pick of one address that no load assignment lists. */
export function only(address: string): HostPick {
  const host: UpstreamHost = { address, health: 'HEALTHY', healthReason: undefined, ejected: false, excluded: false, weight: 1, metadata: undefined };
  return { shares: new Map([[host, 1]]), none: 0 };
}

import type { HostSet } from '../match/host-set.ts';
import type { ClusterLoadAssignment_Policy } from '../model/generated/envoy-api.ts';
import type { Gap } from './trace-answer.ts';

/** A cluster's hosts as far as the input shows them. */
export interface ClusterHosts {
  readonly hosts: HostSet;
  /** Where they stand. */
  readonly document: string;
  readonly path: string;
  readonly shownBy: 'endpoints section' | '/clusters' | 'load_assignment' | 'nothing';
  readonly policy: ClusterLoadAssignment_Policy | undefined;
  /** What has to hold outside the dump for the hosts to be these, and what they are where it does not. */
  readonly assumed: { readonly conditions: readonly string[]; readonly otherwise: readonly string[]; readonly otherHosts: HostSet } | undefined;
}

export type FoundHosts = { readonly kind: 'hosts'; readonly found: ClusterHosts } | { readonly kind: 'gap'; readonly gap: Gap };

/** Hosts that are what the input says. */
export const given = (found: Omit<ClusterHosts, 'assumed'>): FoundHosts => ({ kind: 'hosts', found: { ...found, assumed: undefined } });

import { type HostPick, NO_HOST } from '../match/host-pick.ts';
import { originalDestination } from '../match/original-destination.ts';
import type { Cluster, OriginalDstCluster } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import type { ClusterQuestion } from './cluster-question.ts';
import { type HostAnswer, only, way } from './host-choice.ts';

/** The one address that an ORIGINAL_DST cluster dials. */
export function chooseOriginalDestination(resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const { pick, rule } = pickOriginalDestination(resource.value, question);
  return { kind: 'ways', ways: [way([{ probability: 1, pick, cluster: resource.value }])], rule, subsetMissed: false, hosts: undefined };
}

export function pickOriginalDestination(cluster: Cluster, question: ClusterQuestion): { readonly pick: HostPick; readonly rule: string } {
  const typed = configOf(cluster.cluster_type);
  const config = anyType(typed).endsWith('.OriginalDstCluster') ? (typed as OriginalDstCluster) : cluster.original_dst_lb_config;
  const found = originalDestination(config, question.headers, isOwnAddress(question) ? undefined : question.destination);
  if (found.kind === 'none') return { pick: NO_HOST, rule: `ORIGINAL_DST: ${found.why}` };
  return { pick: only(found.address), rule: `ORIGINAL_DST dials ${found.address}, from ${found.from}` };
}

/** A connection that was made to the listener's own address was not redirected: nothing was restored. */
function isOwnAddress({ destination, listener }: ClusterQuestion): boolean {
  return destination !== undefined && listener !== undefined && destination.address === listener.address && destination.port === listener.port;
}

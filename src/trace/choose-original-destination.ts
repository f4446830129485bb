import { jqPath } from '../dump/dump-path.ts';
import { type HostPick, NO_HOST } from '../match/host-pick.ts';
import { metadataName, originalDestination } from '../match/original-destination.ts';
import type { Cluster, Cluster_OriginalDstLbConfig, OriginalDstCluster } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import type { ClusterQuestion } from './cluster-question.ts';
import { type HostAnswer, only, way } from './host-choice.ts';
import type { Gap } from './trace-answer.ts';

/** The one address that an ORIGINAL_DST cluster dials. */
export function chooseOriginalDestination(resource: Resource<Cluster>, question: ClusterQuestion): HostAnswer {
  const gap = metadataGap(resource, question);
  if (gap !== undefined) return { kind: 'gap', gap };
  const { pick, rule } = pickOriginalDestination(resource.value, question);
  return { kind: 'ways', ways: [way([{ probability: 1, pick, cluster: resource.value }])], rule, subsetMissed: false, hosts: undefined };
}

export function pickOriginalDestination(cluster: Cluster, question: ClusterQuestion): { readonly pick: HostPick; readonly rule: string } {
  const found = originalDestination(configuration(cluster), question.headers, isOwnAddress(question) ? undefined : question.destination, question.metadata);
  if (found.kind === 'none') return { pick: NO_HOST, rule: `ORIGINAL_DST: ${found.why}` };
  return { pick: only(found.address), rule: `ORIGINAL_DST dials ${found.address}, from ${found.from}` };
}

/** Filters may set the metadata that names the destination: unless the question states it, or all of it is known, nothing can be said. */
export function metadataGap({ value, path }: Resource<Cluster>, { metadata, isMetadataWhole }: ClusterQuestion): Gap | undefined {
  const name = metadataName(configuration(value));
  if (name === undefined || isMetadataWhole === true || metadata?.[name] !== undefined) return undefined;
  const at = value.original_dst_lb_config?.metadata_key === undefined ? 'cluster_type' : 'original_dst_lb_config';
  return { id: 'PC9001', what: `dynamic metadata ${name} may name the destination; --metadata ${name}=ADDRESS:PORT states it`, path: jqPath([...path, at]) };
}

function configuration(cluster: Cluster): Cluster_OriginalDstLbConfig | OriginalDstCluster | undefined {
  const typed = configOf(cluster.cluster_type);
  return anyType(typed).endsWith('.OriginalDstCluster') ? (typed as OriginalDstCluster) : cluster.original_dst_lb_config;
}

/** A connection that was made to the listener's own address was not redirected: nothing was restored. */
function isOwnAddress({ destination, listener }: ClusterQuestion): boolean {
  return destination !== undefined && listener !== undefined && destination.address === listener.address && destination.port === listener.port;
}

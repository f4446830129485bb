/**
 * How a cluster finds its hosts: by `type`, or by the message of `cluster_type` (the built-in types may be spelled that way too).
 * Source: source/common/upstream/cluster_factory_impl.cc ClusterFactoryImplBase::create.
 */
import type { Cluster, DnsCluster } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';

export type ClusterKind =
  | 'STATIC'
  | 'STRICT_DNS'
  | 'LOGICAL_DNS'
  | 'EDS'
  | 'ORIGINAL_DST'
  | 'aggregate'
  | 'composite'
  | 'dynamic_forward_proxy'
  | { readonly custom: string };

const BY_NAME: Readonly<Record<string, ClusterKind>> = {
  'envoy.cluster.static': 'STATIC',
  'envoy.cluster.strict_dns': 'STRICT_DNS',
  'envoy.cluster.logical_dns': 'LOGICAL_DNS',
  'envoy.cluster.eds': 'EDS',
  'envoy.cluster.original_dst': 'ORIGINAL_DST',
};

const BY_TYPE: Readonly<Record<string, ClusterKind>> = {
  'envoy.extensions.clusters.aggregate.v3.ClusterConfig': 'aggregate',
  'envoy.extensions.clusters.composite.v3.ClusterConfig': 'composite',
  'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig': 'dynamic_forward_proxy',
  'envoy.extensions.clusters.original_dst.v3.OriginalDstCluster': 'ORIGINAL_DST',
};

/** The kind of a cluster; `custom` names a type that pc does not model. */
export function clusterKind(cluster: Cluster): ClusterKind {
  const custom = cluster.cluster_type;
  if (custom === undefined) {
    const type = cluster.type ?? 'STATIC';
    return typeof type === 'number' ? { custom: `type ${type}` } : type;
  }
  const config = configOf(custom);
  const type = anyType(config);
  if (type === 'envoy.extensions.clusters.dns.v3.DnsCluster')
    return (config as DnsCluster).all_addresses_in_single_endpoint === true ? 'LOGICAL_DNS' : 'STRICT_DNS';
  return BY_TYPE[type] ?? BY_NAME[custom.name ?? ''] ?? { custom: custom.name || type };
}

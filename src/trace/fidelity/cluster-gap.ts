import { type DumpPath, jqPath } from '../../dump/dump-path.ts';
import type { Cluster, UpstreamsHttp_HttpProtocolOptions as HttpProtocolOptions, LoadBalancingPolicy } from '../../model/generated/envoy-api.ts';
import { type Any, anyType, configOf, type Message } from '../../model/message.ts';
import type { Resource } from '../../model/resource.ts';
import { knownPolicies } from '../known-policies.ts';
import type { ProxyIndex } from '../proxy-index.ts';
import type { Gap } from '../trace-answer.ts';
import { CLUSTER_FIDELITY } from './cluster-fidelity.ts';
import { findGap } from './find-gap.ts';

/** Options for network filters' own upstream protocols: they choose no host. */
const OTHER_PROTOCOL_OPTIONS: ReadonlySet<string> = new Set([
  'envoy.extensions.upstreams.tcp.v3.TcpProtocolOptions',
  'envoy.extensions.filters.network.redis_proxy.v3.RedisProtocolOptions',
  'envoy.extensions.filters.network.thrift_proxy.v3.ThriftProtocolOptions',
  'envoy.extensions.filters.network.dubbo_proxy.v3.DubboProxy',
]);

/** Filters between router and host that change headers at most. */
const HARMLESS_UPSTREAM_FILTERS: ReadonlySet<string> = new Set([
  'envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec',
  'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
]);

const checked = new WeakMap<Resource<Cluster>, { readonly gap: Gap | undefined }>();

/** The first thing in a cluster that trace does not model, its extensions included; undefined where all is accounted for. */
export function clusterGap(index: ProxyIndex, resource: Resource<Cluster>): Gap | undefined {
  const before = checked.get(resource);
  if (before !== undefined) return before.gap;
  const gap = search(resource, knownPolicies(index));
  checked.set(resource, { gap });
  return gap;
}

function search(resource: Resource<Cluster>, policies: ReadonlySet<string>): Gap | undefined {
  const cluster = resource.value;
  const { path } = resource;
  return (
    findGap(CLUSTER_FIDELITY, 'envoy.config.cluster.v3.Cluster', cluster, path) ??
    inExtension(configOf(cluster.cluster_type), [...path, 'cluster_type', 'typed_config']) ??
    inPolicy(cluster.load_balancing_policy, [...path, 'load_balancing_policy'], policies) ??
    inProtocolOptions(cluster, path)
  );
}

/** Only messages with rows are looked into: for others the code that meets them says what it does not know. */
function inExtension(config: Any | undefined, path: DumpPath): Gap | undefined {
  const type = anyType(config);
  return config !== undefined && type in CLUSTER_FIDELITY ? findGap(CLUSTER_FIDELITY, type, config as Message, path) : undefined;
}

/** Only the policy that Envoy takes counts: the first that it knows. */
function inPolicy(policy: LoadBalancingPolicy | undefined, path: DumpPath, known: ReadonlySet<string>): Gap | undefined {
  const policies = policy?.policies ?? [];
  const i = policies.findIndex((p) => known.has(anyType(configOf(p.typed_extension_config))));
  const config = configOf(policies[i]?.typed_extension_config);
  if (config === undefined) return undefined;
  const at = [...path, 'policies', i, 'typed_extension_config', 'typed_config'];
  const inner = config as { readonly endpoint_picking_policy?: LoadBalancingPolicy; readonly subset_lb_policy?: LoadBalancingPolicy };
  return (
    inExtension(config, at) ??
    inPolicy(inner.endpoint_picking_policy, [...at, 'endpoint_picking_policy'], known) ??
    inPolicy(inner.subset_lb_policy, [...at, 'subset_lb_policy'], known)
  );
}

function inProtocolOptions(cluster: Cluster, path: DumpPath): Gap | undefined {
  for (const [name, options] of Object.entries(cluster.typed_extension_protocol_options ?? {})) {
    const at = [...path, 'typed_extension_protocol_options', name];
    const type = anyType(options);
    if (OTHER_PROTOCOL_OPTIONS.has(type)) continue;
    if (type !== 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions')
      return { id: 'PC9001', what: `protocol options of type ${type || name} are not modelled`, path: jqPath(at) };
    const gap = findGap(CLUSTER_FIDELITY, type, options as Message, at) ?? inUpstreamFilters(options as HttpProtocolOptions, at);
    if (gap !== undefined) return gap;
  }
  return undefined;
}

function inUpstreamFilters(options: HttpProtocolOptions, path: DumpPath): Gap | undefined {
  const at = (options.http_filters ?? []).findIndex((filter) => filter.disabled !== true && !HARMLESS_UPSTREAM_FILTERS.has(anyType(configOf(filter))));
  const filter = options.http_filters?.[at];
  return filter === undefined
    ? undefined
    : { id: 'PC9001', what: `upstream HTTP filter "${filter.name ?? ''}" is not modelled`, path: jqPath([...path, 'http_filters', at]) };
}

import { endpointAddress } from '../match/endpoint-address.ts';
import type { Cluster, InternalUpstreamTransport } from '../model/generated/envoy-api.ts';
import { configOf, configType, type Struct } from '../model/message.ts';
import type { ProxyIndex } from './proxy-index.ts';

const INTERNAL_UPSTREAM = 'envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport';
/** The metadata by which the original_dst filter of an internal listener finds its addresses. */
const ORIGINAL_DST = 'envoy.filters.listener.original_dst';

/** A host of a cluster that is an internal listener of the same proxy. */
export interface InternalUpstream {
  readonly cluster: Cluster;
  /** Metadata of the host. */
  readonly metadata: Readonly<Record<string, Struct>>;
}

/** In: a cluster's name, and one of its hosts as `envoy://listener/endpoint`. */
export function internalUpstream(index: ProxyIndex, name: string, host: string): InternalUpstream {
  const cluster = index.clusters.get(name)?.value ?? {};
  const assignment = index.assignments.get(cluster.eds_cluster_config?.service_name || name)?.value ?? cluster.load_assignment;
  const endpoints = (assignment?.endpoints ?? []).flatMap((locality) => locality.lb_endpoints ?? []);
  const found = endpoints.find(({ endpoint }) => endpointAddress(endpoint?.address) === host);
  return { cluster, metadata: (found?.metadata?.filter_metadata ?? {}) as Readonly<Record<string, Struct>> };
}

/** Whether connections to the cluster's hosts hand on what is known of the connection before. */
export function handsOn({ transport_socket: socket }: Cluster): boolean {
  return configType(configOf(socket)) === INTERNAL_UPSTREAM;
}

/**
 * The addresses that the cluster's internal_upstream transport socket passes on as metadata: `local` and `remote`, `ip:port`.
 * Source: source/extensions/transport_sockets/internal_upstream/config.cc Config::extractMetadata; original_dst.cc onAccept.
 */
export function passedMetadata({ cluster, metadata }: InternalUpstream): Struct {
  const sources = (configOf(cluster.transport_socket) as InternalUpstreamTransport | undefined)?.passthrough_metadata ?? [];
  const source = sources.findLast(({ name }) => name === ORIGINAL_DST);
  if (source === undefined) return {};
  const own = source.kind?.cluster === undefined ? metadata : cluster.metadata?.filter_metadata;
  return own?.[ORIGINAL_DST] ?? {};
}

/** The same as the dynamic metadata that the internal connection has, in the form in which a question states it. */
export function passedAsStated(upstream: InternalUpstream): Readonly<Record<string, string>> {
  const texts = Object.entries(passedMetadata(upstream)).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts.map(([key, value]) => [`${ORIGINAL_DST}.${key}`, value]));
}

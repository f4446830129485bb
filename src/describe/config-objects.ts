import { objectInMetadata, objectText } from '../diagnostics/owner.ts';
import type { JsonValue } from '../dump/json-value.ts';
import { serves } from '../model/resource.ts';
import { wantedFields } from '../query/wanted-fields.ts';
import type { ProxyFacts } from './proxy-facts.ts';

/** Envoy Gateway names its clusters by the object that they were made of: `httproute/shop/catalog/rule/0`. */
const KINDS: Readonly<Record<string, string>> = {
  httproute: 'HTTPRoute',
  grpcroute: 'GRPCRoute',
  tlsroute: 'TLSRoute',
  tcproute: 'TCPRoute',
  udproute: 'UDPRoute',
  securitypolicy: 'SecurityPolicy',
};

/** `VirtualService shop/catalog`, as metadata names it; undefined where it names nothing. */
export function objectOf(metadata: unknown): string | undefined {
  const object = objectInMetadata(metadata as JsonValue | undefined);
  return object === undefined ? undefined : objectText(object);
}

/** The object that a cluster's name tells. */
export function objectInName(cluster: string): string | undefined {
  const [kind = '', namespace, name] = cluster.split('/');
  const known = KINDS[kind];
  return known === undefined || namespace === undefined || name === undefined ? undefined : `${known} ${namespace}/${name}`;
}

const METADATA = wantedFields({ metadata: true });

/** By cluster: the object that its metadata names, in Istio a DestinationRule. Only the metadata of each cluster is read. */
export function clusterObjects({ proxy }: ProxyFacts): ReadonlyMap<string, string> {
  const objects = new Map<string, string>();
  for (const cluster of proxy.clusters) {
    if (!serves(cluster)) continue;
    const object = objectOf(cluster.part(METADATA).metadata);
    if (object !== undefined) objects.set(cluster.name, object);
  }
  return objects;
}

import type { Metadata } from '../model/generated/envoy-api.ts';
import type { Known } from './description.ts';
import { metadataText, type ProxyFacts } from './proxy-facts.ts';

/** What wrote the configuration. */
export type MakerName = 'Istio' | 'Higress' | 'Kuma' | 'Open Service Mesh' | 'Consul' | 'Envoy Gateway' | 'Contour' | 'Gloo' | 'Cilium' | 'ESPv2' | 'Pomerium';

/** What a maker is known by: the first of these that is there, in words. */
type Signs = (facts: ProxyFacts) => readonly (string | undefined)[];

/** Envoy Gateway's `shop/eg/http`. */
const NAMESPACE_GATEWAY_LISTENER = /^[^/|]+\/[^/|]+\/[^/|]+$/;

const MAKERS: readonly (readonly [MakerName, Signs])[] = [
  ['Higress', (f) => [nodeWith(f, /higress/), named(f, 'listener', /(?:^|-)higress(?:-|$)/), named(f, 'route config', /(?:^|-)higress(?:-|$)/)]],
  [
    'Istio',
    (f) => [
      idLike(f, /^(?:sidecar|router|ingress|waypoint)~/),
      metadataText(f, 'ISTIO_VERSION', 'ISTIO_PROXY_SHA') === undefined ? undefined : 'node metadata ISTIO_VERSION',
      named(f, 'listener', /^(?:virtualInbound|virtualOutbound|connect_terminate|connect_originate)$/),
      named(f, 'cluster', /^(?:(?:outbound|inbound)(?:-vip)?(?:\||_\.)\d+|xds-grpc$|InboundPassthroughCluster)/),
      named(f, 'route config', /^inbound(?:-vip)?\|\d+\|/),
    ],
  ],
  [
    'Kuma',
    (f) => [
      'dataplane.resource' in f.metadata || 'dataplane.admin.port' in f.metadata || 'dataplane.token' in f.metadata ? 'node metadata dataplane.*' : undefined,
      named(f, 'listener', /^(?:kri_|self_(?:inbound|zone)|kuma:|inbound:passthrough:)/),
      named(f, 'cluster', /^(?:_?kuma[:_]|kri_|system_envoy_admin$)|_(?:msvc|mzsvc|extsvc)_\d+$/),
    ],
  ],
  [
    'Open Service Mesh',
    (f) => [
      idLike(f, /^[0-9a-f-]{36}\.(?:sidecar|gateway)\./) === undefined ? undefined : 'node id is a UUID, a role and a service account',
      named(f, 'cluster', /^osm-controller$/),
    ],
  ],
  [
    'Consul',
    (f) => [
      named(f, 'cluster', /\.internal\.[0-9a-f-]{36}\.consul$|\.consul$|^local_agent$|^consul-dataplane$|\.peering\.[0-9a-f-]{36}$/),
      idLike(f, /-sidecar-proxy$/),
      'namespace' in f.metadata && 'partition' in f.metadata ? 'node metadata namespace and partition' : undefined,
      named(f, 'listener', /^(?:public_listener|outbound_listener)(?::|$)/),
      named(f, 'cluster', /^local_app$/),
      named(f, 'route config', /\.internal\.[0-9a-f-]{36}\.consul$/),
    ],
  ],
  [
    'Envoy Gateway',
    (f) => [
      nodeWith(f, /envoy-gateway/),
      named(f, 'cluster', /^(?:http|grpc|tls|tcp|udp)route\/[^/]+\/[^/]+\//),
      named(f, 'listener', /^envoy-gateway-proxy-|^envoy-gateway(?:-system)?\//),
      named(f, 'route config', /^envoy-gateway(?:-system)?\//),
      addressOf(f, /^envoy-gateway(?:\.|$)/),
      inMetadata(f, 'envoy-gateway'),
      named(f, 'listener', NAMESPACE_GATEWAY_LISTENER),
      named(f, 'route config', NAMESPACE_GATEWAY_LISTENER),
    ],
  ],
  [
    'Contour',
    (f) => [
      f.node.cluster === 'contour' ? 'node cluster "contour"' : undefined,
      named(f, 'cluster', /^contour$|^[^/]+\/[^/]+\/\d+\/[0-9a-f]{10}$/),
      named(f, 'listener', /^ingress_https?$/),
    ],
  ],
  ['Gloo', (f) => [roleLike(f, /gloo/), named(f, 'cluster', /^gloo\.|_gloo(?:-system)?$/), named(f, 'listener', /^listener-::-\d+/)]],
  ['Cilium', (f) => [named(f, 'listener', /^cilium-/), named(f, 'cluster', /^cilium-/)]],
  ['ESPv2', (f) => [f.node.id === 'ESPv2' ? 'node id "ESPv2"' : undefined]],
  ['Pomerium', (f) => [named(f, 'cluster', /^pomerium-/)]],
];

/** Who made the configuration, and what tells it; null where nothing in the input names anyone. */
export function makerOf(facts: ProxyFacts): Known<MakerName> | null {
  for (const [value, signs] of MAKERS) {
    const sign = signs(facts).find((text) => text !== undefined);
    if (sign !== undefined) return { value, known_by: sign };
  }
  return null;
}

function idLike({ node }: ProxyFacts, pattern: RegExp): string | undefined {
  const found = pattern.exec(node.id ?? '')?.[0];
  if (found === undefined) return undefined;
  return found === '' ? undefined : node.id?.startsWith(found) ? `node id begins with ${quoted(found)}` : `node id ends with ${quoted(found)}`;
}

function nodeWith({ node }: ProxyFacts, pattern: RegExp): string | undefined {
  if (pattern.test(node.id ?? '')) return `node id ${quoted(node.id ?? '')}`;
  return pattern.test(node.cluster ?? '') ? `node cluster ${quoted(node.cluster ?? '')}` : undefined;
}

function roleLike(facts: ProxyFacts, pattern: RegExp): string | undefined {
  const role = metadataText(facts, 'role');
  return role !== undefined && pattern.test(role) ? `node metadata role ${quoted(role)}` : undefined;
}

function named(facts: ProxyFacts, kind: 'listener' | 'cluster' | 'route config', pattern: RegExp): string | undefined {
  const names = kind === 'listener' ? facts.listenerNames : kind === 'cluster' ? facts.clusterNames : facts.routeConfigNames;
  const name = names.find((one) => pattern.test(one));
  return name === undefined ? undefined : `${kind} ${quoted(name)}`;
}

/** A namespace of metadata that a listener, or the first virtual host of a route config, has. */
function inMetadata({ listeners, proxy }: ProxyFacts, namespace: string): string | undefined {
  const holders = [...listeners.slice(0, LOOKED_INTO), ...proxy.routeConfigs.slice(0, LOOKED_INTO)].flatMap(({ value }) =>
    'virtual_hosts' in value ? (value.virtual_hosts?.[0] ?? []) : value,
  );
  const isThere = holders.some((holder) => (holder as { readonly metadata?: Metadata }).metadata?.filter_metadata?.[namespace] !== undefined);
  return isThere ? `metadata under "${namespace}"` : undefined;
}

const LOOKED_INTO = 5;

/** An address of the static clusters of the bootstrap: where the control plane is. */
function addressOf({ proxy }: ProxyFacts, pattern: RegExp): string | undefined {
  for (const cluster of proxy.bootstrap?.value.static_resources?.clusters ?? []) {
    for (const locality of cluster.load_assignment?.endpoints ?? []) {
      for (const { endpoint } of locality.lb_endpoints ?? []) {
        const address = endpoint?.address?.socket_address?.address ?? '';
        if (pattern.test(address)) return `cluster ${quoted(cluster.name ?? '')} leads to ${quoted(address)}`;
      }
    }
  }
  return undefined;
}

const SHOWN = 60;

function quoted(text: string): string {
  return `"${text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text}"`;
}

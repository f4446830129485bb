import type { OutlineNode } from './json-outline.ts';
import type { ResourceKind } from './resource-seed.ts';
import { canonicalType } from './type-name.ts';

/** The message that each kind of resource is. */
export const RESOURCE_TYPES: Readonly<Record<ResourceKind, string>> = {
  listener: 'envoy.config.listener.v3.Listener',
  route_config: 'envoy.config.route.v3.RouteConfiguration',
  scoped_routes: 'envoy.config.route.v3.ScopedRouteConfiguration',
  cluster: 'envoy.config.cluster.v3.Cluster',
  endpoint: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  secret: 'envoy.extensions.transport_sockets.tls.v3.Secret',
  ecds: 'envoy.config.core.v3.TypedExtensionConfig',
  bootstrap: 'envoy.config.bootstrap.v3.Bootstrap',
};

const KINDS: ReadonlyMap<string, ResourceKind> = new Map(Object.entries(RESOURCE_TYPES).map(([kind, type]) => [type, kind as ResourceKind]));

/** The kind of resource that a type URL or message name stands for; undefined for any other message. */
export function kindOfType(typeUrl: string): ResourceKind | undefined {
  return KINDS.get(canonicalType(typeUrl));
}

/** Members that only one kind of resource has. */
const TELLING: readonly (readonly [kind: ResourceKind, members: readonly string[]])[] = [
  ['listener', ['filter_chains', 'default_filter_chain', 'api_listener', 'internal_listener', 'listener_filters']],
  ['route_config', ['virtual_hosts', 'vhds']],
  [
    'cluster',
    [
      'eds_cluster_config',
      'load_assignment',
      'cluster_type',
      'lb_policy',
      'connect_timeout',
      'circuit_breakers',
      'common_lb_config',
      'dns_lookup_family',
      'outlier_detection',
    ],
  ],
  ['secret', ['tls_certificate', 'validation_context', 'session_ticket_keys', 'generic_secret']],
];

/**
 * The kind of resource that an object without a type looks like by its members (in snake_case); undefined where it looks like none.
 * Resources stand without a type in golden files, in `istioctl -o json`, in the lists of old dumps.
 */
export function kindOfMembers(members: ReadonlyMap<string, OutlineNode>): ResourceKind | undefined {
  if (members.has('cluster_name') && [...members.keys()].every((key) => ASSIGNMENT.has(key))) return 'endpoint';
  const found = TELLING.find(([, telling]) => telling.some((member) => members.has(member)));
  if (found !== undefined) return found[0];
  if (members.has('route_configuration_name') && members.has('key')) return 'scoped_routes';
  if (members.has('name') && members.get('address')?.kind === 'object') return 'listener';
  if (members.size === 2 && members.has('name') && members.has('type')) return 'cluster';
  return undefined;
}

const ASSIGNMENT: ReadonlySet<string> = new Set(['@type', 'cluster_name', 'endpoints', 'named_endpoints', 'policy']);

import type { DocumentKind } from './dump-document.ts';
import type { OutlineNode } from './json-outline.ts';

/** What a document is called in messages, by its kind, where nothing better is known of it. */
export const KIND_NAMES: Readonly<Record<DocumentKind, string>> = {
  config_dump: "Envoy's /config_dump",
  clusters: "Envoy's /clusters",
  listeners: "Envoy's /listeners",
  certs: "Envoy's /certs",
  server_info: "Envoy's /server_info",
  bootstrap: 'an Envoy bootstrap',
  runtime: "Envoy's /runtime",
  stats: "Envoy's /stats",
  memory: "Envoy's /memory",
  init_dump: "Envoy's /init_dump",
  csds: 'a client status (CSDS)',
  csds_request: 'a request for client status (CSDS)',
  xds_resources: 'xDS resources',
  discovery_response: 'a DiscoveryResponse',
  tool_output: 'the output of a tool',
  istiod_debug: "istiod's debug output",
  ztunnel: "ztunnel's output",
  router_check: 'a test of router_check_tool',
  kubernetes: 'a Kubernetes object',
  other: 'nothing that pc knows',
};

interface Shape {
  readonly kind: DocumentKind;
  /** What it is called. */
  readonly about: string;
  /** Members (snake_case) that must all be there. */
  readonly all: readonly string[];
  /** Of these, one must be there. */
  readonly any?: readonly string[];
}

/** Documents that are known by the members of their outermost object. The first that fits counts. */
const OBJECTS: readonly Shape[] = [
  {
    kind: 'ztunnel',
    about: "ztunnel's /config_dump",
    all: ['workloads'],
    any: ['services', 'vips', 'policies', 'certificates', 'workload_state', 'by_addr'],
  },
  { kind: 'clusters', about: KIND_NAMES.clusters, all: ['cluster_statuses'] },
  { kind: 'listeners', about: KIND_NAMES.listeners, all: ['listener_statuses'] },
  { kind: 'certs', about: KIND_NAMES.certs, all: ['certificates'] },
  { kind: 'server_info', about: KIND_NAMES.server_info, all: ['command_line_options'] },
  { kind: 'server_info', about: KIND_NAMES.server_info, all: ['version', 'state'], any: ['hot_restart_version', 'uptime_current_epoch', 'uptime_all_epochs'] },
  { kind: 'runtime', about: KIND_NAMES.runtime, all: ['entries', 'layers'] },
  { kind: 'memory', about: KIND_NAMES.memory, all: ['allocated', 'heap_size'] },
  { kind: 'stats', about: "Envoy's /stats?format=json", all: ['stats'] },
  { kind: 'stats', about: "Envoy's /stats/recentlookups", all: ['lookups'] },
  { kind: 'init_dump', about: KIND_NAMES.init_dump, all: ['unready_targets_dumps'] },
  { kind: 'csds_request', about: KIND_NAMES.csds_request, all: ['node_matchers'] },
  { kind: 'router_check', about: KIND_NAMES.router_check, all: ['tests'] },
  { kind: 'kubernetes', about: KIND_NAMES.kubernetes, all: ['api_version', 'kind'] },
  { kind: 'istiod_debug', about: "istiod's /debug/mesh", all: ['default_config'], any: ['trust_domain', 'root_namespace', 'mesh_mtls'] },
  { kind: 'istiod_debug', about: "istiod's /debug/adsz", all: ['total_clients'] },
  { kind: 'istiod_debug', about: "istiod's /debug/push_status", all: ['proxy_status', 'start', 'end'] },
  { kind: 'xds_resources', about: 'the configuration of one filter', all: ['name', 'typed_config'] },
  {
    kind: 'tool_output',
    about: 'the output of egctl x translate (Kubernetes objects and its own representation)',
    all: ['gateways'],
    any: ['gateway_class', 'http_routes'],
  },
];

/** Documents that are known by the members of the objects in their outermost list. */
const LISTS: readonly Shape[] = [
  { kind: 'clusters', about: 'the output of istioctl proxy-config endpoint', all: ['name', 'host_statuses'] },
  { kind: 'istiod_debug', about: "istiod's /debug/syncz", all: ['proxy'], any: ['cluster_sent', 'istio_version', 'listener_sent'] },
  { kind: 'istiod_debug', about: "istiod's /debug/endpointz", all: ['svc', 'ep'] },
  { kind: 'istiod_debug', about: "istiod's /debug/registryz", all: ['hostname', 'ports'] },
  { kind: 'istiod_debug', about: "istiod's /debug/configz", all: ['kind', 'metadata'], any: ['spec', 'api_version'] },
  { kind: 'istiod_debug', about: "istiod's /debug/instancesz", all: ['service', 'endpoint'] },
  { kind: 'ztunnel', about: "ztunnel's connections", all: ['state', 'connections', 'info'] },
  { kind: 'kubernetes', about: 'a list of Kubernetes objects', all: ['api_version', 'kind'] },
  { kind: 'other', about: 'a list of routes, without the virtual host around them', all: ['match'], any: ['route', 'redirect', 'direct_response'] },
];

/** The kind and name of a document by the members of its outermost object. */
export function kindOfObject(members: ReadonlyMap<string, OutlineNode>): Pick<Shape, 'kind' | 'about'> | undefined {
  return OBJECTS.find((shape) => fits(shape, members));
}

/** The kind and name of a document by the members of the first object in its outermost list. */
export function kindOfList(members: ReadonlyMap<string, OutlineNode>): Pick<Shape, 'kind' | 'about'> | undefined {
  return LISTS.find((shape) => fits(shape, members));
}

function fits(shape: Shape, members: ReadonlyMap<string, OutlineNode>): boolean {
  return shape.all.every((member) => members.has(member)) && (shape.any?.some((member) => members.has(member)) ?? true);
}

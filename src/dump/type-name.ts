import { ownMember } from './json-value.ts';

/**
 * Type names across API versions. Old dumps name v2 messages; pc decodes them by their v3 heirs.
 * Source: the `versioning.previous_message_type` annotations of Envoy's v3 API.
 */

const PREFIXES: readonly (readonly [RegExp, string])[] = [
  [/^envoy\.admin\.v2alpha\./, 'envoy.admin.v3.'],
  [/^envoy\.api\.v2\.(?=(?:Listener|ListenerCollection)$)/, 'envoy.config.listener.v3.'],
  [/^envoy\.api\.v2\.(?=(?:RouteConfiguration|ScopedRouteConfiguration|Vhds)\b)/, 'envoy.config.route.v3.'],
  [/^envoy\.api\.v2\.(?=Cluster(?:\.|$))/, 'envoy.config.cluster.v3.'],
  [/^envoy\.api\.v2\.(?=ClusterLoadAssignment\b)/, 'envoy.config.endpoint.v3.'],
  [/^envoy\.api\.v2\.(?=Discovery|DeltaDiscovery)/, 'envoy.service.discovery.v3.'],
  [/^envoy\.api\.v2\.auth\./, 'envoy.extensions.transport_sockets.tls.v3.'],
  [/^envoy\.api\.v2\.(core|route|listener|cluster|endpoint)\./, 'envoy.config.$1.v3.'],
  [/^envoy\.config\.filter\.accesslog\.v2\./, 'envoy.config.accesslog.v3.'],
  [/^envoy\.config\.accesslog\.v2\.FileAccessLog$/, 'envoy.extensions.access_loggers.file.v3.FileAccessLog'],
  [/^envoy\.config\.accesslog\.v2\./, 'envoy.extensions.access_loggers.grpc.v3.'],
  [/^envoy\.config\.filter\.fault\.v2\./, 'envoy.extensions.filters.common.fault.v3.'],
  [/^envoy\.config\.filter\.(network|http|listener)\.(\w+)\.v\d\w*\./, 'envoy.extensions.filters.$1.$2.v3.'],
  [/^envoy\.config\.cluster\.(aggregate|dynamic_forward_proxy|redis)\.v2\w*\./, 'envoy.extensions.clusters.$1.v3.'],
  [/^envoy\.config\.common\.dynamic_forward_proxy\.v2\w*\./, 'envoy.extensions.common.dynamic_forward_proxy.v3.'],
  [/^envoy\.config\.(bootstrap|trace|metrics|rbac|listener|cluster)\.v2\w*\./, 'envoy.config.$1.v3.'],
  [/^envoy\.data\.(\w+)\.v2\w*\./, 'envoy.data.$1.v3.'],
  [/^envoy\.service\.(discovery|status)\.v2\./, 'envoy.service.$1.v3.'],
  [/^envoy\.type\.matcher\.(?!v3)/, 'envoy.type.matcher.v3.'],
  [/^envoy\.type\.(?!matcher|metadata|tracing|http|v3)/, 'envoy.type.v3.'],
];

const RENAMED: Readonly<Record<string, string>> = {
  'envoy.extensions.filters.network.rate_limit.v3.RateLimit': 'envoy.extensions.filters.network.ratelimit.v3.RateLimit',
  'envoy.extensions.filters.http.rate_limit.v3.RateLimit': 'envoy.extensions.filters.http.ratelimit.v3.RateLimit',
  'envoy.config.cluster.v3.Cluster.OutlierDetection': 'envoy.config.cluster.v3.OutlierDetection',
};

const known = new Map<string, string>();

/** The v3 message name of a type URL or message name: `type.googleapis.com/envoy.api.v2.Cluster` gives `envoy.config.cluster.v3.Cluster`. */
export function canonicalType(typeUrl: string): string {
  const cached = known.get(typeUrl);
  if (cached !== undefined) return cached;
  const name = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  let canonical = name;
  for (const [pattern, replacement] of PREFIXES) {
    if (pattern.test(name)) {
      canonical = name.replace(pattern, replacement);
      break;
    }
  }
  canonical = ownMember(RENAMED, canonical) ?? canonical;
  if (known.size < 4096) known.set(typeUrl, canonical);
  return canonical;
}

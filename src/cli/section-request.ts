import { Failure } from '../dump/failure.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { ResourceKind } from '../model/resource.ts';

/** What a section is called, and the admin request that gives it. */
const SECTIONS: Readonly<Record<ResourceKind, readonly [name: string, request: string]>> = {
  listener: ['listeners', '/config_dump?mask=dynamic_listeners,static_listeners'],
  route_config: ['routes', '/config_dump?mask=dynamic_route_configs,static_route_configs'],
  scoped_routes: ['scoped routes', '/config_dump?mask=dynamic_scoped_route_configs,inline_scoped_route_configs'],
  cluster: ['clusters', '/config_dump?mask=dynamic_active_clusters,dynamic_warming_clusters,static_clusters'],
  endpoint: ['endpoints', '/config_dump?include_eds, or /clusters?format=json'],
  secret: ['secrets', '/config_dump?mask=dynamic_active_secrets,dynamic_warming_secrets,static_secrets'],
  bootstrap: ['bootstrap', '/config_dump?mask=bootstrap'],
  ecds: ['ECDS', '/config_dump?mask=ecds_filters'],
};

/** Throws Failure PC1001 (PC1002 for endpoints) where the input has no section of a kind: which one, and the request to Envoy that gives it. */
export function requireSection(proxy: ProxyConfig, kind: ResourceKind, isThere = proxy.sections.has(kind)): void {
  if (isThere) return;
  const [name, request] = SECTIONS[kind];
  throw new Failure({
    id: kind === 'endpoint' ? 'PC1002' : 'PC1001',
    what: `the input has no ${name} section`,
    place: proxy.label,
    next: `ask the proxy's admin port for ${request} (in an Istio pod: pilot-agent request GET '${request.split(', ')[0]?.slice(1)}')`,
  });
}

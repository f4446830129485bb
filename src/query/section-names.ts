import type { ResourceKind } from '../model/resource.ts';

/** What each section of a dump is called, and the admin request that gives it. */
export const SECTIONS: Readonly<Record<ResourceKind, { readonly name: string; readonly request: string }>> = {
  listener: { name: 'listeners', request: '/config_dump?mask=dynamic_listeners,static_listeners' },
  route_config: { name: 'routes', request: '/config_dump?mask=dynamic_route_configs,static_route_configs' },
  scoped_routes: { name: 'scoped routes', request: '/config_dump?mask=dynamic_scoped_route_configs,inline_scoped_route_configs' },
  cluster: { name: 'clusters', request: '/config_dump?mask=dynamic_active_clusters,dynamic_warming_clusters,static_clusters' },
  endpoint: { name: 'endpoints', request: '/config_dump?include_eds, or /clusters?format=json' },
  secret: { name: 'secrets', request: '/config_dump?mask=dynamic_active_secrets,dynamic_warming_secrets,static_secrets' },
  bootstrap: { name: 'bootstrap', request: '/config_dump?mask=bootstrap' },
  ecds: { name: 'ECDS', request: '/config_dump?mask=ecds_filters' },
};

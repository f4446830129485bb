import type { TraceRequest } from '../match/request.ts';
import type { FilterChain, HttpConnectionManager, Listener, RouteConfiguration, ScopedRoutes, VirtualHost } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { indexOf } from '../trace/trace-request.ts';
import { exampleRequest } from './example-request.ts';
import { exampleHost, sampleConnection } from './sample-connection.ts';

/** The requests that ask a proxy where everything that it names goes. */
export interface SampleRequests {
  /** By a key that is the same on both sides for the same request. */
  readonly requests: ReadonlyMap<string, TraceRequest>;
  /** What no request was found for. */
  readonly notAsked: readonly { readonly what: string; readonly why: string }[];
}

const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/**
 * One request for each domain and route entry that the serving listeners of a proxy lead to, made to satisfy the entry's match; and one
 * for each filter chain that carries no HTTP. A wildcard domain is asked with a name that it stands for.
 */
export function sampleRequests(proxy: ProxyConfig): SampleRequests {
  const samples = new Sampling(proxy);
  for (const listener of indexOf(proxy).listeners) samples.listener(listener);
  samples.unused();
  return samples;
}

class Sampling implements SampleRequests {
  readonly requests = new Map<string, TraceRequest>();
  readonly notAsked: { what: string; why: string }[] = [];
  private readonly used = new Set<string>();
  private readonly proxy: ProxyConfig;

  constructor(proxy: ProxyConfig) {
    this.proxy = proxy;
  }

  listener(resource: Resource<Listener>): void {
    const listener = resource.value;
    const chains = [...(listener.filter_chains ?? []), ...(listener.default_filter_chain === undefined ? [] : [listener.default_filter_chain])];
    for (const chain of chains) {
      const manager = (chain.filters ?? []).map(configOf).find((config) => anyType(config) === HCM);
      if (manager === undefined) this.ask({ ...sampleConnection(indexOf(this.proxy), listener, chain, undefined), scheme: 'tcp' });
      else this.manager(resource, chain, manager as unknown as HttpConnectionManager);
    }
  }

  /** Notes the route configs that no listener was seen to use. */
  unused(): void {
    const delivered = this.proxy.routeConfigs.filter((config) => config.state === 'active' && config.name !== '');
    for (const { name } of delivered)
      if (!this.used.has(name)) this.notAsked.push({ what: `route config ${name}`, why: 'no serving listener leads to it by name' });
  }

  private manager(resource: Resource<Listener>, chain: FilterChain, manager: HttpConnectionManager): void {
    const place = `listener ${resource.name}`;
    for (const config of this.routeConfigs(manager, place)) {
      for (const host of config.virtual_hosts ?? []) this.host(resource.value, chain, config, host);
    }
  }

  private host(listener: Listener, chain: FilterChain, config: RouteConfiguration, host: VirtualHost): void {
    if (host.matcher !== undefined)
      this.notAsked.push({ what: `the routes of virtual host ${host.name ?? ''} in ${config.name ?? ''}`, why: 'they stand in a matcher tree' });
    if (config.vhost_header) {
      this.notAsked.push({ what: `route config ${config.name ?? ''}`, why: `its virtual hosts are found by the header ${config.vhost_header}` });
      return;
    }
    const examples = (host.routes ?? []).map((route) => ({ route, example: exampleRequest(route.match ?? {}) }));
    for (const { route, example } of examples) {
      if (example.kind === 'none')
        this.notAsked.push({ what: `route ${route.name || '(unnamed)'} of virtual host ${host.name ?? ''} in ${config.name ?? ''}`, why: example.why });
    }
    for (const domain of host.domains ?? []) {
      for (const { example } of examples) {
        if (example.kind === 'none') continue;
        const authority = example.authority ?? exampleHost(domain);
        const connection = sampleConnection(indexOf(this.proxy), listener, chain, authority);
        const tls = connection.tls == null || !example.needsCertificate ? connection.tls : { ...connection.tls, client_cert: true };
        this.ask({ ...connection, ...(tls == null ? {} : { tls }), scheme: tls == null ? 'http' : 'https', authority, ...example.request });
      }
    }
  }

  private routeConfigs(manager: HttpConnectionManager, place: string): readonly RouteConfiguration[] {
    if (manager.route_config !== undefined) return [manager.route_config];
    const named = indexOf(this.proxy).routeConfigs;
    if (manager.rds !== undefined) {
      const name = manager.rds.route_config_name ?? '';
      this.used.add(name);
      const found = named.get(name);
      return found === undefined ? [] : [found.value];
    }
    if (manager.scoped_routes !== undefined) this.notAsked.push({ what: `the scoped routes of ${place}`, why: scopeText(manager.scoped_routes) });
    return [];
  }

  private ask(request: TraceRequest): void {
    this.requests.set(JSON.stringify(request), request);
  }
}

function scopeText(scoped: ScopedRoutes): string {
  return `their scope is taken from each request (${scoped.name ?? 'unnamed'})`;
}

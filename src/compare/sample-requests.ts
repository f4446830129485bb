import type { TraceRequest } from '../match/request.ts';
import type { FilterChain, HttpConnectionManager, Listener, RouteConfiguration, ScopedRoutes, VirtualHost } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { addressText, hostText, portOf } from '../query/address-text.ts';
import { sidecarDestination } from '../trace/sidecar-destination.ts';
import { indexOf } from '../trace/trace-request.ts';
import { exampleRequest } from './example-request.ts';

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
  return samples;
}

class Sampling implements SampleRequests {
  readonly requests = new Map<string, TraceRequest>();
  readonly notAsked: { what: string; why: string }[] = [];
  private readonly proxy: ProxyConfig;

  constructor(proxy: ProxyConfig) {
    this.proxy = proxy;
  }

  listener(resource: Resource<Listener>): void {
    const listener = resource.value;
    const chains = [...(listener.filter_chains ?? []), ...(listener.default_filter_chain === undefined ? [] : [listener.default_filter_chain])];
    for (const chain of chains) {
      const manager = (chain.filters ?? []).map(configOf).find((config) => anyType(config) === HCM);
      if (manager === undefined) this.ask({ ...connectionTo(listener, chain, undefined, this.proxy), scheme: 'tcp' });
      else this.manager(resource, chain, manager as unknown as HttpConnectionManager);
    }
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
        const connection = connectionTo(listener, chain, authority, this.proxy);
        const tls = connection.tls == null || !example.needsCertificate ? connection.tls : { ...connection.tls, client_cert: true };
        this.ask({ ...connection, ...(tls == null ? {} : { tls }), scheme: tls == null ? 'http' : 'https', authority, ...example.request });
      }
    }
  }

  private routeConfigs(manager: HttpConnectionManager, place: string): readonly RouteConfiguration[] {
    if (manager.route_config !== undefined) return [manager.route_config];
    const named = indexOf(this.proxy).routeConfigs;
    if (manager.rds !== undefined) {
      const found = named.get(manager.rds.route_config_name ?? '');
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

/** A host that a domain stands for: `*.shop.example` is asked as `any.shop.example`. */
function exampleHost(domain: string): string {
  return domain === '*'
    ? 'any.example'
    : domain.replace(/^\*/, domain.startsWith('*.') ? 'any' : 'any-').replace(/\*$/, domain.endsWith('.*') ? 'any' : '-any');
}

/** The connection that reaches a filter chain of a listener, as its address and the chain's match have it. */
function connectionTo(listener: Listener, chain: FilterChain, authority: string | undefined, proxy: ProxyConfig): TraceRequest {
  const match = chain.filter_chain_match;
  const address = listener.address;
  const port = match?.destination_port ?? portOf(address) ?? 0;
  const host = hostText(address);
  const isOpen = host === '0.0.0.0' || host === '::' || host === '';
  const isBound = listener.bind_to_port !== false && listener.deprecated_v1?.bind_to_port !== false;
  const range = match?.prefix_ranges?.[0]?.address_prefix;
  const name = authority?.replace(/:\d+$/, '');
  const destination =
    range ?? (isOpen ? undefined : host) ?? (name === undefined ? undefined : sidecarDestination(indexOf(proxy), name, port).destination.address);
  const serverName = match?.server_names?.[0];
  const sni = serverName === undefined ? name : fits(name, serverName) ? name : exampleHost(serverName);
  const isTls =
    match?.transport_protocol === 'tls' || serverName !== undefined || (match?.transport_protocol !== 'raw_buffer' && chain.transport_socket !== undefined);
  return {
    ...(isBound && address?.socket_address !== undefined ? { listener: { address: host, port: portOf(address) ?? 0 } } : {}),
    ...(address?.socket_address === undefined ? { listenerName: listener.name ?? addressText(address) } : {}),
    ...(!isBound || range !== undefined || match?.destination_port !== undefined ? { destination: { address: destination ?? '127.0.0.1', port } } : {}),
    ...(isTls ? { tls: { ...(sni === undefined ? {} : { sni }), alpn: match?.application_protocols ?? ['http/1.1'] } } : {}),
  };
}

function fits(name: string | undefined, serverName: string): boolean {
  if (name === undefined) return false;
  return serverName === name || (serverName.startsWith('*.') && name.endsWith(serverName.slice(1)));
}

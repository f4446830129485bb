import type { ConfigListener_Filter, FilterChain, HttpConnectionManager, HttpFilter } from '../model/generated/envoy-api.ts';
import { type Any, anyType, configOf, configType } from '../model/message.ts';
import { addressText, portOf } from '../query/address-text.ts';
import type { AppliedPolicy, Description } from './description.ts';
import { filterPolicies, isNoteworthy, type PlacelessPolicy } from './filter-policies.ts';
import { ISTIO_SERVICE_PORTS } from './istio-ports.ts';
import type { ProxyFacts } from './proxy-facts.ts';
import type { HostRoutes } from './route-table.ts';
import { chainsOf, isInbound } from './tcp-hosts.ts';

/** What is enforced where, and which other filters there are. */
export interface PoliciesAndFilters {
  readonly policies: readonly AppliedPolicy[];
  readonly otherFilters: Description['other_filters'];
}

/** Looks through the filters of every chain and through what hosts and routes set for themselves. */
export function policiesOf(facts: ProxyFacts, hosts: readonly HostRoutes[]): PoliciesAndFilters {
  const found = new Map<string, PlacelessPolicy & { readonly places: Set<string> }>();
  const others = new Map<string, number>();
  const add = (policy: PlacelessPolicy, place: string): void => {
    const key = JSON.stringify([policy.kind, policy.name, policy.action, policy.detail]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...policy, places: new Set([place]) });
    else known.places.add(place);
  };
  for (const listener of facts.listeners) {
    if (ISTIO_SERVICE_PORTS.has(portOf(listener.value.address) ?? 0) && isStatic(listener)) continue;
    const where = listener.name || addressText(listener.value.address);
    for (const chain of chainsOf(listener.value)) {
      const place = placeOf(chain, where, isInbound(listener), portOf(listener.value.address));
      const names = new Set<string>();
      for (const { name, config } of filtersOf(chain, facts)) {
        for (const policy of filterPolicies(config)) add(policy, place);
        const type = configType(config);
        if (isNoteworthy(type, name)) names.add(name || type);
      }
      for (const name of names) others.set(name, (others.get(name) ?? 0) + 1);
    }
  }
  for (const { host, rows, configName } of hosts) {
    const place = `host ${host.name || configName}`;
    for (const holder of [host, ...rows.flatMap(({ route }) => route ?? [])])
      for (const config of Object.values(holder.typed_per_filter_config ?? {})) for (const policy of filterPolicies(unwrapped(config))) add(policy, place);
  }
  return {
    policies: [...found.values()].map((policy) => ({ ...policy, places: [...policy.places] })),
    otherFilters: [...others].map(([name, chains]) => ({ name, chains })).sort((a, b) => b.chains - a.chains),
  };
}

/** One of the bootstrap: Istio's listeners for health checks and telemetry are. */
function isStatic({ state }: { readonly state: string }): boolean {
  return state === 'static';
}

/** `inbound port 8080`, `listener 0.0.0.0_8080`. */
function placeOf(chain: FilterChain, listener: string, inbound: boolean, own: number | undefined): string {
  const asked = chain.filter_chain_match?.destination_port;
  if (!inbound) return `listener ${listener}`;
  return asked !== undefined
    ? `inbound port ${asked}`
    : /^virtualInbound|^$/.test(listener) || own === 15006
      ? 'inbound, ports not named'
      : `inbound port ${own ?? listener}`;
}

interface NamedConfig {
  readonly name: string;
  readonly config: Any | undefined;
}

/** The network filters of a chain and the HTTP filters within them; those that come by ECDS as it brought them. */
function filtersOf(chain: FilterChain, facts: ProxyFacts): readonly NamedConfig[] {
  return (chain.filters ?? []).flatMap((filter) => {
    const own = named(filter, facts);
    if (!anyType(own.config).endsWith('.HttpConnectionManager')) return [own];
    return ((own.config as HttpConnectionManager).http_filters ?? []).map((http) => named(http, facts));
  });
}

function named(filter: ConfigListener_Filter | HttpFilter, { proxy }: ProxyFacts): NamedConfig {
  const name = filter.name ?? '';
  if (filter.config_discovery === undefined) return { name, config: configOf(filter) };
  const extension = proxy.ecds.find((resource) => resource.name === name);
  return { name, config: extension === undefined ? undefined : configOf(extension.value) };
}

/** `envoy.config.route.v3.FilterConfig` wraps what a route sets for a filter. */
function unwrapped(config: Any): Any | undefined {
  return configOf({ typed_config: anyType(config).endsWith('route.v3.FilterConfig') ? (config['config'] as Any) : config });
}

import type { FilterChain, HeaderValueOption, LbEndpoint, LocalityLbEndpoints, Route, WeightedCluster_ClusterWeight } from '../model/generated/envoy-api.ts';
import { type Any, anyType } from '../model/message.ts';
import { addressText } from '../query/address-text.ts';
import { localityText } from '../query/endpoint-row.ts';
import { filterChainMatchText } from '../query/filter-chain-match-text.ts';
import { routeMatchText } from '../query/route-match-text.ts';
import { headerMatchText, queryMatchText } from '../query/string-match-text.ts';
import type { Step } from './change.ts';
import { withoutPackage } from './list-order.ts';

/** Where in a resource something is, in words. */
export interface PlaceWords {
  /** The things on the way, outermost first: `virtual host catalog`, `route /items*`. */
  readonly things: readonly string[];
  /** The fields below the last of them: `retry_policy.num_retries`; '' where the last thing itself is meant. */
  readonly field: string;
}

/** Fields that people do not name: what stands in them is what the thing around them has. */
const UNNAMED: ReadonlySet<string> = new Set(['typed_config', 'weighted_clusters']);

/** Fields that a list stands in, which the words for its elements imply. */
const HOLDERS: ReadonlySet<string> = new Set(['route', 'match', 'filter_chain_match', 'load_assignment', 'route_config', 'config']);

/** The steps of a change in the field's words. */
export function placeWords(steps: readonly Step[]): PlaceWords {
  const things: string[] = [];
  let fields: string[] = [];
  let owner = '';
  for (const step of steps) {
    if (step.kind === 'element') {
      const label = elementLabel(step.type, step.value, owner);
      const within = fields.slice(0, -1).filter((name) => !UNNAMED.has(name) && !HOLDERS.has(name));
      if (within.length > 0) things.push(within.join('.'));
      things.push(label ?? `${fields.at(-1) ?? ''}[${step.index}]`);
      fields = [];
    } else if (step.kind === 'field') {
      owner = `${withoutPackage(step.of)}.${step.name}`;
      fields.push(step.name);
    } else fields.push(/^[A-Za-z_]\w*$/.test(step.name) ? step.name : `[${JSON.stringify(step.name)}]`);
  }
  const named = fields.filter((name, i) => i === fields.length - 1 || !(UNNAMED.has(name) || name === 'route'));
  return { things, field: named.join('.').replaceAll('.[', '[') };
}

/** A jq path of the place, with side A's positions. */
export function stepsPath(steps: readonly Step[]): readonly (string | number)[] {
  return steps.map((step) => (step.kind === 'element' ? step.index : step.name));
}

/** What one calls an element of a list; undefined for one that has no name of its own. */
function elementLabel(type: string, value: unknown, owner: string): string | undefined {
  const word = WORDS[withoutPackage(type)];
  if (word !== undefined) return word(value as never);
  const noun = NOUNS[owner] ?? NOUNS[owner.slice(owner.indexOf('.'))];
  if (typeof value === 'string' || typeof value === 'number') return `${noun ?? singular(owner)} ${value}`;
  const { name } = value as { readonly name?: unknown };
  return typeof name === 'string' && name !== '' ? `${noun ?? singular(owner)} ${name}` : undefined;
}

const WORDS: Readonly<Record<string, (value: never) => string | undefined>> = {
  VirtualHost: ({ name }: { name?: string }) => `virtual host ${name ?? '(unnamed)'}`,
  Route: (route: Route) => `route ${route.name ? `\`${route.name}\` ` : ''}${routeMatchText(route.match)}`,
  'WeightedCluster.ClusterWeight': (arm: WeightedCluster_ClusterWeight) => `arm ${arm.name || `named by header ${arm.cluster_header ?? ''}`}`,
  FilterChain: (chain: FilterChain) => {
    const match = filterChainMatchText(chain.filter_chain_match);
    return `filter chain ${chain.name === undefined || chain.name === '' ? match : match === 'ALL' ? chain.name : `${chain.name} (${match})`}`;
  },
  LbEndpoint: (lb: LbEndpoint) => `endpoint ${addressText(lb.endpoint?.address) || lb.endpoint_name || '(unnamed)'}`,
  LocalityLbEndpoints: (group: LocalityLbEndpoints) => {
    const priority = group.priority ? ` (priority ${group.priority})` : '';
    return `locality ${localityText(group.locality) || '(none)'}${priority}`;
  },
  HeaderValueOption: (option: HeaderValueOption) => `header ${option.header?.key ?? ''}`,
  HeaderMatcher: (matcher) => `matcher ${headerMatchText(matcher)}`,
  QueryParameterMatcher: (matcher) => `matcher query ${queryMatchText(matcher)}`,
  HttpFilter: (filter: { name?: string; typed_config?: Any }) => `HTTP filter ${filter.name || anyType(filter.typed_config)}`,
  Filter: (filter: { name?: string }) => `filter ${filter.name ?? '(unnamed)'}`,
  'CircuitBreakers.Thresholds': ({ priority }: { priority?: unknown }) => `threshold ${String(priority ?? 'DEFAULT')}`,
  CidrRange: (range: { address_prefix?: string; prefix_len?: number }) => `range ${range.address_prefix ?? ''}/${range.prefix_len ?? 0}`,
};

const NOUNS: Readonly<Record<string, string>> = {
  'VirtualHost.domains': 'domain',
  'FilterChainMatch.server_names': 'server name',
  'FilterChainMatch.application_protocols': 'application protocol',
  'Listener.listener_filters': 'listener filter',
  '.access_log': 'access log',
  '.request_headers_to_remove': 'request header to remove',
  '.response_headers_to_remove': 'response header to remove',
};

/** `Cluster.health_checks` gives `health check`. */
function singular(owner: string): string {
  return owner
    .slice(owner.lastIndexOf('.') + 1)
    .replaceAll('_', ' ')
    .replace(/(?<=[^s])s$/, '');
}

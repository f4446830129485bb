import { jqPath } from '../../dump/dump-path.ts';
import type { FilterChainMatch } from '../../model/generated/envoy-api.ts';
import { anyType, configOf } from '../../model/message.ts';
import type { Finding } from '../finding.ts';
import type { LintContext, PlacedChain } from '../lint-context.ts';

const chainName = (chain: PlacedChain): string => chain.value.name || (chain.isDefault ? 'default' : String(chain.path.at(-1)));
const subject = (chain: PlacedChain): string => `${chain.listener.name}/${chainName(chain)}`;
const matchText = (match: FilterChainMatch | undefined): string => JSON.stringify(Object.entries(match ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Filter chains that get no connection: an equal match before them, or a default chain behind one that takes everything. */
export function* unreachableChains(context: LintContext): Generator<Finding> {
  for (const listener of context.listeners) {
    if (listener.value.filter_chain_matcher !== undefined) continue;
    const chains = context.chains.filter((chain) => chain.listener === listener);
    const byMatch = new Map<string, PlacedChain>();
    for (const chain of chains.filter((c) => !c.isDefault)) {
      const key = matchText(chain.value.filter_chain_match);
      const same = byMatch.get(key);
      if (same === undefined) byMatch.set(key, chain);
      else yield finding('PC2010', chain, { reason: `filter chain "${chainName(same)}" has the same match` }, 'filter_chain_match');
    }
    const all = byMatch.get(matchText({}));
    const last = chains.find((chain) => chain.isDefault);
    if (all !== undefined && last !== undefined && chains.length === 2)
      yield finding('PC2010', last, { reason: `filter chain "${chainName(all)}" takes every connection` });
  }
}

/**
 * A chain with the range 0.0.0.0/0 beside one without any range: Envoy keeps both under one key of its trie, and which of them it finds
 * differs from one start to the next.
 */
export function* ambiguousChains(context: LintContext): Generator<Finding> {
  for (const listener of context.listeners) {
    if (listener.value.filter_chain_matcher !== undefined) continue;
    const chains = context.chains.filter((chain) => chain.listener === listener && !chain.isDefault);
    const isAll = (chain: PlacedChain): boolean => chain.value.filter_chain_match?.prefix_ranges?.some((range) => (range.prefix_len ?? 0) === 0) === true;
    for (const chain of chains.filter(isAll)) {
      const port = chain.value.filter_chain_match?.destination_port ?? 0;
      const other = chains.find(
        (c) => (c.value.filter_chain_match?.destination_port ?? 0) === port && (c.value.filter_chain_match?.prefix_ranges ?? []).length === 0,
      );
      if (other !== undefined) yield finding('PC2011', chain, { other: chainName(other) }, 'filter_chain_match');
    }
  }
}

/** Matches on what only a listener filter can know, without that filter. Before 1.22 Envoy added the TLS inspector by itself. */
export function* matchesWithoutInspector(context: LintContext): Generator<Finding> {
  const [major = 1, minor = 99] = context.envoyVersion ?? [];
  if (major === 1 && minor < 22) return;
  for (const chain of context.chains) {
    const { listener } = chain;
    const { server_names: names = [], transport_protocol: transport, application_protocols: protocols = [] } = chain.value.filter_chain_match ?? {};
    if (listener.value.udp_listener_config !== undefined || listener.value.address?.socket_address?.protocol === 'UDP') continue;
    const filters = (listener.value.listener_filters ?? []).map((filter) => `${anyType(configOf(filter))} ${filter.name ?? ''}`);
    const hasTls = filters.some((filter) => /tls_inspector/i.test(filter));
    const hasHttp = filters.some((filter) => /http_inspector/i.test(filter));
    if (listener.value.listener_filters?.some((filter) => filter.config_discovery !== undefined)) continue;
    const wanted =
      names.length > 0 ? 'the server name' : transport === 'tls' ? 'the transport protocol' : protocols.length > 0 ? 'the application protocol' : undefined;
    if (wanted === undefined || hasTls || (wanted === 'the application protocol' && hasHttp)) continue;
    yield finding('PC2012', chain, { wanted }, 'filter_chain_match');
  }
}

/** TLS connections that are given to an HTTP connection manager without a transport socket that would end TLS. */
export function* tlsWithoutSocket(context: LintContext): Generator<Finding> {
  for (const { chain } of context.connectionManagers) {
    const { server_names: names = [], transport_protocol: transport } = chain.value.filter_chain_match ?? {};
    if ((transport !== 'tls' && names.length === 0) || transport === 'raw_buffer' || chain.value.transport_socket !== undefined) continue;
    if (chain.value.tls_context !== undefined) continue;
    yield finding('PC2013', chain, {}, 'filter_chain_match');
  }
}

function finding(id: string, chain: PlacedChain, facts: Finding['facts'], at?: string): Finding {
  const path = at === undefined || chain.value.filter_chain_match === undefined ? chain.path : [...chain.path, at];
  return {
    id,
    subject: subject(chain),
    facts: { listener: chain.listener.name, chain: chainName(chain), ...facts },
    evidence: { document: chain.document, path: jqPath(path) },
  };
}

import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { type AcceptedSocket, inspected } from '../match/accepted-socket.ts';
import { type FilterChainChoice, matchFilterChains, takenText, whyNotTaken } from '../match/filter-chain-match.ts';
import type { InspectedConnection } from '../match/inspected-connection.ts';
import { evaluateMatcher } from '../match/matcher-tree.ts';
import { networkInputs } from '../match/network-inputs.ts';
import type { TraceRequest } from '../match/request.ts';
import type { FilterChain, Listener } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import type { Resource } from '../model/resource.ts';
import type { Gap, RejectedCandidate } from './trace-answer.ts';

/** Which filter chain takes the connection, under which conditions. */
export type ChainChoice = { readonly conditions: readonly string[]; readonly rejected: readonly RejectedCandidate[] } & (
  | { readonly kind: 'chain'; readonly chain: FilterChain; readonly path: DumpPath; readonly rule: string }
  | { readonly kind: 'none'; readonly rule: string }
  /** Several filter chains match equally. */
  | { readonly kind: 'ambiguous'; readonly rule: string }
  | { readonly kind: 'gap'; readonly gap: Gap }
);

const FILTER_CHAIN_NAME = 'google.protobuf.StringValue';

/**
 * By filter_chain_matcher where the listener has one, else by filter_chain_match. The default filter chain serves what neither takes; an
 * action of a matcher that names an unknown filter chain closes the connection all the same.
 * Source: filter_chain_manager_impl.cc FilterChainManagerImpl::findFilterChain, findFilterChainUsingMatcher.
 */
export function chooseFilterChain(listener: Resource<Listener>, socket: AcceptedSocket, request: TraceRequest, terse: boolean): readonly ChainChoice[] {
  if (listener.value.filter_chain_matcher !== undefined) return [byMatcher(listener, socket, request)];
  const chains = listener.value.filter_chains ?? [];
  const connection = inspected(socket);
  return matchFilterChains(chains, connection).map((choice) => {
    const rejected = terse ? [] : rejectedOf(listener, choice, connection);
    return { ...fromSieve(listener, choice), conditions: choice.conditions, rejected };
  });
}

function fromSieve(listener: Resource<Listener>, choice: FilterChainChoice): ChainChoice {
  const common = { conditions: [], rejected: [] };
  const chains = listener.value.filter_chains ?? [];
  const [only, ...others] = choice.chains;
  if (only === undefined) return defaultChain(listener, 'no filter_chain_match takes the connection');
  if (others.length > 0) {
    const names = choice.chains.map((i) => `"${chains[i]?.name ?? i}"`).join(', ');
    return { ...common, kind: 'ambiguous', rule: `filter chains ${names} match equally: Envoy refuses a listener with such a pair` };
  }
  return { ...common, kind: 'chain', chain: chains[only] as FilterChain, path: [...listener.path, 'filter_chains', only], rule: takenText(choice) };
}

function defaultChain(listener: Resource<Listener>, why: string): ChainChoice {
  const chain = listener.value.default_filter_chain;
  const common = { conditions: [], rejected: [] };
  if (chain === undefined) return { ...common, kind: 'none', rule: `${why}, and there is no default_filter_chain` };
  return { ...common, kind: 'chain', chain, path: [...listener.path, 'default_filter_chain'], rule: `${why}: the default filter chain serves` };
}

function byMatcher(listener: Resource<Listener>, socket: AcceptedSocket, request: TraceRequest): ChainChoice {
  const { value, path } = listener;
  const result = evaluateMatcher(value.filter_chain_matcher ?? {}, [...path, 'filter_chain_matcher'], networkInputs(socket, request.metadata));
  const common = { conditions: [], rejected: [] };
  if (result.kind === 'no match') return defaultChain(listener, 'filter_chain_matcher finds nothing');
  if (result.kind === 'unavailable')
    return { ...common, kind: 'gap', gap: { id: 'PC9001', what: `filter_chain_matcher asks for ${result.what}`, path: jqPath(result.path) } };
  const config = result.action.typed_config;
  if (anyType(config) !== FILTER_CHAIN_NAME) {
    return {
      ...common,
      kind: 'gap',
      gap: {
        id: 'PC9001',
        what: `the action ${anyType(config) || (result.action.name ?? '')} of filter_chain_matcher is not modelled`,
        path: jqPath(result.path),
      },
    };
  }
  const name = String(config?.['value'] ?? '');
  const position = (value.filter_chains ?? []).findIndex((chain) => chain.name === name);
  const chain = value.filter_chains?.[position];
  if (chain === undefined) return { ...common, kind: 'none', rule: `filter_chain_matcher names filter chain "${name}", which the listener does not have` };
  return { ...common, kind: 'chain', chain, path: [...path, 'filter_chains', position], rule: `filter_chain_matcher names it (${jqPath(result.path)})` };
}

function rejectedOf(listener: Resource<Listener>, choice: FilterChainChoice, connection: InspectedConnection): readonly RejectedCandidate[] {
  return (listener.value.filter_chains ?? []).flatMap((chain, i) => {
    if (choice.chains.includes(i)) return [];
    return [
      {
        name: chain.name || `filter chain ${i}`,
        reason: whyNotTaken(chain, choice, connection),
        path: jqPath([...listener.path, 'filter_chains', i, 'filter_chain_match']),
      },
    ];
  });
}

import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import type { AcceptedSocket } from '../match/accepted-socket.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { ChainChoice } from './choose-filter-chain.ts';
import { branch, type ConnectionBranch, type ConnectionWalk } from './connection-branch.ts';
import { filterChainGap } from './fidelity/listener-gap.ts';
import { meetTransport } from './meet-transport.ts';
import { outcome } from './outcome.ts';
import type { Hop } from './trace-answer.ts';
import { traceNetworkFilters } from './trace-network-filters.ts';

/** What becomes of a connection with the filter chain that was chosen for it, or with none. */
export function enterFilterChain(at: ConnectionWalk, listener: Resource<Listener>, socket: AcceptedSocket, choice: ChainChoice): readonly ConnectionBranch[] {
  const { conditions: given, rejected } = choice;
  const say = (name: string, state: Hop['state'], rule: string, path: DumpPath): ConnectionWalk => ({
    ...at,
    hops: [...at.hops, { stage: 'filter_chain', name, state, rule, path: jqPath(path), document: listener.document, rejected }],
  });
  if (choice.kind === 'gap') return [branch(at, listener, socket, { gap: choice.gap, conditions: given })];
  if (choice.kind === 'none') {
    const end = [outcome({ flags: 'NR', details: 'filter_chain_not_found', connection: 'closed', break: 'PC2002' })];
    return [branch(say('', 'broken', choice.rule, [...listener.path, 'filter_chains']), listener, socket, { end, conditions: given })];
  }
  if (choice.kind === 'ambiguous') {
    // Envoy refuses such a listener, so nothing listens there.
    return [
      branch(say('', 'broken', choice.rule, [...listener.path, 'filter_chains']), listener, socket, {
        end: [outcome({ connection: 'refused', break: 'PC2003' })],
        conditions: given,
      }),
    ];
  }
  const { chain, path } = choice;
  const name = chain.name || null;
  const filterChain = { chain, name, path };
  const gap = filterChainGap(chain, path);
  if (gap !== undefined) return [branch(at, listener, socket, { gap, filterChain, conditions: given })];
  const met = meetTransport(at.index, at.request, chain, path, socket);
  if (met.kind === 'gap') return [branch(at, listener, socket, { gap: met.gap, filterChain, conditions: given })];
  const conditions = met.doubt === null ? given : [...given, "the client accepts the server's certificate"];
  const refusals =
    met.doubt === null
      ? []
      : [
          branch(at, listener, socket, {
            end: [outcome({ connection: 'closed', break: 'PC6001' })],
            filterChain,
            conditions: [...given, `the client refuses the server's certificate: ${met.doubt}`],
            facts: met.facts,
          }),
        ];
  const within = say(name ?? '', met.refusal === null ? 'ok' : 'broken', met.refusal === null ? choice.rule : met.refusal.why, met.refusal?.path ?? path);
  const on: ConnectionWalk = { ...within, assumptions: [...at.assumptions, ...met.assumptions] };
  if ((chain.filters ?? []).length === 0) {
    const hop: Hop = {
      stage: 'filter',
      name: '',
      state: 'broken',
      rule: 'the filter chain has no filters: Envoy closes the connection',
      path: jqPath(path),
      document: listener.document,
      rejected: [],
    };
    return [
      branch({ ...on, hops: [...on.hops, hop] }, listener, socket, {
        end: [outcome({ connection: 'closed', break: 'PC7020' })],
        filterChain,
        conditions,
        facts: met.facts,
      }),
    ];
  }
  const traced = traceNetworkFilters({
    index: at.index,
    request: at.request,
    terse: at.terse,
    listener,
    chain,
    path,
    socket,
    facts: met.facts,
    refusal: met.refusal,
  });
  const full: ConnectionWalk = { ...on, hops: [...on.hops, ...traced.hops] };
  if (traced.ways.length === 0) return [branch(full, listener, socket, { gap: traced.gap, filterChain, conditions, facts: met.facts })];
  const ways = traced.ways.map((way, i) =>
    // The hops before the ways part are told once.
    branch(i === 0 ? full : { ...full, hops: [] }, listener, socket, {
      gap: traced.gap,
      filterChain,
      facts: met.facts,
      end: way.end,
      http: way.http,
      conditions: [...conditions, ...way.conditions],
    }),
  );
  return [...ways, ...refusals];
}

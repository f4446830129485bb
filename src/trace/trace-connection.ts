import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { type AcceptedSocket, inspected } from '../match/accepted-socket.ts';
import { parseIp } from '../match/ip-address.ts';
import { runListenerFilters } from '../match/listener-filters.ts';
import type { TraceRequest } from '../match/request.ts';
import type { FilterChain, HttpConnectionManager, Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { acceptConnection } from './accept-connection.ts';
import { type ChainChoice, chooseFilterChain } from './choose-filter-chain.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { filterChainGap, listenerGap } from './fidelity/listener-gap.ts';
import { findListener, listenerOwners } from './find-listener.ts';
import { listenerSteps } from './listener-steps.ts';
import { meetTransport } from './meet-transport.ts';
import { outcome } from './outcome.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap, Hop, Outcome, RejectedCandidate } from './trace-answer.ts';
import { traceNetworkFilters } from './trace-network-filters.ts';

/** One way that a connection can go, from the client's socket to what serves it. Several are alternatives under their conditions. */
export interface ConnectionBranch {
  readonly conditions: readonly string[];
  /** Whose filter chain handles the connection, after a hand-over. */
  readonly listener: Resource<Listener> | null;
  readonly filterChain: { readonly chain: FilterChain; readonly name: string | null; readonly path: DumpPath } | null;
  /** `ip:port` that the connection was made to before it was redirected. */
  readonly destination: string | null;
  readonly assumptions: readonly string[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
  /** How the connection ends here: refused, closed, answered or forwarded by a network filter; null where HTTP goes on. */
  readonly end: readonly Outcome[] | null;
  readonly http: { readonly hcm: HttpConnectionManager; readonly path: DumpPath; readonly document: string } | null;
  readonly facts: ConnectionFacts;
}

const remembered = new WeakMap<ProxyIndex, Map<string, readonly ConnectionBranch[]>>();

/**
 * Follows a connection to the filter chain that takes it, and through its network filters: to the listener, its listener filters, a
 * hand-over, the filter chain, the transport socket. Pure; requests over equal connections share their answer.
 */
export function traceConnection(index: ProxyIndex, request: TraceRequest, { terse }: { readonly terse: boolean }): readonly ConnectionBranch[] {
  const { listener, listenerName, destination, source, proxy_protocol, scheme, protocol, tls, authority, metadata } = request;
  const byUrl = listener === undefined && listenerName === undefined && destination === undefined;
  const needsName = byUrl || (scheme === 'https' && tls == null);
  const key = JSON.stringify([terse, listener, listenerName, destination, source, proxy_protocol, scheme, protocol, tls, metadata, needsName ? authority : 0]);
  let known = remembered.get(index);
  if (known === undefined) {
    known = new Map();
    remembered.set(index, known);
  }
  let branches = known.get(key);
  if (branches === undefined) {
    branches = walk(index, request, terse);
    if (known.size > 10_000) known.clear();
    known.set(key, branches);
  }
  return branches;
}

/** What is known while the connection is followed. */
interface Walk {
  readonly index: ProxyIndex;
  readonly request: TraceRequest;
  readonly terse: boolean;
  readonly assumptions: readonly string[];
  readonly hops: readonly Hop[];
}

function walk(index: ProxyIndex, request: TraceRequest, terse: boolean): readonly ConnectionBranch[] {
  const blank: Walk = { index, request, terse, assumptions: [], hops: [] };
  const found = findListener(index, request);
  if (found.kind === 'gap') return [branch(blank, undefined, undefined, { gap: found.gap })];
  if (found.kind === 'refused') {
    const { listener } = found;
    const hop = listenerHop(listener?.name ?? '', 'broken', found.rule, listener, found.rejected);
    const end = [outcome({ connection: 'refused', break: found.break })];
    return [branch({ ...blank, assumptions: found.assumptions, hops: [hop] }, undefined, undefined, { listener: listener ?? null, end })];
  }
  const { arrival } = found;
  const hop = listenerHop(arrival.listener.name, 'ok', arrival.rule, arrival.listener, arrival.rejected);
  return enterListener({ ...blank, assumptions: arrival.assumptions, hops: [hop] }, arrival.listener, acceptConnection(arrival, request), true);
}

/** A listener runs its filters, may hand the connection over once, and picks a filter chain. */
function enterListener(at: Walk, listener: Resource<Listener>, arrived: AcceptedSocket, mayHandOver: boolean): readonly ConnectionBranch[] {
  const steps = listenerSteps(at.index, listener);
  const gap = listenerGap(listener) ?? ('gap' in steps ? steps.gap : undefined);
  if (gap !== undefined || 'gap' in steps) return [branch(at, listener, arrived, { gap: gap ?? null })];
  const run = runListenerFilters(steps.steps, arrived);
  if (run.kind === 'unknown') return [branch(at, listener, arrived, { gap: { id: 'PC9001', what: `${run.what} is not modelled`, path: jqPath(run.path) } })];
  if (run.kind === 'closed') {
    const hop: Hop = {
      stage: 'listener',
      name: listener.name,
      state: 'broken',
      rule: run.why,
      path: jqPath(run.path),
      document: listener.document,
      rejected: [],
    };
    return [branch({ ...at, hops: [...at.hops, hop] }, listener, arrived, { end: [outcome({ connection: 'closed', break: 'PC2004' })] })];
  }
  const { socket } = run;
  if (mayHandOver && listener.value.use_original_dst === true && socket.isRestored && socket.local.port !== undefined) {
    const owner = listenerOwners(at.index).find(parseIp(socket.local.address), socket.local.port);
    if (owner !== undefined) {
      const rule = `"${listener.name}" hands the connection over (use_original_dst): this listener owns ${addressText(socket.local)}`;
      return enterListener({ ...at, hops: [...at.hops, listenerHop(owner.name, 'ok', rule, owner, [])] }, owner, socket, false);
    }
  }
  const choices = chooseFilterChain(listener, socket, at.request, at.terse);
  return choices.flatMap((choice) => enterChain(at, listener, socket, choice));
}

function enterChain(at: Walk, listener: Resource<Listener>, socket: AcceptedSocket, choice: ChainChoice): readonly ConnectionBranch[] {
  const { conditions, rejected } = choice;
  const say = (name: string, state: Hop['state'], rule: string, path: DumpPath): Walk => ({
    ...at,
    hops: [...at.hops, { stage: 'filter_chain', name, state, rule, path: jqPath(path), document: listener.document, rejected }],
  });
  if (choice.kind === 'gap') return [branch(at, listener, socket, { gap: choice.gap, conditions })];
  if (choice.kind === 'none') {
    const end = [outcome({ flags: 'NR', details: 'filter_chain_not_found', connection: 'closed', break: 'PC2002' })];
    return [branch(say('', 'broken', choice.rule, [...listener.path, 'filter_chains']), listener, socket, { end, conditions })];
  }
  if (choice.kind === 'ambiguous') {
    // Envoy refuses such a listener, so nothing listens there.
    return [
      branch(say('', 'broken', choice.rule, [...listener.path, 'filter_chains']), listener, socket, {
        end: [outcome({ connection: 'refused', break: 'PC2003' })],
        conditions,
      }),
    ];
  }
  const { chain, path } = choice;
  const name = chain.name || null;
  const filterChain = { chain, name, path };
  const gap = filterChainGap(chain, path);
  if (gap !== undefined) return [branch(at, listener, socket, { gap, filterChain, conditions })];
  const met = meetTransport(at.index, at.request, chain, path, socket);
  if (met.kind === 'gap') return [branch(at, listener, socket, { gap: met.gap, filterChain, conditions })];
  const within = say(name ?? '', met.refusal === null ? 'ok' : 'broken', met.refusal === null ? choice.rule : met.refusal.why, met.refusal?.path ?? path);
  const on: Walk = { ...within, assumptions: [...at.assumptions, ...met.assumptions] };
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
  const full: Walk = { ...on, hops: [...on.hops, ...traced.hops] };
  if (traced.ways.length === 0) return [branch(full, listener, socket, { gap: traced.gap, filterChain, conditions, facts: met.facts })];
  return traced.ways.map((way, i) =>
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
}

function branch(at: Walk, listener: Resource<Listener> | undefined, socket: AcceptedSocket | undefined, known: Partial<ConnectionBranch>): ConnectionBranch {
  return {
    conditions: [],
    listener: listener ?? null,
    filterChain: null,
    destination: socket?.isRestored === true && socket.local.address !== '' ? addressText(socket.local) : null,
    assumptions: at.assumptions,
    hops: at.terse ? [] : at.hops,
    gap: null,
    end: null,
    http: null,
    facts: factsOf(socket),
    ...known,
  };
}

/** The facts of a connection that no transport socket has met. */
function factsOf(socket: AcceptedSocket | undefined): ConnectionFacts {
  const seen = socket === undefined ? undefined : inspected(socket);
  return {
    isTls: false,
    sni: seen?.serverName || undefined,
    alpn: undefined,
    protocol: 'http/1.1',
    localAddress: socket?.local.address ?? '',
    localPort: socket?.local.port,
    remoteAddress: socket?.remote.address ?? '',
    remotePort: socket?.remote.port,
    directRemoteAddress: socket?.directRemote.address ?? '',
    certificate: { presented: false, validated: false },
    destination: undefined,
  };
}

function listenerHop(name: string, state: Hop['state'], rule: string, listener: Resource<Listener> | undefined, rejected: readonly RejectedCandidate[]): Hop {
  return { stage: 'listener', name, state, rule, path: jqPath(listener?.path ?? []), document: listener?.document ?? '', rejected };
}

function addressText({ address, port }: AcceptedSocket['local']): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port ?? ''}`;
}

import { jqPath } from '../dump/dump-path.ts';
import type { AcceptedSocket } from '../match/accepted-socket.ts';
import { parseIp } from '../match/ip-address.ts';
import { runListenerFilters } from '../match/listener-filters.ts';
import type { TraceRequest } from '../match/request.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { acceptConnection } from './accept-connection.ts';
import { chooseFilterChain } from './choose-filter-chain.ts';
import { addressText, branch, type ConnectionBranch, type ConnectionWalk, listenerHop } from './connection-branch.ts';
import { enterFilterChain } from './enter-filter-chain.ts';
import { listenerFilterGap, listenerGap } from './fidelity/listener-gap.ts';
import { findListener, listenerOwners } from './find-listener.ts';
import { listenerSteps } from './listener-steps.ts';
import { outcome } from './outcome.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Hop } from './trace-answer.ts';

export type { ConnectionBranch } from './connection-branch.ts';

const remembered = new WeakMap<ProxyIndex, Map<string, readonly ConnectionBranch[]>>();

/**
 * Follows a connection to the filter chain that takes it, and through its network filters: to the listener, its listener filters, a
 * hand-over, the filter chain, the transport socket. Pure; requests over equal connections share their answer.
 */
export function traceConnection(index: ProxyIndex, request: TraceRequest, { terse }: { readonly terse: boolean }): readonly ConnectionBranch[] {
  const key = keyOf(request, terse);
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

/** What of a request the connection depends on; its authority where that is all there is to go by. */
function keyOf(request: TraceRequest, terse: boolean): string {
  const { listener, listenerName, destination, source, proxy_protocol, scheme, protocol, tls, authority, metadata, url } = request;
  const byUrl = listener === undefined && listenerName === undefined && destination === undefined;
  const name = byUrl || (scheme === 'https' && tls == null) ? authority : '';
  const place = `${terse} ${listener?.address} ${listener?.port} ${source?.address} ${source?.port} ${scheme} ${protocol} ${name}`;
  const isPlain = listenerName === undefined && destination === undefined && proxy_protocol === undefined && tls == null && metadata === undefined;
  return isPlain && url === undefined ? place : `${place} ${JSON.stringify([listenerName, destination, proxy_protocol, tls, metadata, url])}`;
}

/** Follows a connection that another listener of the same proxy makes to an internal one: from its listener filters on. */
export function traceInternalConnection(
  index: ProxyIndex,
  request: TraceRequest,
  socket: AcceptedSocket,
  { listener, rule, terse }: { readonly listener: Resource<Listener>; readonly rule: string; readonly terse: boolean },
): readonly ConnectionBranch[] {
  const hops = [listenerHop(listener.name, 'ok', rule, listener, [])];
  return enterListener({ index, request, terse, assumptions: [], hops }, listener, socket, false);
}

function walk(index: ProxyIndex, request: TraceRequest, terse: boolean): readonly ConnectionBranch[] {
  const blank: ConnectionWalk = { index, request, terse, assumptions: [], hops: [] };
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
function enterListener(at: ConnectionWalk, listener: Resource<Listener>, arrived: AcceptedSocket, mayHandOver: boolean): readonly ConnectionBranch[] {
  const steps = listenerSteps(at.index, listener);
  const gap = listenerGap(listener) ?? ('gap' in steps ? steps.gap : listenerFilterGap(steps.steps));
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
  return choices.flatMap((choice) => enterFilterChain(at, listener, socket, choice));
}

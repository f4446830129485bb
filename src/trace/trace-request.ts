import type { TraceRequest } from '../match/request.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import { branch as branchOf } from './connection-branch.ts';
import type { TraceOptions } from './http-context.ts';
import { onwardHops } from './onward-hops.ts';
import { alternatives, within } from './outcome.ts';
import { indexProxy, type ProxyIndex } from './proxy-index.ts';
import { runtimeCondition } from './runtime-layers.ts';
import type { Gap, Hop, Outcome, TraceAnswer, Verdict } from './trace-answer.ts';
import { traceConnection } from './trace-connection.ts';
import { traceHttp } from './trace-http.ts';
import { type RequestWay, traceTunnel } from './trace-tunnel.ts';
import { tunnelOf } from './tunnel-of.ts';

export interface TraceRequestOptions {
  /** Leave out hops and rejected candidates. */
  readonly terse?: boolean;
  /** The random number that Envoy drew for the request; without it every possibility is followed. */
  readonly random?: bigint;
}

const indexes = new WeakMap<ProxyConfig, ProxyIndex>();

/**
 * What Envoy does with one request: from the connection to the endpoints, every possibility with its probability or its conditions.
 *
 * In: a proxy's configuration and the question, in the form of the contract. Out: the contract's answer. Pure: the same input gives the
 * same answer; nothing outside the dump is asked. Never throws for what a dump may hold.
 */
export function traceRequest(proxy: ProxyConfig, request: TraceRequest, options: TraceRequestOptions = {}): TraceAnswer {
  const index = indexOf(proxy);
  const terse = options.terse === true;
  const traceOptions = { terse, random: options.random };
  index.runtime.takeAsked();
  const ways = waysOf(index, request, traceOptions);
  const outcomes: Outcome[] = [];
  const hops: Hop[] = [];
  let gap: Gap | null = null;
  for (const way of ways) {
    hops.push(...way.branch.hops);
    gap ??= way.branch.gap;
    outcomes.push(...follow(index, way));
  }
  const hidden = runtimeCondition(index.runtime);
  const all = alternatives(hidden === undefined ? outcomes : within(outcomes, 1, [hidden]));
  if (gap === null && all.length === 0) gap = { id: 'PC9000', what: 'nothing could be said of this request', path: '.' };
  const first = ways[0]?.branch;
  const answer: TraceAnswer = {
    version: 1,
    id: request.id ?? null,
    verdict: gap === null ? verdictOf(all) : 'undetermined',
    listener: first?.listener?.name ?? null,
    filter_chain: first?.filterChain?.name ?? null,
    destination: first?.destination ?? null,
    assumptions: first?.assumptions ?? [],
    outcomes: all,
    gap,
  };
  return terse ? answer : { ...answer, hops: [...hops, ...onwardHops(index, all)] };

  function follow(at: ProxyIndex, { branch, share: part, request: asked }: RequestWay): readonly Outcome[] {
    const share = branch.conditions.length > 0 ? null : part;
    if (branch.end !== null) return within(branch.end, share, branch.conditions);
    if (branch.http === null) return [];
    const traced = traceHttp(at, branch.http, branch.facts, asked, traceOptions);
    hops.push(...traced.hops);
    gap ??= traced.gap;
    return within(traced.outcomes, share, branch.conditions);
  }
}

/** The connections that the request may come by: through a tunnel, or straight. */
function waysOf(index: ProxyIndex, request: TraceRequest, options: TraceOptions): readonly RequestWay[] {
  const found = tunnelOf(index, request);
  if (found.kind === 'gap')
    return [
      { branch: branchOf({ index, request, terse: options.terse, assumptions: [], hops: [] }, undefined, undefined, { gap: found.gap }), share: 1, request },
    ];
  if (found.kind === 'none') return traceConnection(index, request, options).map((branch) => ({ branch, share: 1, request }));
  return traceTunnel(index, request, found.tunnel, options).map((way) => ({
    ...way,
    branch: { ...way.branch, assumptions: [...found.assumptions, ...way.branch.assumptions] },
  }));
}

/** The index of a proxy, built at the first question about it. */
export function indexOf(proxy: ProxyConfig): ProxyIndex {
  let index = indexes.get(proxy);
  if (index === undefined) {
    index = indexProxy(proxy);
    indexes.set(proxy, index);
  }
  return index;
}

function verdictOf(outcomes: readonly Outcome[]): Verdict | 'mixed' {
  const verdicts = new Set(outcomes.map((o) => o.verdict));
  const [only] = verdicts;
  return verdicts.size === 1 && only !== undefined ? only : 'mixed';
}

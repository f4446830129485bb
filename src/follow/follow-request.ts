import type { TraceRequest } from '../match/request.ts';
import { roleOf } from '../trace/proxy-role.ts';
import { spelledPaths } from '../trace/spelled-paths.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import { indexOf, traceRequest } from '../trace/trace-request.ts';
import type { Arrival } from './arrival.ts';
import { borderEnd } from './border-end.ts';
import type { ChainAnswer, Leg } from './chain-answer.ts';
import { ChainState, type FollowOptions } from './chain-state.ts';
import { chainVerdict } from './chain-verdict.ts';
import type { ProxyDirectory } from './find-owner.ts';
import { type FollowedProxy, factsOf } from './followed-proxy.ts';
import { judgeBorder } from './judge-border.ts';
import { takeOutcome } from './take-outcome.ts';

export type { FollowOptions } from './chain-state.ts';

/** So many legs are followed in all. */
const LEGS = 200;

/**
 * Follows a request from proxy to proxy: at each, its own answer; then, for each host that can get the request, the proxy that has the
 * host's address, with the request as the one before sends it on. Ends at an application, at an address that no given proxy has, where a
 * proxy answers or breaks, or where two proxies do not agree.
 *
 * In: the proxy where the request starts, the question, every proxy that is given. Pure: what is not in the input is not asked for.
 */
export function followRequest(first: FollowedProxy, request: TraceRequest, directory: ProxyDirectory, options: FollowOptions = {}): ChainAnswer {
  const state = new ChainState(directory, options);
  let waiting: readonly Arrival[] = [
    { proxy: first, request, from: null, caller: undefined, probability: 1, conditions: [], assumptions: [], depth: 0, call: 0 },
  ];
  while (waiting.length > 0) waiting = waiting.flatMap((arrival) => arrive(state, arrival));
  if ((options.calls ?? []).length > 0 && state.called.size === 0)
    state.notes.add('--next: the request reaches no application behind a sidecar of which a dump is given, so its next call is not followed');
  const { legs, ends, notes, met } = state;
  return { verdict: chainVerdict(ends), proxies: [...met.values()].map(factsOf), legs, ends, notes: [...notes] };
}

/** One proxy's part: what it answers, and where its ways lead. */
function arrive(state: ChainState, arrival: Arrival): readonly Arrival[] {
  const { from, probability, conditions } = arrival;
  if (state.legs.length >= LEGS) {
    state.notes.add(`the request has more than ${LEGS} ways through proxies: the rest is not followed`);
    const what = `not followed: more than ${LEGS} ways`;
    state.end(from?.leg ?? 0, { kind: 'limit', outcome: from?.outcome ?? null, address: from?.address ?? null, probability, conditions, what });
    return [];
  }
  const leg = legOf(state, arrival);
  state.legs.push(leg);
  state.met.set(arrival.proxy.name, arrival.proxy);
  const { answer, border } = leg;
  if (border?.state === 'broken') {
    state.ends.push(borderEnd(leg, arrival.caller, border));
    return [];
  }
  if (answer.verdict === 'undetermined') {
    state.end(leg.id, { kind: 'undetermined', probability, conditions, what: answer.gap?.what ?? 'nothing can be said of the request here' });
    return [];
  }
  const onward = answer.outcomes.flatMap((outcome, at) => takeOutcome(state, arrival, leg, outcome, at));
  return [...onward, ...nextCall(state, arrival, leg)];
}

function legOf(state: ChainState, { proxy, request, from, caller, probability, conditions, assumptions }: Arrival): Leg {
  const { random, terse = false } = state.options;
  const options = random === undefined || from !== null ? {} : { random };
  const trace = (isTerse: boolean): TraceAnswer => traceRequest(proxy.config, request, { ...options, terse: isTerse });
  const answer = terse ? trace(true) : spelledPaths(trace(false), proxy.config);
  const callee = { name: proxy.name, index: indexOf(proxy.config) };
  // What breaks a border is told by the hops of the answer.
  const told = terse && answer.verdict !== 'forwarded' ? trace(false) : answer;
  const border = caller === undefined ? null : judgeBorder({ caller, callee, request, answer: told });
  return { id: state.legs.length, proxy: proxy.name, from, probability, conditions, assumptions, request, border, answer };
}

/** The next call of the application behind this proxy, where the question names one: once for each proxy and call. */
function nextCall(state: ChainState, arrival: Arrival, leg: Leg): readonly Arrival[] {
  const { proxy, depth, call } = arrival;
  const request = state.options.calls?.[call];
  const isReached = state.ends.some((end) => end.leg === leg.id && end.kind === 'application' && end.verdict === 'forwarded');
  const key = `${call} ${proxy.name}`;
  if (request === undefined || !isReached || roleOf(indexOf(proxy.config)) !== 'sidecar' || state.called.has(key)) return [];
  state.called.add(key);
  const assumptions = [`the application of ${proxy.name} makes this call (--next): no dump tells what it calls`];
  const from = { leg: leg.id, outcome: null, address: null, by: 'application' } as const;
  return [{ proxy, request, from, caller: undefined, probability: null, conditions: [], assumptions, depth: depth + 1, call: call + 1 }];
}

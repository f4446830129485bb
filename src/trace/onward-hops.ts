import type { TraceRequest } from '../match/request.ts';
import { passedOnFacts } from './handed-on-facts.ts';
import { internalUpstream, passedAsStated } from './internal-upstream.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Hop, Outcome } from './trace-answer.ts';
import { traceInternalConnection } from './trace-connection.ts';
import { insideSocket } from './trace-tunnel.ts';
import { listenerOfHost } from './tunnel-listener.ts';

/** The way on is a connection of its own, whatever the request is: a tunnel to a pod, mostly. */
const CONNECTION: TraceRequest = { scheme: 'tcp' };

/**
 * What follows where the chosen host is an internal listener of the same proxy, as `connect_originate` of Istio's ambient mesh, which
 * opens the tunnel to a pod. By the contract the request is forwarded all the same; a break on this way is worth knowing. Of several
 * hosts behind one such listener the way to the first is told.
 */
export function onwardHops(index: ProxyIndex, outcomes: readonly Outcome[]): readonly Hop[] {
  const seen = new Set<string>();
  return outcomes.flatMap((outcome) =>
    (outcome.endpoints ?? []).flatMap(({ address }) => {
      const listener = outcome.verdict === 'forwarded' ? listenerOfHost(index, address) : undefined;
      if (listener === undefined || seen.has(listener.name)) return [];
      seen.add(listener.name);
      const upstream = internalUpstream(index, outcome.cluster ?? '', address);
      const socket = { ...insideSocket(CONNECTION, listener, address, passedOnFacts(upstream)), handedOnMetadata: passedAsStated(upstream) };
      const rule = `${address} is this internal listener: the connection goes on from here`;
      const branches = traceInternalConnection(index, CONNECTION, socket, { listener, rule, terse: false });
      return branches.flatMap(({ hops }) => hops);
    }),
  );
}

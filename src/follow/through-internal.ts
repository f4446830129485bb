import type { TraceRequest } from '../match/request.ts';
import { passedOnFacts } from '../trace/handed-on-facts.ts';
import { internalUpstream, passedAsStated } from '../trace/internal-upstream.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { SENT, type SentUpstream } from '../trace/sent-upstream.ts';
import type { Outcome } from '../trace/trace-answer.ts';
import { traceInternalConnection } from '../trace/trace-connection.ts';
import { insideSocket } from '../trace/trace-tunnel.ts';
import { listenerOfHost } from '../trace/tunnel-listener.ts';
import { onwardRequest } from './onward-request.ts';

/** Where an internal listener of the same proxy carries a request on to. */
export interface InternalWay {
  readonly outcome: Outcome;
  readonly sent: SentUpstream;
  readonly address: string;
  readonly conditions: readonly string[];
}

/**
 * The way of a request through an internal listener of the proxy that sends it (`envoy://connect_originate/…`): its tcp_proxy connects to
 * the tunnel's other end. Unknown where the connection inside ends, or hangs on what is not modelled.
 */
export function throughInternal(
  index: ProxyIndex,
  outcome: Outcome,
  sent: SentUpstream,
  host: string,
): { readonly kind: 'ways'; readonly ways: readonly InternalWay[] } | { readonly kind: 'unknown'; readonly why: string } {
  const listener = listenerOfHost(index, host);
  const cluster = index.clusters.get(outcome.cluster ?? '');
  if (listener === undefined || cluster === undefined) return { kind: 'unknown', why: `the proxy has no internal listener for ${host}` };
  const upstream = internalUpstream(index, cluster.name, host);
  const handed = passedOnFacts(upstream);
  const onward = onwardRequest(index, outcome, sent, cluster, { address: '', port: 0, text: host }, undefined);
  if (onward.kind === 'unknown') return onward;
  const { destination: _, ...inside }: TraceRequest = onward.request;
  const socket = { ...insideSocket(inside, listener, host, handed), handedOnMetadata: passedAsStated(upstream) };
  const branches = traceInternalConnection(index, inside, socket, { listener, rule: `${host} is this internal listener`, terse: true });
  const gap = branches.find((branch) => branch.gap !== null)?.gap;
  if (gap !== null && gap !== undefined) return { kind: 'unknown', why: gap.what };
  const ways = branches.flatMap(({ end, conditions }) =>
    (end ?? []).flatMap((reached) => {
      const carried = reached[SENT];
      if (reached.verdict !== 'forwarded' || carried === undefined) return [];
      return (reached.endpoints ?? []).map(({ address }) => ({ outcome: reached, sent: carried, address, conditions: [...conditions, ...reached.conditions] }));
    }),
  );
  return ways.length > 0
    ? { kind: 'ways', ways }
    : { kind: 'unknown', why: `the connection ends in listener "${listener.name}": ${handed.lacks ?? 'it leads to no host'}` };
}

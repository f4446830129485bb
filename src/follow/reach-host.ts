import type { SocketAddress, TraceRequest } from '../match/request.ts';
import { addressesOf } from '../trace/own-address.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import type { SentUpstream } from '../trace/sent-upstream.ts';
import type { Outcome } from '../trace/trace-answer.ts';
import { applicationEnd, isApplication } from './application-end.ts';
import { type Arrival, inbound } from './arrival.ts';
import type { ChainEnd, Leg } from './chain-answer.ts';
import type { ChainState } from './chain-state.ts';
import { gatewayBehind } from './east-west.ts';
import { isLoopbackText, type Owner } from './find-owner.ts';
import { socketOf } from './host-address.ts';
import { onwardRequest } from './onward-request.ts';

/** A request that comes through more proxies than this goes in a circle. */
const DEPTH = 12;
const HBONE_PORT = 15008;

/** A host that gets the request, and by which outcome of the leg. */
interface ReachedHost {
  readonly index: ProxyIndex;
  readonly outcome: Outcome;
  readonly at: number;
  readonly address: string;
  readonly sent: SentUpstream;
}

/** What stands at a host: an application, the next proxy, or the end of what is known. */
export function reachHost(state: ChainState, way: Arrival, leg: Leg, { index, outcome, at, address, sent }: ReachedHost): readonly Arrival[] {
  const { proxy, probability, conditions } = way;
  const known = { outcome: at, address, probability, conditions };
  const to = socketOf(address);
  if (isApplication(index, leg, outcome, to?.address ?? address)) {
    state.ends.push(...applicationEnd(index, leg.id, outcome, known, to, sent));
    return [];
  }
  const cluster = index.clusters.get(outcome.cluster ?? '');
  if (to === undefined || cluster === undefined) {
    state.end(leg.id, { ...known, kind: 'no-dump', what: `${address} is no IP address: what stands behind it is not known` });
    return [];
  }
  const onward = onwardRequest(index, outcome, sent, cluster, { ...to, text: address }, addressesOf(proxy.config)[0]);
  if (onward.kind === 'unknown') {
    state.end(leg.id, { ...known, kind: 'undetermined', what: onward.why });
    return [];
  }
  const found = state.directory.find(to, proxy);
  const owner = found.kind === 'proxy' ? found : gatewayBehind(state.directory, to, proxy, onward.request, index, cluster.name);
  if (owner === undefined || owner.kind === 'none') {
    state.end(leg.id, { ...known, ...unowned(found, to, address, onward.request) });
    return [];
  }
  if (way.depth >= DEPTH) {
    state.notes.add(`the request comes through more than ${DEPTH} proxies: it may go in a circle`);
    state.end(leg.id, { ...known, kind: 'limit', what: `not followed: more than ${DEPTH} proxies one after the other` });
    return [];
  }
  const caller = { name: proxy.name, index, cluster, connection: onward.connection, sent, outcome, tlsFrom: inbound(way.caller, onward) };
  const assumptions = [...(owner.assumption === undefined ? [] : [owner.assumption]), ...onward.assumptions];
  const from = { leg: leg.id, outcome: at, address, by: 'upstream' } as const;
  return [{ ...way, proxy: owner.proxy, request: onward.request, from, caller, assumptions, depth: way.depth + 1 }];
}

/** Why the chain ends at an address that no given proxy has. */
function unowned(found: Owner, { address, port }: SocketAddress, text: string, { tunnel }: TraceRequest): Pick<ChainEnd, 'kind' | 'what'> {
  if (tunnel !== undefined && port === HBONE_PORT)
    return { kind: 'ztunnel', what: `${text} is taken by the ztunnel of that node, which has no Envoy: the chain ends at the pod ${tunnel.authority}` };
  if (isLoopbackText(address)) return { kind: 'no-dump', what: `${text} is on the proxy's own host: what listens there is in no dump` };
  return { kind: 'no-dump', what: `${found.kind === 'none' ? found.why : address}: the chain ends here` };
}

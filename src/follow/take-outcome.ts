import { SENT, type SentUpstream } from '../trace/sent-upstream.ts';
import type { Outcome } from '../trace/trace-answer.ts';
import { indexOf } from '../trace/trace-request.ts';
import { listenerOfHost } from '../trace/tunnel-listener.ts';
import type { Arrival } from './arrival.ts';
import type { Leg } from './chain-answer.ts';
import type { ChainState } from './chain-state.ts';
import { reachHost } from './reach-host.ts';
import { throughInternal } from './through-internal.ts';

/** So many hosts of one outcome are followed. */
const HOSTS = 32;

/** Where one outcome of a proxy leads: it ends the chain here, or goes on to each host that can get the request. */
export function takeOutcome(state: ChainState, arrival: Arrival, leg: Leg, outcome: Outcome, at: number): readonly Arrival[] {
  const probability = times(arrival.probability, outcome.probability);
  const conditions = [...arrival.conditions, ...outcome.conditions];
  const known = { outcome: at, probability, conditions };
  const { endpoints: hosts, [SENT]: sent, cluster } = outcome;
  if (outcome.verdict !== 'forwarded') {
    endHere(state, arrival, leg, outcome, known);
    return [];
  }
  if (hosts === null || sent === undefined) {
    state.end(leg.id, {
      ...known,
      kind: 'no-dump',
      what: hosts === null ? `the addresses of cluster "${cluster}" are not known` : 'what goes upstream is not known',
    });
    return [];
  }
  if (hosts.length > HOSTS) state.notes.add(`cluster "${cluster}" has ${hosts.length} hosts: ${HOSTS} of them are followed`);
  for (const { address, share } of hosts.slice(HOSTS))
    state.end(leg.id, { ...known, kind: 'limit', address, probability: times(probability, share), what: 'not followed: one of many hosts' });
  return hosts.slice(0, HOSTS).flatMap(({ address, share }) => {
    // Hosts without a share are ejected ones that get requests again.
    const isEjected = share === 0;
    const way: Arrival = {
      ...arrival,
      conditions: isEjected ? [...conditions, `the ejection of ${address} ends`] : conditions,
      probability: isEjected ? null : times(probability, share),
    };
    return goOn(state, way, leg, { outcome, at, address, sent });
  });
}

/** The host itself, or, where that is an internal listener of the same proxy, what that one connects to. */
function goOn(
  state: ChainState,
  way: Arrival,
  leg: Leg,
  { outcome, at, address, sent }: { readonly outcome: Outcome; readonly at: number; readonly address: string; readonly sent: SentUpstream },
): readonly Arrival[] {
  const index = indexOf(way.proxy.config);
  if (listenerOfHost(index, address) === undefined) return reachHost(state, way, leg, { index, outcome, at, address, sent });
  const inside = throughInternal(index, outcome, sent, address);
  if (inside.kind === 'unknown') {
    const { probability, conditions } = way;
    state.end(leg.id, { kind: 'undetermined', outcome: at, address, probability, conditions, what: inside.why });
    return [];
  }
  return inside.ways.flatMap((inner) => reachHost(state, { ...way, conditions: [...way.conditions, ...inner.conditions] }, leg, { ...inner, index, at }));
}

/** The proxy answers by itself, or breaks. A connection that it closes is a 503 for the client of an HTTP proxy before it. */
function endHere(state: ChainState, { caller }: Arrival, leg: Leg, outcome: Outcome, known: { readonly outcome: number }): void {
  const { verdict: kind, status, flags, details, connection, break: id } = outcome;
  if (kind === 'forwarded') return;
  const seen = [status, connection, flags, details].filter((part) => part !== null && part !== '').join(' ');
  const passed = status ?? (caller?.sent.kind === 'http' ? 503 : null);
  state.end(leg.id, { ...known, kind, status: passed, flags, details, break: id, what: `${leg.proxy} ends it: ${seen}` });
}

const times = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a * b);

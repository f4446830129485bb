import { parseIp } from '../match/ip-address.ts';
import type { SocketAddress, TraceRequest } from '../match/request.ts';
import { addressesOf } from '../trace/own-address.ts';
import type { ProxyIndex } from '../trace/proxy-index.ts';
import { roleOf } from '../trace/proxy-role.ts';
import { SENT } from '../trace/sent-upstream.ts';
import { spelledPaths } from '../trace/spelled-paths.ts';
import type { Outcome, TraceAnswer } from '../trace/trace-answer.ts';
import { indexOf, traceRequest } from '../trace/trace-request.ts';
import { listenerOfHost } from '../trace/tunnel-listener.ts';
import { applicationEnd, isApplication } from './application-end.ts';
import { type Arrival, type Caller, inbound } from './arrival.ts';
import { borderEnd } from './border-end.ts';
import type { ChainAnswer, ChainEnd, Leg, LegOrigin } from './chain-answer.ts';
import { chainVerdict } from './chain-verdict.ts';
import { gatewayBehind } from './east-west.ts';
import { isLoopbackText, type ProxyDirectory } from './find-owner.ts';
import { type FollowedProxy, factsOf } from './followed-proxy.ts';
import { judgeBorder } from './judge-border.ts';
import { type Onward, onwardRequest } from './onward-request.ts';
import { throughInternal } from './through-internal.ts';

export interface FollowOptions {
  /** Envoy's random number for the first proxy; without it every possibility is followed. */
  readonly random?: bigint;
  /** Leave out hops and rejected candidates. */
  readonly terse?: boolean;
  /** What the applications call next, one after the other: no dump tells it. */
  readonly calls?: readonly TraceRequest[];
}

/** So many hosts of one outcome are followed, and so many legs in all. */
const HOSTS = 32;
const LEGS = 200;
/** A request that comes through more proxies than this goes in a circle. */
const DEPTH = 12;

/**
 * Follows a request from proxy to proxy: at each, its own answer; then, for each host that can get the request, the proxy that has the
 * host's address, with the request as the one before sends it on. Ends at an application, at an address that no given proxy has, where a
 * proxy answers or breaks, or where two proxies do not agree.
 *
 * In: the proxy where the request starts, the question, every proxy that is given. Pure: what is not in the input is not asked for.
 */
export function followRequest(first: FollowedProxy, request: TraceRequest, directory: ProxyDirectory, options: FollowOptions = {}): ChainAnswer {
  return new ChainWalk(first, directory, options).walk(request);
}

class ChainWalk {
  private readonly legs: Leg[] = [];
  private readonly ends: ChainEnd[] = [];
  private readonly notes = new Set<string>();
  private readonly met = new Map<string, FollowedProxy>();
  private readonly first: FollowedProxy;
  private readonly directory: ProxyDirectory;
  private readonly options: FollowOptions;

  constructor(first: FollowedProxy, directory: ProxyDirectory, options: FollowOptions) {
    this.first = first;
    this.directory = directory;
    this.options = options;
  }

  walk(request: TraceRequest): ChainAnswer {
    let waiting: Arrival[] = [
      { proxy: this.first, request, from: null, caller: undefined, probability: 1, conditions: [], assumptions: [], depth: 0, call: 0 },
    ];
    while (waiting.length > 0) {
      const next = waiting.flatMap((arrival) => this.arrive(arrival));
      waiting = next.length > 0 ? next : [];
    }
    const calls = this.options.calls?.length ?? 0;
    const made = Math.max(0, ...this.legs.map((leg) => (leg.from?.by === 'application' ? 1 : 0)));
    if (calls > 0 && made === 0)
      this.notes.add('--next: the request reaches no application behind a sidecar of which a dump is given, so its next call is not followed');
    return {
      verdict: chainVerdict(this.ends),
      proxies: [...this.met.values()].map(factsOf),
      legs: this.legs,
      ends: this.ends,
      notes: [...this.notes],
    };
  }

  /** One proxy's part: what it answers, and where its ways lead. */
  private arrive(arrival: Arrival): Arrival[] {
    const { proxy, request, from, probability, conditions } = arrival;
    if (this.legs.length >= LEGS) {
      this.notes.add(`the request has more than ${LEGS} ways through proxies: the rest is not followed`);
      this.end(from?.leg ?? 0, {
        kind: 'limit',
        outcome: from?.outcome ?? null,
        address: from?.address ?? null,
        probability,
        conditions,
        what: `not followed: more than ${LEGS} ways`,
      });
      return [];
    }
    this.met.set(proxy.name, proxy);
    const index = indexOf(proxy.config);
    const random = this.options.random === undefined || from !== null ? {} : { random: this.options.random };
    const answer = spelledPaths(traceRequest(proxy.config, request, random), proxy.config);
    const border = arrival.caller === undefined ? null : judgeBorder({ caller: arrival.caller, callee: { name: proxy.name, index }, request, answer });
    const leg: Leg = {
      id: this.legs.length,
      proxy: proxy.name,
      from,
      probability,
      conditions,
      assumptions: arrival.assumptions,
      request,
      border,
      answer: this.options.terse === true ? terse(answer) : answer,
    };
    this.legs.push(leg);
    if (border?.state === 'broken') {
      this.ends.push(borderEnd(leg, arrival.caller, border));
      return [];
    }
    if (answer.verdict === 'undetermined') {
      this.end(leg.id, { kind: 'undetermined', probability, conditions, what: answer.gap?.what ?? 'nothing can be said of the request here' });
      return [];
    }
    const onward = answer.outcomes.flatMap((outcome, i) => this.take(arrival, leg, index, outcome, i));
    return [...onward, ...this.applicationCalls(arrival, leg)];
  }

  private take(arrival: Arrival, leg: Leg, index: ProxyIndex, outcome: Outcome, at: number): Arrival[] {
    const share = times(arrival.probability, outcome.probability);
    const conditions = [...arrival.conditions, ...outcome.conditions];
    if (outcome.verdict !== 'forwarded') {
      const { verdict, status, flags, details } = outcome;
      const seen = [status ?? '', outcome.connection ?? '', flags ?? '', details ?? ''].filter((part) => part !== '').join(' ');
      const passed = status ?? (leg.from === null || arrival.caller?.sent.kind !== 'http' ? null : 503);
      this.end(leg.id, {
        kind: verdict,
        outcome: at,
        probability: share,
        conditions,
        status: passed,
        flags,
        details,
        break: outcome.break,
        what: `${leg.proxy} ends it: ${seen}`,
      });
      return [];
    }
    const sent = outcome[SENT];
    if (outcome.endpoints === null || sent === undefined) {
      const what = outcome.endpoints === null ? `the addresses of cluster "${outcome.cluster}" are not known` : 'what goes upstream is not known';
      this.end(leg.id, { kind: 'no-dump', outcome: at, probability: share, conditions, what });
      return [];
    }
    const hosts = outcome.endpoints;
    if (hosts.length > HOSTS) this.notes.add(`cluster "${outcome.cluster}" has ${hosts.length} hosts: ${HOSTS} of them are followed`);
    for (const host of hosts.slice(HOSTS))
      this.end(leg.id, {
        kind: 'limit',
        outcome: at,
        address: host.address,
        probability: times(share, host.share),
        conditions,
        what: 'not followed: one of many hosts',
      });
    return hosts.slice(0, HOSTS).flatMap((host) => {
      // Hosts without a share are ejected ones that get requests again.
      const again = host.share > 0 ? [] : [`the ejection of ${host.address} ends`];
      const way = { ...arrival, conditions: [...conditions, ...again], probability: host.share > 0 ? times(share, host.share) : null };
      if (listenerOfHost(index, host.address) === undefined) return this.reach(way, leg, { index, outcome, at, address: host.address, sent });
      const inside = throughInternal(index, outcome, sent, host.address);
      if (inside.kind === 'unknown') {
        this.end(leg.id, {
          kind: 'undetermined',
          outcome: at,
          address: host.address,
          probability: way.probability,
          conditions: way.conditions,
          what: inside.why,
        });
        return [];
      }
      return inside.ways.flatMap((inner) =>
        this.reach({ ...way, conditions: [...way.conditions, ...inner.conditions] }, leg, {
          index,
          outcome: inner.outcome,
          at,
          address: inner.address,
          sent: inner.sent,
        }),
      );
    });
  }

  /** A host that gets the request: an application, the next proxy, or the end of what is known. */
  private reach(
    way: Arrival,
    leg: Leg,
    {
      index,
      outcome,
      at,
      address,
      sent,
    }: {
      readonly index: ProxyIndex;
      readonly outcome: Outcome;
      readonly at: number;
      readonly address: string;
      readonly sent: NonNullable<Outcome[typeof SENT]>;
    },
  ): Arrival[] {
    const { proxy, probability, conditions } = way;
    const known = { outcome: at, address, probability, conditions };
    const to = socketOf(address);
    if (isApplication(index, leg, outcome, to?.address ?? address)) {
      this.ends.push(...applicationEnd(index, leg.id, outcome, known, to, sent));
      return [];
    }
    const cluster = index.clusters.get(outcome.cluster ?? '');
    if (to === undefined || cluster === undefined) {
      this.end(leg.id, { ...known, kind: 'no-dump', what: `${address} is no IP address: what stands behind it is not known` });
      return [];
    }
    const own = addressesOf(proxy.config)[0];
    const onward: Onward = onwardRequest(index, outcome, sent, cluster, { ...to, text: address }, own);
    if (onward.kind === 'unknown') {
      this.end(leg.id, { ...known, kind: 'undetermined', what: onward.why });
      return [];
    }
    const caller: Caller = { name: proxy.name, index, cluster, connection: onward.connection, sent, outcome, tlsFrom: inbound(way.caller, onward) };
    const found = this.directory.find(to, proxy);
    const owner = found.kind === 'proxy' ? found : gatewayBehind(this.directory, to, proxy, onward.request, index, outcome.cluster ?? '');
    if (owner === undefined || owner.kind === 'none') {
      const why = found.kind === 'none' ? found.why : '';
      const isZtunnel = onward.request.tunnel !== undefined && to.port === 15008;
      const what = isZtunnel
        ? `${address} is taken by the ztunnel of that node, which has no Envoy: the chain ends at the pod ${onward.request.tunnel?.authority ?? ''}`
        : isLoopbackText(to.address)
          ? `${address} is on the proxy's own host: what listens there is in no dump`
          : `${why}: the chain ends here`;
      this.end(leg.id, { ...known, kind: isZtunnel ? 'ztunnel' : 'no-dump', what });
      return [];
    }
    if (way.depth >= DEPTH) {
      this.notes.add(`the request comes through more than ${DEPTH} proxies: it may go in a circle`);
      this.end(leg.id, { ...known, kind: 'limit', what: `not followed: more than ${DEPTH} proxies one after the other` });
      return [];
    }
    const from: LegOrigin = { leg: leg.id, outcome: at, address, by: 'upstream' };
    const assumptions = [...(owner.assumption === undefined ? [] : [owner.assumption]), ...onward.assumptions];
    return [{ ...way, proxy: owner.proxy, request: onward.request, from, caller, assumptions, depth: way.depth + 1 }];
  }

  /** The next call of the application behind this proxy, where the question names one: once for each proxy and call. */
  private applicationCalls(arrival: Arrival, leg: Leg): Arrival[] {
    const call = this.options.calls?.[arrival.call];
    const ends = this.ends.filter((end) => end.leg === leg.id && end.kind === 'application' && end.verdict === 'forwarded');
    if (call === undefined || ends.length === 0 || roleOf(indexOf(arrival.proxy.config)) !== 'sidecar') return [];
    const isMade = this.legs.some(({ from, proxy, request }) => from?.by === 'application' && proxy === arrival.proxy.name && request === call);
    if (isMade) return [];
    const from: LegOrigin = { leg: leg.id, outcome: null, address: null, by: 'application' };
    const assumptions = [`the application of ${arrival.proxy.name} makes this call (--next): no dump tells what it calls`];
    return [
      { ...arrival, request: call, from, caller: undefined, probability: null, conditions: [], assumptions, depth: arrival.depth + 1, call: arrival.call + 1 },
    ];
  }

  private end(leg: number, known: Partial<ChainEnd> & Pick<ChainEnd, 'kind' | 'what'>): void {
    const verdicts: Partial<Record<ChainEnd['kind'], ChainEnd['verdict']>> = {
      answered: 'answered',
      broken: 'broken',
      border: 'broken',
      undetermined: 'undetermined',
    };
    this.ends.push({
      leg,
      outcome: null,
      verdict: verdicts[known.kind] ?? 'forwarded',
      address: null,
      probability: null,
      conditions: [],
      status: null,
      flags: null,
      details: null,
      break: null,
      ...known,
    });
  }
}

function terse(answer: TraceAnswer): TraceAnswer {
  const { hops: _, ...rest } = answer;
  return rest;
}

const times = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a * b);

/** `10.0.0.1:80`, `[::1]:80`; undefined for what is no IP address with a port. */
export function socketOf(text: string): SocketAddress | undefined {
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = six ?? four ?? '';
  return parseIp(address) === undefined ? undefined : { address, port: Number(port) };
}

import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { probabilityOf, type RandomCut, satisfies } from '../match/random-space.ts';
import type { HttpConnectionManager } from '../model/generated/envoy-api.ts';
import type { Message } from '../model/message.ts';
import { httpGap } from './fidelity/http-gap.ts';
import type { HttpRequest } from './http-request.ts';
import { type LocalReply, type ReplyContext, replyOutcome } from './local-reply.ts';
import { outcome } from './outcome.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap, Hop, Outcome } from './trace-answer.ts';

/** The connection manager that took the connection. */
export interface HcmPlace {
  readonly hcm: HttpConnectionManager;
  readonly path: DumpPath;
  readonly document: string;
}

export interface TraceOptions {
  /** No hops and no rejected candidates: a batch wants speed. */
  readonly terse: boolean;
  /** Envoy's random number for the request; without it every possibility is followed. */
  readonly random: bigint | undefined;
}

/** What is known of the route when an outcome is written. */
export interface RouteNames {
  readonly route_config: string | null;
  readonly virtual_host: string | null;
  readonly route: string | null;
}

/** What every part of the walk through a connection manager shares: where it is, how it goes, and what it has noted. */
export class HttpContext {
  readonly index: ProxyIndex;
  readonly place: HcmPlace;
  readonly options: TraceOptions;
  readonly hops: Hop[] = [];
  /** The first thing that pc does not model, or that the dump does not show. */
  gap: Gap | undefined;

  constructor(index: ProxyIndex, place: HcmPlace, options: TraceOptions) {
    this.index = index;
    this.place = place;
    this.options = options;
  }

  /** A reply of Envoy's own as the client gets it; none, with a gap noted, where how it is dressed is not modelled. */
  reply(reply: LocalReply, headers: ReplyContext['headers'], known: Partial<Outcome>, request?: HttpRequest): readonly Outcome[] {
    const dressed = replyOutcome(reply, { headers, localReplyConfig: this.place.hcm.local_reply_config, runtime: this.index.runtime.get });
    if (dressed === undefined)
      return this.stop({ id: 'PC9001', what: 'a mapper of local_reply_config', path: jqPath([...this.place.path, 'local_reply_config']) });
    // A CONNECT that is refused over HTTP/2 ends as a stream error for the client.
    const status = request?.method === 'CONNECT' && request.protocol === 'h2' ? null : dressed.status;
    return [outcome({ ...dressed, status }, known)];
  }

  /** The name by which logs know a cluster that has another there. */
  observabilityName(cluster: string | null): string | null {
    const alt = cluster === null ? undefined : this.index.clusters.get(cluster)?.value.alt_stat_name;
    return alt || null;
  }

  /** The probability of a part of the random numbers; 1 where the number is given. */
  chance(cuts: readonly RandomCut[]): number {
    return cuts.length === 0 || this.options.random !== undefined ? 1 : probabilityOf(cuts);
  }

  /** Whether the random number that is given lies in all of these; without one, everything is followed. */
  isDrawn(cuts: readonly RandomCut[]): boolean {
    const { random } = this.options;
    return random === undefined || cuts.every((cut) => satisfies(random, cut));
  }

  /** Ends this way with something that is not known. */
  stop(gap: Gap): readonly Outcome[] {
    this.note(gap);
    return [];
  }

  note(gap: Gap | undefined | null): void {
    this.gap ??= gap ?? undefined;
  }

  /** Notes the first field of a message on the way that pc does not model. */
  meet(type: string, message: Message, path: DumpPath): void {
    this.gap ??= httpGap(type, message, path);
  }

  say(hop: Hop): void {
    if (!this.options.terse) this.hops.push(hop);
  }

  sayLazily(hop: () => Hop): void {
    if (!this.options.terse) this.hops.push(hop());
  }
}

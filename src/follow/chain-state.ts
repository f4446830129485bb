import type { TraceRequest } from '../match/request.ts';
import type { ChainEnd, Leg } from './chain-answer.ts';
import type { ProxyDirectory } from './find-owner.ts';
import type { FollowedProxy } from './followed-proxy.ts';

export interface FollowOptions {
  /** Envoy's random number for the first proxy; without it every possibility is followed. */
  readonly random?: bigint;
  /** Leave out hops and rejected candidates. */
  readonly terse?: boolean;
  /** What the applications call next, one after the other: no dump tells it. */
  readonly calls?: readonly TraceRequest[];
}

/** What is found while a request is followed. */
export class ChainState {
  readonly legs: Leg[] = [];
  readonly ends: ChainEnd[] = [];
  readonly notes: Set<string>;
  /** The proxies met, by name, in their order. */
  readonly met = new Map<string, FollowedProxy>();
  /** Calls of applications that are followed: the proxy, and which of the calls. */
  readonly called = new Set<string>();
  readonly directory: ProxyDirectory;
  readonly options: FollowOptions;

  constructor(directory: ProxyDirectory, options: FollowOptions) {
    this.directory = directory;
    this.notes = new Set(directory.notes);
    this.options = options;
  }

  /** Notes an end; what is not said of it is not known. */
  end(leg: number, known: Partial<ChainEnd> & Pick<ChainEnd, 'kind' | 'what'>): void {
    const verdict = VERDICTS[known.kind] ?? 'forwarded';
    const nothing = { outcome: null, address: null, probability: null, conditions: [], status: null, flags: null, details: null, break: null };
    this.ends.push({ leg, verdict, ...nothing, ...known });
  }
}

const VERDICTS: Partial<Record<ChainEnd['kind'], ChainEnd['verdict']>> = {
  answered: 'answered',
  broken: 'broken',
  border: 'broken',
  undetermined: 'undetermined',
};

import type { DumpPath } from '../dump/dump-path.ts';
import type { SENT, SentUpstream } from './sent-upstream.ts';

export type Verdict = 'forwarded' | 'answered' | 'broken';

/** The answer to one request: version 1 of the contract that docs/trace-json.md describes. */
export interface TraceAnswer {
  readonly version: 1;
  readonly id: string | null;
  /** `mixed` when the outcomes differ in verdict, `undetermined` when even an alternative would be a guess. */
  readonly verdict: Verdict | 'mixed' | 'undetermined';
  /** Name of the listener whose filter chain handles the connection, after a hand-over by `use_original_dst`. */
  readonly listener: string | null;
  readonly filter_chain: string | null;
  /** `ip:port`: the original destination by which the connection was handed over. */
  readonly destination: string | null;
  /** How the request was taken to reach this listener where the question left it open. */
  readonly assumptions: readonly string[];
  readonly outcomes: readonly Outcome[];
  readonly gap: Gap | null;
  /** The walk, hop by hop; not in batch answers. */
  readonly hops?: readonly Hop[];
}

/** One way that the request can go. */
export interface Outcome {
  /** 0..1; null exactly where there are conditions. The outcomes without conditions sum to 1. */
  readonly probability: number | null;
  readonly verdict: Verdict;
  /** HTTP status that the client sees; null for a forwarded request and where it sees none. */
  readonly status: number | null;
  /** As `%RESPONSE_FLAGS%`, null for none. */
  readonly flags: string | null;
  /** As `%RESPONSE_CODE_DETAILS%`. */
  readonly details: string | null;
  readonly location: string | null;
  readonly grpc_status: number | null;
  readonly route_config: string | null;
  readonly virtual_host: string | null;
  readonly route: string | null;
  readonly cluster: string | null;
  /** The cluster's `alt_stat_name`, where access logs show that instead of its name. */
  readonly observability_name: string | null;
  readonly upstream_request: { readonly method: string; readonly path: string; readonly host: string } | null;
  readonly endpoints: readonly EndpointShare[] | null;
  readonly connection: 'refused' | 'closed' | 'hangs' | null;
  /** Id in the diagnostics catalogue. */
  readonly break: string | null;
  readonly conditions: readonly string[];
  /** Where the outcome is forwarded: what the upstream gets. */
  readonly [SENT]?: SentUpstream | undefined;
}

export interface EndpointShare {
  /** `ip:port`, a pipe's path, or `envoy://listener/endpoint`. */
  readonly address: string;
  /** Expected share of the cluster's traffic, 0..1. */
  readonly share: number;
  readonly health: string;
}

/** Something that the dump cannot show or that pc does not model, met on the request's way. */
export interface Gap {
  readonly id: string;
  readonly what: string;
  /** jq path of the place. */
  readonly path: string;
}

export type Stage = 'listener' | 'filter_chain' | 'filter' | 'route_config' | 'virtual_host' | 'route' | 'cluster' | 'endpoints';

/** One step of the walk: what was chosen, by which rule, where that stands, and what was not chosen. */
export interface Hop {
  readonly stage: Stage;
  readonly name: string;
  /** ok: taken; broken: the chain ends here; info: worth knowing. */
  readonly state: 'ok' | 'broken' | 'info';
  /** The rule applied, in one line. */
  readonly rule: string;
  /** jq path of the proof, and the document that it is a path of. */
  readonly path: string;
  readonly document: string;
  readonly rejected: readonly RejectedCandidate[];
}

/** A candidate that was looked at and not taken, with the first criterion that failed. */
export interface RejectedCandidate {
  readonly name: string;
  readonly reason: string;
  readonly path: string;
}

/** A place in one of the proxy's documents. */
export interface Place {
  readonly document: string;
  readonly path: DumpPath;
}

import type { TraceRequest } from '../match/request.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';
import type { ProxyFacts } from './followed-proxy.ts';

/** A request's way over several proxies: version 1 of what docs/trace-json.md calls `chain`. */
export interface ChainAnswer {
  /** Of all ends together: `mixed` when they differ, `undetermined` where nothing but that can be said. */
  readonly verdict: 'forwarded' | 'answered' | 'broken' | 'mixed' | 'undetermined';
  /** The proxies that the request comes through, in the order in which they are met. */
  readonly proxies: readonly ProxyFacts[];
  /** One proxy's part of the way each; the first is where the request starts. */
  readonly legs: readonly Leg[];
  readonly ends: readonly ChainEnd[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export interface Leg {
  /** Its position in `legs`. */
  readonly id: number;
  /** The name of the proxy. */
  readonly proxy: string;
  /** Where it comes from; null for the first leg. */
  readonly from: LegOrigin | null;
  /** The part of the requests that come here, 0..1; null where that hangs on conditions. */
  readonly probability: number | null;
  readonly conditions: readonly string[];
  /** How the proxy was found, and what was assumed of the request on its way here. */
  readonly assumptions: readonly string[];
  /** What arrives. */
  readonly request: TraceRequest;
  /** TLS of the caller against TLS of this proxy; null for the first leg and for an application's own call. */
  readonly border: Border | null;
  readonly answer: TraceAnswer;
}

export interface LegOrigin {
  readonly leg: number;
  /** The outcome of that leg's answer, by its position; null for a call that an application makes. */
  readonly outcome: number | null;
  /** `ip:port` that was reached; null for a call that an application makes. */
  readonly address: string | null;
  /** `upstream`: a host of the cluster; `application`: the next call of the application, as the question says it. */
  readonly by: 'upstream' | 'application';
}

/** What two proxies say to each other before the request: each side's TLS, and whether they agree. */
export interface Border {
  readonly state: 'ok' | 'broken' | 'unknown';
  /** Id in the diagnostics catalogue. */
  readonly break: string | null;
  /** What was found, in one line. */
  readonly why: string;
  readonly cluster: string;
  /** What the caller's cluster sends. */
  readonly sends: Speech;
  readonly sni: string | null;
  readonly alpn: readonly string[];
  /** Names of the certificate that the caller brings; null where it brings none, or they are not known. */
  readonly client_certificate: readonly string[] | null;
  /** What the filter chain takes that got the connection; null where none did. */
  readonly takes: Speech | null;
  /** Names of the certificates that the other side may show; null where they are not known. */
  readonly server_certificate: readonly string[] | null;
  /** What the caller asks of those names; null where it asks nothing. */
  readonly expected_names: readonly string[] | null;
  /** Places in the dumps: the caller's transport, the other side's filter chain. */
  readonly places: readonly BorderPlace[];
}

export type Speech = 'plaintext' | 'TLS' | 'mTLS' | 'HBONE';

export interface BorderPlace {
  readonly proxy: string;
  readonly document: string;
  /** jq path. */
  readonly path: string;
}

/** One way in which the chain ends. */
export interface ChainEnd {
  readonly leg: number;
  readonly outcome: number | null;
  /**
   * `application`: what stands behind the last proxy gets it. `no-dump`: no given proxy has the address. `ztunnel`: the address is that of
   * a node's ztunnel. `border`: two proxies do not agree. `answered`, `broken`: as the leg's outcome says. `undetermined`: the leg's gap,
   * or something that is not modelled. `limit`: not followed, see `notes`.
   */
  readonly kind: 'application' | 'no-dump' | 'ztunnel' | 'border' | 'answered' | 'broken' | 'undetermined' | 'limit';
  readonly verdict: 'forwarded' | 'answered' | 'broken' | 'undetermined';
  readonly address: string | null;
  readonly probability: number | null;
  readonly conditions: readonly string[];
  /** What the first proxy's client sees; null where the upstream decides, or it sees no HTTP. */
  readonly status: number | null;
  /** As the last proxy that answers logs it. */
  readonly flags: string | null;
  readonly details: string | null;
  readonly break: string | null;
  /** In one line. */
  readonly what: string;
}

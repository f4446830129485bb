import type { DumpPath } from '../dump/dump-path.ts';
import type { HttpConnectionManager, TcpProxy } from '../model/generated/envoy-api.ts';
import type { Any } from '../model/message.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Gap, Outcome } from './trace-answer.ts';

/** What a network filter lets happen to a connection. */
export interface GuardAlternative {
  /** Empty where nothing outside the dump decides. */
  readonly conditions: readonly string[];
  /** What ends the connection; null: it goes on to the next filter. */
  readonly end: Outcome | null;
}

/** What a network filter does with a connection. */
export type NetworkEffect =
  /** Nothing that changes where the connection goes; `says` is worth knowing all the same. */
  | { readonly kind: 'passes'; readonly says?: string }
  /** Decides whether the connection goes on: when it is made, or only at the client's first bytes. */
  | { readonly kind: 'guards'; readonly phase: 'connection' | 'first bytes'; readonly alternatives: readonly GuardAlternative[]; readonly says: string }
  /** Sets the cluster that tcp_proxy takes instead of its own. */
  | { readonly kind: 'sets cluster'; readonly cluster: string; readonly says: string }
  | { readonly kind: 'http'; readonly hcm: HttpConnectionManager }
  | { readonly kind: 'tcp'; readonly proxy: TcpProxy }
  /** Ends the connection by itself, in one way or another. */
  | { readonly kind: 'ends'; readonly outcomes: readonly Outcome[]; readonly says: string; readonly state: 'ok' | 'broken' }
  | { readonly kind: 'unknown'; readonly gap: Gap };

export interface NetworkFilterQuestion {
  readonly context: ConnectionContext;
  readonly name: string;
  readonly type: string;
  readonly config: Any | undefined;
  /** Place of the filter. */
  readonly path: DumpPath;
}

export type NetworkFilterModel = (question: NetworkFilterQuestion) => NetworkEffect;

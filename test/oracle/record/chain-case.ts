import type { ProxyIdentity } from '../istio/bootstrap.ts';
import type { XdsResources } from '../xds-files.ts';
import type { Redirection } from './redirection.ts';
import type { RecordedRequest, RecordingEnvironment } from './snapshot-case.ts';

/** A snapshot of several proxies: what each is, how connections get from one to the next, and the requests. */
export interface ChainCase {
  /** The folder's name under snapshots/; each proxy has a folder in it. */
  readonly name: string;
  readonly story: string;
  readonly proxies: Readonly<Record<string, ChainedProxy>>;
  readonly redirections: readonly Redirection[];
  readonly requests: readonly ChainRequest[];
}

export interface ChainedProxy {
  readonly identity: ProxyIdentity;
  readonly resources: (env: RecordingEnvironment) => XdsResources;
}

export interface ChainRequest extends RecordedRequest {
  /** The proxy that it is sent to. */
  readonly start: string;
}

/** What one proxy logged of a request. */
export interface SeenByProxy {
  readonly proxy: string;
  readonly writer: string;
  readonly status: number | null;
  readonly flags: string | null;
  readonly details: string | null;
  readonly cluster: string | null;
  readonly upstream_host: string | null;
}

/** What became of a request: what its client saw, and what each proxy on its way logged, in the order in which they were met. */
export interface ObservedChain {
  readonly id: string;
  readonly status: number | null;
  readonly upstream: string | null;
  readonly proxies: readonly SeenByProxy[];
}

import type { TraceRequest } from '../../../src/match/request.ts';
import type { CertificateAuthority } from '../certificate.ts';
import type { ProxyIdentity } from '../istio/bootstrap.ts';
import type { XdsResources } from '../xds-files.ts';

/** One snapshot: a proxy's configuration, the story behind it, and the requests to record. */
export interface SnapshotCase {
  /** The folder's name under snapshots/. */
  readonly name: string;
  /** What happened, for a reader. */
  readonly story: string;
  readonly proxy: ProxyIdentity;
  readonly resources: (env: RecordingEnvironment) => XdsResources;
  /** A second version of the configuration, sent when the first one serves. */
  readonly update?: (env: RecordingEnvironment) => XdsResources;
  /** Route configs, assignments and secrets that are subscribed to and never come. */
  readonly missing?: readonly ['rds' | 'eds' | 'sds', string][];
  readonly requests: readonly RecordedRequest[];
}

export interface RecordingEnvironment {
  readonly authority: CertificateAuthority;
}

/** A request, and how often it is sent: more than once where chance decides. */
export interface RecordedRequest extends TraceRequest {
  readonly id: string;
  readonly times?: number;
  /** What the trace can say at best, where that is less than `right`. */
  readonly judged?: 'conditional' | 'undetermined';
}

/** A request to a port of this proxy, in the batch contract's form with every default written out. */
export function ask(id: string, port: number, authority: string | null, path: string, more: Partial<RecordedRequest> = {}): RecordedRequest {
  return {
    id,
    listener: { address: '127.0.0.1', port },
    source: { address: '127.0.0.1' },
    scheme: more.tls ? 'https' : 'http',
    protocol: 'http/1.1',
    method: 'GET',
    authority,
    path,
    headers: [],
    ...more,
  };
}

/** The same as iptables would redirect it: to the sidecar's port, with the original destination in a PROXY header. */
export function redirected(
  id: string,
  port: 15001 | 15006,
  destination: string,
  authority: string | null,
  path: string,
  more: Partial<RecordedRequest> = {},
): RecordedRequest {
  const colon = destination.lastIndexOf(':');
  const address = destination.slice(0, colon);
  const to = { address, port: Number(destination.slice(colon + 1)) };
  return ask(id, port, authority, path, { proxy_protocol: 1, destination: to, source: { address: '10.10.0.9', port: 41000 }, ...more });
}

import { type DumpPath, jqPath } from '../dump/dump-path.ts';
import { type AcceptedSocket, inspected } from '../match/accepted-socket.ts';
import { parseIp } from '../match/ip-address.ts';
import type { TraceRequest } from '../match/request.ts';
import type { FilterChain, HttpConnectionManager, Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap, Hop, Outcome, RejectedCandidate } from './trace-answer.ts';

/** One way that a connection can go, from the client's socket to what serves it. Several are alternatives under their conditions. */
export interface ConnectionBranch {
  readonly conditions: readonly string[];
  /** Whose filter chain handles the connection, after a hand-over. */
  readonly listener: Resource<Listener> | null;
  readonly filterChain: { readonly chain: FilterChain; readonly name: string | null; readonly path: DumpPath } | null;
  /** `ip:port` that the connection was made to before it was redirected. */
  readonly destination: string | null;
  readonly assumptions: readonly string[];
  readonly hops: readonly Hop[];
  readonly gap: Gap | null;
  /** How the connection ends here: refused, closed, answered or forwarded by a network filter; null where HTTP goes on. */
  readonly end: readonly Outcome[] | null;
  readonly http: { readonly hcm: HttpConnectionManager; readonly path: DumpPath; readonly document: string } | null;
  readonly facts: ConnectionFacts;
}

/** What is known while the connection is followed. */
export interface ConnectionWalk {
  readonly index: ProxyIndex;
  readonly request: TraceRequest;
  readonly terse: boolean;
  readonly assumptions: readonly string[];
  readonly hops: readonly Hop[];
}

/** A way that ends here, or goes on with what is known. */
export function branch(
  at: ConnectionWalk,
  listener: Resource<Listener> | undefined,
  socket: AcceptedSocket | undefined,
  known: Partial<ConnectionBranch>,
): ConnectionBranch {
  return {
    conditions: [],
    listener: listener ?? null,
    filterChain: null,
    destination: socket?.isRestored === true && parseIp(socket.local.address) !== undefined ? addressText(socket.local) : null,
    assumptions: at.assumptions,
    hops: at.terse ? [] : at.hops,
    gap: null,
    end: null,
    http: null,
    facts: factsOf(socket),
    ...known,
  };
}

/** The facts of a connection that no transport socket has met. */
function factsOf(socket: AcceptedSocket | undefined): ConnectionFacts {
  const seen = socket === undefined ? undefined : inspected(socket);
  return {
    isTls: false,
    sni: seen?.serverName || undefined,
    alpn: undefined,
    protocol: 'http/1.1',
    localAddress: socket?.local.address ?? '',
    localPort: socket?.local.port,
    remoteAddress: socket?.remote.address ?? '',
    remotePort: socket?.remote.port,
    directRemoteAddress: socket?.directRemote.address ?? '',
    certificate: { presented: false, validated: false },
    destination: undefined,
  };
}

export function listenerHop(
  name: string,
  state: Hop['state'],
  rule: string,
  listener: Resource<Listener> | undefined,
  rejected: readonly RejectedCandidate[],
): Hop {
  return { stage: 'listener', name, state, rule, path: jqPath(listener?.path ?? []), document: listener?.document ?? '', rejected };
}

/** `ip:port`, IPv6 in brackets. */
export function addressText({ address, port }: AcceptedSocket['local']): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port ?? ''}`;
}

import { jqPath } from '../dump/dump-path.ts';
import type { OpenAddress } from '../match/accepted-socket.ts';
import { parseIp } from '../match/ip-address.ts';
import { ipAddressesOf, isBound, isUdp } from '../match/listener-address.ts';
import type { SocketAddress } from '../match/request.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { notShown } from './not-shown.ts';
import type { ProxyIndex } from './proxy-index.ts';
import type { Gap, RejectedCandidate } from './trace-answer.ts';

/** How a connection reaches a listener's socket. */
export interface Arrival {
  readonly listener: Resource<Listener>;
  readonly local: OpenAddress;
  /** The connection was handed to this listener as by `use_original_dst`: its local address is a restored one. */
  readonly isRestored?: boolean;
  readonly redirectedFrom?: SocketAddress | undefined;
  readonly assumptions: readonly string[];
  readonly rejected: readonly RejectedCandidate[];
  /** The rule that led here, in one line. */
  readonly rule: string;
}

export type FoundListener =
  | { readonly kind: 'arrives'; readonly arrival: Arrival }
  /** Nothing accepts the connection. */
  | {
      readonly kind: 'refused';
      readonly break: string;
      readonly rule: string;
      readonly listener: Resource<Listener> | undefined;
      readonly rejected: readonly RejectedCandidate[];
      readonly assumptions: readonly string[];
    }
  | { readonly kind: 'gap'; readonly gap: Gap };

/** Why nothing listens at an address: a listener that is not bound, not serving, or for UDP; else none at all. */
export function notListening(index: ProxyIndex, { address, port }: SocketAddress): FoundListener {
  const at = (listener: Resource<Listener>): boolean =>
    ipAddressesOf(listener.value).some((own) => own.port === port && (own.ip.bits === 0n || own.text === address || parseIp(address)?.bits === own.ip.bits));
  const idle = index.idleListeners.find(at);
  if (idle !== undefined) return refusedBy(idle);
  const serving = index.listeners.find(at);
  if (serving !== undefined && isUdp(serving.value)) return { kind: 'gap', gap: udpGap(serving) };
  if (!index.proxy.sections.has('listener'))
    return { kind: 'gap', gap: { id: 'PC1001', what: 'the dump has no listeners section; /config_dump gives it', path: '.' } };
  if (serving === undefined && index.proxy.partial.has('listener')) return { kind: 'gap', gap: notShown('listener', `at ${address}:${port}`, '.') };
  const unbound = serving !== undefined && !isBound(serving.value);
  const rule = unbound
    ? `listener "${serving.name}" does not bind ${address}:${port} (bind_to_port: false): only a hand-over by use_original_dst reaches it`
    : `no listener has ${address}:${port}`;
  const rejected = index.listeners.slice(0, 20).map((l) => ({ name: l.name, reason: `listens on ${addressesText(l.value)}`, path: jqPath(l.path) }));
  return { kind: 'refused', break: 'PC2001', rule, listener: unbound ? serving : undefined, rejected, assumptions: [] };
}

/** A listener that is there but does not serve. */
export function refusedBy(listener: Resource<Listener>): FoundListener {
  const states: Readonly<Record<string, string>> = {
    warming: `listener "${listener.name}" is warming: it waits for a part of its configuration and does not listen yet`,
    draining: `listener "${listener.name}" is draining: it takes no new connections`,
    error: `Envoy rejected listener "${listener.name}"${listener.rejection === undefined ? '' : `: ${listener.rejection.details}`}`,
  };
  return {
    kind: 'refused',
    break: 'PC2003',
    rule: states[listener.state] ?? `listener "${listener.name}" does not serve`,
    listener,
    rejected: [],
    assumptions: [],
  };
}

/** Datagram protocols are not walked. */
export function udpGap(listener: Resource<Listener>): Gap {
  return {
    id: 'PC9001',
    what: `listener "${listener.name}" serves UDP (HTTP/3, or another datagram protocol), which is not modelled`,
    path: jqPath(listener.path),
  };
}

function addressesText(listener: Listener): string {
  const all = ipAddressesOf(listener).map(({ text, port }) => `${text}:${port}`);
  if (all.length > 0) return all.join(', ');
  return listener.address?.pipe?.path ?? (listener.internal_listener === undefined ? 'no address' : 'an internal address');
}

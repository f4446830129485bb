import type { OpenAddress } from '../match/accepted-socket.ts';
import { parseIp } from '../match/ip-address.ts';
import { ipAddressesOf, isBound, isUdp, ListenerOwners } from '../match/listener-address.ts';
import type { SocketAddress, TraceRequest } from '../match/request.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import { type Resource, serves } from '../model/resource.ts';
import { findInterceptor } from './find-interceptor.ts';
import { findListenerByUrl } from './find-listener-by-url.ts';
import { type Arrival, type FoundListener, notListening, refusedBy, udpGap } from './listener-arrival.ts';
import type { ProxyIndex } from './proxy-index.ts';

export type { Arrival, FoundListener } from './listener-arrival.ts';

const bound = new WeakMap<ProxyIndex, ListenerOwners<Resource<Listener>>>();
const owners = new WeakMap<ProxyIndex, ListenerOwners<Resource<Listener>>>();

/** Listeners with a socket of their own, by address. */
export function boundListeners(index: ProxyIndex): ListenerOwners<Resource<Listener>> {
  let found = bound.get(index);
  if (found === undefined) {
    found = new ListenerOwners(index.listeners.filter((l) => isBound(l.value)));
    bound.set(index, found);
  }
  return found;
}

/** Every listener that serves, by address: the ones that connections are handed over to are among them. */
export function listenerOwners(index: ProxyIndex): ListenerOwners<Resource<Listener>> {
  let found = owners.get(index);
  if (found === undefined) {
    found = new ListenerOwners(index.listeners);
    owners.set(index, found);
  }
  return found;
}

/**
 * The listener whose socket accepts the connection: the one that the question names, the one at the address that the client dialled,
 * the one that iptables redirects to for a destination, or the one that a URL leads to.
 */
export function findListener(index: ProxyIndex, request: TraceRequest): FoundListener {
  if (request.listenerName !== undefined) return byName(index, request.listenerName, request);
  if (request.listener !== undefined) return byAddress(index, request.listener, request);
  if (request.destination !== undefined) return byDestination(index, request.destination);
  return findListenerByUrl(index, request);
}

function byName(index: ProxyIndex, name: string, request: TraceRequest): FoundListener {
  const named = index.proxy.named('listener', name);
  const listener = named.find(serves);
  if (listener === undefined) {
    const [idle] = named;
    if (idle !== undefined) return refusedBy(idle);
    const names = index.listeners.map((l) => l.name).slice(0, 10);
    return { kind: 'gap', gap: { id: 'PC9010', what: `the proxy has no listener "${name}"; it has ${names.join(', ')}`, path: '.' } };
  }
  const own = ipAddressesOf(listener.value)[0];
  if (isUdp(listener.value)) return { kind: 'gap', gap: udpGap(listener) };
  const local: OpenAddress = request.listener ?? { address: own === undefined || own.ip.bits === 0n ? '' : own.text, port: own?.port };
  const rule = `listener "${name}", as asked for`;
  const common = { listener, assumptions: [], rejected: [], rule };
  if (isBound(listener.value) && own !== undefined) return { kind: 'arrives', arrival: { ...common, local, redirectedFrom: request.destination } };
  // Nothing but a hand-over, or an internal connection, reaches it: its local address is what another listener restored.
  return { kind: 'arrives', arrival: { ...common, local: request.destination ?? local, isRestored: own !== undefined, redirectedFrom: request.destination } };
}

function byAddress(index: ProxyIndex, dialled: SocketAddress, request: TraceRequest): FoundListener {
  const ip = parseIp(dialled.address);
  const sockets = boundListeners(index);
  const anywhere = ip === undefined || ip.bits === 0n;
  const atPort = sockets.atPort(dialled.port);
  const listener = sockets.find(ip, dialled.port) ?? (anywhere && atPort.length === 1 ? atPort[0] : undefined);
  if (listener !== undefined) {
    const rule = `listens on ${dialled.address}:${dialled.port}`;
    const redirectedFrom = request.proxy_protocol === undefined ? request.destination : undefined;
    return {
      kind: 'arrives',
      arrival: { listener, local: { address: anywhere ? '' : dialled.address, port: dialled.port }, redirectedFrom, assumptions: [], rejected: [], rule },
    };
  }
  return notListening(index, dialled);
}

function byDestination(index: ProxyIndex, destination: SocketAddress): FoundListener {
  const interceptor = findInterceptor(index, destination);
  if (interceptor === undefined) return byAddress(index, destination, {});
  const { listener, assumption } = interceptor;
  const [own] = ipAddressesOf(listener.value);
  const arrival: Arrival = {
    listener,
    local: { address: '', port: own?.port },
    redirectedFrom: destination,
    assumptions: [assumption],
    rejected: [],
    rule: assumption,
  };
  return { kind: 'arrives', arrival };
}

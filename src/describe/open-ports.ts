import { isBound, isUdp } from '../match/listener-address.ts';
import type { Address, Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { addressText, hostText, portOf } from '../query/address-text.ts';
import { chainDestination, otherDestination } from '../query/filter-chain-destination.ts';
import { stateText } from '../query/resource-state.ts';
import { conventionPorts } from './convention-ports.ts';
import type { HandedOver, Identity, OpenPort, Reach, Role } from './description.ts';
import { ISTIO_PORTS, type IstioPort } from './istio-ports.ts';
import type { ProxyFacts } from './proxy-facts.ts';

/** The ports on which the proxy listens, by number: listeners with a socket, the admin interface, and what Istio has beside them. */
export function openPorts(facts: ProxyFacts, identity: Identity): readonly OpenPort[] {
  const isIstio = identity.maker?.value === 'Istio';
  const known = (port: number): IstioPort | undefined => (isIstio ? ISTIO_PORTS.find((one) => one.port === port) : undefined);
  const listed = mergeSame([...adminPorts(facts), ...listenerPorts(facts, known, identity.role?.value), ...statusPorts(facts, known)]);
  const besides = isIstio ? conventionPorts(facts, identity).filter(({ port }) => !listed.some((one) => one.port === port)) : [];
  return [...listed, ...besides].sort((a, b) => a.port - b.port);
}

/** Listeners that open no socket: other listeners hand connections over to them, or they are internal. */
export function handedOver({ listeners }: ProxyFacts): HandedOver {
  const without = listeners.filter(({ value }) => value.internal_listener === undefined && !opensSocket(value));
  const internal = listeners.filter(({ value }) => value.internal_listener !== undefined).map(({ name }) => name);
  const ports = [...new Set(without.flatMap(({ value }) => portOf(value.address) ?? []))].sort((a, b) => a - b);
  return { listeners: without.length, ports, internal };
}

/** Whether a listener opens a socket of its own: internal and API listeners do not. */
export function opensSocket(listener: Listener): boolean {
  return isBound(listener) && listener.internal_listener === undefined && listener.api_listener === undefined && listener.address !== undefined;
}

/** Who can connect to an address that a socket is bound to. */
export function reachOf(address: Address | undefined): Reach {
  if (address?.pipe !== undefined) return 'file';
  const host = hostText(address);
  if (host === '') return 'unknown';
  if (/^(?:127\.|::1$|localhost$|::ffff:127\.)/.test(host)) return 'pod';
  return /^(?:0\.0\.0\.0|::)$/.test(host) ? 'any' : 'address';
}

type Known = (port: number) => IstioPort | undefined;

function adminPorts({ proxy }: ProxyFacts): OpenPort[] {
  const address = proxy.bootstrap?.value.admin?.address;
  if (address === undefined) return [];
  return [
    row(address, {
      listeners: [],
      state: 'active',
      purpose: reachOf(address) === 'any' ? 'Envoy admin, open to the network' : 'Envoy admin',
      from: 'dump',
      carries: [],
    }),
  ];
}

function listenerPorts({ proxy }: ProxyFacts, known: Known, role: Role | undefined): OpenPort[] {
  return proxy.listeners
    .filter(({ value, state }) => state !== 'error' && opensSocket(value))
    .flatMap((listener) => {
      const carries = carried(listener);
      const addresses = [listener.value.address, ...(listener.value.additional_addresses ?? []).map(({ address }) => address)];
      return addresses.map((address) => {
        const purpose = known(portOf(address) ?? 0)?.purpose ?? purposeOf(listener.value, role);
        const from = known(portOf(address) ?? 0) === undefined ? 'dump' : 'convention';
        return row(address, { listeners: [nameOf(listener)], state: stateText(listener), purpose, from, carries });
      });
    });
}

/** What `/listeners` names where the input has no listeners of `/config_dump`. Which of them have a socket, it does not say. */
function statusPorts({ proxy }: ProxyFacts, known: Known): OpenPort[] {
  if (proxy.sections.has('listener')) return [];
  return (proxy.listenerStatuses?.value.listener_statuses ?? []).map((status) =>
    row(status.local_address, {
      listeners: [status.name ?? ''],
      state: 'active',
      purpose: known(portOf(status.local_address) ?? 0)?.purpose,
      from: 'convention',
      carries: [],
    }),
  );
}

function row(
  address: Address | undefined,
  told: { listeners: readonly string[]; state: string; purpose: string | undefined; from: 'dump' | 'convention'; carries: readonly string[] },
): OpenPort {
  const reach = reachOf(address);
  return {
    port: portOf(address) ?? 0,
    address: (address?.pipe === undefined ? hostText(address) : addressText(address)) || null,
    protocol: address?.pipe !== undefined ? 'pipe' : address?.socket_address?.protocol === 'UDP' ? 'UDP' : 'TCP',
    listeners: told.listeners,
    state: told.state,
    purpose: told.purpose ?? null,
    purpose_from: told.purpose === undefined ? null : told.from,
    reach,
    reach_from: reach === 'unknown' ? null : 'dump',
    seen: true,
    carries: told.carries,
  };
}

/** One row for each port and address: several listeners may stand there, in several states. */
function mergeSame(ports: readonly OpenPort[]): OpenPort[] {
  const merged = new Map<string, OpenPort>();
  for (const port of ports) {
    const key = `${port.protocol} ${port.address} ${port.port}`;
    const same = merged.get(key);
    if (same === undefined) merged.set(key, port);
    else {
      const both = <T>(a: readonly T[], b: readonly T[]): T[] => [...new Set([...a, ...b])];
      const states = both(same.state.split(', '), port.state.split(', ')).join(', ');
      merged.set(key, { ...same, listeners: both(same.listeners, port.listeners), state: states, carries: both(same.carries, port.carries) });
    }
  }
  return [...merged.values()];
}

function nameOf(listener: Resource<Listener>): string {
  return listener.name === '' ? '(unnamed)' : listener.name;
}

/** What a listener says it is for by its direction. Istio calls all of a gateway's outbound, which says nothing. */
function purposeOf({ traffic_direction: direction }: Listener, role: Role | undefined): string | undefined {
  if (role === 'gateway') return undefined;
  return direction === 'INBOUND' ? 'inbound traffic' : direction === 'OUTBOUND' ? 'outbound traffic' : undefined;
}

function carried({ value }: Resource<Listener>): string[] {
  const chains = [...(value.filter_chains ?? []), ...(value.default_filter_chain ? [value.default_filter_chain] : [])];
  const last = value.listener_filters?.at(-1);
  if (chains.length === 0 && last !== undefined && isUdp(value)) return [otherDestination(last).text];
  return [...new Set(chains.map((chain) => chainDestination(chain).text))];
}

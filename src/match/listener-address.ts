import type { Address, Listener } from '../model/generated/envoy-api.ts';
import { type IpAddress, isAnyAddress, parseIp } from './ip-address.ts';

/** A TCP address that a listener owns. */
export interface ListenerAddress {
  readonly ip: IpAddress;
  readonly text: string;
  readonly port: number;
  /** `[::]` that also takes IPv4 connections. */
  readonly takesIpv4: boolean;
}

/** The TCP addresses of a listener, additional ones included; none for pipes, internal listeners and UDP. */
export function tcpAddressesOf(listener: Listener): readonly ListenerAddress[] {
  if (isUdp(listener)) return [];
  return ipAddressesOf(listener);
}

/** UDP listeners: HTTP/3 and other datagram protocols. */
export function isUdp(listener: Listener): boolean {
  return listener.udp_listener_config !== undefined || listener.address?.socket_address?.protocol === 'UDP';
}

/** IP addresses of a listener, be it TCP or UDP. */
export function ipAddressesOf(listener: Listener): readonly ListenerAddress[] {
  const all = [listener.address, ...(listener.additional_addresses ?? []).map(({ address }) => address)];
  return all.flatMap((address) => ipAddress(address) ?? []);
}

function ipAddress(address: Address | undefined): ListenerAddress | undefined {
  const socket = address?.socket_address;
  const ip = parseIp(socket?.address ?? '');
  if (socket === undefined || ip === undefined) return undefined;
  return { ip, text: socket.address ?? '', port: socket.port_value ?? 0, takesIpv4: ip.version === 6 && socket.ipv4_compat === true };
}

/** Whether the listener opens a socket of its own. The second place is where Istio before 1.7 and Envoy's v1 API said so. */
export function isBound(listener: Listener): boolean {
  return listener.bind_to_port !== false && listener.deprecated_v1?.bind_to_port !== false;
}

/**
 * Which listener owns an address: the one at exactly that address, else the wildcard of its family at that port (`[::]` with ipv4_compat
 * serves IPv4 as well, where no 0.0.0.0 does). This holds for sockets and for the hand-over by use_original_dst alike.
 * Source: source/common/listener_manager/connection_handler_impl.cc getBalancedHandlerByAddress, addListener.
 */
export class ListenerOwners<T extends { readonly value: Listener }> {
  private readonly exact = new Map<string, T>();
  private readonly wildcards = new Map<string, T>();
  private readonly ports = new Map<number, T[]>();

  /** In: listeners in the order of the dump; of two at one address the first serves. */
  constructor(listeners: readonly T[]) {
    const compatible = new Map<string, T>();
    for (const listener of listeners) {
      for (const own of tcpAddressesOf(listener.value)) {
        const atPort = this.ports.get(own.port) ?? [];
        if (!atPort.includes(listener)) this.ports.set(own.port, [...atPort, listener]);
        setFirst(this.exact, exactKey(own.ip, own.port), listener);
        if (isAnyAddress(own.ip)) setFirst(this.wildcards, wildcardKey(own.ip.version, own.port), listener);
        if (isAnyAddress(own.ip) && own.takesIpv4) setFirst(compatible, wildcardKey(4, own.port), listener);
      }
    }
    for (const [key, listener] of compatible) setFirst(this.wildcards, key, listener);
  }

  /** In: an address that the question knows, or undefined for one that no listener names. */
  find(ip: IpAddress | undefined, port: number): T | undefined {
    const exact = ip === undefined ? undefined : this.exact.get(exactKey(ip, port));
    return exact ?? this.wildcards.get(wildcardKey(ip?.version ?? 4, port));
  }

  /** Every listener at a port, whatever its address. */
  atPort(port: number): readonly T[] {
    return this.ports.get(port) ?? [];
  }
}

const exactKey = (ip: IpAddress, port: number): string => `${ip.version}:${ip.bits}:${port}`;
const wildcardKey = (version: 4 | 6, port: number): string => `${version}:${port}`;

function setFirst<V>(map: Map<string, V>, key: string, value: V): void {
  if (!map.has(key)) map.set(key, value);
}

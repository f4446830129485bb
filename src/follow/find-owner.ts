import { isLoopback, parseIp, sameAddress } from '../match/ip-address.ts';
import { isBound, tcpAddressesOf } from '../match/listener-address.ts';
import type { SocketAddress } from '../match/request.ts';
import { addressesOf } from '../trace/own-address.ts';
import { indexOf } from '../trace/trace-request.ts';
import { type FollowedProxy, servesPort } from './followed-proxy.ts';

/** Who has an address. */
export type Owner =
  | { readonly kind: 'proxy'; readonly proxy: FollowedProxy; readonly assumption?: string }
  /** None of the given proxies; `why` says so, or between which of them nothing decides. */
  | { readonly kind: 'none'; readonly why: string };

/** The proxies that are given, by the addresses that they have. */
export class ProxyDirectory {
  readonly proxies: readonly FollowedProxy[];
  /** What is left out: a second dump of a proxy. */
  readonly notes: readonly string[];
  private readonly byAddress = new Map<string, FollowedProxy[]>();
  private readonly said: ReadonlyMap<string, FollowedProxy>;
  private readonly reasons: ReadonlyMap<string, string>;

  /**
   * In: the proxies, the first of a node id counts; whose an address is as the user says it (`--owner`), by {@link ownerKey}; what is known of
   * addresses that no proxy has.
   */
  constructor(proxies: readonly FollowedProxy[], said: ReadonlyMap<string, FollowedProxy> = new Map(), reasons: ReadonlyMap<string, string> = new Map()) {
    const { kept, notes } = withoutTwins(proxies);
    this.proxies = kept;
    this.notes = notes;
    this.said = said;
    this.reasons = reasons;
    for (const proxy of this.proxies) {
      for (const address of addressesOf(proxy.config)) this.byAddress.set(keyOf(address), [...(this.byAddress.get(keyOf(address)) ?? []), proxy]);
    }
  }

  /**
   * The proxy that gets a connection to an address: the one that the user named, the one whose pod has it; where several share it (host
   * network, one machine), the one that serves the port; else the one with a listener at exactly that address.
   */
  find({ address, port }: SocketAddress, caller: FollowedProxy): Owner {
    const said = this.said.get(ownerKey(address, port)) ?? this.said.get(ownerKey(address));
    if (said !== undefined) return { kind: 'proxy', proxy: said };
    const having = this.byAddress.get(keyOf(address)) ?? [];
    const [only] = having;
    const isLocal = isLoopbackText(address);
    if (only !== undefined && having.length === 1 && only !== caller && !isLocal) return { kind: 'proxy', proxy: only };
    const others = having.filter((proxy) => proxy !== caller);
    const serving = others.filter((proxy) => servesPort(proxy, port));
    if (serving.length === 1 && serving[0] !== undefined) return { kind: 'proxy', proxy: serving[0] };
    if (serving.length > 1) return { kind: 'none', why: `${namesOf(serving)} have ${address}, and all serve port ${port}: say which with --owner` };
    const listening = this.proxies.filter((proxy) => proxy !== caller && listensAt(proxy, address, port));
    if (listening.length === 1 && listening[0] !== undefined) return { kind: 'proxy', proxy: listening[0] };
    if (having.includes(caller)) return { kind: 'none', why: 'it is an address of this very proxy' };
    if (others.length > 0) return { kind: 'none', why: `${namesOf(others)} ${others.length === 1 ? 'has' : 'have'} ${address}, and none serves port ${port}` };
    return { kind: 'none', why: this.reasons.get(address) ?? `no dump is given for ${address}` };
  }
}

const namesOf = (proxies: readonly FollowedProxy[]): string => proxies.map(({ name }) => `"${name}"`).join(' and ');

/** Whether an address is one of 127.0.0.0/8, or ::1. */
export function isLoopbackText(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && (isLoopback(ip) || (ip.version === 4 && ip.bits >> 24n === 127n));
}

/** By what an address is looked up that the user gives to a proxy: with its port, or for all ports. */
export const ownerKey = (address: string, port?: number): string => `${keyOf(address)} ${port ?? ''}`;

/** One spelling for each address: IPv6 has several. */
function keyOf(address: string): string {
  const ip = parseIp(address);
  return ip === undefined ? address : `${ip.version} ${ip.bits}`;
}

function listensAt({ config }: FollowedProxy, address: string, port: number): boolean {
  const ip = parseIp(address);
  return (
    ip !== undefined &&
    indexOf(config).listeners.some(({ value }) => isBound(value) && tcpAddressesOf(value).some((own) => own.port === port && sameAddress(own.ip, ip)))
  );
}

/** The first dump of each node id; plain Envoys may share one. */
function withoutTwins(proxies: readonly FollowedProxy[]): { readonly kept: readonly FollowedProxy[]; readonly notes: readonly string[] } {
  const seen = new Map<string, FollowedProxy>();
  const notes: string[] = [];
  const kept = proxies.filter((proxy) => {
    const id = proxy.config.bootstrap?.value.node?.id ?? '';
    const first = id.includes('~') ? seen.get(id) : undefined;
    if (first !== undefined) notes.push(`"${proxy.name}" is another dump of the proxy of "${first.name}", which is used`);
    seen.set(id, first ?? proxy);
    return first === undefined;
  });
  return { kept, notes };
}

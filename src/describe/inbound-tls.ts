import { isBound } from '../match/listener-address.ts';
import type { FilterChain, Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { addressText, hostText, portOf } from '../query/address-text.ts';
import { chainDestination } from '../query/filter-chain-destination.ts';
import { transportText } from '../query/transport-text.ts';
import type { Identity, InboundTls, MtlsMode } from './description.ts';
import { ISTIO_SERVICE_PORTS } from './istio-ports.ts';
import type { ProxyFacts } from './proxy-facts.ts';
import { chainsOf, intercepts, isInbound } from './tcp-hosts.ts';

interface Group {
  readonly listener: string;
  readonly port: number | null;
  readonly chains: FilterChain[];
}

/**
 * How connections to the proxy are protected, port by port: what the filter chains of its inbound listeners take. Of a proxy whose
 * listeners name no direction (gateways, plain Envoys) every listener with a socket counts.
 */
export function inboundTls({ listeners }: ProxyFacts, { addresses, maker }: Identity): readonly InboundTls[] {
  const own = (listener: Resource<Listener>): boolean =>
    isInbound(listener) || (listener.value.traffic_direction === undefined && addresses.includes(hostText(listener.value.address)));
  const inbound = listeners.filter(own);
  const taken = inbound.length > 0 ? inbound : listeners.filter((listener) => isBound(listener.value));
  const groups = new Map<string, Group>();
  for (const listener of taken) {
    const port = portOf(listener.value.address) ?? null;
    if (listener.value.internal_listener !== undefined || (maker?.value === 'Istio' && ISTIO_SERVICE_PORTS.has(port ?? 0))) continue;
    const chains = chainsOf(listener.value).filter((chain) => !isBlackHole(chain));
    const byPort = chains.some((chain) => chain.filter_chain_match?.destination_port !== undefined) || intercepts(listener.value);
    for (const chain of chains) {
      const asked = chain.filter_chain_match?.destination_port ?? (byPort ? null : port);
      const key = `${listener.name || addressText(listener.value.address)} ${asked}`;
      const group = groups.get(key) ?? { listener: listener.name || addressText(listener.value.address), port: asked, chains: [] };
      group.chains.push(chain);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(rowOf).sort((a, b) => (a.port ?? Number.POSITIVE_INFINITY) - (b.port ?? Number.POSITIVE_INFINITY));
}

function rowOf({ listener, port, chains }: Group): InboundTls {
  return {
    listener,
    port,
    mode: modeOf(chains),
    transports: [...new Set(chains.map(chainTransport))],
    server_names: [...new Set(chains.flatMap((chain) => chain.filter_chain_match?.server_names ?? []))],
    destinations: [...new Set(chains.map((chain) => chainDestination(chain).text))],
  };
}

/** `mTLS (default)`, `TLS (shop-cert)`, `plaintext`; TLS that goes through unopened is told apart from plaintext. */
function chainTransport(chain: FilterChain): string {
  const text = transportText(chain);
  const match = chain.filter_chain_match;
  const takesTls = match?.transport_protocol === 'tls' || (match?.server_names?.length ?? 0) > 0;
  return text === 'plaintext' && takesTls ? 'TLS passed through' : text;
}

/** What the filter chains of one port take together. */
function modeOf(chains: readonly FilterChain[]): MtlsMode {
  const kinds = new Set(chains.map((chain) => kindOf(chainTransport(chain))));
  if (kinds.has('mtls')) return kinds.has('plaintext') ? 'permissive' : kinds.size === 1 ? 'strict' : kinds.has('passthrough') ? 'permissive' : 'mixed';
  if (kinds.has('plaintext')) return kinds.has('tls') ? 'mixed' : 'disabled';
  if (kinds.size > 1) return 'mixed';
  return kinds.has('passthrough') ? 'passthrough' : kinds.has('tls') ? 'tls' : 'mixed';
}

function kindOf(transport: string): 'mtls' | 'tls' | 'plaintext' | 'passthrough' | 'other' {
  if (/\bmTLS\b/.test(transport)) return 'mtls';
  if (transport === 'TLS passed through') return 'passthrough';
  if (/\bTLS\b/.test(transport)) return 'tls';
  return /plaintext$/.test(transport) ? 'plaintext' : 'other';
}

/** Istio's chain that refuses connections to the inbound port itself. */
function isBlackHole(chain: FilterChain): boolean {
  return chainDestination(chain).clusters[0] === 'BlackHoleCluster';
}

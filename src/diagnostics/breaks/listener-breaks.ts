import { serves } from '../../model/resource.ts';
import type { BreakFacts } from '../facts.ts';
import { editedKind, objectText } from '../owner.ts';
import { list, quoted } from '../words.ts';
import type { BreakEntry } from './break-entry.ts';

const listenerNames = (f: Parameters<BreakEntry['title']>[0]): readonly string[] => f.proxy.listeners.filter(serves).map((l) => l.name);

/** Chains that fail late come first: those of another port tell nothing. */
function nearestChains(f: BreakFacts): BreakFacts['nearMisses'] {
  const late = f.nearMisses.filter((miss) => !miss.reason.startsWith('destination_port'));
  return (late.length > 0 ? late : f.nearMisses).slice(0, 3);
}

/** What a chain asks for, in words that need no knowledge of Envoy's fields. */
function chainWords(reason: string): string {
  const spoken = (value: string): string => (value === 'tls' ? 'TLS' : value === 'raw_buffer' ? 'plain text' : value);
  return reason
    .replace(
      /^transport_protocol (\w+), the connection has (\w+)/,
      (_, wanted: string, has: string) => `${spoken(wanted)}, and the connection is ${spoken(has)}`,
    )
    .replace(/^application_protocols (.*), the connection has (.*)/, 'the ALPN $1, and the connection offers $2')
    .replace(/^server_names (.*), the connection has server name (.*)/, 'the server name (SNI) $1, and the connection has $2')
    .replace(/^destination_port (\d+), the connection has port (\d+)/, 'the port $1, and the connection goes to $2');
}

const chainName = (name: string): string => (/^filter chain \d+$/.test(name) ? name : `filter chain ${quoted(name)}`);

export const LISTENER_BREAKS: readonly BreakEntry[] = [
  {
    id: 'PC2001',
    slug: 'no-listener',
    severity: 'error',
    title: (f) => `no listener of this proxy takes the connection for ${f.scheme}://${f.authority}`,
    why: (f) =>
      `${f.rule === undefined ? '' : `${f.rule}. `}The proxy has the listeners ${list(listenerNames(f).slice(0, 8).map(quoted))}${listenerNames(f).length > 8 ? ` and ${listenerNames(f).length - 8} more` : ''}.`,
    hints: (f) => [
      f.proxy.bootstrap?.value.node?.id?.startsWith('sidecar~')
        ? 'check the address: inbound, a sidecar takes what is sent to its own pod; outbound, what its own pod sends'
        : f.producer === 'istio'
          ? 'check the port of the Gateway server, and that its selector fits this proxy'
          : 'check the address and port',
      'say which listener is meant with --listener, or the destination with --to ADDRESS:PORT',
    ],
  },
  {
    id: 'PC2002',
    slug: 'no-filter-chain-match',
    severity: 'error',
    predicts: { status: null, flags: 'NR', details: 'filter_chain_not_found' },
    title: (f) => `no filter chain of listener ${quoted(f.listener ?? '')} takes this connection`,
    why: (f) =>
      `${f.rule ?? 'No chain is left, and there is no default chain'}. Envoy narrows the chains down criterion by criterion (port, address, server name, TLS or plain text, ALPN) and never goes back; where none is left the connection is closed.`,
    hints: (f) => [
      ...nearestChains(f).map((miss) => `${chainName(miss.name)} would need: ${chainWords(miss.reason)}`),
      f.listener === 'virtualInbound'
        ? 'the port takes what the PeerAuthentication of this workload allows: with STRICT, mutual TLS of the mesh only. Call it through a sidecar or gateway of the mesh (a DestinationRule with tls.mode: DISABLE keeps those from mutual TLS), or set its mode to PERMISSIVE'
        : f.listener === 'main_internal'
          ? 'check that the Service has this address and port, and that it or its namespace uses this waypoint (label istio.io/use-waypoint)'
          : f.producer === 'istio'
            ? 'add the host to a server of the Gateway (its SNI is matched against hosts:), or send one of its names'
            : 'add a filter chain for it, or a default_filter_chain',
    ],
  },
  {
    id: 'PC2003',
    slug: 'listener-not-serving',
    severity: 'error',
    title: (f) => `listener ${quoted(f.listener ?? '')} is not serving`,
    why: (f) => f.rule ?? 'It is warming, draining, or its configuration was rejected.',
    hints: (f) => [
      ...(/rejected/.test(f.rule ?? '')
        ? [
            `mend what the reason names, in ${f.owner === undefined ? `the ${editedKind(f.producer, 'listener')}` : objectText(f.owner)}${f.producer === 'istio' ? ' or an EnvoyFilter' : ''}`,
          ]
        : ['see what it waits for: routes (RDS), secrets (SDS)']),
      "pc listeners shows the state and, for a rejected one, Envoy's reason",
    ],
  },
  {
    id: 'PC2004',
    slug: 'protocol-mismatch',
    severity: 'error',
    title: (f) => `listener ${quoted(f.listener ?? '')} does not speak what the client speaks`,
    why: (f) =>
      f.rule ??
      (f.scheme === 'https' && f.details === 'http1.codec_error'
        ? 'The client sends TLS, and this port takes plain HTTP.'
        : 'TLS meets a plaintext chain, or the reverse, or HTTP/1 meets HTTP/2.'),
    hints: (f) => [
      /PROXY/.test(f.rule ?? '')
        ? 'let the client, or the load balancer before the proxy, send the PROXY protocol; or take it out of the listener filters'
        : f.scheme === 'https'
          ? `use http:// with this port, or the port that serves TLS${f.producer === 'istio' ? ' (a Gateway server with tls:)' : ''}`
          : 'use the scheme that the port serves',
    ],
  },
  {
    id: 'PC6001',
    slug: 'tls-handshake-fails',
    severity: 'error',
    title: (f) => `the TLS handshake with listener ${quoted(f.listener ?? '')} fails`,
    why: (f) => f.rule ?? 'The chain asks for TLS, or for a client certificate, that the client does not bring.',
    hints: (f) =>
      f.producer === 'istio'
        ? ['the port wants mTLS (PeerAuthentication STRICT, or a MUTUAL Gateway server): call it through a sidecar, or bring a client certificate']
        : ['use TLS, and bring the client certificate that the chain requires'],
  },
];

import type { FindingEntry, FindingFacts } from './finding-entry.ts';

const KINDS: Readonly<Record<string, string>> = { route_config: 'route config', ecds: 'extension config', scoped_routes: 'scoped routes' };
const kind = (f: FindingFacts): string => KINDS[String(f['kind'])] ?? String(f['kind']);
const chain = (f: FindingFacts): string => `filter chain "${f['chain']}" of listener "${f['listener']}"`;

export const LISTENER_FINDINGS: readonly FindingEntry[] = [
  {
    id: 'PC1040',
    slug: 'resource-rejected',
    severity: 'error',
    title: (f) => `Envoy rejected ${kind(f)} "${f['name']}"${f['details'] ? `: ${f['details']}` : ''}`,
    why: (f) => (f['old'] ? 'The version before it goes on serving.' : 'Nothing of that name serves.'),
    hints: (_, producer, object) => [
      `mend what the reason names, in ${object('listener')}${producer === 'istio' ? ' or an EnvoyFilter' : ''}`,
      'the log of the proxy has the reason as well',
    ],
  },
  {
    id: 'PC1041',
    slug: 'resource-warming',
    severity: 'warning',
    title: (f) => `${kind(f)} "${f['name']}" is warming${f['since'] ? ` since ${f['since']}` : ''}${f['age'] ? ` (for ${f['age']} at least)` : ''}`,
    why: (f) => (f['old'] ? 'The version before it goes on serving.' : 'For requests it is not there until what it waits for has come.'),
    hints: () => ['see why what it waits for does not come: endpoints, secrets, routes'],
  },
  {
    id: 'PC2010',
    slug: 'filter-chain-unreachable',
    severity: 'warning',
    title: (f) => `${chain(f)} gets no connections: ${f['reason']}`,
    why: () => 'Envoy finds the other one first, or rejects the listener as a whole.',
    hints: () => ['give it a match of its own, or take it out'],
  },
  {
    id: 'PC2011',
    slug: 'filter-chains-ambiguous',
    severity: 'warning',
    title: (f) => `${chain(f)} matches every address, and so does "${f['other']}" without a range: which one serves differs from start to start`,
    why: () => 'Envoy keeps the range 0.0.0.0/0 and no range at all under one key.',
    hints: () => ['take the range of all addresses out, or give one of them a real range'],
  },
  {
    id: 'PC2012',
    slug: 'match-without-inspector',
    severity: 'error',
    title: (f) => `${chain(f)} matches on ${f['wanted']}, and the listener has no filter that reads it`,
    why: () => 'Without a TLS inspector nothing is known of the handshake: this chain gets no connections.',
    hints: () => ['add envoy.filters.listener.tls_inspector to the listener filters'],
  },
  {
    id: 'PC2013',
    slug: 'tls-match-without-tls',
    severity: 'error',
    title: (f) => `${chain(f)} takes TLS connections for an HTTP connection manager, and has no transport socket that ends TLS`,
    why: () => 'The connection manager gets TLS bytes and refuses them (DPE).',
    hints: () => ['add a DownstreamTlsContext, or pass the connection on with a TCP proxy'],
  },
  {
    id: 'PC7010',
    slug: 'no-router',
    severity: 'error',
    title: (f) => `the HTTP connection manager in ${chain(f)} has no router filter`,
    why: () => 'Envoy takes such a configuration, and every request hangs until the client gives up.',
    hints: (_, producer) => [
      producer === 'istio'
        ? 'see which EnvoyFilter took envoy.filters.http.router out of the HTTP filters'
        : 'add envoy.filters.http.router as the last filter',
    ],
  },
  {
    id: 'PC7020',
    slug: 'network-filter-closes',
    severity: 'warning',
    title: (f) => `${chain(f)} has no filters: every connection that it takes is closed`,
    why: () => 'Nothing in it takes the connection over: no connection manager and no TCP proxy.',
    hints: (_, producer) => [
      producer === 'istio' ? 'see which EnvoyFilter changes the network filters of this listener' : 'give the chain a filter that proxies, or take it out',
    ],
  },
  {
    id: 'PC7030',
    slug: 'extension-config-missing',
    severity: 'error',
    title: (f) => `listener "${f['listener']}" takes the filter "${f['filter']}" from ECDS, and the proxy has no configuration of that name`,
    why: () => 'Requests are answered 500 NFCF until it comes, or the listener stays in warming.',
    hints: (_, producer) => [
      producer === 'istio'
        ? 'check the WasmPlugin: its url, and whether the module could be fetched'
        : 'check that the control plane sends the extension config',
    ],
  },
];

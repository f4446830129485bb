import { describe, expect, test } from 'vitest';
import { type FilterChainChoice, matchFilterChains, whyNotTaken } from '../../src/match/filter-chain-match.ts';
import type { InspectedConnection } from '../../src/match/inspected-connection.ts';
import { parseIp } from '../../src/match/ip-address.ts';
import type { FilterChain, FilterChainMatch } from '../../src/model/generated/envoy-api.ts';

const CONNECTION: InspectedConnection = {
  localIp: parseIp('10.1.2.3'),
  localPort: 443,
  serverName: 'www.a.com',
  transportProtocol: 'tls',
  applicationProtocols: ['h2', 'http/1.1'],
  remoteIp: parseIp('172.16.1.5'),
  remotePort: 40000,
  directRemoteIp: parseIp('127.0.0.1'),
};

const chainsOf = (matches: readonly FilterChainMatch[]): readonly FilterChain[] => matches.map((match) => ({ filter_chain_match: match }));

/** Positions of the chains taken, one list for each alternative. */
function taken(matches: readonly FilterChainMatch[], connection: Partial<InspectedConnection> = {}): readonly (readonly number[])[] {
  return matchFilterChains(chainsOf(matches), { ...CONNECTION, ...connection }).map(({ chains }) => chains);
}

const range = (prefix: string, length: number) => ({ address_prefix: prefix, prefix_len: length });

describe('each criterion takes the most specific value', () => {
  test.each<[string, FilterChainMatch[], number[]]>([
    ['the destination port before no port', [{}, { destination_port: 443 }, { destination_port: 80 }], [1]],
    ['the longest destination prefix', [{ prefix_ranges: [range('10.0.0.0', 8)] }, { prefix_ranges: [range('10.1.0.0', 16), range('10.1.2.3', 32)] }, {}], [1]],
    ['an exact server name before a wildcard', [{ server_names: ['*.a.com'] }, { server_names: ['www.a.com'] }, {}], [1]],
    ['the longest wildcard', [{ server_names: ['*.com'] }, { server_names: ['*.a.com'] }], [1]],
    ['a server name whatever its case in the configuration', [{ server_names: ['WWW.A.com'] }], [0]],
    ['the transport protocol', [{ transport_protocol: 'raw_buffer' }, { transport_protocol: 'tls' }, {}], [1]],
    ["the first of the client's protocols that any chain asks for", [{ application_protocols: ['http/1.1'] }, { application_protocols: ['h2'] }], [1]],
    ["the range of the socket's own peer", [{ direct_source_prefix_ranges: [range('127.0.0.0', 8)] }, {}], [0]],
    ['the kind of the source', [{ source_type: 'SAME_IP_OR_LOOPBACK' }, { source_type: 'EXTERNAL' }, {}], [1]],
    [
      "the longest range of the client's address",
      [{ source_prefix_ranges: [range('172.16.0.0', 12)] }, { source_prefix_ranges: [range('172.16.1.0', 24)] }],
      [1],
    ],
    ["the client's port", [{ source_ports: [1, 40000] }, {}], [0]],
  ])('%s', (_, matches, expected) => {
    expect(taken(matches)).toEqual([expected]);
  });

  test.each<[string, FilterChainMatch[], Partial<InspectedConnection>]>([
    ['a wildcard does not take the bare domain', [{ server_names: ['*.a.com'] }], { serverName: 'a.com' }],
    ['a server name is not asked of a connection without one', [{ server_names: ['a.com'] }], { serverName: '' }],
    ['a trailing dot begins no suffix', [{ server_names: ['*.com'] }], { serverName: 'a.com.' }],
    ['127.0.0.2 is no loopback client', [{ source_type: 'SAME_IP_OR_LOOPBACK' }], { remoteIp: parseIp('127.0.0.2') }],
    ['IPv4 ranges do not take IPv6', [{ prefix_ranges: [range('0.0.0.0', 0)] }], { localIp: parseIp('fd00::1') }],
  ])('%s', (_, matches, connection) => {
    expect(taken(matches, connection)).toEqual([[]]);
  });
});

describe('there is no way back', () => {
  test('a chain for the port hides the chains without a port, even when it fails later', () => {
    expect(taken([{ destination_port: 443, server_names: ['b.com'] }, {}])).toEqual([[]]);
  });

  test('a longer prefix hides a shorter one whose server name would match', () => {
    expect(
      taken([
        { prefix_ranges: [range('10.1.0.0', 16)], server_names: ['b.com'] },
        { prefix_ranges: [range('10.0.0.0', 8)], server_names: ['www.a.com'] },
      ]),
    ).toEqual([[]]);
  });

  test('the order of criteria is Envoy’s, not that of the fields: the address comes before the server name', () => {
    expect(taken([{ server_names: ['www.a.com'] }, { prefix_ranges: [range('10.0.0.0', 8)] }])).toEqual([[1]]);
  });
});

describe('what the question or the dump leaves open', () => {
  test('0.0.0.0/0 and no ranges are the same to Envoy: which one serves was decided at its start', () => {
    const choices = matchFilterChains(chainsOf([{ prefix_ranges: [range('0.0.0.0', 0)] }, {}]), CONNECTION);
    expect(choices.map(({ chains, conditions }) => [chains, conditions.length])).toEqual([
      [[0], 1],
      [[1], 1],
    ]);
  });

  test('the same pair is no question for an IPv6 destination', () => {
    expect(taken([{ prefix_ranges: [range('0.0.0.0', 0)] }, {}], { localIp: parseIp('fd00::1') })).toEqual([[1]]);
  });

  test('an unknown client gives every chain that it may fall to, each with its condition', () => {
    const choices = matchFilterChains(chainsOf([{ source_prefix_ranges: [range('10.0.0.0', 8)] }, {}]), { ...CONNECTION, remoteIp: undefined });
    expect(choices.map(({ chains, conditions }) => [chains, conditions])).toEqual([
      [[0], ['the address of the client is in 10.0.0.0/8']],
      [[1], ['the address of the client is none that a filter chain asks for']],
    ]);
  });

  test('an unknown client matters only where a chain asks for it', () => {
    expect(taken([{ destination_port: 443 }], { remoteIp: undefined, directRemoteIp: undefined, remotePort: undefined })).toEqual([[0]]);
  });

  test('a port that the question does not give is none of those asked for', () => {
    expect(taken([{ source_ports: [40000] }, {}], { remotePort: undefined })).toEqual([[1]]);
  });
});

test('equal matches leave several chains: Envoy refuses such a listener', () => {
  expect(taken([{ server_names: ['www.a.com'] }, { server_names: ['www.a.com', 'b.com'] }])).toEqual([[0, 1]]);
});

test('a chain that was not taken says the first criterion that it failed', () => {
  const chains = chainsOf([
    { destination_port: 80 },
    { destination_port: 443, server_names: ['*.a.com'] },
    { destination_port: 443, server_names: ['www.a.com'] },
  ]);
  const [choice] = matchFilterChains(chains, CONNECTION) as [FilterChainChoice];
  expect(chains.slice(0, 2).map((chain) => whyNotTaken(chain, choice, CONNECTION))).toEqual([
    'destination_port 80, the connection has port 443',
    'server_names *.a.com: less specific than www.a.com, which another filter chain asks for',
  ]);
});

import { ANY, anyOf, type Criterion, type CriterionPick, exactOrAny, fallback, keysOrAny } from './criterion.ts';
import { type InspectedConnection, isLocalConnection } from './inspected-connection.ts';
import { longestPrefix, rangeKeys } from './longest-prefix.ts';

/** The exact name, then `*.suffix` by longest suffix over any number of labels; a name in the configuration is folded, `*.` cut to `.`. */
function serverNamePick(keys: ReadonlySet<string>, name: string): readonly CriterionPick[] {
  if (keys.has(name)) return [{ key: name }];
  for (let dot = name.indexOf('.', 1); dot >= 0 && dot < name.length - 1; dot = name.indexOf('.', dot + 1)) {
    if (keys.has(name.slice(dot))) return [{ key: name.slice(dot) }];
  }
  return fallback(keys);
}

function sourceTypePick(keys: ReadonlySet<string>, connection: InspectedConnection): readonly CriterionPick[] {
  if (keys.size === 1 && keys.has(ANY)) return [{ key: ANY }];
  const isLocal = isLocalConnection(connection);
  const local: CriterionPick = { key: 'SAME_IP_OR_LOOPBACK' };
  const external: CriterionPick = { key: 'EXTERNAL' };
  const taken = ({ key }: CriterionPick): readonly CriterionPick[] => (keys.has(key) ? [{ key }] : fallback(keys));
  if (isLocal !== undefined) return taken(isLocal ? local : external);
  return [
    ...taken(local).map((pick) => ({ ...pick, condition: 'the client is local (the same IP, or loopback)' })),
    ...taken(external).map((pick) => ({ ...pick, condition: 'the client is not local' })),
  ];
}

const portKey = (port: number | undefined): readonly string[] => (port === undefined || port === 0 ? [ANY] : [String(port)]);

/** The criteria in the order in which Envoy tries them. Source: FilterChainManagerImpl::findFilterChain and what it calls. */
export const CRITERIA: readonly Criterion[] = [
  {
    name: 'destination_port',
    keysOf: (match) => portKey(match.destination_port),
    pick: (keys, { localPort }) => (localPort === undefined ? anyOf(keys, 'the destination port') : exactOrAny(String(localPort), keys)),
    valueOf: ({ localPort }) => (localPort === undefined ? 'an unknown port' : `port ${localPort}`),
  },
  {
    name: 'prefix_ranges',
    keysOf: (match) => rangeKeys(match.prefix_ranges),
    pick: (keys, { localIp }) => longestPrefix(keys, localIp, 'destination'),
    valueOf: () => 'another destination address',
  },
  {
    name: 'server_names',
    keysOf: (match) => keysOrAny((match.server_names ?? []).map((name) => name.toLowerCase().replace(/^\*\./, '.'))),
    pick: (keys, { serverName }) => serverNamePick(keys, serverName),
    valueOf: ({ serverName }) => (serverName === '' ? 'no server name that Envoy reads' : `server name ${serverName}`),
  },
  {
    name: 'transport_protocol',
    keysOf: (match) => [match.transport_protocol ?? ANY],
    pick: (keys, { transportProtocol }) => exactOrAny(transportProtocol, keys),
    valueOf: ({ transportProtocol }) => transportProtocol,
  },
  {
    name: 'application_protocols',
    keysOf: (match) => keysOrAny(match.application_protocols),
    // The first of the client's protocols that any filter chain asks for.
    pick: (keys, { applicationProtocols }) => exactOrAny(applicationProtocols.find((protocol) => protocol !== ANY && keys.has(protocol)) ?? ANY, keys),
    valueOf: ({ applicationProtocols }) => applicationProtocols.join(', ') || 'no application protocol that Envoy reads',
  },
  {
    name: 'direct_source_prefix_ranges',
    keysOf: (match) => rangeKeys(match.direct_source_prefix_ranges),
    pick: (keys, { directRemoteIp }) => longestPrefix(keys, directRemoteIp, "socket's peer"),
    valueOf: () => 'another peer',
  },
  {
    name: 'source_type',
    keysOf: (match) => [match.source_type === undefined || match.source_type === 'ANY' ? ANY : String(match.source_type)],
    pick: sourceTypePick,
    valueOf: (connection) => (isLocalConnection(connection) === true ? 'a local client' : 'a client from elsewhere'),
  },
  {
    name: 'source_prefix_ranges',
    keysOf: (match) => rangeKeys(match.source_prefix_ranges),
    pick: (keys, { remoteIp }) => longestPrefix(keys, remoteIp, 'client'),
    valueOf: () => 'another client address',
  },
  {
    name: 'source_ports',
    keysOf: (match) => keysOrAny((match.source_ports ?? []).map(String)),
    // A client's port that the question does not give is taken to be none of those that are asked for.
    pick: (keys, { remotePort }) => (remotePort === undefined ? fallback(keys) : exactOrAny(String(remotePort), keys)),
    valueOf: ({ remotePort }) => (remotePort === undefined ? 'some other port' : `port ${remotePort}`),
  },
];

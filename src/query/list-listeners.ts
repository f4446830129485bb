import type { FilterChain, Listener } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import type { AdminDocument, ProxyConfig } from '../model/proxy-config.ts';
import type { Resource } from '../model/resource.ts';
import { addressText, hostText, portOf } from './address-text.ts';
import { compareText } from './compare-text.ts';
import { type ChainDestination, chainDestination, otherDestination } from './filter-chain-destination.ts';
import { filterChainMatchText } from './filter-chain-match-text.ts';
import type { RowFilter } from './filter-rows.ts';
import type { Column, Listing } from './listing.ts';
import { actionName, matcherLeaves } from './matcher-leaves.ts';
import { resourceColumns } from './resource-state.ts';
import { statusResource } from './status-resource.ts';
import { transportText } from './transport-text.ts';

/** One filter chain of a listener; a listener without chains has one row of its own. */
export interface ListenerRow {
  readonly listener: Resource<Listener>;
  /** The main address, then the additional ones; those on another port with it. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly type: string;
  readonly chain: FilterChain | undefined;
  readonly match: string;
  readonly destination: ChainDestination;
}

export interface ListenerFilters {
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: string | undefined;
  readonly type?: string | undefined;
  readonly cluster?: string | undefined;
  readonly domain?: string | undefined;
}

/** All filter chains of all listeners, in whatever state: by port and address, chains in Envoy's own order with the default one last. */
export function listListeners(proxy: ProxyConfig): Listing<ListenerRow> {
  const fromStatuses = proxy.sections.has('listener') ? [] : listenersOfStatuses(proxy);
  const rows = [...proxy.listeners, ...fromStatuses].flatMap(rowsOf);
  const order = new Map(rows.map((row, i) => [row, i]));
  rows.sort((a, b) => a.port - b.port || compareText(a.addresses[0] ?? '', b.addresses[0] ?? '') || (order.get(a) as number) - (order.get(b) as number));
  return {
    kind: 'listeners',
    noun: 'filter chain',
    rows,
    columns: COLUMNS,
    resourceOf: (row) => row.listener,
    notes: fromStatuses.length > 0 ? [FROM_STATUSES] : [],
  };
}

const FROM_STATUSES = 'from /listeners alone: names and addresses; filter chains come with /config_dump';

/** The listeners that `/listeners` names. */
function listenersOfStatuses(proxy: ProxyConfig): Resource<Listener>[] {
  const document = proxy.listenerStatuses;
  return (document?.value.listener_statuses ?? []).map((status) => {
    const name = status.name ?? '';
    const additional_addresses = (status.additional_local_addresses ?? []).map((address) => ({ address }));
    const value: Listener = { name, ...(status.local_address ? { address: status.local_address } : {}), additional_addresses };
    return statusResource(document as AdminDocument<unknown>, { kind: 'listener', name, type: 'envoy.config.listener.v3.Listener', value });
  });
}

/** The filters of the command line over rows of listeners. */
export function listenerFilters(wanted: ListenerFilters): RowFilter<ListenerRow>[] {
  const filter = (flag: string, text: string | undefined, values: (row: ListenerRow) => readonly string[]): RowFilter<ListenerRow>[] =>
    text === undefined ? [] : [{ flag, wanted: text, values }];
  return [
    ...filter('--name', wanted.name, (row) => [row.listener.name]),
    ...filter('--address', wanted.address, (row) => row.addresses.flatMap((address) => [address, `${address}:${row.port}`])),
    ...filter('--port', wanted.port, (row) => portsOf(row.listener.value).map(String)),
    ...filter('--type', wanted.type, (row) => [row.type]),
    ...filter('--cluster', wanted.cluster, (row) => row.destination.clusters),
    ...filter('--domain', wanted.domain, (row) => row.chain?.filter_chain_match?.server_names ?? []),
  ];
}

/** One row for each listener instead of one for each chain: `--verbose=false`. */
export function withoutChains(listing: Listing<ListenerRow>): Listing<ListenerRow> {
  const seen = new Set<unknown>();
  const rows = listing.rows.filter((row) => !seen.has(row.listener) && seen.add(row.listener));
  const columns = COLUMNS.filter((column) => !CHAIN_COLUMNS.has(column.key)).map((column) => (column === TYPE ? { ...column, wide: false } : column));
  return { ...listing, rows, columns, noun: 'listener' };
}

const STATE = resourceColumns<ListenerRow>((row) => row.listener);
const CHAIN_COLUMNS = new Set(['match', 'destination', 'filter_chain', 'transport', 'filters', 'route_config', 'clusters']);
const TYPE: Column<ListenerRow> = { key: 'type', title: 'TYPE', wide: true, cell: (row) => row.type };

const COLUMNS: readonly Column<ListenerRow>[] = [
  { key: 'addresses', title: 'ADDRESSES', cell: (row) => row.addresses.join(','), json: (row) => row.addresses },
  { key: 'port', title: 'PORT', cell: (row) => String(row.port), json: (row) => row.port },
  { key: 'match', title: 'MATCH', cell: (row) => row.match },
  { key: 'destination', title: 'DESTINATION', cell: (row) => row.destination.text },
  { key: 'route_config', cell: (row) => row.destination.routeConfig ?? '', json: (row) => row.destination.routeConfig },
  { key: 'clusters', cell: (row) => row.destination.clusters.join(','), json: (row) => row.destination.clusters },
  STATE.state,
  { key: 'name', title: 'LISTENER', wide: true, cell: (row) => row.listener.name },
  { key: 'filter_chain', title: 'CHAIN', wide: true, cell: (row) => row.chain?.name ?? '' },
  TYPE,
  { key: 'transport', title: 'TRANSPORT', wide: true, cell: (row) => (row.chain ? transportText(row.chain) : '') },
  { key: 'filters', title: 'FILTERS', wide: true, cell: (row) => filterNames(row).join(','), json: filterNames },
  { key: 'direction', title: 'DIRECTION', wide: true, cell: (row) => String(row.listener.value.traffic_direction ?? '').toLowerCase() },
  STATE.version,
  STATE.updated,
  STATE.place,
];

function rowsOf(listener: Resource<Listener>): ListenerRow[] {
  const { value } = listener;
  const chains: { readonly chain: FilterChain | undefined; readonly match: string; readonly destination: ChainDestination }[] = [];
  const leaves = value.filter_chain_matcher === undefined ? undefined : matcherLeaves(value.filter_chain_matcher);
  for (const chain of value.filter_chains ?? []) {
    const ways = leaves?.filter(({ action }) => actionName(action) === chain.name).map(({ conditions }) => conditions.join('; '));
    const match = ways === undefined ? filterChainMatchText(chain.filter_chain_match) : ways.join(' | ') || 'never (no matcher leads here)';
    chains.push({ chain, match, destination: chainDestination(chain) });
  }
  const fallback = value.default_filter_chain;
  if (fallback) chains.push({ chain: fallback, match: 'ALL (default chain)', destination: chainDestination(fallback) });
  if (chains.length === 0) chains.push({ chain: undefined, match: '-', destination: withoutChain(value, (listener.span?.end ?? 0) > 0) });
  const common = { listener, addresses: addressTexts(value), port: portOf(value.address) ?? 0, type: typeOf(value, chains) };
  return chains.map((chain) => ({ ...common, ...chain }));
}

/** What takes the traffic of a listener that has no chains: a UDP filter, an API listener, or nothing. */
function withoutChain(listener: Listener, isKnown: boolean): ChainDestination {
  const last = (listener.listener_filters ?? []).at(-1);
  if (listener.address?.socket_address?.protocol === 'UDP' && last !== undefined) return otherDestination(last);
  if (listener.api_listener?.api_listener) {
    return chainDestination({ filters: [{ typed_config: listener.api_listener.api_listener }] });
  }
  return { text: isKnown ? 'no filter chains' : 'not in the input', protocol: 'other', clusters: [], routeConfig: null };
}

function typeOf(listener: Listener, chains: readonly { readonly destination: ChainDestination }[]): string {
  const protocols = new Set(chains.map(({ destination }) => destination.protocol));
  const known = [protocols.has('HTTP') ? 'HTTP' : '', protocols.has('TCP') ? 'TCP' : ''].filter((text) => text !== '');
  if (known.length > 0) return known.join('+');
  return listener.address?.socket_address?.protocol === 'UDP' ? 'UDP' : 'UNKNOWN';
}

function addressTexts(listener: Listener): string[] {
  const main = portOf(listener.address);
  const more = (listener.additional_addresses ?? []).map(({ address }) => (portOf(address) === main ? hostText(address) : addressText(address)));
  const first = hostText(listener.address);
  return first === '' && listener.internal_listener !== undefined ? ['internal', ...more] : [first, ...more];
}

function portsOf(listener: Listener): number[] {
  const addresses = [listener.address, ...(listener.additional_addresses ?? []).map(({ address }) => address)];
  return addresses.flatMap((address) => portOf(address) ?? []);
}

/** The network filters of a chain, and in place of an HTTP connection manager its HTTP filters. */
function filterNames(row: ListenerRow): string[] {
  return (row.chain?.filters ?? []).flatMap((filter) => {
    const config = configOf(filter);
    if (!anyType(config).endsWith('.HttpConnectionManager')) return [filter.name ?? ''];
    return ((config as { readonly http_filters?: readonly { readonly name?: string }[] }).http_filters ?? []).map((http) => http.name ?? '');
  });
}

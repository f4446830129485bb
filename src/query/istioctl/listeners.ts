import type { FilterChain, Listener } from '../../model/generated/envoy-api.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import type { Resource } from '../../model/resource.ts';
import { compareText } from '../compare-text.ts';
import { chainDestinationCell, chainMatchCell, listenerTypeCell } from './filter-chain-cells.ts';
import type { PlainTable } from './plain-table.ts';

export interface IstioctlListenerFlags {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly type?: string | undefined;
  /** False gives one row for each listener. */
  readonly verbose: boolean;
  /** Inside `all`, rows begin with `listener/<name>`. */
  readonly named?: boolean;
}

/** The listeners that istioctl knows of: active and static ones, by its filters, in its order. */
export function istioctlListeners(proxy: ProxyConfig, flags: IstioctlListenerFlags): Resource<Listener>[] {
  const listed = [
    ...proxy.listeners.filter((l) => l.state === 'active' && l.span !== undefined),
    ...proxy.listeners.filter((l) => l.state === 'static'),
  ].filter((l) => matches(l.value, flags));
  const keyed = listed.map((listener) => ({
    listener,
    port: portOf(listener.value),
    address: mainAddress(listener.value),
    type: listenerTypeCell(chainsOf(listener.value)),
  }));
  keyed.sort((a, b) => a.port - b.port || compareText(a.address, b.address) || compareText(a.type, b.type));
  return keyed.map((entry) => entry.listener);
}

/** istioctl's table of listeners. */
export function istioctlListenerTable(proxy: ProxyConfig, flags: IstioctlListenerFlags): PlainTable {
  const rows = istioctlListeners(proxy, flags).flatMap((listener) => rowsOf(listener, flags));
  const header = flags.verbose ? ['ADDRESSES', 'PORT', 'MATCH', 'DESTINATION'] : ['ADDRESSES', 'PORT', 'TYPE'];
  return { header: flags.named ? ['NAME', ...header] : header, rows, padding: 1 };
}

function rowsOf(listener: Resource<Listener>, flags: IstioctlListenerFlags): string[][] {
  const { value } = listener;
  const first = [...(flags.named ? [`listener/${listener.name}`] : []), addressesOf(value).join(','), String(portOf(value))];
  if (!flags.verbose) return [[...first, listenerTypeCell(chainsOf(value))]];
  const chains = chainsOf(value).map((chain) => ({
    match: value.filter_chain_matcher === undefined ? chainMatchCell(chain.filter_chain_match) : 'ALL',
    destination: chainDestinationCell(chain),
  }));
  chains.sort((a, b) => compareText(b.destination, a.destination));
  return chains.map((chain) => [...first, chain.match, chain.destination]);
}

function chainsOf(listener: Listener): FilterChain[] {
  return [...(listener.filter_chains ?? []), ...(listener.default_filter_chain ? [listener.default_filter_chain] : [])];
}

function mainAddress(listener: Listener): string {
  return listener.address?.socket_address?.address ?? listener.address?.pipe?.path ?? '';
}

function addressesOf(listener: Listener): string[] {
  const more = (listener.additional_addresses ?? []).map((a) => a.address?.socket_address?.address ?? a.address?.pipe?.path ?? '');
  return [mainAddress(listener), ...more];
}

function portOf(listener: Listener): number {
  return listener.address?.socket_address?.port_value ?? 0;
}

function matches(listener: Listener, flags: IstioctlListenerFlags): boolean {
  if (flags.address && !addressesOf(listener).some((address) => address.toLowerCase() === flags.address?.toLowerCase())) return false;
  if (flags.port && portOf(listener) !== flags.port) return false;
  return !flags.type || listenerTypeCell(chainsOf(listener)).toLowerCase() === flags.type.toLowerCase();
}

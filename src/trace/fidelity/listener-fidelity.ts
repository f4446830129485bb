import type { FidelityTable } from './fidelity-table.ts';
import { FILTER_CHAIN_ROWS } from './filter-chain-rows.ts';
import { LISTENER_FILTER_ROWS } from './listener-filter-rows.ts';
import { LISTENER_ROWS } from './listener-rows.ts';
import { NETWORK_FILTER_ROWS } from './network-filter-rows.ts';
import { TRANSPORT_ROWS } from './transport-rows.ts';

/** How trace treats every field of the way from a socket to a filter chain, and of network filters. */
export const LISTENER_FIDELITY: FidelityTable = { ...LISTENER_ROWS, ...FILTER_CHAIN_ROWS, ...LISTENER_FILTER_ROWS, ...TRANSPORT_ROWS, ...NETWORK_FILTER_ROWS };

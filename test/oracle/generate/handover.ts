import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';
import { type Configuration, OWN_NETWORK, SPARE_PORT } from './configuration.ts';
import { listenerFilter } from './filter-chains.ts';
import { connectionManager } from './http-listeners.ts';

/** A listener that answers by itself under its own route name. */
function answering(name: string): JsonObject {
  const routes = { name, virtual_hosts: [{ name: 'host', domains: ['*'], routes: [{ name, match: { prefix: '/' }, direct_response: { status: 200 } }] }] };
  return { filter_chains: [{ name, filters: [connectionManager(routes)] }] };
}

/** Where the other listeners stand; the wildcard's port is this configuration's own, as Envoy has one listener for an address. */
const SIBLINGS = [
  { name: 'exact-80', address: `${OWN_NETWORK}.1`, port: '80' },
  { name: 'exact-spare', address: `${OWN_NETWORK}.1`, port: SPARE_PORT },
  { name: 'wildcard-spare', address: '0.0.0.0', port: SPARE_PORT },
  { name: 'other-host', address: `${OWN_NETWORK}.2`, port: '80' },
];

/** A listener that reads the original destination and listeners for it to be handed over to, which bind no port. */
export const handover: fc.Arbitrary<Configuration> = fc
  .tuple(fc.subarray(SIBLINGS), fc.constantFrom(true, true, true, false))
  .map(([siblings, useOriginalDestination]) => ({
    about: 'hand-over',
    listener: { ...answering('itself'), listener_filters: [listenerFilter('proxy_protocol')], ...(useOriginalDestination ? { use_original_dst: true } : {}) },
    others: siblings.map(({ name, address, port }) => ({
      ...answering(name),
      name,
      address: { socket_address: { address, port_value: port } },
      bind_to_port: false,
    })),
    routes: [],
    clusters: [],
    random: false,
  }));

/** Destinations at and beside those listeners. */
export const HANDOVER_DESTINATIONS: readonly string[] = [
  `${OWN_NETWORK}.1:80`,
  `${OWN_NETWORK}.1:${SPARE_PORT}`,
  `${OWN_NETWORK}.2:80`,
  `${OWN_NETWORK}.2:${SPARE_PORT}`,
  `${OWN_NETWORK}.3:80`,
];

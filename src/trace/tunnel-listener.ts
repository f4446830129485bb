import { isBound, tcpAddressesOf } from '../match/listener-address.ts';
import type { Listener } from '../model/generated/envoy-api.ts';
import type { Resource } from '../model/resource.ts';
import { filterChainsOf, managersOf } from './listener-routes.ts';
import type { ProxyIndex } from './proxy-index.ts';

/** Istio's name for the internal listener that gets what comes out of a waypoint's tunnels. */
const MAIN_INTERNAL = 'main_internal';
const CONNECT_TERMINATE = 'connect_terminate';

const found = new WeakMap<ProxyIndex, { readonly listener: Resource<Listener> | undefined }>();

/**
 * The listener that takes HBONE tunnels: one with a socket whose routes terminate CONNECT; Istio calls it `connect_terminate` (port 15008).
 * Source: Istio, "HBONE"; pilot/pkg/networking/core/waypoint.go buildWaypointInboundConnectTerminate.
 */
export function tunnelListener(index: ProxyIndex): Resource<Listener> | undefined {
  let known = found.get(index);
  if (known === undefined) {
    const candidates = index.listeners.filter(({ value }) => isBound(value) && tcpAddressesOf(value).length > 0 && terminatesConnect(value));
    known = { listener: candidates.find(({ name }) => name === CONNECT_TERMINATE) ?? candidates[0] };
    found.set(index, known);
  }
  return known.listener;
}

function terminatesConnect(listener: Listener): boolean {
  const routes = filterChainsOf(listener)
    .flatMap(managersOf)
    .flatMap((manager) => manager.route_config?.virtual_hosts ?? [])
    .flatMap((virtualHost) => virtualHost.routes ?? []);
  return routes.some(
    ({ match, route }) => match?.connect_matcher !== undefined && (route?.upgrade_configs ?? []).some(({ connect_config: config }) => config !== undefined),
  );
}

/** The internal listener in which a waypoint's services have their filter chains. */
export function mainInternal(index: ProxyIndex): Resource<Listener> | undefined {
  return internalListener(index, MAIN_INTERNAL);
}

/** An internal listener of this proxy, by the name that endpoints have in their address. */
export function internalListener(index: ProxyIndex, name: string): Resource<Listener> | undefined {
  return index.listeners.find((listener) => listener.name === name && listener.value.internal_listener !== undefined);
}

import { isBound, tcpAddressesOf } from '../match/listener-address.ts';
import type { HttpConnectionManager, Listener, RouteAction_UpgradeConfig } from '../model/generated/envoy-api.ts';
import { type Resource, serves } from '../model/resource.ts';
import { filterChainsOf, managersOf } from './listener-routes.ts';
import type { ProxyIndex } from './proxy-index.ts';

/** Istio's name for the internal listener that gets what comes out of a waypoint's tunnels. */
const MAIN_INTERNAL = 'main_internal';
const CONNECT_TERMINATE = 'connect_terminate';

const found = new WeakMap<ProxyIndex, { readonly listener: Resource<Listener> | undefined }>();

/**
 * The listener that takes HBONE tunnels: one with a socket whose routes terminate CONNECT; Istio calls it `connect_terminate` (port 15008).
 * One that does not serve (rejected, warming) is named where there is no other.
 * Source: Istio, "HBONE"; pilot/pkg/networking/core/waypoint.go buildWaypointInboundConnectTerminate.
 */
export function tunnelListener(index: ProxyIndex): Resource<Listener> | undefined {
  let known = found.get(index);
  if (known === undefined) {
    known = { listener: named(index.listeners.filter(takesTunnels)) ?? named(index.idleListeners.filter(takesTunnels)) };
    found.set(index, known);
  }
  return known.listener;
}

function named(candidates: readonly Resource<Listener>[]): Resource<Listener> | undefined {
  return candidates.find(({ name }) => name === CONNECT_TERMINATE) ?? candidates[0];
}

function takesTunnels({ value }: Resource<Listener>): boolean {
  return isBound(value) && tcpAddressesOf(value).length > 0 && terminatesConnect(value);
}

function terminatesConnect(listener: Listener): boolean {
  return filterChainsOf(listener)
    .flatMap(managersOf)
    .flatMap(connectRoutes)
    .some(({ connect_config: config }) => config !== undefined);
}

/** How the routes that a connection manager holds itself carry a CONNECT on: the CONNECT entry of each one's upgrade_configs. */
export function connectRoutes(manager: HttpConnectionManager): readonly RouteAction_UpgradeConfig[] {
  return (manager.route_config?.virtual_hosts ?? [])
    .flatMap((virtualHost) => virtualHost.routes ?? [])
    .filter(({ match }) => match?.connect_matcher !== undefined)
    .map(({ route }) => route?.upgrade_configs?.find((config) => config.upgrade_type?.toUpperCase() === 'CONNECT') ?? {});
}

/** The internal listener in which a waypoint's services have their filter chains. */
export function mainInternal(index: ProxyIndex): Resource<Listener> | undefined {
  return internalListener(index, MAIN_INTERNAL);
}

/** The internal listener of this proxy that a host is (`envoy://listener/endpoint`); undefined for other hosts, and for one that is missing. */
export function listenerOfHost(index: ProxyIndex, host: string): Resource<Listener> | undefined {
  const name = /^envoy:\/\/([^/]*)\//.exec(host)?.[1];
  return name === undefined ? undefined : internalListener(index, name);
}

function internalListener(index: ProxyIndex, name: string): Resource<Listener> | undefined {
  return index.proxy.named('listener', name).find((listener) => serves(listener) && listener.value.internal_listener !== undefined);
}

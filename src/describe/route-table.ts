import type { HttpConnectionManager, VirtualHost } from '../model/generated/envoy-api.ts';
import { anyType, configOf } from '../model/message.ts';
import { type Resource, serves } from '../model/resource.ts';
import { listRoutes } from '../query/list-routes.ts';
import type { WholeRouteRow } from '../query/route-row.ts';
import type { RoutedHost } from './description.ts';
import { isOwnCluster } from './own-clusters.ts';
import type { ProxyFacts } from './proxy-facts.ts';

/** A virtual host with its routes and the way that its traffic goes. */
export interface HostRoutes {
  readonly resource: Resource;
  readonly configName: string;
  readonly direction: RoutedHost['direction'];
  readonly host: VirtualHost;
  readonly rows: readonly WholeRouteRow[];
}

/** Every virtual host of the route configs in use, in the order of the tables. In: the proxy, and what takes secrets out of a route. */
export function hostRoutes(facts: ProxyFacts, masked: <T>(value: T) => T): readonly HostRoutes[] {
  const directions = directionsOf(facts);
  const groups = new Map<VirtualHost, HostRoutes & { readonly rows: WholeRouteRow[] }>();
  for (const row of listRoutes(facts.proxy, masked).rows.map((row) => row.whole())) {
    if (row.host === undefined || !serves(row.resource)) continue;
    const group = groups.get(row.host);
    if (group !== undefined) group.rows.push(row);
    else {
      const direction = isOwn(row) ? 'own' : (directions.get(row.configName) ?? directionByName(row.configName));
      groups.set(row.host, { resource: row.resource, configName: row.configName, direction, host: row.host, rows: [row] });
    }
  }
  return [...groups.values()];
}

/** By route config: whether it serves traffic to the proxy's own pod, as the listeners that name it say. */
function directionsOf({ listeners }: ProxyFacts): ReadonlyMap<string, 'inbound' | 'outbound'> {
  const directions = new Map<string, 'inbound' | 'outbound'>();
  for (const { value } of listeners) {
    const direction = value.traffic_direction === 'INBOUND' ? 'inbound' : value.traffic_direction === 'OUTBOUND' ? 'outbound' : undefined;
    if (direction === undefined) continue;
    const chains = [...(value.filter_chains ?? []), ...(value.default_filter_chain ? [value.default_filter_chain] : [])];
    for (const config of chains.flatMap((chain) => chain.filters ?? []).map(configOf)) {
      if (!anyType(config).endsWith('.HttpConnectionManager')) continue;
      const { rds, route_config: inline } = config as HttpConnectionManager;
      const name = rds?.route_config_name ?? inline?.name;
      if (name !== undefined && name !== '' && !directions.has(name)) directions.set(name, direction);
    }
  }
  return directions;
}

function directionByName(name: string): 'inbound' | 'outbound' {
  return /^(?:inbound(?:-vip)?\||InboundPassthrough|public_listener$)/.test(name) ? 'inbound' : 'outbound';
}

/** All of it for the proxy's own ends. */
function isOwn({ destination }: WholeRouteRow): boolean {
  return destination.arms.length > 0 && destination.arms.every(({ cluster }) => isOwnCluster(cluster ?? ''));
}

import type { ProxyIdentity } from '../istio/bootstrap.ts';
import { assignment, BLACK_HOLE, serviceCluster } from '../istio/clusters.ts';
import { httpConnectionManager } from '../istio/http-connection-manager.ts';
import { listener } from '../istio/listeners.ts';
import { CATALOG, outbound, type PodName, WEBAPP } from '../istio/names.ts';
import { forward, routeConfig, virtualHost } from '../istio/routes.ts';
import type { JsonObject, XdsResources } from '../xds-files.ts';

export const GATEWAY: ProxyIdentity = { role: 'router', workload: 'istio-ingressgateway', namespace: 'istio-system', address: '10.10.0.5' };
export const CATALOG_HOST = 'catalog.istioinaction.io';
export const V1 = outbound(80, CATALOG, 'version-v1');
export const V2 = outbound(80, CATALOG, 'version-v2');

/** The gateway's plain HTTP listener: the Service's port 80 is the pod's 8080. */
export function gatewayListener(before: readonly JsonObject[] = []): JsonObject {
  const manager = httpConnectionManager({ statPrefix: 'outbound_0.0.0.0_8080;', routes: 'http.8080', edge: true, before });
  return listener('0.0.0.0', 8080, [{ filters: [manager] }]);
}

/** The VirtualService of the story: 20 % to version v1, 80 % to version v2. */
export const SPLIT = forward(
  [
    [V1, 20],
    [V2, 80],
  ],
  { virtualService: 'catalog-v1-v2' },
);

export function gatewayRoutes(virtualHosts: readonly JsonObject[]): JsonObject {
  return routeConfig('http.8080', virtualHosts);
}

export function catalogHost(routes: readonly JsonObject[], more: JsonObject = {}): JsonObject {
  return virtualHost(`${CATALOG_HOST}:8080`, [CATALOG_HOST], routes, more);
}

type Subset = 'version-v1' | 'version-v2';
type Pods = readonly (PodName | readonly [PodName, string])[];

/** The clusters of the mesh's services, and those of the catalog's subsets that a DestinationRule defines. */
export function clustersWith(subsets: Partial<Record<Subset, Pods>>, more: JsonObject = {}): Pick<XdsResources, 'clusters' | 'endpoints'> {
  const named = Object.entries(subsets) as [Subset, Pods][];
  return {
    clusters: [BLACK_HOLE, serviceCluster(CATALOG), serviceCluster(WEBAPP), ...named.map(([subset]) => serviceCluster(CATALOG, subset, more))],
    endpoints: [
      assignment(CATALOG, '', ['catalog-v1', 'catalog-v2']),
      assignment(WEBAPP, '', ['webapp']),
      ...named.map(([subset, pods]) => assignment(CATALOG, subset, pods)),
    ],
  };
}

/** Both subsets, as the story ends. */
export const BOTH_SUBSETS = clustersWith({ 'version-v1': ['catalog-v1'], 'version-v2': ['catalog-v2', 'catalog-v2b'] });

import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Resource, ResourceKind } from '../model/resource.ts';
import { compareHealth, type HealthChange } from './compare-health.ts';
import { type CompareOptions, compareResources, type ResourceDifference } from './compare-resources.ts';
import { isRepeated, withRepeatsApart } from './repeated-resources.ts';

/** What differs between two proxies, or between one proxy at two times. */
export interface ProxyDifference {
  /** In the order of the kinds, then as the dumps have them: what is gone, what is new, what changed. */
  readonly resources: readonly ResourceDifference[];
  /** Hosts of which `/clusters` says another health on each side. */
  readonly health: readonly HealthChange[];
  readonly counts: readonly KindCount[];
  /** What could not be compared, since a side does not show it. */
  readonly notCompared: readonly { readonly what: string; readonly missingIn: 'A' | 'B' }[];
}

/** How the resources of one kind compare. */
export interface KindCount {
  readonly kind: ResourceKind;
  readonly same: number;
  readonly changed: number;
  readonly added: number;
  readonly removed: number;
}

/** The kinds in the order of a request's way. */
export const KINDS: readonly ResourceKind[] = ['listener', 'route_config', 'scoped_routes', 'cluster', 'endpoint', 'secret', 'ecds', 'bootstrap'];

/** A dump of so many sections is a whole one: a kind that it has no section for, the proxy does not have. */
const WHOLE = 4;

/**
 * Compares two proxies resource by resource, in meaning. A resource whose bytes are the same but for white space is not decoded.
 * In: which resources count (by kind and name), and what of them.
 */
export function compareProxies(
  a: ProxyConfig,
  b: ProxyConfig,
  options: CompareOptions & { readonly wants?: (kind: ResourceKind, name: string) => boolean },
): ProxyDifference {
  const wants = options.wants ?? (() => true);
  const resources: ResourceDifference[] = [];
  const counts: KindCount[] = [];
  const notCompared: { what: string; missingIn: 'A' | 'B' }[] = [];
  for (const kind of KINDS) {
    const [inA, inB] = [resourcesOf(a, kind), resourcesOf(b, kind)].map((list) => list.filter((resource) => wants(kind, resource.name)));
    if (inA === undefined || inB === undefined || inA.length + inB.length === 0) continue;
    const missing = isUnknown(a, kind) ? 'A' : isUnknown(b, kind) ? 'B' : undefined;
    if (missing !== undefined) {
      notCompared.push({ what: KIND_NAMES[kind], missingIn: missing });
      continue;
    }
    const { differences, same } = compareResources(inA, inB, options);
    const apart = differences.map((difference) => withRepeatsApart(difference, a, b));
    resources.push(...apart);
    const own = apart.filter((difference) => !isRepeated(difference));
    const count = (status: ResourceDifference['status']): number => own.filter((difference) => difference.status === status).length;
    counts.push({ kind, same: same + apart.length - own.length, changed: count('changed'), added: count('added'), removed: count('removed') });
  }
  const health = compareHealth(a, b).filter((change) => wants('endpoint', change.cluster));
  if ((a.clusterStatuses === undefined) !== (b.clusterStatuses === undefined))
    notCompared.push({ what: 'health of endpoints (/clusters)', missingIn: a.clusterStatuses === undefined ? 'A' : 'B' });
  return { resources, health, counts, notCompared };
}

export const KIND_NAMES: Readonly<Record<ResourceKind, string>> = {
  listener: 'listeners',
  route_config: 'route configs',
  scoped_routes: 'scoped routes',
  cluster: 'clusters',
  endpoint: 'endpoints',
  secret: 'secrets',
  ecds: 'extension configs',
  bootstrap: 'bootstrap',
};

function resourcesOf(proxy: ProxyConfig, kind: ResourceKind): readonly Resource[] {
  switch (kind) {
    case 'listener':
      return proxy.listeners;
    case 'route_config':
      return proxy.routeConfigs;
    case 'scoped_routes':
      return proxy.scopedRoutes;
    case 'cluster':
      return proxy.clusters;
    case 'endpoint':
      return proxy.endpoints;
    case 'secret':
      return proxy.secrets;
    case 'ecds':
      return proxy.ecds;
    case 'bootstrap':
      return proxy.bootstrap === undefined ? [] : [proxy.bootstrap];
  }
}

/** Whether a side may have resources of a kind that its input does not show. Endpoints are left out of a dump unless they are asked for. */
function isUnknown(proxy: ProxyConfig, kind: ResourceKind): boolean {
  if (proxy.sections.has(kind)) return false;
  return kind === 'endpoint' || kind === 'bootstrap' || proxy.sections.size < WHOLE;
}

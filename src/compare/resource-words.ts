import type { ClusterLoadAssignment } from '../model/generated/envoy-api.ts';
import { type ResourceKind, serves } from '../model/resource.ts';
import { addressText } from '../query/address-text.ts';
import { clusterNameParts } from '../query/cluster-name.ts';
import type { ResourceDifference } from './compare-resources.ts';

const NOUNS: Readonly<Record<ResourceKind, string>> = {
  listener: 'listener',
  route_config: 'route config',
  scoped_routes: 'scope',
  cluster: 'cluster',
  endpoint: 'endpoints of',
  secret: 'secret',
  ecds: 'extension config',
  bootstrap: 'bootstrap',
};

/** What a resource is called: `cluster a`, `route config (unnamed)`. */
export function resourceTitle({ kind, name }: Pick<ResourceDifference, 'kind' | 'name'>): string {
  if (kind === 'bootstrap') return NOUNS.bootstrap;
  return `${NOUNS[kind]} ${name || '(unnamed)'}`;
}

/**
 * A resource that stands on one side alone, in words: `subset version-v1 of catalog… is gone: cluster outbound|80|version-v1|catalog…`.
 * In: the differences too, since the endpoints of a cluster that comes or goes come and go with it and are told with it.
 */
export function loneResourceText(difference: ResourceDifference, endpoints: ResourceDifference | undefined): string {
  const verb = difference.status === 'added' ? 'is new' : 'is gone';
  const title = resourceTitle(difference);
  const resource = difference.after ?? difference.before;
  const state = resource === undefined || serves(resource) ? '' : ` (${resource.state})`;
  const parts = difference.kind === 'cluster' ? clusterNameParts(difference.name) : undefined;
  const text = parts !== undefined && parts.subset !== '' ? `subset ${parts.subset} of ${parts.fqdn} ${verb}: ${title}${state}` : `${title}${state} ${verb}`;
  const own = difference.kind === 'endpoint' ? difference : endpoints;
  return own === undefined ? text : `${text}, ${endpointsText(own)}`;
}

const SHOWN = 4;

function endpointsText({ before, after }: ResourceDifference): string {
  const { endpoints = [] } = ((after ?? before)?.value ?? {}) as ClusterLoadAssignment;
  const addresses = endpoints.flatMap((group) => (group.lb_endpoints ?? []).map((lb) => addressText(lb.endpoint?.address) || lb.endpoint_name || 'unnamed'));
  if (addresses.length === 0) return 'without endpoints';
  const shown = addresses.slice(0, SHOWN).join(', ');
  return `with ${addresses.length === 1 ? 'endpoint' : `${addresses.length} endpoints:`} ${shown}${addresses.length > SHOWN ? ' …' : ''}`;
}

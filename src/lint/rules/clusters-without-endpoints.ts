import { jqPath } from '../../dump/dump-path.ts';
import type { ClusterLoadAssignment } from '../../model/generated/envoy-api.ts';
import { eachRoute } from '../each-route.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';

/** Istio's cluster that is empty on purpose. */
const EMPTY_ON_PURPOSE = new Set(['BlackHoleCluster']);
const USABLE = new Set(['UNKNOWN', 'HEALTHY', 'DEGRADED']);

/** Clusters whose endpoints are known and none of which gets a request: an error where a route goes there. */
export function* clustersWithoutEndpoints(context: LintContext): Generator<Finding> {
  const used = usedClusters(context);
  for (const cluster of context.clusters.values()) {
    if (EMPTY_ON_PURPOSE.has(cluster.name)) continue;
    const { type = 'STATIC', cluster_type: custom, load_assignment: own, eds_cluster_config: eds } = cluster.value;
    if (custom !== undefined || (type !== 'STATIC' && type !== 'EDS')) continue;
    const resource = type === 'EDS' ? context.assignments.get(eds?.service_name || cluster.name) : undefined;
    const assignment = type === 'EDS' ? resource?.value : own;
    if (assignment === undefined) continue;
    const { total, usable } = count(assignment);
    const threshold = cluster.value.common_lb_config?.healthy_panic_threshold;
    // In panic Envoy sends to unhealthy hosts as well; an empty threshold is one of 0.
    const panics = threshold === undefined || (threshold.value ?? 0) > 0;
    if (usable > 0 || (total > 0 && panics)) continue;
    const at = resource === undefined ? [...cluster.path, 'load_assignment'] : resource.path;
    yield {
      id: 'PC5001',
      subject: cluster.name,
      facts: { cluster: cluster.name, total, used: used.has(cluster.name) ? 'yes' : undefined },
      evidence: { document: resource?.document ?? cluster.document, path: jqPath(at) },
      severity: used.has(cluster.name) ? 'warning' : 'info',
    };
  }
}

function count(assignment: ClusterLoadAssignment): { readonly total: number; readonly usable: number } {
  let total = 0;
  let usable = 0;
  for (const locality of assignment.endpoints ?? []) {
    // Endpoints that are fetched apart (LEDS) are not in the dump.
    if (locality.leds_cluster_locality_config !== undefined) return { total: 1, usable: 1 };
    for (const { health_status: health = 'UNKNOWN' } of locality.lb_endpoints ?? []) {
      total++;
      if (USABLE.has(String(health))) usable++;
    }
  }
  return { total, usable };
}

/** Clusters that a route or TCP proxy sends to with any weight. */
function usedClusters(context: LintContext): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (name: string | undefined): void => {
    if (name) names.add(name);
  };
  for (const { value } of eachRoute(context)) {
    add(value.route?.cluster);
    for (const arm of value.route?.weighted_clusters?.clusters ?? []) if ((arm.weight ?? 0) > 0) add(arm.name);
  }
  for (const { value } of context.tcpProxies) {
    add(value.cluster);
    for (const arm of value.weighted_clusters?.clusters ?? []) add(arm.name);
  }
  return names;
}

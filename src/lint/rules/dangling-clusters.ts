import { type DumpPath, jqPath } from '../../dump/dump-path.ts';
import type { RouteAction_RequestMirrorPolicy } from '../../model/generated/envoy-api.ts';
import { eachHost, eachRoute, routeName, routeSubject } from '../each-route.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';

/** Routes, weighted arms, mirrors and TCP proxies that name a cluster which is not there, or is not active. */
export function* danglingClusters(context: LintContext): Generator<Finding> {
  if (!context.proxy.sections.has('cluster')) return;
  const onDemand = context.connectionManagers.some(({ value }) => value.http_filters?.some((filter) => (filter.name ?? '').includes('on_demand')));
  if (onDemand) return;
  const look = (cluster: string | undefined, at: DumpPath, document: string, from: string, subject: string, more: Partial<Finding> = {}): Finding[] => {
    if (cluster === undefined || cluster === '' || context.clusters.has(cluster)) return [];
    const state = context.idleClusters.get(cluster)?.state;
    return [
      {
        id: 'PC4001',
        subject: `${subject} -> ${cluster}`,
        facts: { from, cluster, state, clusters: context.clusters.size },
        evidence: { document, path: jqPath(at) },
        ...more,
      },
    ];
  };
  function* mirrors(policies: readonly RouteAction_RequestMirrorPolicy[] | undefined, at: DumpPath, document: string, from: string, subject: string) {
    for (const [i, { cluster }] of (policies ?? []).entries())
      yield* look(cluster, [...at, 'request_mirror_policies', i, 'cluster'], document, from, subject, { id: 'PC4004' });
  }
  for (const route of eachRoute(context)) {
    const { route: action } = route.value;
    if (action === undefined) continue;
    const from = `${/^route \d+$/.test(routeName(route)) ? routeName(route) : `route "${routeName(route)}"`} of virtual host "${route.host.value.name ?? ''}"`;
    const subject = routeSubject(route);
    const at = [...route.path, 'route'];
    yield* look(action.cluster, [...at, 'cluster'], route.document, from, subject);
    for (const [i, arm] of (action.weighted_clusters?.clusters ?? []).entries()) {
      const idle = (arm.weight ?? 0) === 0;
      const more = idle ? ({ severity: 'info' } as const) : {};
      for (const found of look(arm.name, [...at, 'weighted_clusters', 'clusters', i, 'name'], route.document, from, subject, more))
        yield { ...found, facts: { ...found.facts, weight: arm.weight ?? 0 } };
    }
    yield* mirrors(action.request_mirror_policies, at, route.document, from, subject);
  }
  for (const host of eachHost(context))
    yield* mirrors(
      host.value.request_mirror_policies,
      host.path,
      host.document,
      `virtual host "${host.value.name ?? ''}"`,
      `${host.routeConfig}/${host.value.name}`,
    );
  for (const { name, value, path, document } of context.routeConfigs)
    yield* mirrors(value.request_mirror_policies, path, document, `route config "${name}"`, name);
  for (const { value, path, document, chain } of context.tcpProxies) {
    const from = `the TCP proxy of listener "${chain.listener.name}"`;
    const subject = `${chain.listener.name}/${chain.value.name ?? chain.path.at(-1)}`;
    yield* look(value.cluster, [...path, 'cluster'], document, from, subject);
    for (const [i, arm] of (value.weighted_clusters?.clusters ?? []).entries())
      yield* look(arm.name, [...path, 'weighted_clusters', 'clusters', i, 'name'], document, from, subject);
  }
}

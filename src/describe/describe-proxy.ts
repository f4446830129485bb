import type { ProxyConfig } from '../model/proxy-config.ts';
import { serves } from '../model/resource.ts';
import { joinEndpoints } from '../query/join-endpoints.ts';
import { describedCertificates } from './certificates.ts';
import { clusterObjects } from './config-objects.ts';
import { type ControlPlaneStats, controlPlaneOf } from './control-plane.ts';
import type { Description, PodRequirement } from './description.ts';
import { findingsOf } from './findings.ts';
import { gapsOf } from './gaps.ts';
import { httpHosts, otherHttp } from './hosts.ts';
import { identityOf } from './identity.ts';
import { inboundTls } from './inbound-tls.ts';
import { handedOver, openPorts } from './open-ports.ts';
import { outboundTls } from './outbound-tls.ts';
import { policiesOf } from './policies.ts';
import { type ProxyFacts, proxyFacts } from './proxy-facts.ts';
import { type HostRoutes, hostRoutes } from './route-table.ts';
import { otherTcp, tcpHosts } from './tcp-hosts.ts';

export interface DescribeOptions {
  /** The time that certificates are judged by. */
  readonly now: Date;
  /** What the proxy's counters tell, where they were read. */
  readonly controlPlane?: ControlPlaneStats | undefined;
  /** How its pod keeps Istio's requirements, where it was looked at. */
  readonly pod?: readonly PodRequirement[] | undefined;
  /** Takes secrets out of what is shown of a route. */
  readonly masked?: (<T>(value: T) => T) | undefined;
}

/** One proxy in a page: everything that its input tells an engineer who has never seen it, and what it does not tell. */
export function describeProxy(proxy: ProxyConfig, { now, controlPlane, pod, masked = (value) => value }: DescribeOptions): Description {
  // What rules look at they decode; the rest then reads of it.
  const findings = findingsOf(proxy, now);
  const facts = proxyFacts(proxy);
  const identity = identityOf(facts);
  const plane = controlPlaneOf(facts, controlPlane);
  const routes = hostRoutes(facts, masked);
  const objects = clusterObjects(facts);
  const { policies, otherFilters } = policiesOf(facts, routes);
  const hosts = [...httpHosts(routes, objects), ...tcpHosts(facts, objects)];
  const certificates = describedCertificates(proxy, now);
  const inbound = inboundTls(facts, identity);
  const isSidecar = identity.role?.value === 'sidecar';
  return {
    proxy: proxy.label,
    now: now.toISOString(),
    identity,
    control_plane: plane,
    open_ports: openPorts(facts, identity),
    handed_over: handedOver(facts),
    counts: countsOf(facts, routes),
    hosts,
    other_traffic: { http: otherHttp(routes), tcp: isSidecar ? otherTcp(facts) : [] },
    inbound,
    outbound: outboundTls(facts, plane.cluster),
    policies,
    other_filters: otherFilters,
    certificates,
    findings,
    pod: pod ?? null,
    unknown: gapsOf(facts, { identity, control_plane: plane, certificates, policies, hosts, inbound }),
  };
}

/** How many of each there are in use; null where the input does not tell. */
function countsOf(facts: ProxyFacts, routes: readonly HostRoutes[]): Description['counts'] {
  const { proxy } = facts;
  // A dump without any route config has no routes section: its listeners then hold all there are.
  const hasRoutes = proxy.sections.has('route_config') || routes.length > 0 || proxy.bootstrap !== undefined;
  const has = (kind: 'listener' | 'cluster' | 'secret', count: () => number): number | null => (proxy.sections.has(kind) ? count() : null);
  const hasEndpoints = proxy.sections.has('endpoint') || proxy.clusterStatuses !== undefined;
  return {
    listeners: has('listener', () => facts.listeners.length) ?? proxy.listenerStatuses?.value.listener_statuses?.length ?? null,
    route_configs: proxy.sections.has('route_config')
      ? proxy.routeConfigs.filter(serves).length
      : hasRoutes
        ? new Set(routes.map(({ resource }) => resource)).size
        : null,
    virtual_hosts: hasRoutes ? routes.length : null,
    routes: hasRoutes ? routes.reduce((sum, { rows }) => sum + rows.filter(({ route }) => route !== undefined).length, 0) : null,
    clusters: has('cluster', () => proxy.clusters.filter(serves).length) ?? proxy.clusterStatuses?.value.cluster_statuses?.length ?? null,
    endpoints: hasEndpoints ? new Set(joinEndpoints(proxy, false).flatMap(({ address }) => address ?? [])).size : null,
    secrets: has('secret', () => proxy.secrets.length),
  };
}

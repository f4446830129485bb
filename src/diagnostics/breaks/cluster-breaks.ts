import { serves } from '../../model/resource.ts';
import type { BreakFacts } from '../facts.ts';
import { parseIstioCluster, subsetsByHost } from '../istio-names.ts';
import { destinationRule } from '../manifests.ts';
import { closestClusters, existingRules, idleState, nearNotes, subsetsText } from '../missing-cluster.ts';
import { editedKind, objectOfCluster, objectText } from '../owner.ts';
import { list, plural, quoted } from '../words.ts';
import type { BreakEntry } from './break-entry.ts';

const names = (facts: BreakFacts): readonly string[] => facts.clusters.map((cluster) => cluster.name);
const first = (facts: BreakFacts): string => names(facts)[0] ?? '';
const source = (facts: BreakFacts): string =>
  facts.route ? `route ${quoted(facts.route)}` : facts.virtualHost ? `a route of virtual host ${quoted(facts.virtualHost)}` : 'the TCP proxy';
const shares = (facts: BreakFacts): string =>
  list(
    facts.clusters.map(
      ({ name, percent }) => `${quoted(name)}${facts.clusters.length > 1 && percent !== undefined ? ` (${Math.round(percent * 100) / 100} %)` : ''}`,
    ),
  );
/** The object to edit, by name where the dump names it. */
const routeObject = (facts: BreakFacts): string =>
  facts.owner === undefined ? `the ${editedKind(facts.producer, 'route')}${facts.producer === 'istio' ? ', where there is one' : ''}` : objectText(facts.owner);
/** The object behind the cluster, by name where the name of the cluster says it. */
const clusterObject = (facts: BreakFacts): string => {
  const object = objectOfCluster(first(facts), facts.producer);
  return object === undefined ? `the ${editedKind(facts.producer, 'cluster')}` : objectText(object);
};
/** Istio's filter chains for who calls the sidecar's own ports. */
const isProxyItself = (facts: BreakFacts): boolean => first(facts) === 'BlackHoleCluster' && /blackhole/i.test(facts.filterChain ?? '');
const idleStates = (facts: BreakFacts): readonly string[] => names(facts).flatMap((name) => idleState(name, facts) ?? []);

export const CLUSTER_BREAKS: readonly BreakEntry[] = [
  {
    id: 'PC4001',
    slug: 'cluster-not-found',
    severity: 'error',
    predicts: { status: 503, flags: 'NC', details: 'cluster_not_found' },
    related: ['IST0101', 'KIA1101', 'KIA1107'],
    title: (f) =>
      `${source(f)} sends to ${f.clusters.length > 1 ? `${f.clusters.length} clusters` : 'a cluster'} that ${idleStates(f).length > 0 ? `${f.clusters.length > 1 ? 'are' : 'is'} not active` : 'this proxy does not have'}: ${shares(f)}`,
    note: (f) => `no such cluster among ${f.proxy.clusters.filter(serves).length}`,
    why: (f) => {
      const idle = idleStates(f);
      if (idle.length > 0) return `${list(idle)}.`;
      const subsets = subsetsText(f);
      if (f.producer === 'istio' && subsets !== '')
        return `Istio makes one cluster for each subset that a DestinationRule defines. CDS has none for the ${subsets}, so no DestinationRule that this proxy sees defines ${f.clusters.length > 1 ? 'them' : 'it'} (the dump cannot show the DestinationRule itself).`;
      const host = parseIstioCluster(first(f));
      if (f.producer === 'istio' && host !== undefined)
        return `Istio makes one cluster for each host and port that this proxy may see. CDS has none for port ${host.port} of ${host.host}: the Service does not exist, has no such port, or is hidden from this proxy.`;
      return `CDS holds ${plural(f.proxy.clusters.length, 'cluster')}, none of that name; Envoy answers such a request itself.`;
    },
    hints: (f) => {
      if (idleStates(f).length > 0)
        return [
          'see why it does not become active: an EDS or SDS resource that does not come keeps a cluster warming, and a rejected one needs its configuration mended',
          'pc clusters shows the state of each cluster',
        ];
      const subsets = subsetsByHost(names(f));
      if (f.producer === 'istio' && subsets.size > 0)
        return [
          ...nearNotes(f),
          ...[...subsets].map(
            ([host, own]) =>
              `define the subset${own.length > 1 ? 's' : ''} ${list(own.map(quoted))} for host ${host} in a DestinationRule (below), in a namespace that this proxy sees`,
          ),
          `or route to a subset that exists, in ${routeObject(f)}`,
        ];
      if (f.producer === 'istio')
        return [
          ...nearNotes(f),
          `check host and port of the destination in ${routeObject(f)}`,
          'check that the Service exists with this port, and that no Sidecar or exportTo hides it from this proxy',
        ];
      return [
        `check the destination in ${routeObject(f)}: define ${clusterObject(f)}, or route to one that exists`,
        'pc clusters shows what the proxy has, warming and rejected ones too',
      ];
    },
    closest: closestClusters,
    manifest: (f) => (f.producer === 'istio' && idleStates(f).length === 0 ? destinationRule(names(f), existingRules(f)) : undefined),
  },
  {
    id: 'PC4002',
    slug: 'cluster-header-absent',
    severity: 'error',
    title: (f) => `${source(f)} takes its cluster from a request header that this request does not have`,
    why: () => 'With cluster_header the client (or a filter before the router) names the cluster; without the header Envoy has none.',
    hints: () => ['send the header with the name of a cluster', 'or give the route a fixed cluster'],
  },
  {
    id: 'PC4003',
    slug: 'subset-not-selected',
    severity: 'error',
    predicts: { status: 503, flags: 'UH', details: 'no_healthy_upstream' },
    title: (f) => `no host of cluster ${quoted(first(f))} has the metadata that ${source(f)} asks for`,
    why: () => 'The cluster balances over subsets of its hosts; metadata_match names a subset that no host is in, and the fallback policy offers no other.',
    hints: (f) => [
      'label the endpoints so that they fall into the subset',
      `or change metadata_match in ${routeObject(f)}, or the fallback policy of the ${editedKind(f.producer, 'cluster')}`,
    ],
  },
  {
    id: 'PC5001',
    slug: 'no-healthy-endpoint',
    severity: 'error',
    predicts: { status: 503, flags: 'UH', details: 'no_healthy_upstream' },
    title: (f) =>
      isProxyItself(f)
        ? 'the client calls a port of the proxy itself, which it refuses: BlackHoleCluster has no endpoints'
        : first(f) === 'BlackHoleCluster'
          ? 'the destination is none that this proxy knows: it goes to BlackHoleCluster, which has no endpoints'
          : `cluster ${quoted(first(f))} has no endpoint that Envoy would send to`,
    note: (f) => (f.nearMisses.length > 0 ? list(f.nearMisses.slice(0, 3).map((miss) => `${miss.name}: ${miss.reason}`)) : 'no endpoints'),
    why: (f) => {
      if (isProxyItself(f))
        return 'Istio leads what is sent to the ports 15001 and 15006 themselves to a cluster without endpoints, so that nothing goes in circles.';
      if (first(f) === 'BlackHoleCluster')
        return 'With outboundTrafficPolicy REGISTRY_ONLY, Istio sends whatever is not in its service registry here, so that it is refused.';
      const states = f.nearMisses.map((miss) => `${miss.name} is ${miss.reason}`);
      const health = states.length > 0 ? `Of its endpoints none may be used: ${list(states.slice(0, 4))}. ` : 'Its load assignment holds no endpoints. ';
      return `${health}Envoy answers such a request itself.`;
    },
    hints: (f) => {
      if (isProxyItself(f)) return ['call the port of the application or of the Service, not that of the sidecar'];
      if (first(f) === 'BlackHoleCluster')
        return ['add a ServiceEntry for the host, or set outboundTrafficPolicy to ALLOW_ANY', 'check the name and the port that the client calls'];
      const parts = parseIstioCluster(first(f));
      const tables = `see pc endpoints --cluster '${first(f)}'`;
      if (f.producer !== 'istio' || parts === undefined)
        return f.nearMisses.length > 0
          ? ['start the upstream, or mend its health check', tables]
          : [`give ${clusterObject(f)} endpoints: no backend is registered for it`, tables];
      if (f.nearMisses.length > 0)
        return ['see why these endpoints are not healthy: readiness, health checks, outlier detection (trafficPolicy.outlierDetection)', tables];
      return [
        parts.subset === ''
          ? `check that pods match the selector of Service ${parts.host}, and its targetPort`
          : `check that pods of Service ${parts.host} carry the labels of subset ${quoted(parts.subset)} in the DestinationRule`,
        'check that these pods are ready: only ready pods become endpoints',
        tables,
      ];
    },
  },
  {
    id: 'PC5002',
    slug: 'endpoints-refused',
    severity: 'error',
    title: (f) => `cluster ${quoted(first(f))} refuses the request before an endpoint gets it`,
    why: (f) => f.rule ?? 'A circuit breaker, a drop policy or a maintenance mode of the cluster answers instead.',
    hints: (f) => [
      /drop/.test(f.details ?? '')
        ? 'the control plane sends drop_overloads with the endpoints of this cluster: see there why it sheds load'
        : /maintenance/.test(f.details ?? '')
          ? 'the runtime key upstream.maintenance_mode is set for this cluster: pc bootstrap and /runtime show it'
          : `raise the circuit breakers of the cluster${f.producer === 'istio' ? ': trafficPolicy.connectionPool of the DestinationRule' : ''}`,
      `pc explain ${f.details ?? 'PC5002'}`,
    ],
  },
];

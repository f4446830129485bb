import type { BreakEntry } from '../catalogue.ts';
import { closestNames } from '../closest-names.ts';
import type { BreakFacts } from '../facts.ts';
import { parseIstioCluster, subsetsByHost } from '../istio-names.ts';
import { destinationRule } from '../manifests.ts';
import { list, plural, quoted } from '../words.ts';

const names = (facts: BreakFacts): readonly string[] => facts.clusters.map((cluster) => cluster.name);
const where = (facts: BreakFacts): string =>
  facts.route ? `route "${facts.route}"` : facts.virtualHost ? `a route of virtual host "${facts.virtualHost}"` : 'the TCP proxy';

export const CLUSTER_BREAKS: readonly BreakEntry[] = [
  {
    id: 'PC4001',
    slug: 'cluster-not-found',
    severity: 'error',
    title: (f) =>
      `${where(f)} sends to ${f.clusters.length > 1 ? `${f.clusters.length} clusters` : 'a cluster'} that this proxy does not have: ${list(names(f).map(quoted))}`,
    why: (f) => {
      const subsets = subsetsByHost(names(f));
      if (f.producer !== 'istio' || subsets.size === 0)
        return `CDS holds ${plural(f.proxy.clusters.length, 'cluster')}, none of that name; Envoy answers such a request itself.`;
      const parts = [...subsets].map(([host, own]) => `${list(own.map(quoted))} of ${host}`);
      return `Istio makes one cluster for each subset that a DestinationRule defines. CDS has no cluster for the ${subsets.size > 0 ? 'subsets' : 'subset'} ${list(parts)}, so no DestinationRule that this proxy sees defines them (the dump cannot show the DestinationRule itself).`;
    },
    hints: (f) => {
      const subsets = subsetsByHost(names(f));
      if (f.producer !== 'istio' || subsets.size === 0)
        return [
          'define the cluster, or route to one that exists',
          'see whether the control plane sent it and Envoy rejected it: pc clusters shows warming and rejected ones',
        ];
      return [...subsets].flatMap(([host, own]) => [
        `define the ${own.length > 1 ? 'subsets' : 'subset'} ${list(own.map(quoted))} for host ${host} in a DestinationRule (below), in a namespace that this proxy sees`,
        `or route to a subset that exists in the VirtualService${f.virtualHost ? ` for ${f.authority}` : ''}`,
      ]);
    },
    closest: (f) => [
      ...new Set(
        names(f).flatMap((name) =>
          closestNames(
            name,
            f.proxy.clusters.map((cluster) => cluster.name),
          ),
        ),
      ),
    ],
    manifest: (f) => (f.producer === 'istio' ? destinationRule(names(f)) : undefined),
  },
  {
    id: 'PC4002',
    slug: 'cluster-header-absent',
    severity: 'error',
    title: (f) => `${where(f)} takes its cluster from a request header that this request does not have`,
    why: () => 'With cluster_header the client (or a filter before the router) names the cluster; without the header Envoy has none.',
    hints: () => ['send the header', 'or give the route a fixed cluster'],
  },
  {
    id: 'PC4003',
    slug: 'subset-not-selected',
    severity: 'error',
    title: (f) => `no host of cluster ${quoted(names(f)[0] ?? '')} has the metadata that ${where(f)} asks for`,
    why: () => 'The cluster balances over subsets of its hosts; metadata_match names a subset that no host is in, and the fallback policy offers no other.',
    hints: () => ['label the endpoints so that they fall into the subset', 'or change metadata_match or the fallback policy'],
  },
  {
    id: 'PC5001',
    slug: 'no-healthy-endpoint',
    severity: 'error',
    title: (f) => `cluster ${quoted(names(f)[0] ?? '')} has no endpoint that Envoy would send to`,
    why: (f) => `${f.rule ? `${f.rule}. ` : ''}Envoy answers such a request itself.`,
    hints: (f) => {
      const parts = parseIstioCluster(names(f)[0] ?? '');
      if (f.producer !== 'istio' || parts === undefined)
        return ['see pc endpoints for the health of each endpoint', 'start the upstream, or mend its health check'];
      const labels = parts.subset ? ` and the labels of subset "${parts.subset}" in the DestinationRule` : '';
      return [
        `check that pods match the selector of Service ${parts.host}${labels}`,
        'check that these pods are ready: only ready pods become endpoints',
        `see pc endpoints --cluster '${names(f)[0]}'`,
      ];
    },
  },
  {
    id: 'PC5002',
    slug: 'endpoints-refused',
    severity: 'error',
    title: (f) => `cluster ${quoted(names(f)[0] ?? '')} refuses the request before an endpoint gets it`,
    why: (f) => f.rule ?? 'A circuit breaker, a drop policy or a maintenance mode of the cluster answers instead.',
    hints: () => [
      'look at the circuit breakers of the cluster (DestinationRule trafficPolicy.connectionPool in Istio)',
      'look at the drop_overloads of its load assignment',
    ],
  },
];

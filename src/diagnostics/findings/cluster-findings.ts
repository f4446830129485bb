import { parseIstioCluster } from '../istio-names.ts';
import { editedKind } from '../owner.ts';
import type { FindingEntry, FindingFacts } from './finding-entry.ts';

const state = (f: FindingFacts): string => (f['state'] === undefined ? 'this proxy does not have' : `is ${f['state']} and not active`);

export const CLUSTER_FINDINGS: readonly FindingEntry[] = [
  {
    id: 'PC4001',
    slug: 'cluster-not-found',
    severity: 'error',
    title: (f) => `${f['from']} sends to cluster "${f['cluster']}", which ${state(f)}${f['weight'] === 0 ? ' (with weight 0)' : ''}`,
    why: (f) =>
      f['weight'] === 0
        ? 'No request goes there as long as the weight is 0.'
        : 'Envoy answers such requests itself: 503, response flag NC (TCP: the connection is closed).',
    hints: (f, producer, object) => {
      if (f['state'] !== undefined)
        return ['see why it does not become active: endpoints or secrets that do not come keep a cluster warming', 'pc clusters shows its state'];
      const parts = parseIstioCluster(String(f['cluster']));
      if (producer === 'istio' && parts !== undefined && parts.subset !== '')
        return [
          `define subset "${parts.subset}" for host ${parts.host} in a DestinationRule that this proxy sees`,
          `or route to a subset that exists, in ${object('route')}`,
        ];
      if (producer === 'istio' && parts !== undefined)
        return [
          `check that ${parts.host} has port ${parts.port}, and that no Sidecar or exportTo hides it from this proxy`,
          `or correct the destination in ${object('route')}`,
        ];
      return [`define the ${editedKind(producer, 'cluster')}, or route to one that exists, in ${object('route')}`];
    },
  },
  {
    id: 'PC4004',
    slug: 'mirror-cluster-missing',
    severity: 'warning',
    title: (f) => `${f['from']} mirrors to cluster "${f['cluster']}", which ${state(f)}`,
    why: () => 'The client gets its answer; the copies are lost.',
    hints: (_, __, object) => [`check the mirror in ${object('route')}`],
  },
  {
    id: 'PC4005',
    slug: 'aggregate-child-missing',
    severity: 'warning',
    title: (f) => `aggregate cluster "${f['cluster']}" names child "${f['child']}", which this proxy does not have`,
    why: (f) => (f['alive'] === 0 ? 'None of its children is there: requests are answered 503 UH.' : 'Envoy skips it.'),
    hints: () => ['define the child, or take its name out'],
  },
  {
    id: 'PC4006',
    slug: 'service-cluster-missing',
    severity: 'warning',
    title: (f) => `filter "${f['filter']}" of listener "${f['listener']}" asks a service in cluster "${f['cluster']}", which ${state(f)}`,
    why: () =>
      'The service cannot be asked. A filter that must ask it then refuses requests (ext_authz 403 UAEX, rate limit 500 RLSE, ext_proc 500); one that may go on without it, an access log or a tracer does nothing.',
    hints: (f, producer) => {
      const parts = parseIstioCluster(String(f['cluster']));
      if (producer === 'istio' && parts !== undefined)
        return [`check that Service ${parts.host} exists with port ${parts.port}, and that no Sidecar or exportTo hides it from this proxy`];
      return ['define the cluster, or correct its name in the filter'];
    },
  },
  {
    id: 'PC5001',
    slug: 'no-healthy-endpoint',
    severity: 'warning',
    title: (f) =>
      f['total'] === 0 ? `cluster "${f['cluster']}" has no endpoints` : `none of the ${f['total']} endpoints of cluster "${f['cluster']}" is healthy`,
    why: (f) => (f['used'] ? 'Routes send to it: such requests are answered 503 UH.' : 'No route of this proxy sends to it.'),
    hints: (f, producer) => {
      const parts = parseIstioCluster(String(f['cluster']));
      if (f['total'] !== 0)
        return ['see why they are not healthy: readiness of the pods, health checks, outlier detection', `pc endpoints --cluster '${f['cluster']}' shows each`];
      if (producer !== 'istio' || parts === undefined) return [`see pc endpoints --cluster '${f['cluster']}'`];
      return [
        parts.subset === ''
          ? `check that ready pods match the selector of Service ${parts.host}`
          : `check that ready pods carry the labels of subset "${parts.subset}"`,
      ];
    },
  },
  {
    id: 'PC5003',
    slug: 'load-assignment-missing',
    severity: 'warning',
    title: (f) => `cluster "${f['cluster']}" takes its endpoints from EDS, and the dump has none under "${f['service']}"`,
    why: () => 'Until they come, requests to it are answered 503 UH.',
    hints: () => ['see whether the control plane knows a service of that name'],
  },
];

export const TLS_FINDINGS: readonly FindingEntry[] = [
  {
    id: 'PC6002',
    slug: 'secret-missing',
    severity: 'error',
    title: (f) =>
      `${f['kind']} "${f['name']}" needs secret "${f['secret']}", which ${f['state'] === 'warming' ? 'has not come yet' : 'this proxy does not have'}`,
    why: (f) =>
      f['kind'] === 'listener' ? 'TLS handshakes with clients fail until SDS delivers it.' : 'Connections to the upstream fail with UF until SDS delivers it.',
    hints: (_, producer) => [
      producer === 'istio'
        ? 'check that the Secret of credentialName exists in the namespace of the gateway pods'
        : 'check that the control plane has the secret',
      'pc secrets lists what is there',
    ],
  },
  {
    id: 'PC6003',
    slug: 'certificate-expired',
    severity: 'error',
    title: (f) =>
      f['early']
        ? `certificate "${f['name']}"${subject(f)} is not valid before ${f['from']}`
        : `certificate "${f['name']}"${subject(f)} ended at ${f['until']}`,
    why: (f) => (f['since'] ? `It was valid when the dump was taken (its newest change is of ${f['taken']}).` : 'Peers refuse the handshake.'),
    hints: (f) => [f['since'] ? 'take a fresh dump, or judge it by another time: --now' : 'renew the certificate', 'pc secrets shows all of them'],
  },
  {
    id: 'PC6004',
    slug: 'certificate-expiring',
    severity: 'warning',
    title: (f) => `certificate "${f['name']}"${subject(f)} ends in ${f['days']} days, at ${f['until']}`,
    why: () => 'After that, peers refuse the handshake.',
    hints: () => ['renew the certificate before its end'],
  },
  {
    id: 'PC6005',
    slug: 'cleartext-to-mtls',
    severity: 'error',
    title: (f) => `cluster "${f['cluster']}" sends plain text to ${f['address']}, where proxy ${f['server']} takes TLS only`,
    why: () => 'The other side closes the connection: requests are answered 503 UC or UF.',
    hints: (_, producer) => [
      producer === 'istio' ? 'take tls.mode: DISABLE out of the DestinationRule, or set ISTIO_MUTUAL' : 'give the cluster a TLS transport socket',
      producer === 'istio' ? 'or let the PeerAuthentication of the other workload be PERMISSIVE' : 'or let the other side take plain text',
    ],
  },
];

const subject = (f: FindingFacts): string => (f['subject'] ? ` (${f['subject']})` : '');

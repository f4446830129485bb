import type { BreakFacts } from '../facts.ts';
import { parseIstioCluster } from '../istio-names.ts';
import { editedKind, objectText } from '../owner.ts';
import { list, quoted } from '../words.ts';
import type { BreakEntry } from './break-entry.ts';

const caller = (f: BreakFacts): string => f.border?.caller ?? 'the caller';
const callee = (f: BreakFacts): string => f.border?.callee ?? 'the other proxy';
const address = (f: BreakFacts): string => f.border?.address ?? '';
const cluster = (f: BreakFacts): string => quoted(f.border?.cluster ?? f.clusters[0]?.name ?? '');
const port = (f: BreakFacts): string => address(f).slice(address(f).lastIndexOf(':') + 1);
const workload = (f: BreakFacts): string => f.border?.workload ?? callee(f);

const sentence = ({ rule = '' }: BreakFacts): string => rule.charAt(0).toUpperCase() + rule.slice(1);

/** The host of the caller's cluster, for objects that are named by it. */
const hostOf = (f: BreakFacts): string | undefined => parseIstioCluster(f.border?.cluster ?? '')?.host || undefined;

/** The rule that the caller's cluster was made of, or the kind of object that it would be. */
function callersRule(f: BreakFacts): string {
  if (f.owner !== undefined) return objectText(f.owner);
  const host = hostOf(f);
  return f.producer === 'istio'
    ? `the DestinationRule${host === undefined ? '' : ` for ${host}`}`
    : `the ${editedKind(f.producer, 'cluster')} on the side of ${caller(f)}`;
}

const calleesPolicy = (f: BreakFacts): string => (f.producer === 'istio' ? `the PeerAuthentication for ${workload(f)}` : `the listener of ${callee(f)}`);

/** The DestinationRule with the TLS mode of the mesh. */
function meshTlsRule(f: BreakFacts): string | undefined {
  const host = hostOf(f);
  if (f.producer !== 'istio' || host === undefined) return undefined;
  const [short = host, namespace] = host.split('.');
  const known = f.owner?.kind === 'DestinationRule' ? f.owner : undefined;
  const name = known?.name ?? short;
  const where = known?.namespace ?? (host.endsWith('.svc.cluster.local') ? namespace : undefined);
  return [
    'apiVersion: networking.istio.io/v1',
    'kind: DestinationRule',
    'metadata:',
    `  name: ${name}`,
    ...(where === undefined ? [] : [`  namespace: ${where}`]),
    'spec:',
    `  host: ${host}`,
    ...(known === undefined ? [] : ['  # keep what else the rule has']),
    '  trafficPolicy:',
    '    tls:',
    '      mode: ISTIO_MUTUAL',
  ].join('\n');
}

export const BORDER_BREAKS: readonly BreakEntry[] = [
  {
    id: 'PC5004',
    slug: 'application-port-closed',
    severity: 'error',
    title: (f) =>
      f.percent === undefined
        ? `the application behind ${callee(f)} may not listen on ${address(f)}, where its proxy sends the request`
        : `nothing listens behind ${callee(f)} on ${address(f)}, where its proxy sends the request`,
    why: (f) => `${sentence(f)}. The way is configured up to the application's port; the configuration does not show what the application listens on.`,
    hints: (f) => [
      f.producer === 'istio'
        ? `set the targetPort of the Service to a port that the application of ${workload(f)} listens on`
        : 'send to a port that the application listens on',
      'or let the application listen on it, on 0.0.0.0 or the address of the pod',
    ],
  },
  {
    id: 'PC6005',
    slug: 'cleartext-to-mtls',
    severity: 'error',
    related: ['IST0113'],
    title: (f) => `${caller(f)} sends plain text to ${address(f)}, where ${callee(f)} takes TLS only`,
    why: (f) =>
      f.owner === undefined
        ? `Cluster ${cluster(f)} of ${caller(f)} has no TLS for this endpoint, and no filter chain of ${callee(f)} takes plain text for port ${port(f)}: the connection is closed.`
        : `${objectText(f.owner)} leaves cluster ${cluster(f)} of ${caller(f)} without TLS, and no filter chain of ${callee(f)} takes plain text for port ${port(f)}: the connection is closed.`,
    hints: (f) =>
      f.producer === 'istio'
        ? [
            `take tls.mode: DISABLE out of ${callersRule(f)}, or set ISTIO_MUTUAL (below)`,
            `or let ${calleesPolicy(f)} be PERMISSIVE as long as callers without TLS remain`,
          ]
        : [`give cluster ${cluster(f)} a TLS transport socket`, `or let ${calleesPolicy(f)} take plain text`],
    manifest: meshTlsRule,
  },
  {
    id: 'PC6006',
    slug: 'tls-to-cleartext',
    severity: 'error',
    related: ['IST0113'],
    title: (f) => `${caller(f)} originates TLS to ${address(f)}, which ${callee(f)} does not take there`,
    why: (f) => `${sentence(f)}: ${callee(f)} reads the TLS handshake as something else, and closes the connection.`,
    hints: (f) => {
      if (f.producer !== 'istio') return [`take the TLS transport socket out of cluster ${cluster(f)}`, `or let ${calleesPolicy(f)} terminate TLS`];
      const off = `let ${callersRule(f)} say tls.mode: DISABLE, as long as the other side takes plain text alone`;
      if (f.border?.clientNames !== null) return [`let ${calleesPolicy(f)} be PERMISSIVE or STRICT: it takes no mutual TLS`, `or ${off}`];
      return [`let ${callersRule(f)} say tls.mode: ISTIO_MUTUAL where the other side has a sidecar that takes it`, `or ${off}`];
    },
  },
  {
    id: 'PC6007',
    slug: 'server-certificate-refused',
    severity: 'error',
    title: (f) => `${caller(f)} does not accept the certificate of ${callee(f)} at ${address(f)}`,
    why: (f) => `${sentence(f)}. ${caller(f)} ends the handshake.`,
    hints: (f) => [
      f.producer === 'istio'
        ? `name ${list(f.border?.serverNames?.map(quoted) ?? ['the names that the certificate has'])} in subjectAltNames of ${callersRule(f)}, or take the list out`
        : `accept ${list(f.border?.serverNames?.map(quoted) ?? ['the names that the certificate has'])} in the validation context of cluster ${cluster(f)}`,
      f.producer === 'istio'
        ? `check that the endpoints of ${hostOf(f) ?? 'the service'} are the right pods: their service account is what the certificate names`
        : 'or give the other side a certificate with the name that is asked for, from an authority that is trusted',
    ],
  },
  {
    id: 'PC6008',
    slug: 'client-certificate-refused',
    severity: 'error',
    title: (f) => `${callee(f)} does not accept the client certificate of ${caller(f)} at ${address(f)}`,
    why: (f) => `${sentence(f)}. ${callee(f)} ends the handshake; with TLS 1.3 the caller sees it only after its own part is done.`,
    hints: (f) =>
      f.producer === 'istio'
        ? [
            f.border?.clientNames === null
              ? `let ${callersRule(f)} say tls.mode: ISTIO_MUTUAL: SIMPLE brings no certificate`
              : `let ${callee(f)} accept the identity of ${caller(f)} (trust domain aliases)`,
            `or let ${calleesPolicy(f)} be PERMISSIVE`,
          ]
        : [`give cluster ${cluster(f)} a certificate that ${callee(f)} accepts`, `or do not require one in ${calleesPolicy(f)}`],
  },
  {
    id: 'PC6009',
    slug: 'no-chain-for-handshake',
    severity: 'error',
    title: (f) => `no filter chain of ${callee(f)} takes the TLS connection of ${caller(f)} to ${address(f)}`,
    why: (f) => `${sentence(f)}: ${callee(f)} closes the connection during the handshake.`,
    hints: (f) => [
      f.producer === 'istio'
        ? `send an SNI that a server of ${callee(f)} has among its hosts (tls.sni of ${callersRule(f)})`
        : `send a server name and ALPN that a filter chain of ${callee(f)} takes, in cluster ${cluster(f)}`,
      f.producer === 'istio' && (f.border?.sni ?? '').startsWith('outbound_')
        ? `or let the gateway pass this name on (tls.mode: AUTO_PASSTHROUGH), and check that it has the service: pc clusters --fqdn ${hostOf(f) ?? ''}`
        : `or add such a filter chain to ${callee(f)}`,
    ],
  },
];

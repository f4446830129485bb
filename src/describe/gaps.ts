import type { ResourceKind } from '../model/resource.ts';
import { SECTIONS } from '../query/section-names.ts';
import type { Description, Gap } from './description.ts';
import type { ProxyFacts } from './proxy-facts.ts';

/** What each section would have told. */
const TELLS: readonly (readonly [kind: ResourceKind, what: string])[] = [
  ['bootstrap', 'who the proxy is and where its configuration comes from'],
  ['listener', 'what it listens on, its filters and policies, and who must use mTLS'],
  ['route_config', 'which hosts it routes'],
  ['cluster', 'where it sends, and with which TLS'],
  ['endpoint', 'which endpoints clusters have'],
  ['secret', 'which certificates it holds'],
];

/** What the input does not tell about the proxy, and how to learn it. In: what was found out. */
export function gapsOf(
  facts: ProxyFacts,
  known: Pick<Description, 'identity' | 'control_plane' | 'certificates' | 'policies' | 'hosts' | 'inbound'>,
): readonly Gap[] {
  return [...missingSections(facts), ...missingFacts(facts, known), ...fromNotes(facts), ...beyondDumps(known)];
}

/** Where most is missing, one request gives it all. */
const WHOLE = { from: 3, next: 'fetch /config_dump?include_eds; in an Istio pod: pilot-agent request GET config_dump?include_eds' } as const;

function missingSections({ proxy }: ProxyFacts): Gap[] {
  const hasNoClusters = proxy.sections.has('cluster') && proxy.clusters.length === 0;
  const isTold = (kind: ResourceKind): boolean =>
    proxy.sections.has(kind) ||
    (kind === 'endpoint' && (proxy.clusterStatuses !== undefined || hasNoClusters)) ||
    (kind === 'secret' && proxy.certificates !== undefined);
  const missing = TELLS.filter(([kind]) => !isTold(kind));
  const parts = TELLS.filter(([kind]) => proxy.partial.has(kind));
  const next = (kind: ResourceKind, count: number): string => (count >= WHOLE.from ? WHOLE.next : `fetch ${SECTIONS[kind].request}`);
  return [
    ...missing.map(([kind, what]) => ({ what: `${what}: the input has no ${SECTIONS[kind].name} section`, next: next(kind, missing.length) })),
    ...parts.map(([kind]) => ({ what: `the rest of the ${SECTIONS[kind].name}: the input holds a part of them`, next: next(kind, parts.length) })),
  ];
}

function missingFacts(facts: ProxyFacts, { identity, control_plane, certificates }: Pick<Description, 'identity' | 'control_plane' | 'certificates'>): Gap[] {
  const { proxy } = facts;
  const gaps: Gap[] = [];
  const add = (isMissing: boolean, what: string, next: string | null): void => {
    if (isMissing) gaps.push({ what, next });
  };
  add(proxy.bootstrap !== undefined && identity.envoy_version === null, "Envoy's version: the node does not tell it", 'fetch /server_info');
  add(identity.maker === null, 'who made the configuration: neither the node nor names tell', null);
  add(
    proxy.bootstrap !== undefined && isRemote(control_plane.transport) && control_plane.version === null,
    "the control plane's version: no configuration names it",
    'the counters of a live proxy do',
  );
  const unread = certificates.filter(({ days_left: days, type }) => days === null && type === 'Cert Chain');
  const places = [...new Set(unread.flatMap(({ elsewhere }) => elsewhere ?? []))];
  const where = places.length > 0 ? ` (${places.slice(0, 2).join(', ')}${places.length > 2 ? ', …' : ''})` : '';
  add(
    unread.length > 0,
    `how long ${unread.length === 1 ? `certificate ${unread[0]?.name || '(unnamed)'} is` : `${unread.length} certificates are`} valid: not in the input${where}`,
    'fetch /certs',
  );
  add(
    proxy.sections.has('secret') && certificates.length === 0 && proxy.certificates === undefined,
    'certificates: the input names none',
    'fetch /certs: it lists those from files too',
  );
  add(
    proxy.clusterStatuses === undefined && proxy.sections.has('endpoint') && proxy.endpoints.length > 0,
    'health checks and outlier ejections of endpoints',
    'fetch /clusters?format=json',
  );
  const discovered =
    proxy.ecds.length === 0 &&
    facts.listeners.some(({ value }) => (value.filter_chains ?? []).some((chain) => (chain.filters ?? []).some((f) => f.config_discovery !== undefined)));
  add(discovered, 'filters that come by ECDS: the input has no such section', `fetch ${SECTIONS.ecds.request}`);
  return gaps;
}

function isRemote(transport: string | null): boolean {
  return /gRPC|REST/.test(transport ?? '');
}

/** What the reading of the input had to say: left-out files, text that is cut. */
function fromNotes({ proxy }: ProxyFacts): Gap[] {
  const [first, ...others] = proxy.notes.filter(({ id }) => id !== 'PC1035');
  if (first === undefined) return [];
  return [{ what: `${first.what} (${first.document})${others.length > 0 ? `, and ${others.length} more notes` : ''}`, next: null }];
}

/** What no dump holds, where it would have mattered. */
function beyondDumps({ identity, policies, hosts, inbound }: Pick<Description, 'identity' | 'policies' | 'hosts' | 'inbound'>): Gap[] {
  const isIstio = identity.maker?.value === 'Istio';
  const gaps: Gap[] = [];
  const unnamed = hosts.some(({ kind, direction, objects }) => kind === 'http' && direction === 'outbound' && objects.length === 0);
  if (!isIstio && identity.maker !== null && identity.maker.value !== 'ESPv2' && unnamed)
    gaps.push({ what: 'the objects that the routes were made of, where no metadata names them', next: null });
  if (isIstio && policies.some(({ kind }) => kind === 'jwt'))
    gaps.push({ what: 'names of RequestAuthentications: Envoy is given their issuers alone', next: 'kubectl get requestauthentication -A' });
  if (isIstio && identity.role?.value === 'sidecar' && inbound.length > 0)
    gaps.push({ what: 'which PeerAuthentication asks for this mTLS: Envoy is given its effect alone', next: 'kubectl get peerauthentication -A' });
  return gaps;
}

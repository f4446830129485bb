import { closestNames, mistyped } from '../closest-names.ts';
import type { BreakFacts } from '../facts.ts';
import { editedKind, objectText } from '../owner.ts';
import { list, plural, quoted } from '../words.ts';
import type { BreakEntry } from './break-entry.ts';

const routeObject = (f: BreakFacts): string => (f.owner === undefined ? `the ${editedKind(f.producer, 'route')}` : objectText(f.owner));
const served = (f: BreakFacts): readonly string[] => f.nearMisses.flatMap((miss) => miss.reason.replace(/^serves /, '').split(', '));
const hostOf = (authority: string): string => authority.replace(/:\d+$/, '').toLowerCase();

export const ROUTE_BREAKS: readonly BreakEntry[] = [
  {
    id: 'PC3001',
    slug: 'no-virtual-host',
    severity: 'error',
    predicts: { status: 404, flags: 'NR', details: 'route_not_found' },
    title: (f) => `no virtual host of route config ${quoted(f.routeConfig ?? '')} serves the host ${quoted(f.authority)}`,
    note: (f) => `${plural(f.nearMisses.length, 'virtual host')}, none for this host`,
    why: () => 'Envoy looks the Host header up among the domains of the virtual hosts: exact, then *.suffix, then prefix.*, then *. None of them fits.',
    hints: (f) => [
      ...misspeltHost(f),
      ...hostNotes(f),
      f.producer === 'istio'
        ? `add ${quoted(hostOf(f.authority))} to the hosts of the VirtualService and of its Gateway, and bind the VirtualService to that Gateway (gateways:)`
        : f.producer === 'plain'
          ? `add ${quoted(f.authority)} to the domains of a virtual host`
          : `add ${quoted(hostOf(f.authority))} to the hostnames of the ${editedKind(f.producer, 'route')} and of its listener`,
      'or send a host that is served',
    ],
    closest: (f) => closestNames(f.authority, served(f)),
  },
  {
    id: 'PC3002',
    slug: 'no-matching-route',
    severity: 'error',
    predicts: { status: 404, flags: 'NR', details: 'route_not_found' },
    title: (f) => `no route of virtual host ${quoted(f.virtualHost ?? '')} matches ${f.method} ${f.path}`,
    note: (f) => `${plural(f.nearMisses.length, 'route')}, none matches`,
    why: (f) =>
      `Envoy chose this virtual host by the authority ${quoted(f.authority)} and tried ${f.nearMisses.length === 1 ? 'its only route' : `its ${f.nearMisses.length || ''} routes in order`}; none matched, and it never goes on to another virtual host.`,
    hints: (f) => [
      ...caseNote(f),
      ...f.nearMisses
        .slice(0, 3)
        .map((miss) => `${/^route \d+$/.test(miss.name) ? miss.name : `route ${quoted(miss.name)}`} would need: ${matchWords(miss.reason)}`),
      f.nearMisses.every((miss) => miss.reason === 'only CONNECT requests match')
        ? 'this port takes tunnels of the mesh (CONNECT) only: call the port of the service itself'
        : f.producer === 'plain'
          ? 'add a route for it, or one with prefix "/" as the last'
          : `add a match for it to ${routeObject(f)}${f.producer === 'istio' ? ', or an http entry without match as the last' : ''}`,
    ],
  },
  {
    id: 'PC3003',
    slug: 'route-config-missing',
    severity: 'error',
    predicts: { status: 404, flags: 'NR', details: 'route_not_found' },
    title: (f) => `the listener asks RDS for route config ${quoted(f.routeConfig ?? '')}, and the proxy does not have it`,
    note: (f) => `not among ${plural(f.proxy.routeConfigs.filter((r) => r.name !== '').length, 'route config')}`,
    why: () =>
      'RDS never delivered it, or Envoy rejected what came: a rejected route config leaves no trace in the dump. Until it comes every request is answered 404.',
    hints: (f) => [
      "look for its name in the proxy's log: a rejected update says why",
      ...(f.producer === 'istio'
        ? ['see whether a VirtualService is bound to this Gateway (gateways: and hosts:) at all', 'istioctl proxy-status tells whether RDS is in sync']
        : []),
    ],
    closest: (f) =>
      closestNames(
        f.routeConfig ?? '',
        f.proxy.routeConfigs.map((r) => r.name),
      ),
  },
  {
    id: 'PC3004',
    slug: 'no-scope',
    severity: 'error',
    predicts: { status: 404, flags: 'NR', details: 'route_not_found' },
    title: () => 'no scope of the scoped routes fits the request',
    why: (f) => f.rule ?? 'The scope key is built from request headers; no scope has it.',
    hints: () => ['send the header that the scope key is built from', 'or define a scope with this key'],
  },
  {
    id: 'PC3005',
    slug: 'tls-required',
    severity: 'info',
    predicts: { status: 301, flags: null, details: 'direct_response' },
    title: (f) => `virtual host ${quoted(f.virtualHost ?? '')} redirects plain HTTP to ${f.location ?? 'https'}`,
    why: () => 'require_tls is decided by the header x-forwarded-proto, before any route is looked at.',
    hints: (f) => [
      'use https',
      f.producer === 'istio' ? 'or take tls.httpsRedirect out of the server of the Gateway' : 'or take require_tls out of the virtual host',
      'behind a load balancer that ends TLS: let it send x-forwarded-proto: https, and let the proxy trust it',
    ],
  },
  {
    id: 'PC3006',
    slug: 'route-does-not-forward',
    severity: 'error',
    predicts: { status: 503, flags: 'NC', details: 'cluster_not_found' },
    title: (f) => `route ${quoted(f.route ?? '')} has non_forwarding_action`,
    why: () => 'Such a route is meant for other protocols than HTTP proxying; for a proxy it has no cluster.',
    hints: () => ['give the route an action'],
  },
  {
    id: 'PC3007',
    slug: 'host-not-in-registry',
    severity: 'error',
    predicts: { status: 502, flags: null, details: 'direct_response' },
    related: ['KIA1101'],
    title: (f) => `the mesh knows no host ${quoted(hostOf(f.authority))} that this proxy may see: it answers 502 itself`,
    why: () =>
      'With outboundTrafficPolicy REGISTRY_ONLY, Istio answers 502 for every host that is neither a Service nor in a ServiceEntry, or that a Sidecar or exportTo hides from this proxy.',
    hints: (f) => [
      `check the name and the port that the client calls: ${quoted(f.authority)}`,
      `add a ServiceEntry for ${hostOf(f.authority)}, where it is a host outside of the mesh`,
      'see whether a Sidecar (egress.hosts) or exportTo hides it from this proxy; pc trace … --objects live tells',
      'or set outboundTrafficPolicy to ALLOW_ANY',
    ],
  },
  {
    id: 'PC3010',
    slug: 'request-refused-before-routing',
    severity: 'error',
    title: (f) => `the connection manager refuses the request before routing (${f.details ?? ''})`,
    why: (f) => REFUSALS[f.details ?? ''] ?? 'The request itself breaks a rule of the codec or of the connection manager.',
    hints: (f) => ['change the request, or the option of the connection manager that refuses it', `pc explain ${f.details ?? 'PC3010'}`],
  },
  {
    id: 'PC3011',
    slug: 'upgrade-not-enabled',
    severity: 'error',
    predicts: { status: 403, flags: null, details: 'upgrade_failed' },
    title: () => 'the request asks for a protocol upgrade that is not enabled',
    why: () =>
      'An upgrade (websocket, CONNECT …) needs an upgrade_configs entry of its type on the connection manager or on the route; a route with enabled: false wins.',
    hints: (f) => [
      f.producer === 'istio'
        ? 'Istio enables websocket alone: for any other upgrade, an EnvoyFilter has to add it to the upgrade_configs of the connection manager'
        : 'enable it on the connection manager or the route: upgrade_configs: [{upgrade_type: websocket}]',
    ],
  },
];

/** `the path /items, or one below it`: a match in words that need no knowledge of Envoy's fields. */
function matchWords(reason: string): string {
  return reason
    .replace(/^path_separated_prefix (\S+)/, 'the path $1, or one below it ($1/…)')
    .replace(/^prefix (\S+)/, 'a path that begins with $1')
    .replace(/^path (\/\S*)/, 'exactly the path $1');
}

/** A served host that is a typing mistake away. */
function misspeltHost(f: BreakFacts): readonly string[] {
  const near = mistyped(hostOf(f.authority), served(f), 3);
  return near === undefined || near.startsWith('*') ? [] : [`${quoted(near)} is served: is ${quoted(hostOf(f.authority))} a typing mistake?`];
}

/** What of a route config tells the hosts that it serves, in either spelling. */
const DOMAINS = { virtual_hosts: { domains: true }, virtualHosts: { domains: true } } as const;

/** The host is served with a port, without its port, or by another route config of this proxy. */
function hostNotes(f: BreakFacts): readonly string[] {
  const wanted = f.authority.toLowerCase();
  const bare = hostOf(wanted);
  const here = served(f).map((domain) => domain.toLowerCase());
  if (wanted !== bare && here.includes(bare)) return [`${quoted(bare)} is served, ${quoted(wanted)} is not: the port in the Host header counts here`];
  const withPort = here.filter((domain) => hostOf(domain) === bare && domain !== bare);
  if (withPort.length > 0) return [`${list(withPort.map(quoted))} is served: the Host header has to name the port`];
  if (bare.endsWith('.') && here.includes(bare.slice(0, -1))) return [`${quoted(bare.slice(0, -1))} is served: leave the trailing dot out`];
  const others = f.proxy.routeConfigs.filter(
    (r) =>
      r.name !== '' && r.name !== f.routeConfig && r.part(DOMAINS).virtual_hosts?.some((host) => host.domains?.some((domain) => domain.toLowerCase() === bare)),
  );
  if (others.length === 0) return [];
  return [
    `route config ${list(others.slice(0, 3).map((r) => quoted(r.name)))} serves this host: it belongs to another listener (port) than the one that got the request`,
  ];
}

/** Paths are matched with capitals and small letters apart. */
function caseNote(f: BreakFacts): readonly string[] {
  const path = f.path.split('?')[0] ?? '';
  const near = f.nearMisses.find((miss) => {
    const wanted = /^(?:prefix|path|path_separated_prefix) (\/\S*)/.exec(miss.reason)?.[1];
    return wanted !== undefined && !path.startsWith(wanted) && path.toLowerCase().startsWith(wanted.toLowerCase());
  });
  return near === undefined ? [] : [`${quoted(path)} differs from ${near.reason.split(' ')[1]} only in capitals, and the match tells them apart`];
}

const REFUSALS: Readonly<Record<string, string>> = {
  missing_host_header: 'An HTTP/1.1 request needs a Host header.',
  low_version: 'HTTP/1.0 is refused unless accept_http_10 is set.',
  path_normalization_failed: 'The path holds something that the path rules refuse: a fragment (#), %00, or an escaped slash.',
  absolute_path_rejected: 'The request target does not begin with a slash.',
  'http.invalid_authority': 'The Host header holds a character that no authority may have.',
  'http1.codec_error': 'The request is not well-formed HTTP/1: an unknown method, or a blank or control character in the target.',
  'http1.unexpected_underscore': 'headers_with_underscores_action refuses header names with an underscore.',
};

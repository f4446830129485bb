import type { BreakEntry } from '../catalogue.ts';
import { closestNames } from '../closest-names.ts';
import { list, quoted } from '../words.ts';

export const ROUTE_BREAKS: readonly BreakEntry[] = [
  {
    id: 'PC3001',
    slug: 'no-virtual-host',
    severity: 'error',
    title: (f) => `no virtual host of route config ${quoted(f.routeConfig ?? '')} serves the host ${quoted(f.authority)}`,
    why: () => 'Envoy looks the authority up among the domains of the virtual hosts: exact, then *.suffix, then prefix.*, then *. None of them fits.',
    hints: (f) =>
      f.producer === 'istio'
        ? [
            `send the host that the VirtualService and its Gateway name`,
            `or add ${quoted(f.authority)} to the hosts of the VirtualService and of its Gateway`,
            'a port in the Host header counts where the domain has none: see the closest domains',
          ]
        : ['send a host that a virtual host serves', `or add ${quoted(f.authority)} to the domains of one`],
    closest: (f) =>
      closestNames(
        f.authority,
        f.nearMisses.flatMap((miss) => miss.reason.replace(/^serves /, '').split(', ')),
      ),
  },
  {
    id: 'PC3002',
    slug: 'no-matching-route',
    severity: 'error',
    title: (f) => `no route of virtual host ${quoted(f.virtualHost ?? '')} matches ${f.method} ${f.path}`,
    why: (f) =>
      `Envoy chose this virtual host by the authority ${quoted(f.authority)} and tried its ${f.nearMisses.length || ''} routes in order; none matched, and it never falls through to another virtual host.`,
    hints: (f) => [
      ...f.nearMisses.slice(0, 3).map((miss) => `${miss.name} would need: ${miss.reason}`),
      f.producer === 'istio'
        ? 'add a route (a match, or one without match as the last) to the VirtualService'
        : 'add a route, or one with prefix "/" as the last',
    ],
  },
  {
    id: 'PC3003',
    slug: 'route-config-missing',
    severity: 'error',
    title: (f) => `the listener asks RDS for route config ${quoted(f.routeConfig ?? '')}, and the proxy does not have it`,
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
    title: () => 'no scope of the scoped routes fits the request',
    why: (f) => f.rule ?? 'The scope key is built from request headers; no scope has it.',
    hints: () => ['send the header that the scope key is built from', 'or define a scope with this key'],
  },
  {
    id: 'PC3005',
    slug: 'tls-required',
    severity: 'info',
    title: (f) => `virtual host ${quoted(f.virtualHost ?? '')} redirects plain HTTP to ${f.location ?? 'https'}`,
    why: () => 'require_tls is decided by x-forwarded-proto, before any route is looked at.',
    hints: (f) => [
      f.producer === 'istio' ? 'this is httpsRedirect of the Gateway server' : 'this is require_tls of the virtual host',
      'use https, or take the redirect out',
    ],
  },
  {
    id: 'PC3006',
    slug: 'route-does-not-forward',
    severity: 'error',
    title: (f) => `route ${quoted(f.route ?? '')} has non_forwarding_action`,
    why: () => 'Such a route is meant for other protocols than HTTP proxying; for a proxy it has no cluster.',
    hints: () => ['give the route an action'],
  },
  {
    id: 'PC3010',
    slug: 'request-refused-before-routing',
    severity: 'error',
    title: (f) => `the connection manager refuses the request before routing (${f.details ?? ''})`,
    why: (f) => REFUSALS[f.details ?? ''] ?? 'The request itself breaks a rule of the codec or of the connection manager.',
    hints: () => ['change the request, or the option of the connection manager that refuses it'],
  },
  {
    id: 'PC3011',
    slug: 'upgrade-not-enabled',
    severity: 'error',
    title: () => 'the request asks for a protocol upgrade that is not enabled',
    why: () =>
      'An upgrade (websocket, CONNECT …) needs an upgrade_configs entry of its type on the connection manager or on the route; a route with enabled: false wins.',
    hints: (f) => [
      f.producer === 'istio'
        ? 'Istio enables websocket by default: for CONNECT an EnvoyFilter is needed'
        : `enable it: upgrade_configs: [{upgrade_type: ${list(['websocket'])}}]`,
    ],
  },
];

const REFUSALS: Readonly<Record<string, string>> = {
  missing_host_header: 'An HTTP/1.1 request needs a Host header.',
  low_version: 'HTTP/1.0 is refused unless accept_http_10 is set.',
  path_normalization_failed: 'The path holds something that the path rules refuse: a fragment (#), %00, or an escaped slash.',
  absolute_path_rejected: 'The request target does not begin with a slash.',
  'http.invalid_authority': 'The Host header holds a character that no authority may have.',
  'http1.codec_error': 'The request is not well-formed HTTP/1: an unknown method, or a blank or control character in the target.',
  'http1.unexpected_underscore': 'headers_with_underscores_action refuses header names with an underscore.',
};

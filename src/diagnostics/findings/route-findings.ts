import { editedKind } from '../owner.ts';
import type { FindingEntry } from './finding-entry.ts';

export const ROUTE_FINDINGS: readonly FindingEntry[] = [
  {
    id: 'PC3003',
    slug: 'route-config-missing',
    severity: 'error',
    title: (f) => `listener "${f['listener']}" asks RDS for route config "${f['routeConfig']}", and the proxy does not have it`,
    why: () => 'Every request of this listener is answered 404 NR until it comes; a route config that Envoy rejected leaves no trace in the dump.',
    hints: (_, producer) => [
      "look for its name in the proxy's log: a rejected update says why",
      `see whether a ${editedKind(producer, 'route')} is bound to this listener at all`,
    ],
  },
  {
    id: 'PC3020',
    slug: 'virtual-host-unreachable',
    severity: 'warning',
    title: (f) => `no Host header can choose virtual host "${f['host']}" of route config "${f['routeConfig']}": ${f['reason']}`,
    why: () => 'Its routes get no requests.',
    hints: (_, __, object) => [`give it a domain that a Host header can have, or take it out, in ${object('route')}`],
  },
  {
    id: 'PC3021',
    slug: 'route-shadowed',
    severity: 'warning',
    title: (f) => `${named(f['route'])} of virtual host "${f['host']}" gets no requests: ${named(f['by'])}, at place ${f['place']}, takes all of them`,
    why: (f) => (f['copy'] ? 'The two are equal, so that nothing is lost.' : 'Envoy takes the first route that matches, not the best.'),
    hints: (_, __, object) => [`put the more specific one first in ${object('route')}, or take one out`],
  },
  {
    id: 'PC3022',
    slug: 'duplicate-domain',
    severity: 'error',
    title: (f) => `domain "${f['domain']}" stands in virtual hosts "${f['other']}" and "${f['host']}" of route config "${f['routeConfig']}"`,
    why: () => 'Envoy rejects such a route config as a whole; capitals make no difference.',
    hints: (_, __, object) => [`leave the domain in one of the two: see the hosts of ${object('route')}`],
  },
  {
    id: 'PC3023',
    slug: 'weights-sum-to-zero',
    severity: 'error',
    title: (f) => `the ${f['arms']} weights of ${named(f['route'])} of virtual host "${f['host']}" sum to 0`,
    why: () => 'No arm can be chosen; Envoy rejects such a route config as a whole.',
    hints: (_, __, object) => [`give one arm a weight in ${object('route')}`],
  },
  {
    id: 'PC3024',
    slug: 'loose-regex',
    severity: 'warning',
    title: (f) => `the expression ${f['regex']} on the host, in ${named(f['route'])} of virtual host "${f['host']}", has a dot that is not escaped`,
    why: () => 'In a regular expression a dot stands for any character: other hosts match as well.',
    hints: (_, __, object) => [`write \\. where a dot is meant, or match the host exactly, in ${object('route')}`],
  },
  {
    id: 'PC3025',
    slug: 'catch-all-before-specific',
    severity: 'warning',
    title: (f) => `${named(f['route'])} of virtual host "${f['host']}" gets no requests: ${named(f['by'])}, at place ${f['place']}, is a catch-all before it`,
    why: (f) => (f['copy'] ? 'The two are equal, so that nothing is lost.' : 'Envoy takes the first route that matches, not the best.'),
    hints: (_, __, object) => [`put the route without conditions last in ${object('route')}`],
  },
];

/** `route 3`, or `route "name"`. */
function named(route: string | number | undefined): string {
  return /^route \d+$/.test(String(route)) ? String(route) : `route "${route}"`;
}

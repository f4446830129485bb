import type { BreakFacts, Producer } from '../facts.ts';
import { editedKind, objectText } from '../owner.ts';
import { explainDetails } from '../response-code-details.ts';
import type { BreakEntry } from './break-entry.ts';

const istioOr =
  (istio: string, plain: string): BreakEntry['hints'] =>
  (f) => [f.producer === 'istio' ? istio : plain];

/** Istio names its RBAC policies `ns[shop]-policy[no-admin]-rule[0]`. */
function istioPolicy(details: string | null): { readonly namespace: string; readonly name: string; readonly rule: string } | undefined {
  const [, namespace, name, rule] = /ns\[([^\]]+)\]-policy\[([^\]]+)\]-rule\[(\d+)\]/.exec(details ?? '') ?? [];
  return namespace === undefined || name === undefined || rule === undefined ? undefined : { namespace, name, rule };
}

/** What the response code details say of a refusal; '' for details that the catalogue does not have. */
const meaningOf = (f: BreakFacts): string => explainDetails(f.details ?? '')[0]?.means ?? '';
const isEmpty = (f: BreakFacts): boolean => /has no filters/.test(f.rule ?? '');

/** Where a limit is set, by who made the configuration. */
const LIMITS: Readonly<Record<Producer, string>> = {
  istio: 'an EnvoyFilter with local_ratelimit or ratelimit sets it',
  'envoy-gateway': 'rateLimit of the BackendTrafficPolicy',
  contour: 'rateLimitPolicy of the HTTPProxy',
  consul: 'rateLimits of the service-defaults, or an Envoy extension',
  kuma: 'the MeshRateLimit',
  gloo: 'ratelimit of the VirtualService, or the RateLimitConfig',
  plain: 'the token bucket of the filter or the route',
};

export const FILTER_BREAKS: readonly BreakEntry[] = [
  {
    id: 'PC7001',
    slug: 'fault-injected',
    severity: 'error',
    title: (f) => `the fault filter aborts the request with ${f.status}`,
    why: () => 'Somebody asked for it: fault injection is configured on the filter or the route.',
    hints: (f) => [
      f.producer === 'istio'
        ? `remove fault.abort from ${f.owner === undefined ? 'the VirtualService' : objectText(f.owner)}`
        : `remove the abort from the fault filter or the ${editedKind(f.producer, 'route')}`,
    ],
  },
  {
    id: 'PC7002',
    slug: 'body-too-large',
    severity: 'error',
    predicts: { status: 413, flags: null, details: 'request_payload_too_large' },
    title: () => 'the body is larger than the buffer filter allows',
    why: (f) => f.rule ?? 'A filter keeps the whole body and has a limit for it.',
    hints: () => ['send less, or raise max_request_bytes of the buffer filter (or of BufferPerRoute on the route)'],
  },
  {
    id: 'PC7003',
    slug: 'basic-auth-refused',
    severity: 'error',
    title: (f) => `basic authentication refuses the request (${f.details})`,
    why: (f) => `The basic_auth filter asks for a user and a password. ${meaningOf(f) || f.rule || ''}`.trim(),
    hints: () => ['send a good user and password: curl -u USER:PASSWORD', 'the users stand in the filter, and are masked in a dump'],
  },
  {
    id: 'PC7004',
    slug: 'jwt-refused',
    severity: 'error',
    title: (f) => `jwt_authn refuses the request (${f.details})`,
    why: (f) => `The jwt_authn filter checks the token of the request before it is routed, and may require one. ${f.rule ?? ''}`.trim(),
    hints: istioOr(
      "send a token that RequestAuthentication accepts (header Authorization: Bearer …); Istio itself refuses only bad tokens, missing ones are an AuthorizationPolicy's business",
      'send a token of one of the providers (header Authorization: Bearer …)',
    ),
  },
  {
    id: 'PC7005',
    slug: 'ext-authz-refused',
    severity: 'error',
    title: () => 'the external authorization service refuses the request, or fails',
    why: () => 'The ext_authz filter asks a service outside the proxy about each request. It says no, or it cannot be reached and the filter then refuses.',
    hints: (f) => [
      'see in the access log which it is: details ext_authz_denied (it said no), ext_authz_error (it could not be asked); pc why reads the log',
      f.producer === 'istio'
        ? 'look at the CUSTOM AuthorizationPolicy, its provider in the mesh config, and whether that service has endpoints'
        : `look at the ${editedKind(f.producer, 'policy')}, and whether the service has endpoints (pc endpoints)`,
    ],
  },
  {
    id: 'PC7006',
    slug: 'rate-limited',
    severity: 'error',
    title: () => 'a rate limit refuses the request',
    why: (f) => f.rule ?? 'A limit counts the requests of all clients; whether it is used up hangs on the requests before, which no dump shows.',
    hints: (f) => [`wait, or raise the limit: ${LIMITS[f.producer]}`],
  },
  {
    id: 'PC7007',
    slug: 'rbac-denied',
    severity: 'error',
    title: (f) => {
      const policy = istioPolicy(f.details);
      if (policy !== undefined)
        return `AuthorizationPolicy ${policy.namespace}/${policy.name} (rule ${policy.rule}) denies ${f.status === null ? 'the connection' : `${f.method} ${f.path}`}`;
      if (/\[none\]/.test(f.details ?? '')) return `no ALLOW policy allows ${f.method} ${f.path}, so RBAC denies it`;
      return `RBAC denies the request (${f.details ?? 'the connection is closed'})`;
    },
    why: (f) => f.rule ?? 'The RBAC filter judges each request by its policies before it is routed.',
    hints: (f) => {
      const policy = istioPolicy(f.details);
      if (policy !== undefined)
        return [`change rule ${policy.rule} of AuthorizationPolicy ${policy.namespace}/${policy.name}, or send a request that it does not deny`];
      return f.producer === 'istio'
        ? [
            'look at the AuthorizationPolicies of this workload: with ALLOW policies, what none of them allows is denied',
            'add a rule for this caller, path and method to one of them',
          ]
        : [`look at the policies: ${editedKind(f.producer, 'policy')}`];
    },
  },
  {
    id: 'PC7010',
    slug: 'no-router',
    severity: 'error',
    title: () => 'the HTTP filter chain has no router filter',
    why: () => 'Envoy accepts such a chain, and requests hang in it.',
    hints: istioOr('see which EnvoyFilter took envoy.filters.http.router out of the HTTP filters', 'add envoy.filters.http.router as the last filter'),
  },
  {
    id: 'PC7020',
    slug: 'network-filter-closes',
    severity: 'error',
    title: (f) =>
      isEmpty(f)
        ? 'the filter chain has no filters, so that Envoy closes every connection'
        : `a network filter closes the connection${f.rule ? `: ${f.rule}` : ''}`,
    why: (f) =>
      isEmpty(f)
        ? 'Nothing in the chain takes the connection over: no connection manager and no TCP proxy.'
        : 'A filter of the chain ends the connection before a proxy filter gets it.',
    hints: (f) => [
      f.producer === 'istio' ? 'see which EnvoyFilter changes the network filters of this listener' : 'look at the network filters of the chain',
      'pc listeners -o json shows the chain as a whole',
    ],
  },
];

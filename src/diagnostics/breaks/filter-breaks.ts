import { editedKind } from '../owner.ts';
import type { BreakEntry } from './break-entry.ts';

const istioOr =
  (istio: string, plain: string): BreakEntry['hints'] =>
  (f) => [f.producer === 'istio' ? istio : plain];

/** Istio names its RBAC policies `ns[shop]-policy[no-admin]-rule[0]`. */
function istioPolicy(details: string | null): { readonly namespace: string; readonly name: string; readonly rule: string } | undefined {
  const [, namespace, name, rule] = /ns\[([^\]]+)\]-policy\[([^\]]+)\]-rule\[(\d+)\]/.exec(details ?? '') ?? [];
  return namespace === undefined || name === undefined || rule === undefined ? undefined : { namespace, name, rule };
}

export const FILTER_BREAKS: readonly BreakEntry[] = [
  {
    id: 'PC7001',
    slug: 'fault-injected',
    severity: 'error',
    title: (f) => `the fault filter aborts the request with ${f.status}`,
    why: () => 'Somebody asked for it: fault injection is configured on the filter or the route.',
    hints: istioOr('remove fault.abort from the VirtualService', 'remove the abort from the fault filter or the route'),
  },
  {
    id: 'PC7002',
    slug: 'body-too-large',
    severity: 'error',
    predicts: { status: 413, flags: null, details: 'request_payload_too_large' },
    title: () => 'the body is larger than the buffer filter allows',
    why: (f) => f.rule ?? 'A filter keeps the whole body and has a limit for it.',
    hints: () => ['send less, or raise max_request_bytes'],
  },
  {
    id: 'PC7003',
    slug: 'basic-auth-refused',
    severity: 'error',
    title: (f) => `basic authentication refuses the request (${f.details})`,
    why: (f) => f.rule ?? 'The basic_auth filter asks for a user and a password.',
    hints: () => ['send the right user and password'],
  },
  {
    id: 'PC7004',
    slug: 'jwt-refused',
    severity: 'error',
    title: (f) => `jwt_authn refuses the request (${f.details})`,
    why: (f) => f.rule ?? 'The jwt_authn filter checks the token of the request before it is routed, and may require one.',
    hints: istioOr(
      "send a token that RequestAuthentication accepts; Istio itself refuses only bad tokens, missing ones are an AuthorizationPolicy's business",
      'send a token of one of the providers',
    ),
  },
  {
    id: 'PC7005',
    slug: 'ext-authz-refused',
    severity: 'error',
    title: () => 'the external authorization service refuses the request, or fails',
    why: (f) => f.rule ?? 'The ext_authz filter asks a service outside the proxy about each request.',
    hints: istioOr('look at the CUSTOM AuthorizationPolicy and its provider', 'ask the authorization service'),
  },
  {
    id: 'PC7006',
    slug: 'rate-limited',
    severity: 'error',
    title: () => 'a rate limit refuses the request',
    why: (f) => f.rule ?? 'A limit counts the requests of all clients; whether it is used up hangs on the requests before, which no dump shows.',
    hints: () => ['wait, or raise the limit'],
  },
  {
    id: 'PC7007',
    slug: 'rbac-denied',
    severity: 'error',
    title: (f) => {
      const policy = istioPolicy(f.details);
      if (policy !== undefined) return `AuthorizationPolicy ${policy.namespace}/${policy.name} (rule ${policy.rule}) denies ${f.method} ${f.path}`;
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
    hints: () => ['add envoy.filters.http.router as the last filter'],
  },
  {
    id: 'PC7020',
    slug: 'network-filter-closes',
    severity: 'error',
    title: (f) => `a network filter closes the connection${f.rule ? `: ${f.rule}` : ''}`,
    why: (f) => f.rule ?? 'A filter of the chain ends the connection before a proxy filter gets it.',
    hints: () => ['look at the network filters of the chain'],
  },
];

import type { DumpPath } from '../dump/dump-path.ts';
import { compileMetadata } from '../match/metadata-matcher.ts';
import { networkInputs } from '../match/network-inputs.ts';
import { decideRbac, decideRbacMatcher, type RbacDecision, type RbacFacts, rbacDenialDetails } from '../match/rbac.ts';
import { unknown } from '../match/ternary.ts';
import type { NetworkRbac_RBAC as NetworkRbac } from '../model/generated/envoy-api.ts';
import { clientIdentities } from './client-certificate.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { NetworkEffect, NetworkFilterQuestion } from './network-filter.ts';
import { outcome } from './outcome.ts';

/**
 * The network RBAC filter looks at the client's first bytes: what it denies is closed then, with the policy's name as the reason that
 * the connection ended. Shadow rules only count, and header rules see no headers.
 * Source: source/extensions/filters/network/rbac/rbac_filter.cc RoleBasedAccessControlFilter::onData, checkEngine.
 */
export function networkRbac({ context, config, path }: NetworkFilterQuestion): NetworkEffect {
  const rbac = (config ?? {}) as NetworkRbac;
  const decisions = decide(rbac, context, [...path, 'typed_config']);
  if (decisions === undefined) return { kind: 'passes', says: 'RBAC without rules to enforce' };
  const said = decisions.map((d) => `${d.allowed ? 'allows' : 'denies'}${d.policy === null ? '' : ` by policy "${d.policy}"`}`).join(' or ');
  return {
    kind: 'guards',
    phase: 'first bytes',
    says: `RBAC (${rbac.rules?.action ?? 'ALLOW'} rules): ${said}`,
    alternatives: decisions.map(({ allowed, policy, conditions }) => ({
      conditions,
      end: allowed ? null : outcome({ verdict: 'answered', details: rbacDenialDetails(policy), connection: 'closed', break: 'PC7007' }),
    })),
  };
}

function decide(rbac: NetworkRbac, context: ConnectionContext, path: DumpPath): readonly RbacDecision[] | undefined {
  if (rbac.matcher !== undefined) return decideRbacMatcher(rbac.matcher, [...path, 'matcher'], networkInputs(context.socket, context.request.metadata));
  return rbac.rules === undefined ? undefined : decideRbac(rbac.rules, factsOf(context));
}

/** Istio's filter state for the client's identity: its workload certificate's SPIFFE id. */
const PEER_PRINCIPAL = 'io.istio.peer_principal';

function factsOf({ facts, request }: ConnectionContext): RbacFacts {
  const stated = request.metadata ?? {};
  const identities = facts.certificate.presented ? clientIdentities(request) : [];
  return {
    headers: undefined,
    localAddress: facts.localAddress,
    localPort: facts.localPort,
    remoteAddress: facts.remoteAddress,
    connectionRemoteAddress: facts.remoteAddress,
    directRemoteAddress: facts.directRemoteAddress,
    serverName: facts.sni ?? '',
    isTls: facts.isTls,
    identities,
    metadata: (matcher) => {
      const test = compileMetadata(matcher);
      if (test.unsupported !== undefined) return unknown(test.unsupported);
      // Only listener filters have run; what they may have set, the question can state.
      const isOpen = Object.keys(stated).length === 0 && (matcher.filter ?? '').startsWith('envoy.filters.');
      return isOpen ? unknown(`dynamic metadata of ${matcher.filter}`) : test.matches(stated);
    },
    filterState: (key) => {
      const value = stated[`filter_state.${key}`];
      if (value !== undefined || key !== PEER_PRINCIPAL || identities === undefined) return value;
      return identities.find((identity) => identity.startsWith('spiffe://')) ?? null;
    },
  };
}

import { compileMetadata } from '../../match/metadata-matcher.ts';
import { decideRbac, decideRbacMatcher, type RbacDecision, type RbacFacts, rbacDenialDetails } from '../../match/rbac.ts';
import { unknown } from '../../match/ternary.ts';
import type { RBACPerRoute, HttpRbac_RBAC as RbacConfig } from '../../model/generated/envoy-api.ts';
import { httpMatcherInputs } from '../http-matcher-inputs.ts';
import type { HttpRequest } from '../http-request.ts';
import { answered, CONTINUES, type FilterEffect, type FilterQuestion } from './filter.ts';

/**
 * The HTTP RBAC filter: the rules of the route, where it has some, replace the filter's own; shadow rules only count. A per-route
 * configuration without rules lets everything by. Source: source/extensions/filters/http/rbac/rbac_filter.cc.
 */
export function rbac(question: FilterQuestion): FilterEffect {
  const { request, perRoute, path } = question;
  const config = perRoute === undefined ? (question.config as unknown as RbacConfig) : ((perRoute as unknown as RBACPerRoute).rbac ?? {});
  const decisions = decide(config, request, path);
  if (decisions === undefined) return CONTINUES;
  const says = decisions.map((d) => `${d.allowed ? 'allows' : 'denies'}${d.policy === null ? '' : ` by policy "${d.policy}"`}`).join(' or ');
  return {
    says: `rbac (${config.rules?.action ?? 'ALLOW'} rules): ${says}`,
    alternatives: decisions.map((d) => ({
      probability: d.conditions.length > 0 ? null : 1,
      conditions: d.conditions,
      reply: d.allowed ? null : answered(403, rbacDenialDetails(d.policy), null, { break: 'PC7007' }),
    })),
  };
}

function decide(config: RbacConfig, request: HttpRequest, path: FilterQuestion['path']): readonly RbacDecision[] | undefined {
  if (config.matcher !== undefined) return decideRbacMatcher(config.matcher, [...path, 'matcher'], httpMatcherInputs(request));
  return config.rules === undefined ? undefined : decideRbac(config.rules, rbacFacts(request));
}

/** The namespaces that only a token fills: without one they hold nothing. */
const TOKEN_NAMESPACES: ReadonlySet<string> = new Set(['envoy.filters.http.jwt_authn', 'istio_authn', 'istio-sec']);

function rbacFacts(request: HttpRequest): RbacFacts {
  const { facts } = request;
  return {
    headers: request.headers,
    localAddress: facts.localAddress,
    localPort: facts.localPort,
    remoteAddress: request.trustedClient,
    connectionRemoteAddress: facts.remoteAddress,
    directRemoteAddress: facts.directRemoteAddress,
    serverName: facts.sni ?? '',
    isTls: facts.isTls,
    identities: facts.certificate.presented ? facts.certificate.names : [],
    metadata: (matcher) => {
      const stated = Object.keys(request.metadata).length > 0;
      const mayHaveToken = request.headers.first('authorization') !== undefined || request.path.includes('access_token=');
      if (!stated && (mayHaveToken || !TOKEN_NAMESPACES.has(matcher.filter ?? ''))) return unknown(`dynamic metadata of ${matcher.filter ?? ''}`);
      const compiled = compileMetadata(matcher);
      return compiled.unsupported === undefined ? compiled.matches(request.metadata) : unknown(compiled.unsupported);
    },
    filterState: (key) => request.metadata[`filter_state.${key}`],
  };
}

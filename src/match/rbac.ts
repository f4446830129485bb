import type { DumpPath } from '../dump/dump-path.ts';
import type { Policy, RBAC, Action as RbacAction, TypeMatcher_Matcher } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import { evaluateMatcher, type MatcherInputs } from './matcher-tree.ts';
import { matchesPermission, matchesPrincipal, type RbacFacts } from './rbac-rules.ts';
import { all, any, type Ternary, unknown } from './ternary.ts';

export type { RbacFacts } from './rbac-rules.ts';

/** What RBAC decides, and under which conditions outside the dump. Several decisions are alternatives. */
export interface RbacDecision {
  readonly allowed: boolean;
  /** The policy that matched; null for none. */
  readonly policy: string | null;
  readonly conditions: readonly string[];
}

/**
 * RBAC rules: policies are tried in the order of their names, and the first whose permissions, principals and condition all match
 * counts. ALLOW lets through what a policy matches, DENY what none matches, LOG everything.
 * Source: source/extensions/filters/common/rbac/engine_impl.cc RoleBasedAccessControlEngineImpl::handleAction, checkPolicyMatch.
 */
export function decideRbac(rules: RBAC, facts: RbacFacts): readonly RbacDecision[] {
  const action = rules.action ?? 'ALLOW';
  if (action === 'LOG') return [{ allowed: true, policy: null, conditions: [] }];
  const decisions: RbacDecision[] = [];
  const open: string[] = [];
  for (const [name, policy] of sortedPolicies(rules)) {
    const matches = matchesPolicy(policy, facts);
    if (matches === false) continue;
    const decision = { allowed: action === 'ALLOW', policy: name };
    if (matches === true) return together([...decisions, { ...decision, conditions: [...open] }]);
    const what = matches.unknown.join('; ');
    decisions.push({ ...decision, conditions: [...open, `RBAC policy "${name}" matches (${what})`] });
    open.push(`RBAC policy "${name}" does not match (${what})`);
  }
  return together([...decisions, { allowed: action !== 'ALLOW', policy: null, conditions: open }]);
}

const RBAC_ACTION = 'envoy.config.rbac.v3.Action';

/**
 * RBAC by a matcher tree, whose action says ALLOW, DENY or LOG; what the tree does not match is denied.
 * Source: engine_impl.cc RoleBasedAccessControlMatcherEngineImpl::handleAction.
 */
export function decideRbacMatcher(matcher: TypeMatcher_Matcher, path: DumpPath, inputs: MatcherInputs): readonly RbacDecision[] {
  const result = evaluateMatcher(matcher, path, inputs);
  if (result.kind === 'no match') return [{ allowed: false, policy: null, conditions: [] }];
  if (result.kind === 'match' && anyType(result.action.typed_config) === RBAC_ACTION) {
    const { name = null, action = 'ALLOW' } = result.action.typed_config as RbacAction;
    return [{ allowed: action !== 'DENY', policy: name, conditions: [] }];
  }
  const what = result.kind === 'match' ? `the action ${anyType(result.action.typed_config)}` : result.what;
  return [
    { allowed: true, policy: null, conditions: [`the RBAC matcher allows (${what})`] },
    { allowed: false, policy: null, conditions: [`the RBAC matcher denies (${what})`] },
  ];
}

/** %RESPONSE_CODE_DETAILS% and %CONNECTION_TERMINATION_DETAILS% of a denial. Source: rbac/utility.cc responseDetail. */
export function rbacDenialDetails(policy: string | null): string {
  return `rbac_access_denied_matched_policy[${(policy ?? 'none').replace(/\s/g, '_')}]`;
}

const sorted = new WeakMap<RBAC, readonly (readonly [string, Policy])[]>();

function sortedPolicies(rules: RBAC): readonly (readonly [string, Policy])[] {
  let policies = sorted.get(rules);
  if (policies === undefined) {
    policies = Object.entries(rules.policies ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    sorted.set(rules, policies);
  }
  return policies;
}

function matchesPolicy(policy: Policy, facts: RbacFacts): Ternary {
  const hasCondition = policy.condition !== undefined || policy.checked_condition !== undefined;
  return all([
    any((policy.permissions ?? []).map((permission) => matchesPermission(permission, facts))),
    any((policy.principals ?? []).map((principal) => matchesPrincipal(principal, facts))),
    hasCondition ? unknown('its CEL condition') : true,
  ]);
}

/** Alternatives that come to the same are one; where all do, nothing is open. */
function together(decisions: readonly RbacDecision[]): readonly RbacDecision[] {
  const passes = decisions.filter((d) => d.allowed);
  const denies = decisions.filter((d) => !d.allowed);
  if (denies.length === 0) return [{ allowed: true, policy: passes[0]?.policy ?? null, conditions: [] }];
  if (passes.length === 0 && denies.length === 1) return [{ ...(denies[0] as RbacDecision), conditions: [] }];
  const [first, ...others] = passes;
  if (first === undefined || others.length === 0) return decisions;
  return [{ ...first, conditions: [passes.map((d) => d.conditions.join(' and ')).join(', or ')] }, ...denies];
}

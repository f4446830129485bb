import type { HttpRbac_RBAC, RBAC } from '../model/generated/envoy-api.ts';
import { anyType } from '../model/message.ts';
import type { AppliedPolicy } from './description.ts';

type Policy = Omit<AppliedPolicy, 'places'>;

/** The policies of an RBAC filter, HTTP or network: Istio's AuthorizationPolicies by the names that it gives their rules, others as they are called. */
export function rbacPolicies(filter: HttpRbac_RBAC): readonly Policy[] {
  const prefix = filter.shadow_rules_stat_prefix ?? '';
  const shadow = /ext_authz/.test(prefix) ? 'CUSTOM' : 'dry run';
  return [
    ...rulePolicies(filter.rules, undefined),
    ...rulePolicies(filter.shadow_rules, shadow),
    ...actionNames(filter.matcher).map(({ name, action }) => policy(name, action, null)),
    ...actionNames(filter.shadow_matcher).map(({ name, action }) => policy(name, `${action}, dry run`, null)),
  ];
}

/** In: the rules, and how those that are only evaluated are meant. */
function rulePolicies(rules: RBAC | undefined, shadow: string | undefined): readonly Policy[] {
  if (rules === undefined) return [];
  const said = String(rules.action ?? 'ALLOW');
  const action = shadow === undefined ? said : shadow === 'CUSTOM' ? 'CUSTOM' : `${said}, ${shadow}`;
  const names = Object.keys(rules.policies ?? {});
  if (names.length === 0) return said === 'ALLOW' && shadow === undefined ? [policy(null, action, 'no policy allows anything: everything is refused')] : [];
  const counts = new Map<string, { readonly found: Policy; rules: number }>();
  for (const name of names) {
    const found = istioPolicy(name, action) ?? policy(name, action, null);
    const key = `${found.kind} ${found.name}`;
    const same = counts.get(key);
    if (same === undefined) counts.set(key, { found, rules: 1 });
    else same.rules++;
  }
  return [...counts.values()].map(({ found, rules: count }) =>
    found.kind === 'AuthorizationPolicy' ? { ...found, detail: count === 1 ? '1 rule' : `${count} rules` } : found,
  );
}

/** `ns[shop]-policy[require-jwt]-rule[0]`. Source: Istio's pilot/pkg/security/authz/builder, policyName. */
function istioPolicy(name: string, action: string): Policy | undefined {
  const found = /ns\[([^\]]*)\]-policy\[([^\]]*)\]-rule\[\d+\]/.exec(name);
  return found === null ? undefined : { kind: 'AuthorizationPolicy', name: `${found[1]}/${found[2]}`, action, detail: null };
}

function policy(name: string | null, action: string, detail: string | null): Policy {
  return { kind: 'RBAC', name: name === '' ? '(unnamed)' : name, action, detail };
}

/** Every action at the leaves of a matcher: `envoy.config.rbac.v3.Action` has a name and what it does. */
function actionNames(value: unknown): readonly { readonly name: string; readonly action: string }[] {
  if (Array.isArray(value)) return value.flatMap(actionNames);
  if (typeof value !== 'object' || value === null) return [];
  if (anyType(value as { readonly '@type'?: unknown }) === 'envoy.config.rbac.v3.Action') {
    const { name = '', action = 'ALLOW' } = value as { readonly name?: string; readonly action?: string };
    return [{ name, action: String(action) }];
  }
  return Object.values(value).flatMap(actionNames);
}

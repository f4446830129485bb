import type { RouteAction_HashPolicy as HashPolicy } from '../model/generated/envoy-api.ts';
import { cookieValue } from './cookies.ts';
import { parseQuery } from './query-parameters.ts';
import type { RequestHeaders } from './request-headers.ts';

/**
 * What of the request a hash policy would hash, in words; undefined where the request has none of it, so that no hash is computed and
 * the choice is random. Source: source/common/http/hash_policy.cc HashPolicyImpl::generateHash.
 */
export function hashInputs(policies: readonly HashPolicy[], headers: RequestHeaders, path: string): string | undefined {
  const inputs = policies.flatMap((policy) => {
    const input = inputOf(policy, headers, path);
    return input === undefined ? [] : [input];
  });
  return inputs.length === 0 ? undefined : inputs.join(' and ');
}

function inputOf(policy: HashPolicy, headers: RequestHeaders, path: string): string | undefined {
  if (policy.header !== undefined) {
    const name = (policy.header.header_name ?? '').toLowerCase();
    return headers.first(name) === undefined ? undefined : `header ${name}`;
  }
  if (policy.query_parameter !== undefined)
    return parseQuery(path).has(policy.query_parameter.name ?? '') ? `query parameter ${policy.query_parameter.name}` : undefined;
  if (policy.cookie !== undefined) {
    const name = policy.cookie.name ?? '';
    return cookieValue(headers, name) !== undefined || policy.cookie.ttl !== undefined ? `cookie ${name}` : undefined;
  }
  return policy.connection_properties?.source_ip === true ? 'the source address' : undefined;
}

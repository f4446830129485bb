/**
 * drop_overloads has Envoy drop that part of a cluster's requests before it looks for a host: flag DO `drop_overload`, or UDO
 * `unconditional_drop_overload` where it drops them all. Only one category is allowed; dumps show the part that runtime left of it.
 * Source: source/common/upstream/upstream_impl.cc ClusterImplBase::parseDropOverloadConfig, source/common/router/router.cc
 * Filter::checkDropOverload.
 */
import type { ClusterLoadAssignment_Policy } from '../model/generated/envoy-api.ts';
import { fractionOf, type RuntimeLookup } from './runtime-fraction.ts';
import { runtimeInteger } from './runtime-integer.ts';

/** The part of the requests that is dropped. `configured`: the policy is the cluster's own, before runtime limits it. */
export function dropFraction(policy: ClusterLoadAssignment_Policy | undefined, configured: boolean, runtime: RuntimeLookup): number {
  const [drop] = policy?.drop_overloads ?? [];
  if (drop === undefined) return 0;
  const { numerator, denominator } = fractionOf(drop.drop_percentage);
  const limit = configured ? (runtimeInteger(runtime, 'load_balancing_policy.drop_overload_limit') ?? 100) : 100;
  return Math.min(1, ((numerator / denominator) * limit) / 100);
}

import type { ProxyConfig } from '../model/proxy-config.ts';
import type { Finding, LintRule } from './finding.ts';
import { type LintOptions, lintContext } from './lint-context.ts';
import { certificates } from './rules/certificates.ts';
import { clustersWithoutEndpoints } from './rules/clusters-without-endpoints.ts';
import { danglingClusters } from './rules/dangling-clusters.ts';
import { danglingAssignments, danglingChildren, danglingExtensions, danglingRouteConfigs, danglingSecrets } from './rules/dangling-resources.ts';
import { deadEnds } from './rules/dead-ends.ts';
import { ambiguousChains, matchesWithoutInspector, tlsWithoutSocket, unreachableChains } from './rules/filter-chains.ts';
import { hiddenChains } from './rules/hidden-chains.ts';
import { missingServices } from './rules/missing-services.ts';
import { resourceStates } from './rules/resource-states.ts';
import { shadowedRoutes } from './rules/shadowed-routes.ts';
import { duplicateDomains, looseRegexes, unreachableHosts, zeroWeights } from './rules/virtual-hosts.ts';

const RULES: readonly LintRule[] = [
  resourceStates,
  unreachableChains,
  hiddenChains,
  ambiguousChains,
  matchesWithoutInspector,
  tlsWithoutSocket,
  deadEnds,
  danglingRouteConfigs,
  duplicateDomains,
  unreachableHosts,
  shadowedRoutes,
  zeroWeights,
  looseRegexes,
  danglingClusters,
  danglingChildren,
  missingServices,
  clustersWithoutEndpoints,
  danglingAssignments,
  danglingSecrets,
  certificates,
  danglingExtensions,
];

/** Looks at a whole proxy without a request. Out: findings in the order of the rules; a section that is not in the input gives none. */
export function runLint(proxy: ProxyConfig, options: LintOptions): readonly Finding[] {
  const context = lintContext(proxy, options);
  return RULES.flatMap((rule) => [...rule(context)]);
}

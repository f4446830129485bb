import { isJsonObject } from '../dump/json-value.ts';
import type { Metadata } from '../model/generated/envoy-api.ts';
import { closestNames, mistyped } from './closest-names.ts';
import type { BreakFacts } from './facts.ts';
import { type IstioCluster, parseIstioCluster, subsetsByHost } from './istio-names.ts';
import type { ExistingRule } from './manifests.ts';
import { list, quoted } from './words.ts';

/** Why a cluster of this name cannot be routed to, as far as the dump itself tells; undefined where it simply is not there. */
export function idleState(name: string, facts: BreakFacts): string | undefined {
  const idle = facts.proxy.clusters.find((cluster) => cluster.name === name && cluster.state !== 'active' && cluster.state !== 'static');
  if (idle === undefined) return undefined;
  if (idle.rejection !== undefined) return `Envoy rejected cluster ${quoted(name)}: ${idle.rejection.details}`;
  return `cluster ${quoted(name)} is ${idle.state} and has no active version: Envoy does not route to it yet`;
}

/**
 * What the names of the proxy's clusters say about the missing ones, the most telling first:
 * the same subset under another port, a subset one typing mistake away, the subsets that the host does have.
 */
export function nearNotes(facts: BreakFacts): readonly string[] {
  const known = facts.proxy.clusters.flatMap((cluster) => parseIstioCluster(cluster.name) ?? []).filter((cluster) => cluster.direction === 'outbound');
  return [...new Set(facts.clusters.flatMap(({ name }) => notesFor(parseIstioCluster(name), known)))];
}

function notesFor(missing: IstioCluster | undefined, known: readonly IstioCluster[]): readonly string[] {
  if (missing === undefined) return [];
  const ofHost = known.filter((cluster) => cluster.host === missing.host);
  const what = missing.subset === '' ? missing.host : quoted(missing.subset);
  const ports = ofHost.filter((cluster) => cluster.subset === missing.subset).map((cluster) => String(cluster.port));
  if (ports.length > 0)
    return [`${what} exists for port ${list(ports)}, not ${missing.port}: use that port in the route, or open ${missing.port} on the Service`];
  const subsets = [...new Set(ofHost.map((cluster) => cluster.subset).filter((subset) => subset !== ''))];
  const typed = mistyped(missing.subset, subsets);
  if (missing.subset !== '' && typed !== undefined) return [`${missing.host} has a subset ${quoted(typed)}: is ${quoted(missing.subset)} a typing mistake?`];
  if (missing.subset !== '' && subsets.length > 0)
    return [`${missing.host} has the subset${subsets.length > 1 ? 's' : ''} ${list(subsets.map(quoted))}, and no ${quoted(missing.subset)}`];
  if (ofHost.length > 0) return [];
  const [host] = closestNames(missing.host, [...new Set(known.map((cluster) => cluster.host))], Math.ceil(missing.host.length / 5));
  return host === undefined ? [] : [`the proxy knows no host ${quoted(missing.host)}; the nearest is ${quoted(host)}`];
}

/** Names worth showing beside the missing ones: of the same host where Istio made the names, else the nearest spellings. */
export function closestClusters(facts: BreakFacts): readonly string[] {
  const names = facts.proxy.clusters.map((cluster) => cluster.name);
  const found = facts.clusters.flatMap(({ name }) => {
    const missing = parseIstioCluster(name);
    if (missing === undefined) return closestNames(name, names);
    const sameHost = names.filter((other) => parseIstioCluster(other)?.host === missing.host && other !== name);
    return sameHost.length > 0 ? closestNames(name, sameHost, Number.POSITIVE_INFINITY) : closestNames(name, names, 3);
  });
  return [...new Set(found)];
}

/** `subsets "version-v1" and "version-v2" of catalog.shop.svc.cluster.local`, for each host; '' where no name speaks of a subset. */
export function subsetsText(facts: BreakFacts): string {
  const subsets = subsetsByHost(facts.clusters.map((cluster) => cluster.name));
  return list([...subsets].map(([host, own]) => `subset${own.length > 1 ? 's' : ''} ${list(own.map(quoted))} of ${host}`));
}

/** By host: the DestinationRule that gave the proxy other subsets of it, as the metadata of their clusters names it. */
export function existingRules(facts: BreakFacts): ReadonlyMap<string, ExistingRule> {
  const rules = new Map<string, ExistingRule>();
  for (const { name } of facts.clusters) {
    const missing = parseIstioCluster(name);
    if (missing === undefined || rules.has(missing.host)) continue;
    const siblings = facts.proxy.clusters.filter(({ name: other }) => {
      const parts = parseIstioCluster(other);
      return parts?.host === missing.host && parts.direction === 'outbound';
    });
    const owner = siblings.map(({ value }) => ruleOf(value.metadata)).find((found) => found !== undefined);
    const subsets = [...new Set(siblings.flatMap((cluster) => parseIstioCluster(cluster.name)?.subset || []))];
    if (owner !== undefined) rules.set(missing.host, { ...owner, subsets });
  }
  return rules;
}

function ruleOf(metadata: Metadata | undefined): Pick<ExistingRule, 'name' | 'namespace'> | undefined {
  const istio = metadata?.filter_metadata?.['istio'];
  const path = isJsonObject(istio) ? istio['config'] : undefined;
  const [, namespace, name] = typeof path === 'string' ? (/\/namespaces\/([^/]+)\/destination-rule\/([^/]+)$/.exec(path) ?? []) : [];
  return name === undefined ? undefined : { name, namespace };
}

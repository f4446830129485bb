import { subsetsByHost } from './istio-names.ts';

/** A DestinationRule that the proxy sees already: its name, and the subsets that it gives. */
export interface ExistingRule {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly subsets: readonly string[];
}

/**
 * The DestinationRule that would define the subsets of the missing clusters: hosts and subset names are known, the labels are the one
 * thing to check. Where a rule for the host is there, it is that one with its own subsets left to keep. Undefined where the names speak
 * of no subset.
 */
export function destinationRule(clusterNames: readonly string[], existing: ReadonlyMap<string, ExistingRule> = new Map()): string | undefined {
  const documents = [...subsetsByHost(clusterNames)].map(([host, subsets]) => {
    const [short = host, ofHost] = host.split('.');
    const rule = existing.get(host);
    const namespace = rule?.namespace ?? (host.endsWith('.svc.cluster.local') ? ofHost : undefined);
    const lines = [
      'apiVersion: networking.istio.io/v1',
      'kind: DestinationRule',
      'metadata:',
      `  name: ${rule?.name ?? short}`,
      ...(namespace === undefined ? [] : [`  namespace: ${namespace}`]),
      'spec:',
      `  host: ${host}`,
      '  subsets:',
      ...(rule === undefined || rule.subsets.length === 0 ? [] : [`  # keep what the rule has: ${rule.subsets.join(', ')}`]),
      ...subsets.flatMap((subset) => [
        `  - name: ${subset}`,
        '    labels:',
        `      version: ${guessedVersion(subset)}   # check: the label of the pods of this subset`,
      ]),
    ];
    return lines.join('\n');
  });
  return documents.length === 0 ? undefined : documents.join('\n---\n');
}

/** `version-v1` is most often the label `version: v1`. */
function guessedVersion(subset: string): string {
  return subset.replace(/^version-/, '');
}

import { subsetsByHost } from './istio-names.ts';

/**
 * The DestinationRule that would define the subsets of the missing clusters: hosts and subset names are known, the labels are the one
 * thing to check. Undefined where the names speak of no subset.
 */
export function destinationRule(clusterNames: readonly string[]): string | undefined {
  const documents = [...subsetsByHost(clusterNames)].map(([host, subsets]) => {
    const [name = host, namespace] = host.split('.');
    const lines = [
      'apiVersion: networking.istio.io/v1',
      'kind: DestinationRule',
      'metadata:',
      `  name: ${name}`,
      ...(host.endsWith('.svc.cluster.local') && namespace !== undefined ? [`  namespace: ${namespace}`] : []),
      'spec:',
      `  host: ${host}`,
      '  subsets:',
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

import { jqPath } from '../../dump/dump-path.ts';
import type { Resource } from '../../model/resource.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';

/** Updates that Envoy rejected, with its reason, and resources that have been received and are not active. */
export function* resourceStates(context: LintContext): Generator<Finding> {
  const { proxy } = context;
  const all: readonly Resource[] = [...proxy.listeners, ...proxy.routeConfigs, ...proxy.clusters, ...proxy.secrets, ...proxy.ecds];
  const serving = new Set(all.filter((r) => r.state === 'active' || r.state === 'static').map((r) => `${r.kind} ${r.name}`));
  const seen = new Set<string>();
  for (const resource of all) {
    const subject = `${resource.kind} ${resource.name}`;
    const old = serving.has(subject) ? 'yes' : undefined;
    const evidence = { document: resource.document, path: jqPath(resource.rejection === undefined ? resource.path : resource.entryPath) };
    const isNack = resource.rejection !== undefined || resource.clientStatus === 'NACKED';
    if (isNack && !seen.has(`reject ${subject}`)) {
      seen.add(`reject ${subject}`);
      const facts = { kind: resource.kind, name: resource.name, details: resource.rejection?.details ?? '', old };
      yield { id: 'PC1040', subject, facts, evidence };
    } else if (resource.state === 'warming' && !seen.has(`warm ${subject}`)) {
      seen.add(`warm ${subject}`);
      const facts = { kind: resource.kind, name: resource.name, since: resource.lastUpdated, old };
      yield { id: 'PC1041', subject, facts, evidence, ...(old === undefined ? {} : { severity: 'info' as const }) };
    }
  }
}

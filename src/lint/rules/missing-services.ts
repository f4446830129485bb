import { type DumpPath, jqPath } from '../../dump/dump-path.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';
import { visitMessage } from '../visit-message.ts';

/** Messages by which a filter, an access log or a tracer names the cluster of a service that it asks, and the field that has the name. */
const NAMING: Readonly<Record<string, string>> = {
  envoy_grpc: 'cluster_name',
  http_uri: 'cluster',
  server_uri: 'cluster',
  uri: 'cluster',
  http_service_uri: 'cluster',
};

/**
 * Services beside the request's way whose cluster is not there: external authorization and processing, rate limits, JWKS, access logs,
 * tracers. Found by the fields of the schema, in the filter chains and the filters that ECDS delivers.
 */
export function* missingServices(context: LintContext): Generator<Finding> {
  if (!context.isWhole || !context.proxy.sections.has('cluster')) return;
  const seen = new Set<string>();
  for (const { value, document, path, listener } of context.chains) {
    for (const { cluster, at, filter } of servicesIn(value, path)) {
      const subject = `${listener.name}/${filter} -> ${cluster}`;
      if (context.clusters.has(cluster) || seen.has(subject)) continue;
      seen.add(subject);
      const state = context.idleClusters.get(cluster)?.state;
      yield { id: 'PC4006', subject, facts: { listener: listener.name, filter, cluster, state }, evidence: { document, path: jqPath(at) } };
    }
  }
}

interface Named {
  readonly cluster: string;
  readonly at: DumpPath;
  /** The filter, access log or tracer around it, by its name. */
  readonly filter: string;
}

function servicesIn(chain: unknown, path: DumpPath): readonly Named[] {
  const found: Named[] = [];
  const names: { readonly path: DumpPath; readonly name: string }[] = [];
  visitMessage(chain, path, (message, at) => {
    if (typeof message['name'] === 'string' && ('typed_config' in message || 'config_discovery' in message)) names.push({ path: at, name: message['name'] });
    const field = NAMING[String(at.at(-1))];
    const cluster = field === undefined ? undefined : message[field];
    // Where secrets come from is told by the secrets themselves (PC6002).
    if (at.includes('sds_config')) return;
    if (field === undefined || typeof cluster !== 'string' || cluster === '') return;
    const around = names.filter((one) => one.path.every((step, i) => step === at[i])).at(-1);
    found.push({ cluster, at: [...at, field], filter: around?.name ?? 'the filter chain' });
  });
  return found;
}

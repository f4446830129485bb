import { jqPath } from '../../dump/dump-path.ts';
import { anyType } from '../../model/message.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';
import { visitMessage } from '../visit-message.ts';

/** Fewer sections than this are a part of a dump: a section that is not there is then unknown and not empty. */
const WHOLE_DUMP = 4;

/** What Istio's agent serves from the system's own files, whatever the control plane knows. */
const BUILT_IN = new Set(['file-root:system']);

/** Listener to RDS. Envoy leaves the routes section out while it has none, so that it may be missing from a whole dump. */
export function* danglingRouteConfigs(context: LintContext): Generator<Finding> {
  const { sections, routeConfigs } = context.proxy;
  if (!context.isWhole || (!sections.has('route_config') && sections.size < WHOLE_DUMP)) return;
  const names = new Set(routeConfigs.filter((r) => r.state !== 'static' && r.span !== undefined).map((r) => r.name));
  for (const { value, path, document, chain } of context.connectionManagers) {
    const name = value.rds?.route_config_name;
    if (name === undefined || name === '' || names.has(name)) continue;
    const facts = { listener: chain.listener.name, routeConfig: name, count: names.size };
    yield {
      id: 'PC3003',
      subject: `${chain.listener.name}/${chain.value.name ?? chain.path.at(-1)} -> ${name}`,
      facts,
      evidence: { document, path: jqPath([...path, 'rds', 'route_config_name']) },
    };
  }
}

/** Cluster to its endpoints by EDS. */
export function* danglingAssignments(context: LintContext): Generator<Finding> {
  if (!context.isWhole || !context.proxy.sections.has('endpoint')) return;
  for (const cluster of context.clusters.values()) {
    if (cluster.value.type !== 'EDS') continue;
    const service = cluster.value.eds_cluster_config?.service_name || cluster.name;
    if (context.assignments.has(service)) continue;
    const path = cluster.value.eds_cluster_config?.service_name ? [...cluster.path, 'eds_cluster_config', 'service_name'] : [...cluster.path, 'name'];
    yield { id: 'PC5003', subject: cluster.name, facts: { cluster: cluster.name, service }, evidence: { document: cluster.document, path: jqPath(path) } };
  }
}

/** Aggregate cluster to its children. */
export function* danglingChildren(context: LintContext): Generator<Finding> {
  for (const cluster of context.clusters.values()) {
    const config = cluster.value.cluster_type?.typed_config;
    if (!anyType(config).endsWith('.aggregate.v3.ClusterConfig')) continue;
    const children = Array.isArray(config?.['clusters']) ? config['clusters'].map(String) : [];
    const alive = children.filter((child) => context.clusters.has(child)).length;
    for (const [i, child] of children.entries()) {
      if (context.clusters.has(child)) continue;
      const path = jqPath([...cluster.path, 'cluster_type', 'typed_config', 'clusters', i]);
      const finding: Finding = {
        id: 'PC4005',
        subject: `${cluster.name} -> ${child}`,
        facts: { cluster: cluster.name, child, alive },
        evidence: { document: cluster.document, path },
      };
      yield alive === 0 ? { ...finding, severity: 'error' } : finding;
    }
  }
}

/** TLS contexts of listeners and clusters to their secrets. */
export function* danglingSecrets(context: LintContext): Generator<Finding> {
  if (!context.isWhole || !context.proxy.sections.has('secret')) return;
  const found: Finding[] = [];
  const seen = new Set<string>();
  for (const resource of [...context.listeners, ...context.clusters.values()]) {
    const kind = resource.kind;
    visitMessage(resource.value, resource.path, (message, path) => {
      for (const [key, value] of Object.entries(message)) {
        if (!key.endsWith('sds_secret_config') && !key.endsWith('sds_secret_configs')) continue;
        for (const [i, config] of (Array.isArray(value) ? value : [value]).entries()) {
          const name = (config as { readonly name?: unknown } | null)?.name;
          if (typeof name !== 'string' || name === '' || BUILT_IN.has(name)) continue;
          const secret = context.secrets.get(name);
          const held = secret !== undefined && secret.state !== 'warming' && secret.span !== undefined;
          const subject = `${kind} ${resource.name} -> ${name}`;
          if (held || seen.has(subject)) continue;
          seen.add(subject);
          const at = [...path, key, ...(Array.isArray(value) ? [i] : []), 'name'];
          const facts = { kind, name: resource.name, secret: name, state: secret?.state };
          found.push({ id: 'PC6002', subject, facts, evidence: { document: resource.document, path: jqPath(at) } });
        }
      }
    });
  }
  yield* found;
}

/** HTTP and network filters to their ECDS configuration. */
export function* danglingExtensions(context: LintContext): Generator<Finding> {
  if (!context.isWhole || !context.proxy.sections.has('ecds')) return;
  const names = new Set(context.proxy.ecds.filter((e) => e.state !== 'error' && e.state !== 'warming').map((e) => e.name));
  const found = new Map<string, Finding>();
  for (const listener of context.listeners) {
    visitMessage(listener.value, listener.path, (message, path) => {
      const { config_discovery: discovery, name } = message as { readonly config_discovery?: { readonly default_config?: unknown }; readonly name?: unknown };
      if (discovery === undefined || typeof name !== 'string' || names.has(name) || discovery.default_config !== undefined) return;
      const subject = `${listener.name} -> ${name}`;
      if (!found.has(subject))
        found.set(subject, {
          id: 'PC7030',
          subject,
          facts: { listener: listener.name, filter: name },
          evidence: { document: listener.document, path: jqPath([...path, 'name']) },
        });
    });
  }
  yield* found.values();
}

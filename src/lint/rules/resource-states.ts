import { jqPath } from '../../dump/dump-path.ts';
import { type Resource, serves } from '../../model/resource.ts';
import type { Finding } from '../finding.ts';
import type { LintContext } from '../lint-context.ts';

/** Clusters and listeners warm for a moment whenever they change. */
const WARMING_MS = 30_000;

/**
 * Updates that Envoy rejected, with its reason, and resources that have been received and are not active: each warms for a moment, and one that
 * has an old version serving does no harm.
 */
export function* resourceStates(context: LintContext): Generator<Finding> {
  const { proxy } = context;
  const all: readonly Resource[] = [...proxy.listeners, ...proxy.routeConfigs, ...proxy.clusters, ...proxy.secrets, ...proxy.ecds];
  const serving = new Set(all.filter(serves).map((r) => `${r.kind} ${r.name}`));
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
      const age = ageOf(resource, context);
      const facts = { kind: resource.kind, name: resource.name, since: resource.lastUpdated, old, age: age === undefined ? undefined : ageText(age) };
      const isNormal = old !== undefined || (age !== undefined && age < (context.warmingMs ?? WARMING_MS));
      yield { id: 'PC1041', subject, facts, evidence, ...(isNormal ? { severity: 'info' as const } : {}) };
    }
  }
}

/** For how long it has been warming at least: until the newest change that the dump knows of, or until now where it is live; undefined where no time after its own is known. */
function ageOf({ lastUpdated }: Resource, { dumpTime, now, isLive }: LintContext): number | undefined {
  const until = isLive === true ? now : dumpTime;
  const since = Date.parse(lastUpdated ?? '');
  return until === undefined || Number.isNaN(since) || until.getTime() <= since ? undefined : until.getTime() - since;
}

/** `40 s`, `12 min`, `3 h`, `2 days`. */
function ageText(age: number): string {
  const seconds = Math.round(age / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

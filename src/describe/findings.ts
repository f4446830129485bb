import { FINDINGS } from '../diagnostics/findings/index.ts';
import { runLint } from '../lint/run-lint.ts';
import type { ProxyConfig } from '../model/proxy-config.ts';
import type { FindingsSummary } from './description.ts';

const SEVERITIES = ['error', 'warning', 'info'] as const;
/** As `pc check` by default. */
const EXPIRING_MS = 14 * 86_400_000;

/** What `pc check` finds in the proxy, the worst first. In: the time that certificates are judged by. */
export function findingsOf(proxy: ProxyConfig, now: Date): FindingsSummary {
  const list = runLint(proxy, { now, expiringMs: EXPIRING_MS }).flatMap(({ id, severity, facts }) => {
    const entry = FINDINGS.get(id);
    return entry === undefined ? [] : [{ id, slug: entry.slug, severity: severity ?? entry.severity, title: entry.title(facts) }];
  });
  list.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const count = (severity: (typeof SEVERITIES)[number]): number => list.filter((one) => one.severity === severity).length;
  return { counts: { error: count('error'), warning: count('warning'), info: count('info') }, list };
}

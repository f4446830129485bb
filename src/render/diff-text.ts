import { allChangeWords } from '../compare/change-words.ts';
import { KIND_NAMES, KINDS, type KindCount, type ProxyDifference } from '../compare/compare-proxies.ts';
import type { ResourceDifference } from '../compare/compare-resources.ts';
import { placeWords } from '../compare/place-words.ts';
import { isRepeated } from '../compare/repeated-resources.ts';
import { loneResourceText, resourceTitle } from '../compare/resource-words.ts';
import { plural } from '../diagnostics/words.ts';
import type { Style } from './style.ts';

export interface DiffTextOptions {
  readonly style: Style;
  /** What the sides are called. */
  readonly labels: readonly [a: string, b: string];
}

/** What differs between two proxies, for a person: a summary, then each resource with what changed in it. */
export function diffText(difference: ProxyDifference, options: DiffTextOptions): string {
  const { style } = options;
  const lines = [...headLines(options), summaryLine(difference), ...missingLines(difference, options.labels)];
  for (const kind of KINDS) {
    const own = sectionLines(difference, kind, style);
    if (own.length > 0) lines.push('', style.bold(KIND_NAMES[kind]), ...own);
  }
  if (difference.health.length > 0) {
    lines.push('', style.bold('health of endpoints'));
    for (const { cluster, address, before, after } of difference.health)
      lines.push(`  ${style.yellow('~')} endpoint ${address} ${before ?? 'not there'} → ${after ?? 'not there'} (cluster ${cluster})`);
  }
  return `${lines.join('\n')}\n`;
}

/** Which side is which. */
export function headLines({ labels, style }: DiffTextOptions): string[] {
  return [`${style.bold('A')} ${labels[0]}`, `${style.bold('B')} ${labels[1]}`, ''];
}

/** What is not the same, by kind, in one line; and how much is the same. */
export function summaryLine({ counts, health }: Pick<ProxyDifference, 'counts' | 'health'>): string {
  const same = counts.reduce((sum, count) => sum + count.same, 0);
  const parts = counts.flatMap((count) => countText(count) ?? []);
  if (health.length > 0) parts.push(`health of ${plural(health.length, 'endpoint')} changed`);
  return parts.length === 0 ? `no difference in ${same} resources` : `${parts.join('; ')}; ${same} resources are the same`;
}

function countText({ kind, changed, added, removed }: KindCount): string | undefined {
  const parts = [...(removed > 0 ? [`${removed} gone`] : []), ...(added > 0 ? [`${added} new`] : []), ...(changed > 0 ? [`${changed} changed`] : [])];
  return parts.length === 0 ? undefined : `${KIND_NAMES[kind]}: ${parts.join(', ')}`;
}

/** What could not be compared. */
export function missingLines({ notCompared }: Pick<ProxyDifference, 'notCompared'>, labels: readonly [string, string]): string[] {
  return notCompared.map(({ what, missingIn }) => `not compared: ${what}, which ${missingIn} (${labels[missingIn === 'A' ? 0 : 1]}) does not show`);
}

function sectionLines({ resources }: ProxyDifference, kind: ResourceDifference['kind'], style: Style): string[] {
  const lone = (status: ResourceDifference['status'], name: string, of: ResourceDifference['kind']): ResourceDifference | undefined =>
    status === 'changed' ? undefined : resources.find((r) => r.kind === of && r.status === status && r.name === name);
  return resources.flatMap((resource) => {
    if (resource.kind !== kind || isRepeated(resource)) return [];
    if (resource.status === 'changed') return changedLines(resource, style);
    // Told with the cluster that comes or goes.
    if (kind === 'endpoint' && lone(resource.status, resource.name, 'cluster') !== undefined) return [];
    const mark = resource.status === 'added' ? style.green('+') : style.red('-');
    return [`  ${mark} ${loneResourceText(resource, kind === 'cluster' ? lone(resource.status, resource.name, 'endpoint') : undefined)}`];
  });
}

function changedLines(resource: ResourceDifference, style: Style): string[] {
  const lines = [`  ${style.yellow('~')} ${resourceTitle(resource)}`];
  for (const { field, before, after } of resource.entry) lines.push(`      ${field} ${before ?? 'none'} → ${after ?? 'none'}`);
  let heading = '';
  for (const words of allChangeWords(resource.changes)) {
    const within = words.within.join(' › ');
    if (within !== heading && within !== '') lines.push(`      ${style.dim(within)}`);
    heading = within;
    lines.push(`      ${within === '' ? '' : '  '}${words.text}`);
  }
  for (const { steps } of resource.secrets) {
    const { things, field } = placeWords(steps);
    lines.push(`      ${[...things, field].filter((part) => part !== '').join(' › ')} changed (a secret, not shown)`);
  }
  return lines;
}

import type { Description, PodRequirement } from '../describe/description.ts';
import { plural } from '../diagnostics/words.ts';
import { hostLines } from './describe/hosts-table.ts';
import { identityLines } from './describe/identity-lines.ts';
import { portLines } from './describe/ports-table.ts';
import { firstOf, type PageOptions, SHOWN } from './describe/section.ts';
import { certificateLines, policyLines, tlsLines } from './describe/security-lines.ts';
import { wrap } from './diagnostic-frame.ts';
import { clip } from './fitted-columns.ts';
import textWidth from './text-width.ts';

/** The page for a terminal: two screens at most, with the number of what is left out of each list. */
export function describeText(description: Description, options: PageOptions): string {
  const sections = [
    identityLines(description, options),
    portLines(description, options),
    hostLines(description, options),
    tlsLines(description, options),
    policyLines(description, options),
    certificateLines(description, options),
    findingLines(description, options),
    podLines(description, options),
    gapLines(description, options),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function findingLines({ findings: { counts, list }, counts: held }: Description, options: PageOptions): string[] {
  const { style } = options;
  if (list.length === 0)
    return [`${style.bold('Check')}  pc check finds nothing${held.listeners === null || held.clusters === null ? ' in what the input holds' : ''}`];
  const found = [
    counts.error > 0 ? plural(counts.error, 'error') : '',
    counts.warning > 0 ? plural(counts.warning, 'warning') : '',
    counts.info > 0 ? `${counts.info} info` : '',
  ];
  const { rows, rest } = firstOf(list, SHOWN.findings, options, 'check');
  const colours = { error: style.red, warning: style.yellow, info: style.bold } as const;
  return [
    `${style.bold('Check')}  ${found.filter((part) => part !== '').join(', ')}`,
    ...rows.flatMap(({ id, severity, title }) => {
      const [first = '', ...more] = sentence(`${severity}[${id}] ${title}`, options);
      return [first.replace(`${severity}[${id}]`, (label) => colours[severity](label)), ...more];
    }),
    ...rest,
  ];
}

const STATES: Readonly<Record<PodRequirement['state'], string>> = { met: '✓', broken: '✗', advice: '!', unknown: '?' };

function podLines({ pod }: Description, options: PageOptions): string[] {
  if (pod === null) return [];
  const { style } = options;
  const tones = { met: style.green, broken: style.red, advice: style.yellow, unknown: style.dim } as const;
  return [
    style.bold('What Istio asks of the pod'),
    ...pod.flatMap(({ requirement, state, detail }) => {
      const line = `  ${STATES[state]} ${requirement}${detail === '' ? '' : `: ${detail}`}`;
      const lines =
        textWidth(line) <= options.width ? [line] : [`  ${STATES[state]} ${requirement}:`, ...wrap(detail, options.width - 6).map((part) => `      ${part}`)];
      return lines.map((text, i) => (i === 0 ? text.replace(STATES[state], (mark) => tones[state](mark)) : text));
    }),
  ];
}

function gapLines({ unknown }: Description, options: PageOptions): string[] {
  if (unknown.length === 0) return [];
  const rows = unknown.slice(0, SHOWN.gaps);
  return [
    options.style.bold('Not known'),
    ...rows.flatMap(({ what, next }, i) => {
      const isShared = next !== null && (rows[i - 1]?.next === next || rows[i + 1]?.next === next);
      if (!isShared) return sentence(`${what}${next === null ? '' : ` (${next})`}`, options);
      return [...sentence(what, options), ...(rows[i + 1]?.next === next ? [] : [clip(`    ${next}`, options.width)])];
    }),
    ...(unknown.length > rows.length ? [`  … and ${unknown.length - rows.length} more; -o json has them`] : []),
  ];
}

/** A sentence under a heading, wrapped to two lines. */
function sentence(text: string, { width }: PageOptions): string[] {
  const [first = '', ...more] = wrap(text, Math.max(40, width - 4));
  return [`  ${first}`, ...(more.length === 0 ? [] : [clip(`    ${more.join(' ')}`, width)])];
}

import type { ExplainedFinding } from '../diagnostics/explain-finding.ts';
import { wrap } from './diagnostic-frame.ts';
import type { Style } from './style.ts';
import { xmlText } from './xml-text.ts';

/** The forms that a machine reads; each takes findings in their order. */
export const CHECK_REPORTS = { json, sarif, junit, github } as const;

const LEVELS = { error: 'error', warning: 'warning', info: 'note' } as const;

function json(findings: readonly ExplainedFinding[]): string {
  const rows = findings.map(({ evidence, region, ...rest }) => ({
    ...rest,
    document: evidence.document,
    path: evidence.path,
    line: evidence.line,
    region: region ?? null,
  }));
  return `${JSON.stringify({ version: 1, findings: rows }, null, 2)}\n`;
}

/** SARIF 2.1.0, as code-scanning services read it. */
function sarif(findings: readonly ExplainedFinding[]): string {
  const rules = [...new Map(findings.map((f) => [f.id, { id: f.id, name: f.slug, shortDescription: { text: f.slug.replaceAll('-', ' ') } }])).values()];
  const results = findings.map((f) => ({
    ruleId: f.id,
    level: LEVELS[f.severity],
    message: { text: `${f.title}. ${f.why} To do: ${f.hints.join('; ')}.` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: f.evidence.document }, ...(f.region === undefined ? {} : { region: f.region }) },
        logicalLocations: [{ fullyQualifiedName: f.evidence.path }],
      },
    ],
    partialFingerprints: { subject: `${f.id} ${f.subject}` },
  }));
  const run = { tool: { driver: { name: 'pc', rules } }, results };
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

/** One test case for each finding; a proxy without findings is one that passed. */
function junit(findings: readonly ExplainedFinding[]): string {
  const cases = findings.map((f) => {
    const body = `${f.why} To do: ${f.hints.join('; ')}. ${f.evidence.document} ${f.evidence.path}`;
    const open = `  <testcase classname="${xmlText(f.proxy)}" name="${xmlText(`${f.id} ${f.slug} ${f.subject}`)}">`;
    return f.severity === 'info'
      ? `${open}<system-out>${xmlText(`${f.title}. ${body}`)}</system-out></testcase>`
      : `${open}<failure type="${f.severity}" message="${xmlText(f.title)}">${xmlText(body)}</failure></testcase>`;
  });
  if (cases.length === 0) cases.push('  <testcase classname="pc" name="check"/>');
  const failures = findings.filter((f) => f.severity !== 'info').length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="pc check" tests="${cases.length}" failures="${failures}">\n${cases.join('\n')}\n</testsuite>\n`;
}

/** Workflow commands of GitHub Actions: annotations beside the file. */
function github(findings: readonly ExplainedFinding[]): string {
  const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const command = { error: 'error', warning: 'warning', info: 'notice' } as const;
  return findings
    .map(
      (f) =>
        `::${command[f.severity]} file=${property(f.evidence.document)}${regionProperties(f)},title=${property(`${f.id} ${f.slug}`)}::${escaped(`${f.title}. ${f.why} ${f.evidence.path}`)}\n`,
    )
    .join('');
}

/** `,line=12,endLine=12,col=7,endColumn=20`: columns only where the lines are one, as GitHub asks. */
function regionProperties({ region }: ExplainedFinding): string {
  if (region === undefined) return '';
  const { startLine, endLine, startColumn, endColumn } = region;
  return `,line=${startLine},endLine=${endLine}${startLine === endLine ? `,col=${startColumn},endColumn=${endColumn}` : ''}`;
}

/** The findings for a person: each with its place, line, reason and mending; then the count of each severity. */
export function checkText(findings: readonly ExplainedFinding[], options: { readonly style: Style; readonly width: number; readonly hidden: number }): string {
  const { style, width, hidden } = options;
  const lines: string[] = [];
  for (const f of findings) {
    const colour = f.severity === 'error' ? style.red : f.severity === 'warning' ? style.yellow : style.bold;
    lines.push(
      `${colour(`${f.severity}[${f.id}]`)} ${style.bold(`${f.slug}: ${f.title}`)}`,
      `  ${f.evidence.document}${f.region === undefined ? '' : `:${f.region.startLine}:${f.region.startColumn}`}  ${f.evidence.path}`,
    );
    const { line, mark } = f.evidence;
    if (line !== '') lines.push(`  ${style.dim('  |')}  ${line}`);
    if (line !== '' && mark !== undefined) lines.push(`  ${style.dim('  |')}  ${' '.repeat(mark.from)}${colour('^'.repeat(Math.max(1, mark.length)))}`);
    for (const [label, text] of [['why', f.why], ...f.hints.map((hint, i) => [i === 0 ? 'do' : '', hint] as const)] as const) {
      const [head = '', ...rest] = wrap(text, Math.max(60, width - 11));
      lines.push(`  ${style.dim(label.padEnd(8))} ${head}`, ...rest.map((more) => `${' '.repeat(11)}${more}`));
    }
    lines.push('');
  }
  const ids = [...new Set(findings.map((f) => f.id))].sort();
  const more = ids.length === 0 ? [] : [style.dim(`more     pc explain ${ids.slice(0, 6).join(' ')}`)];
  return `${[...lines, countText(findings, hidden), ...more].join('\n')}\n`;
}

/** `2 errors, 1 warning; 3 left out`. */
export function countText(findings: readonly ExplainedFinding[], hidden: number): string {
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((f) => f.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count > 1 && severity !== 'info' ? 's' : ''}`];
  });
  const left = hidden > 0 ? `; ${hidden} left out by --ignore, --only or the baseline` : '';
  return `${counts.length === 0 ? 'nothing found' : counts.join(', ')}${left}`;
}

import type { LogEntry } from '../accesslog/log-entry.ts';
import type { LogSummary } from '../accesslog/log-summary.ts';
import { causeText, clusterWords, type DumpVerdict, type ExplainedEntry } from '../diagnostics/explain-entry.ts';
import { plural } from '../diagnostics/words.ts';
import { wrap } from './diagnostic-frame.ts';
import { paddedColumns } from './padded-columns.ts';
import type { Style } from './style.ts';

const BAR = 40;

/** One line of an access log, explained for a person. */
export function entryText(explained: ExplainedEntry, verdict: DumpVerdict | undefined, options: { readonly style: Style; readonly width: number }): string {
  const { style, width } = options;
  const lines = [style.bold(explained.title), ''];
  const field = (label: string, text: string): void => {
    if (text === '') return;
    const [head = '', ...rest] = wrap(text, Math.max(60, width - 11));
    lines.push(`  ${style.dim(label.padEnd(8))} ${head}`, ...rest.map((more) => `${' '.repeat(11)}${more}`));
  };
  field('who', explained.who);
  for (const { name, means } of explained.meanings) field('', `${name}: ${means}`);
  explained.causes.forEach((cause, i) => {
    field(i === 0 ? 'often' : '', cause);
  });
  field('time', explained.time);
  if (verdict !== undefined) field('dump', verdict.sentence);
  field('', verdict?.changed ?? '');
  explained.next.forEach((next, i) => {
    field(i === 0 ? 'next' : '', next);
  });
  return `${lines.join('\n')}\n`;
}

/** One request that failed, on one line: when, how it ended, which it was, where it went, and what that means. */
export function entryLine(entry: LogEntry, cause: string, style: Style): string {
  const end = `${entry.status} ${entry.flags || '-'}`;
  const what = entry.method === '' ? 'connection' : `${entry.method} ${entry.authority}${entry.path}`;
  const where = [entry.upstreamHost, entry.cluster].filter((part) => part !== '').join(' of ');
  const time = /\d\d:\d\d:\d\d(?:\.\d{1,3})?/.exec(entry.time)?.[0] ?? entry.time;
  return `${style.dim(time)}  ${style.red(end)}  ${what}${where === '' ? '' : `  → ${where}`}: ${cause}\n`;
}

/** Many lines, summed up for a person: what failed and why, which hosts stand out, how long requests took. */
export function summaryText(summary: LogSummary, options: { readonly style: Style; readonly limit: number }): string {
  const { style, limit } = options;
  const lines = [
    style.bold(
      `${plural(summary.lines, 'line')}: ${summary.lines - summary.unknown - summary.failed} fine, ${summary.failed} failed, ${summary.unknown} not understood`,
    ),
  ];
  const causes = [...summary.causes.values()].sort((a, b) => b.count - a.count);
  for (const cause of causes.slice(0, limit)) {
    const share = (100 * cause.count) / Math.max(1, summary.lines - summary.unknown);
    lines.push(
      '',
      `${style.red(String(cause.count).padStart(7))}  ${share.toFixed(share < 1 ? 2 : 1)} %  ${style.bold(`${cause.status} ${cause.flags || '-'} ${cause.details}`.trim())}  ${causeText(cause)}`,
    );
    const where = [
      cause.authority && `host ${cause.authority}`,
      cause.route && `route ${cause.route}`,
      cause.cluster && `cluster ${cause.cluster}${inBrackets(clusterWords(cause.cluster))}`,
    ].filter((part) => part !== '');
    if (where.length > 0) lines.push(`         ${where.join(', ')}`);
    const hosts = [...cause.hosts].sort(([, a], [, b]) => b - a);
    if (hosts.length > 0)
      lines.push(
        `         upstream ${hosts
          .slice(0, 4)
          .map(([host, count]) => `${host} (${count})`)
          .join(', ')}${hosts.length > 4 ? `, … ${hosts.length - 4} more` : ''}`,
      );
    lines.push(`         ${style.dim(`${cause.first} to ${cause.last}`)}`);
  }
  if (causes.length > limit) lines.push('', `  … and ${causes.length - limit} more causes: --limit ${causes.length}`);
  if (summary.overflow > 0) lines.push(`  ${summary.overflow} failed requests of further causes were not told apart`);
  for (const { host, reason } of summary.oddHosts())
    lines.push('', `${style.yellow('odd')}  upstream ${style.bold(host.host)} of cluster ${host.cluster}: ${reason}`);
  lines.push(...hostLines(summary, style, limit), ...histogramLines(summary, style));
  return `${lines.join('\n')}\n`;
}

const inBrackets = (text: string): string => (text === '' ? '' : ` (${text})`);

function hostLines(summary: LogSummary, style: Style, limit: number): string[] {
  const hosts = [...summary.hosts.values()].sort((a, b) => b.count - a.count).slice(0, Math.max(limit, 10));
  if (hosts.length === 0) return [];
  const ms = (value: number | undefined): string => (value === undefined ? '-' : `${value} ms`);
  const rows = hosts.map((h) => [
    h.host,
    h.cluster,
    String(h.count),
    String(h.failed),
    ms(h.latency.percentile(0.5)),
    ms(h.latency.percentile(0.9)),
    ms(h.latency.percentile(0.99)),
  ]);
  const table = [...paddedColumns([['UPSTREAM', 'CLUSTER', 'REQUESTS', 'FAILED', 'P50', 'P90', 'P99'], ...rows], { padding: 2, trimEnd: true })]
    .join('')
    .trimEnd();
  const more = summary.hosts.size - hosts.length;
  return ['', ...table.split('\n').map((line, i) => (i === 0 ? style.bold(line) : line)), ...(more > 0 ? [`… and ${more} more`] : [])];
}

function histogramLines(summary: LogSummary, style: Style): string[] {
  const rows = summary.latency.histogram();
  const most = Math.max(1, ...rows.map((row) => row.count));
  if (rows.length === 0) return [];
  const head = `duration: p50 ${summary.latency.percentile(0.5)} ms, p90 ${summary.latency.percentile(0.9)} ms, p99 ${summary.latency.percentile(0.99)} ms`;
  return [
    '',
    style.bold(head),
    ...rows.map(
      ({ from, to, count }) =>
        `  ${`${from} - ${to} ms`.padStart(18)}  ${'█'.repeat(count === 0 ? 0 : Math.max(1, Math.round((BAR * count) / most)))} ${count}`,
    ),
  ];
}

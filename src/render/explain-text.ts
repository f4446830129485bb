import type { ResponseCodeDetail } from '../diagnostics/response-code-detail.ts';
import type { ResponseFlag } from '../diagnostics/response-flags.ts';
import type { Style } from './style.ts';

const BY: Readonly<Record<ResponseCodeDetail['by'], string>> = {
  proxy: 'the proxy itself ended the request',
  upstream: 'the upstream, or a service that the proxy asked, decided',
  client: 'the client ended the request',
  connection: 'a connection ended',
};

/** A response flag for a person: what it means, why it comes, what to do next. */
export function flagText(flag: ResponseFlag, ids: readonly string[], style: Style): string {
  const lines = [style.bold(`${flag.flag}  ${flag.long}`), '', `  ${flag.means}`];
  if (flag.status !== '') lines.push(`  ${style.dim('status')}   ${flag.status}`);
  lines.push('', ...flag.causes.map((cause, i) => `  ${style.dim(i === 0 ? 'because ' : '        ')} ${cause}`), '');
  lines.push(...flag.next.map((next, i) => `  ${style.dim(i === 0 ? 'next    ' : '        ')} ${next}`));
  if (ids.length > 0) lines.push(`  ${style.dim('more    ')} ${ids.map((id) => `pc explain ${id}`).join(', ')}`);
  return `${lines.join('\n')}\n`;
}

/** A response code detail, with the reasons within it, for a person. */
export function detailsText(text: string, entries: readonly ResponseCodeDetail[], style: Style): string {
  const lines = [style.bold(text), ''];
  for (const entry of entries) {
    lines.push(`  ${entry.name === text ? '' : `${entry.name}: `}${entry.means}`);
    lines.push(`  ${style.dim('who ')}  ${BY[entry.by]}`, `  ${style.dim('next')}  ${entry.next}`, '');
  }
  return `${lines.slice(0, -1).join('\n')}\n`;
}

/** A page of the documentation: its headings set off, links as their text, code indented. */
export function pageText(markdown: string, style: Style): string {
  let isCode = false;
  const lines: string[] = [];
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    else if (isCode) lines.push(`  ${line}`);
    else lines.push(/^#+ /.test(line) ? style.bold(line.replace(/^#+ /, '')) : line.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1'));
  }
  return lines.join('\n');
}

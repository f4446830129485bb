import type { ObjectsVerdict } from '../diagnostics/objects/judge-break.ts';
import { wrap } from './diagnostic-frame.ts';
import type { Style } from './style.ts';

/** What the objects behind the proxy say of a break, marked as such: the dump does not prove it. */
export function objectsText(
  verdicts: readonly ObjectsVerdict[],
  options: { readonly style: Style; readonly width: number; readonly names: readonly string[] },
): string {
  const { style, width, names } = options;
  const lines: string[] = [];
  for (const { id, mends, summary, sentences } of verdicts) {
    const colour = mends === true ? style.green : mends === false ? style.yellow : style.bold;
    lines.push('', `${colour(`objects[${id}]`)} ${style.bold(summary)}`);
    for (const sentence of sentences) {
      const [head = '', ...rest] = wrap(sentence, Math.max(60, width - 4));
      lines.push(`  ${head}`, ...rest.map((more) => `    ${more}`));
    }
  }
  const source = names.map((name) => (name === 'live' ? 'in the cluster' : `of ${name}`)).join(' and ');
  if (lines.length > 0) lines.push(`  ${style.dim(`(by the objects ${source}, not by the dump)`)}`);
  else lines.push('', style.dim(`(the objects ${source} say nothing against this request)`));
  return `${lines.join('\n')}\n`;
}

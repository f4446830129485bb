import type { Diagnostic } from '../diagnostics/diagnose.ts';
import { showCommand } from './show-command.ts';
import type { Style } from './style.ts';

const LABEL = 9;
const NARROWEST = 60;

export interface DiagnosticTextOptions {
  readonly style: Style;
  /** Columns of the terminal; longer sentences are wrapped. */
  readonly width: number;
}

/** A break for a person, in the one shape that every id has: fact, place and line of the dump, why, expect, closest, do, show, more. */
export function diagnosticLines(diagnostic: Diagnostic, { style, width }: DiagnosticTextOptions): string[] {
  const colour = diagnostic.severity === 'error' ? style.red : diagnostic.severity === 'warning' ? style.yellow : style.bold;
  const lines = [`${colour(`${diagnostic.severity}[${diagnostic.id}]`)} ${style.bold(`${diagnostic.slug}: ${diagnostic.title}`)}`];
  for (const { document, path, line, mark, note } of diagnostic.evidence) {
    lines.push(`  ${document}${document === '' ? '' : '  '}${path}`);
    if (line === '') continue;
    lines.push(`  ${style.dim('  |')}  ${line}`);
    if (mark !== undefined)
      lines.push(`  ${style.dim('  |')}  ${' '.repeat(mark.from)}${colour('^'.repeat(Math.max(1, mark.length)))}${note === '' ? '' : `  ${note}`}`);
  }
  const field = (label: string, text: string): void => {
    if (text === '') return;
    const [head = '', ...rest] = wrap(text, Math.max(NARROWEST, width - LABEL - 2));
    lines.push(`  ${style.dim(label.padEnd(LABEL - 1))} ${head}`, ...rest.map((more) => `  ${' '.repeat(LABEL)}${more}`));
  };
  field('why', diagnostic.why);
  field('expect', diagnostic.expect);
  field('closest', diagnostic.closest.join(' , '));
  for (const [i, hint] of diagnostic.hints.entries()) field(i === 0 ? 'do' : '', hint);
  const [proof] = diagnostic.evidence;
  if (proof !== undefined && proof.document !== '') lines.push(`  ${style.dim('show'.padEnd(LABEL - 1))} ${showCommand(proof.path, proof.document)}`);
  field('more', `pc explain ${diagnostic.id}${diagnostic.related.length > 0 ? `  (elsewhere: ${diagnostic.related.join(', ')})` : ''}`);
  if (diagnostic.manifest !== undefined) lines.push('', ...diagnostic.manifest.split('\n').map((line) => `    ${line}`));
  return lines;
}

/** Breaks a sentence at blanks; a word longer than the line stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

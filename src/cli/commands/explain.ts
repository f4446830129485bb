import { CATALOGUE } from '../../diagnostics/catalogue.ts';
import { closestNames } from '../../diagnostics/closest-names.ts';
import { explainDetails, RESPONSE_CODE_DETAILS } from '../../diagnostics/response-code-details.ts';
import { RESPONSE_FLAGS } from '../../diagnostics/response-flags.ts';
import { Failure } from '../../dump/failure.ts';
import { detailsText, flagText, pageText } from '../../render/explain-text.ts';
import { type Style, styleFor } from '../../render/style.ts';
import { LIVE_IDS, type LiveId } from '../../source/live/live-failure-ids.ts';
import { listDiagnosticsPages, readDiagnosticsPage } from '../../source/read-page.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';

export const command = defineCommand({
  flags: {},
  positionals: [
    { name: 'what', list: true, describe: 'an id (PC4001), a response flag (UH), a response code detail (cluster_not_found); none: the list of all' },
  ],
  examples: [
    ['pc explain PC4001', 'what the id means, why it happens, how to mend it'],
    ['pc explain UH', 'a response flag of the access log'],
    ['pc explain cluster_not_found', 'a response code detail'],
    ['pc explain', 'everything that can be explained'],
  ],
  async run(args, io) {
    const style = styleFor(io.color);
    const asked = (Array.isArray(args['what']) ? args['what'] : []).map(String);
    if (asked.length === 0) io.out(listText(style));
    for (const [i, what] of asked.entries()) io.out(`${i === 0 ? '' : '\n'}${explainOne(what, style)}`);
    return EXIT.fine;
  },
});

/** The text for one id, slug, flag or detail. Throws Failure PC1011 for anything else, with what comes nearest. */
function explainOne(what: string, style: Style): string {
  const page = readDiagnosticsPage(what.toUpperCase()) ?? readDiagnosticsPage(listDiagnosticsPages().find(({ slug }) => slug === what)?.id ?? '');
  if (page !== undefined) return pageText(page, style);
  const live = LIVE_IDS[what.toUpperCase() as LiveId];
  if (live !== undefined) return `${style.bold(what.toUpperCase())}  ${live}\n  ${style.dim('more')}  docs/live.md\n`;
  const flags = what
    .split(',')
    .flatMap((name) => RESPONSE_FLAGS.get(name.trim().toUpperCase()) ?? [...RESPONSE_FLAGS.values()].find((f) => f.long === name) ?? []);
  if (flags.length > 0 && flags.length === what.split(',').length) return flags.map((flag) => flagText(flag, idsWith('flags', flag.flag), style)).join('\n');
  const details = explainDetails(what);
  if (details.length > 0) {
    const ids = details.flatMap((entry) => idsWith('details', entry.name));
    return `${detailsText(what, details, style)}${ids.length > 0 ? `  ${style.dim('more')}  ${ids.map((id) => `pc explain ${id}`).join(', ')}\n` : ''}`;
  }
  const known = [...RESPONSE_FLAGS.keys(), ...RESPONSE_CODE_DETAILS.keys(), ...listDiagnosticsPages().flatMap(({ id, slug }) => [id, slug])];
  const near = closestNames(what, known);
  throw new Failure({
    id: 'PC1011',
    what: `${JSON.stringify(what)} is no id of pc, no response flag and no response code detail of Envoy`,
    next: near.length > 0 ? `nearest: ${near.join(', ')}` : '`pc explain` lists what there is',
  });
}

/** The breaks that show this flag or detail. */
function idsWith(field: 'flags' | 'details', value: string): readonly string[] {
  return [...CATALOGUE.values()].filter((entry) => entry.predicts?.[field] === value).map((entry) => entry.id);
}

function listText(style: Style): string {
  const lines = [style.bold('Diagnostics of pc')];
  for (const { id, slug } of listDiagnosticsPages()) lines.push(`  ${id}  ${slug}`);
  lines.push('', style.bold('Response flags'));
  for (const flag of RESPONSE_FLAGS.values()) lines.push(`  ${flag.flag.padEnd(6)}${flag.means}`);
  lines.push('', style.bold('Response code details'));
  for (const detail of RESPONSE_CODE_DETAILS.values()) lines.push(`  ${detail.name}`);
  return `${lines.join('\n')}\n`;
}

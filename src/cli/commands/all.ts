import { maskSecretBytes } from '../../decode/mask-secrets.ts';
import { Failure } from '../../dump/failure.ts';
import { bootstrapSummary } from '../../query/bootstrap-summary.ts';
import { paddedColumns } from '../../render/padded-columns.ts';
import type { Needs } from '../../source/live/fetch-plan.ts';
import type { ProxyInput } from '../../source/read-input.ts';
import { type AllTable, allTables } from '../all-tables.ts';
import { defineCommand } from '../command.ts';
import { inputDocuments, inputProxy } from '../command-input.ts';
import { nowOf } from '../common-flags.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { filterFlag, LISTING_FLAGS, verboseFlag } from '../listing-flags.ts';
import { TARGET } from '../live-flags.ts';
import { masker } from '../masker.ts';
import { tellInputNotes } from '../notes.ts';

export const command = defineCommand({
  flags: {
    ...LISTING_FLAGS,
    address: filterFlag('address of listeners and endpoints'),
    port: filterFlag('port of clusters, listeners and endpoints'),
    name: filterFlag('name of the route config'),
    fqdn: filterFlag('host name of clusters'),
    subset: filterFlag('subset of clusters'),
    direction: filterFlag('direction of clusters'),
    type: filterFlag('type of listeners'),
    verbose: verboseFlag('rows for filter chains and routes; --verbose=false: for listeners and route configs'),
    'with-headers': { type: 'boolean', describe: 'a heading over each table', group: 'Output:' },
  },
  positionals: [TARGET],
  examples: [
    ['pc all -f config_dump.json', 'every table that the input has the data for'],
    ['pc all -f config_dump.json -f clusters.json --with-headers', 'with a heading over each'],
    ['pc all -f config_dump.json -o raw | jq .', "the input's own JSON, secrets taken out"],
  ],
  async run(args, io) {
    const needs: Needs = { kinds: 'everything', companions: ['clusters'] };
    if (args.output === 'json' || args.output === 'raw' || args.output === 'yaml') return printDocuments(args, await inputDocuments(args, needs, io), io);
    const proxy = await inputProxy(args, needs, io);
    tellInputNotes(proxy, io);
    const now = nowOf(args);
    let isFirst = true;
    const heading = (title: string): void => {
      if (!isFirst && args.output !== 'name') io.out('\n');
      isFirst = false;
      if (args['with-headers'] && args.output !== 'name') io.out(`------ ${title} ------\n`);
    };
    if (proxy.bootstrap !== undefined && args.output !== 'rows') {
      heading('BOOTSTRAP INFO');
      if (args.output === 'name') io.out(`bootstrap/${proxy.bootstrap.value.node?.id ?? ''}\n`);
      else for (const line of paddedColumns(bootstrapSummary(proxy), { padding: 1 })) io.out(line);
    }
    const statuses: number[] = [];
    for (const table of allTables(proxy, args, now)) {
      if (table.missing !== undefined) {
        io.err(`note[${table.missing.id}]: ${table.missing.message}; ${table.missing.next ?? ''}\n`);
        continue;
      }
      heading(table.heading);
      statuses.push(await printTable(table, io));
    }
    if (statuses.length === 0 && proxy.bootstrap === undefined) {
      throw new Failure({ id: 'PC1007', what: 'the input holds nothing that pc shows in a table', place: proxy.label, next: 'see the notes above' });
    }
    // A filter is for some of the tables: it fails where it matches in none of those.
    return statuses.length > 0 && statuses.every((status) => status === EXIT.finding) ? EXIT.finding : EXIT.fine;
  },
});

async function printTable(table: AllTable, io: Io): Promise<number> {
  return table.print?.(io) ?? EXIT.fine;
}

/** The input's own documents, one after the other, as istioctl prints them: JSON as it was, or turned into YAML. */
async function printDocuments(args: { readonly output: string; readonly 'show-secrets': boolean }, { documents }: ProxyInput, io: Io) {
  for (const [i, document] of documents.entries()) {
    if (document.root === undefined) continue;
    if (args.output === 'yaml') {
      const { parseAt } = await import('../../dump/outline-members.ts');
      const { yamlText } = await import('../../render/yaml-text.ts');
      if (i > 0) io.out('---\n');
      io.out(yamlText(masker(args)(parseAt(document.source, document.root))));
      continue;
    }
    const bytes = document.source.read(document.root.start, document.root.end);
    io.out(args['show-secrets'] ? bytes : maskSecretBytes(bytes));
    io.out('\n');
  }
  return EXIT.fine;
}

import { compareProxies } from '../../compare/compare-proxies.ts';
import type { JsonValue } from '../../dump/json-value.ts';
import type { ProxyConfig } from '../../model/proxy-config.ts';
import { diffDocument, differs } from '../../render/diff-document.ts';
import { diffText } from '../../render/diff-text.ts';
import { styleFor } from '../../render/style.ts';
import { defineCommand } from '../command.ts';
import { COMMON_FLAGS } from '../common-flags.ts';
import { kindsOf, wantsOf } from '../diff-filters.ts';
import { diffSides, type Sides } from '../diff-sides.ts';
import { EXIT, type ExitStatus } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { tellInputNotes } from '../notes.ts';

const COMPARE = 'Compare:';
const { file: _file, url: _url, selector: _selector, 'all-pods': _allPods, now: _now, 'no-headers': _noHeaders, ...INPUT } = COMMON_FLAGS;

export const command = defineCommand({
  flags: {
    ...INPUT,
    output: { ...COMMON_FLAGS.output, choices: ['text', 'json', 'yaml'], default: 'text', describe: 'text, or a document with JSON Patch (docs/diff.md)' },
    routing: { type: 'boolean', describe: 'ask where requests go: trace every domain and route of either side on both', group: COMPARE },
    kind: { type: 'string', list: true, describe: 'only these kinds: listeners, routes, clusters, endpoints, secrets, ecds, bootstrap', group: COMPARE },
    name: { type: 'string', describe: 'only resources of this name: text, a glob with * and ?, or ~REGEX', group: COMPARE },
    all: { type: 'boolean', describe: 'versions, times and what is generated for each pod count too', group: COMPARE },
  },
  positionals: [
    { name: 'a', describe: 'how it was: a file, folder or archive, an admin address, or a pod or workload', required: true },
    { name: 'b', describe: 'how it is: the same', required: true },
  ],
  examples: [
    ['pc diff before.json after.json', 'what changed between two dumps, in meaning'],
    ['pc diff before.json after.json --routing', 'which hosts and paths go elsewhere now'],
    ['pc diff before.json deploy/web', 'a saved dump against the live proxy'],
    ['pc diff before.tar.gz after.tar.gz --kind clusters --name "*catalog*"', 'two captures, proxy by proxy, some of their clusters'],
    ['pc diff before.json after.json -o json', 'with a JSON Patch for each resource'],
  ],
  async run(args, io) {
    const sides = await diffSides(String(args['a']), String(args['b']), { ...args, file: [], url: [], selector: undefined, 'all-pods': false }, io);
    const options = { all: args.all, showSecrets: args['show-secrets'] };
    const kinds = kindsOf(args.kind);
    const documents: JsonValue[] = [];
    const statuses: ExitStatus[] = [];
    for (const side of sides) {
      const { a, b } = side;
      if (a === undefined || b === undefined) {
        statuses.push(EXIT.finding);
        tellLone(side, args.output, documents, io);
        continue;
      }
      const labels = labelsOf(a, b, args);
      for (const proxy of [a, b]) tellInputNotes(proxy, io);
      const wants = wantsOf(kinds, args.name, a, b);
      const difference = compareProxies(a, b, { ...options, wants });
      if (args.routing) {
        const { printRouting } = await import('../diff-routing.ts');
        statuses.push(printRouting(a, b, difference, { labels, output: args.output, documents, showSecrets: args['show-secrets'] }, io));
        continue;
      }
      statuses.push(differs(difference) ? EXIT.finding : EXIT.fine);
      if (args.output === 'text') io.out(diffText(difference, { labels, style: styleFor(io.color) }));
      else documents.push(diffDocument(difference, labels, options));
    }
    await printDocuments(documents, args.output, io);
    return statuses.includes(EXIT.finding) ? EXIT.finding : (statuses.find((status) => status !== EXIT.fine) ?? EXIT.fine);
  },
});

async function printDocuments(documents: readonly JsonValue[], output: string, io: Io): Promise<void> {
  if (output === 'text') return;
  const document = documents.length === 1 ? (documents[0] as JsonValue) : documents;
  if (output === 'yaml') {
    const { yamlText } = await import('../../render/yaml-text.ts');
    io.out(yamlText(document));
  } else {
    const { jsonText } = await import('../../render/json-text.ts');
    io.out(`${jsonText(document, { indent: 2 })}\n`);
  }
}

/** A proxy that only one side has. */
function tellLone({ name, a }: Sides, output: string, documents: JsonValue[], io: Io): void {
  if (output === 'text') io.out(`proxy ${name} is only in ${a === undefined ? 'B' : 'A'}\n\n`);
  else documents.push({ version: 1, proxy: name, differs: true, only_in: a === undefined ? 'b' : 'a' });
}

/** The names of the sides, with the argument before the proxy's own name where that alone would not tell them apart. */
function labelsOf(a: ProxyConfig, b: ProxyConfig, args: { readonly [positional: string]: unknown }): readonly [string, string] {
  const label = (proxy: ProxyConfig, side: string): string => (proxy.label === side || side.endsWith(`/${proxy.label}`) ? side : `${side} (${proxy.label})`);
  return [label(a, String(args['a'])), label(b, String(args['b']))];
}

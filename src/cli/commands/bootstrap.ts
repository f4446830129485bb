import { encodeMessage } from '../../decode/encode-message.ts';
import { maskSecretBytes } from '../../decode/mask-secrets.ts';
import type { JsonObject } from '../../dump/json-value.ts';
import { bootstrapSummary, nodeFacts } from '../../query/bootstrap-summary.ts';
import { jsonText } from '../../render/json-text.ts';
import { paddedColumns } from '../../render/padded-columns.ts';
import { defineCommand } from '../command.ts';
import { inputProxy } from '../command-input.ts';
import { EXIT } from '../exit-code.ts';
import { LISTING_FLAGS } from '../listing-flags.ts';
import { TARGET } from '../live-flags.ts';
import { masker } from '../masker.ts';
import { tellInputNotes, tellIssues } from '../notes.ts';
import { requireSection } from '../section-request.ts';

export const command = defineCommand({
  flags: { ...LISTING_FLAGS, output: { ...LISTING_FLAGS.output, default: 'json', choices: ['short', 'wide', 'json', 'yaml', 'raw', 'name'] } },
  positionals: [TARGET],
  examples: [
    ['pc bootstrap -f config_dump.json', 'the bootstrap as JSON'],
    ['pc bootstrap -f config_dump.json -o short', 'the versions of proxy and Envoy'],
    ['pc bootstrap -f config_dump.json -o wide', 'and who the proxy is'],
  ],
  async run(args, io) {
    const proxy = await inputProxy(args, { kinds: ['bootstrap'] }, io);
    tellInputNotes(proxy, io);
    requireSection(proxy, 'bootstrap', proxy.bootstrap !== undefined);
    const bootstrap = proxy.bootstrap;
    if (bootstrap === undefined) return EXIT.failed;
    const shown = masker(args);
    if (args.output === 'short' || args.output === 'wide') {
      const facts = [...bootstrapSummary(proxy), ...(args.output === 'wide' ? nodeFacts(bootstrap.value.node) : [])];
      for (const line of paddedColumns(facts, { padding: 1 })) io.out(line);
    } else if (args.output === 'raw') {
      io.out(args['show-secrets'] ? bootstrap.raw() : maskSecretBytes(bootstrap.raw()));
      io.out('\n');
    } else if (args.output === 'name') io.out(`bootstrap/${bootstrap.value.node?.id ?? ''}\n`);
    else {
      const document: JsonObject = {
        bootstrap: encodeMessage(bootstrap.type, shown(bootstrap.value)),
        ...(bootstrap.lastUpdated === undefined ? {} : { lastUpdated: bootstrap.lastUpdated }),
      };
      const isCompat = args.compat !== undefined;
      if (args.output === 'yaml') io.out((await import('../../render/yaml-text.ts')).yamlText(document, isCompat));
      else io.out(`${jsonText(document, { indent: 4, asGo: isCompat })}\n`);
    }
    tellIssues([bootstrap], io);
    return EXIT.fine;
  },
});

import { basename, dirname, join, resolve } from 'node:path';
import { plural } from '../../diagnostics/words.ts';
import { Failure } from '../../dump/failure.ts';
import { CaptureFolder } from '../../source/live/capture-folder.ts';
import { defineCommand } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { READING_FLAGS, readingOptions } from '../reading-flags.ts';
import { redactedFiles } from '../redact-input.ts';
import { usageFailure } from '../run-cli.ts';

export const command = defineCommand({
  flags: {
    ...READING_FLAGS,
    output: { type: 'string', alias: 'o', describe: 'where to write: a file for a file, a folder for a folder or an archive', group: 'Output:' },
  },
  positionals: [{ name: 'input', describe: 'a saved admin output: a file, a folder or an archive', required: true }],
  examples: [
    ['pc redact config_dump.json -o shareable.json', 'a dump without private keys, tokens and passwords'],
    ['pc redact bug-report.tar.gz -o shareable', 'every file of an archive'],
  ],
  async run(args, io) {
    const input = String(args['input']);
    if (args.output === undefined) throw usageFailure('-o is missing: where to write', 'redact');
    const output = resolve(args.output);
    if (output === resolve(input)) throw new Failure({ id: 'PC1123', what: `-o ${args.output} is the input itself`, next: 'give another name' });
    let files = 0;
    for await (const file of redactedFiles(input, readingOptions(args, io))) {
      if ('why' in file) {
        io.err(`note[PC1032]: left out: ${file.label}: ${file.why}\n`);
        continue;
      }
      const place = file.path.length === 0 ? output : join(output, ...file.path);
      await new CaptureFolder(dirname(place)).writeWhole(basename(place), file.pieces());
      files++;
    }
    if (files === 0)
      throw new Failure({ id: 'PC1017', what: `${input} holds nothing that could be redacted`, place: input, next: 'give an admin output of a proxy' });
    io.out(`redacted ${plural(files, 'file')} into ${args.output}\n`);
    return EXIT.fine;
  },
});

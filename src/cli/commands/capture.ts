import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { Failure } from '../../dump/failure.ts';
import { defineCommand } from '../command.ts';
import { isLive } from '../command-input.ts';
import { EXIT } from '../exit-code.ts';
import { interruptible } from '../interruptible.ts';
import { LIVE_FLAGS, TARGETS } from '../live-flags.ts';
import { usageFailure } from '../run-cli.ts';

const ARCHIVE = /\.(?:tar\.gz|tgz)$/;

export const command = defineCommand({
  flags: {
    ...LIVE_FLAGS,
    'all-namespaces': { type: 'boolean', alias: 'A', describe: 'the proxies of every namespace', group: 'Live proxy:' },
    output: { type: 'string', alias: 'o', describe: 'the folder, or FILE.tar.gz, to write', group: 'Output:' },
    redact: { type: 'boolean', default: true, describe: 'take out secrets; --redact=false keeps them', group: 'Output:' },
  },
  positionals: [TARGETS],
  examples: [
    ['pc capture deploy/istio-ingressgateway -n istio-system -o gateway', 'what one proxy tells, for pc … -f gateway'],
    ['pc capture -l app=web --all-pods -o web.tar.gz', 'every pod of a kind, packed'],
    ['pc capture -A -o mesh', 'every proxy of the mesh; given again, it goes on where it was interrupted'],
    ['pc capture --url http://127.0.0.1:15000 -o here', 'without Kubernetes'],
  ],
  async run(args, io) {
    if (args.output === undefined) throw usageFailure('-o is missing: the folder, or FILE.tar.gz, to write', 'capture');
    if (!isLive(args) && !args['all-namespaces']) throw usageFailure('no proxy is named: give a pod or workload, -l, -A or --url', 'capture');
    const { findLiveProxies } = await import('../live-proxies.ts');
    const { captureProxies } = await import('../live-capture.ts');
    const many = args.selector !== undefined || args['all-namespaces'];
    const found = await findLiveProxies(args, io, { allPods: args['all-pods'] || many, allNamespaces: args['all-namespaces'], skipOthers: many });
    for (const note of found.notes) io.err(`note[PC1130]: ${note}\n`);
    const isPacked = ARCHIVE.test(args.output);
    const folder = isPacked ? `${args.output}.partial.d` : args.output;
    const { result, interrupted } = await interruptible(async (signal) => ({
      result: await captureProxies(found, { folder, redact: args.redact, now: () => new Date(), signal }, io),
      interrupted: signal.aborted,
    }));
    const count = result.captured.length + result.kept;
    if (interrupted) {
      io.err(`interrupted: ${count} of ${found.proxies.length} proxies are in ${folder}; the same command goes on with the rest\n`);
      return EXIT.interrupted;
    }
    const [first] = result.failures;
    if (count > 0 || result.failures.length > 1) for (const failure of result.failures) io.err(`note[PC1134]: ${failure.id}: ${failure.message}\n`);
    if (count === 0 && first !== undefined) {
      if (isPacked) rmSync(folder, { recursive: true, force: true });
      throw first;
    }
    if (isPacked && result.failures.length === 0) {
      const { packFolder } = await import('../../source/live/pack-folder.ts');
      await packFolder(folder, args.output, basename(args.output).replace(ARCHIVE, ''));
      rmSync(folder, { recursive: true, force: true });
    }
    for (const proxy of result.captured) {
      for (const { request, why } of proxy.missing) io.err(`note[PC1134]: ${proxy.name}: ${request} left out: ${why}\n`);
    }
    const kept = result.kept === 0 ? '' : ` (${result.kept} of them before)`;
    io.out(`captured ${count} ${count === 1 ? 'proxy' : 'proxies'}${kept} in ${result.failures.length > 0 ? folder : args.output}\n`);
    if (result.failures.length === 0) return EXIT.fine;
    throw new Failure({
      id: 'PC1134',
      what: `${result.failures.length} of ${found.proxies.length} proxies could not be captured`,
      next: 'give the same command again: it goes on with those',
    });
  },
});

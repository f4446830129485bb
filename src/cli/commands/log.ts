import { Failure } from '../../dump/failure.ts';
import { paddedColumns } from '../../render/padded-columns.ts';
import type { LevelChange, Loggers } from '../../source/live/loggers.ts';
import { defineCommand } from '../command.ts';
import { isLive } from '../command-input.ts';
import { eachAtOnce } from '../each-at-once.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { checkLoggers, parseLevels } from '../level-flag.ts';
import { LIVE_FLAGS, TARGETS } from '../live-flags.ts';
import type { LiveProxy } from '../live-proxies.ts';
import { usageFailure } from '../run-cli.ts';

const LEVELS_GROUP = 'Levels:';
/** So many proxies are asked at the same time. */
const AT_ONCE = 8;

export const command = defineCommand({
  flags: {
    ...LIVE_FLAGS,
    level: { type: 'string', describe: 'set levels: debug for all loggers, or http:debug,router:debug', group: LEVELS_GROUP },
    reset: {
      type: 'boolean',
      alias: 'r',
      describe: 'set levels back to what they were before pc changed them, else to those of the start',
      group: LEVELS_GROUP,
    },
    output: { type: 'string', alias: 'o', choices: ['short', 'json'], default: 'short', describe: 'a table, or JSON', group: 'Output:' },
  },
  positionals: [TARGETS],
  examples: [
    ['pc log deploy/web', 'the level of each logger'],
    ['pc log deploy/web --level http:debug,router:debug,connection:debug,pool:debug', 'see why requests fail, in the log of the proxy'],
    ['pc log -l app=web --level debug', 'every logger of every pod'],
    ['pc log deploy/web --reset', 'as it was before'],
  ],
  async run(args, io) {
    if (!isLive(args)) throw usageFailure('no proxy is named: give a pod or workload, -l or --url', 'log');
    if (args.level !== undefined && args.reset) throw usageFailure('--level and --reset go not together', 'log');
    const change = args.level === undefined ? undefined : parseLevels(args.level);
    const { findLiveProxies } = await import('../live-proxies.ts');
    // A level that is set on one of several pods helps with one of several requests: all pods are meant.
    const found = await findLiveProxies(args, io, { allPods: true, skipOthers: args.selector !== undefined });
    const answered: { readonly label: string; readonly loggers: Loggers; readonly before?: Loggers }[] = [];
    let first: Failure | undefined;
    await eachAtOnce(found.proxies, AT_ONCE, async (proxy, index) => {
      try {
        answered[index] = { label: proxy.label, ...(await applied(proxy, change, args.reset, io)) };
      } catch (error) {
        if (!(error instanceof Failure) || error.id === 'PC1124') throw error;
        first ??= error;
        if (found.proxies.length > 1) io.err(`note[PC1134]: ${error.message}\n`);
      } finally {
        await proxy.close();
      }
    });
    const results = answered.filter((result) => result !== undefined);
    if (results.length === 0 && first !== undefined) throw first;
    if (args.output === 'json') {
      const document = results.map(({ label, loggers }) => ({ proxy: label, loggers: Object.fromEntries(loggers) }));
      io.out(`${JSON.stringify(document, null, 2)}\n`);
    } else for (const line of paddedColumns(table(results), { padding: 2 })) io.out(line);
    return EXIT.fine;
  },
});

async function applied({ label, client }: LiveProxy, change: LevelChange | undefined, reset: boolean, io: Io): Promise<{ loggers: Loggers; before?: Loggers }> {
  const { readLoggers, setLevels, startLevels } = await import('../../source/live/loggers.ts');
  const { forgetLevels, rememberedLevels, rememberLevels } = await import('../log-history.ts');
  const before = await readLoggers(client);
  if (reset) {
    const remembered = rememberedLevels(label, io.env);
    const known = remembered === undefined ? await startLevels(client) : { loggers: remembered };
    const loggers = await setLevels(client, {
      ...known,
      loggers: new Map([...known.loggers].filter(([name, level]) => before.has(name) && ('all' in known || before.get(name) !== level))),
    });
    forgetLevels(label, io.env);
    return { loggers, before };
  }
  if (change === undefined) return { loggers: before };
  checkLoggers(change, before.keys(), label);
  rememberLevels(label, before, io.env);
  return { loggers: await setLevels(client, change), before };
}

/** One row a logger; after a change only those that changed, with what they were. */
function table(results: readonly { readonly label: string; readonly loggers: Loggers; readonly before?: Loggers }[]): string[][] {
  const isChange = results.some((result) => result.before !== undefined);
  const rows = results.flatMap(({ label, loggers, before }) =>
    [...loggers]
      .filter(([name, level]) => before === undefined || before.get(name) !== level)
      .map(([name, level]) => [label, name, level, ...(before === undefined ? [] : [before.get(name) ?? ''])]),
  );
  if (isChange && rows.length === 0) return [['no level changed']];
  return [['PROXY', 'LOGGER', 'LEVEL', ...(isChange ? ['BEFORE'] : [])], ...rows];
}

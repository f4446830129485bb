import yargs, { type Argv, type Options } from 'yargs';
import packageJson from '../../package.json' with { type: 'json' };
import { nearestNames } from '../query/nearest-names.ts';
import type { Command, Flag } from './command.ts';
import type { Io } from './io.ts';
import type { ParsedCommandLine } from './parse-command-line.ts';
import { REGISTRY, type RegistryEntry } from './registry.ts';
import { usageFailure } from './run-cli.ts';

/** What the completion scripts call pc with. */
const COMPLETE = '--get-yargs-completions';

/** Widest help text; a terminal may be narrower. */
const HELP_COLUMNS = 120;

/**
 * Reads a command line with yargs. The module of the named command is loaded, and no other.
 *
 * Throws Failure PC1011 for a command line that is wrong: an unknown command or flag, a missing or superfluous argument.
 */
export async function parseByYargs(argv: readonly string[], io: Io): Promise<ParsedCommandLine> {
  let picked: ParsedCommandLine | undefined;
  let named: { readonly entry: RegistryEntry; readonly command: Command } | undefined;
  let text = '';
  const wrong = (message: string | null): Error => usageFailure(usageText(message ?? '', named?.entry.name, named?.command), named?.entry.name);
  const parser = yargs()
    .scriptName('pc')
    .usage('pc finds where a request through an Envoy proxy breaks, and why.\n\nUsage: pc <command> [target] [flags]')
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
    })
    .version(packageJson.version)
    .alias('version', 'V')
    .help()
    .alias('help', 'h')
    .completion('complete-words', false as never)
    .demandCommand(1, '')
    .strict()
    .exitProcess(false)
    .wrap(Math.min(HELP_COLUMNS, io.columns ?? HELP_COLUMNS))
    .updateStrings({ 'Options:': 'Flags:', 'Positionals:': 'Arguments:' })
    .example('pc trace http://shop.example/items -f config_dump.json', 'where does this request go?')
    .example('pc routes -f config_dump.json', 'which routes does the proxy have?')
    .example('pc listeners deploy/istio-ingressgateway -n istio-system', 'which listeners does the gateway have?')
    .example('pc clusters --url http://127.0.0.1:15000', 'which clusters does the Envoy of this address have?')
    .epilogue('pc <command> --help tells more about one command.')
    .fail((message, error) => {
      throw error ?? wrong(message);
    });
  for (const entry of REGISTRY) {
    parser.command({
      command: entry.usage === undefined ? entry.name : `${entry.name} ${entry.usage}`,
      aliases: entry.aliases,
      describe: entry.summary,
      // yargs awaits a builder under parseAsync; its types do not say so.
      builder: (async (y: Argv) => {
        const { command } = await entry.load();
        named = { entry, command };
        return describe(y, entry, command);
      }) as never,
      handler: (args) => {
        if (named !== undefined) picked = { kind: 'command', command: named.command, args: withLists(named.command, args) };
      },
    });
  }
  try {
    await parser.parseAsync(argv.length === 0 ? ['--help'] : [...argv], {}, (_error: unknown, _args: unknown, output: string) => {
      text += output;
    });
  } catch (error) {
    throw error instanceof Error && error.name === 'YError' ? wrong(error.message) : error;
  }
  return picked ?? { kind: 'text', text: argv[0] === COMPLETE ? text.replace(/^--.(?::.*)?\n/gm, '') : text };
}

function describe(parser: Argv, entry: RegistryEntry, command: Command): Argv {
  const usage = `Usage: pc ${entry.name}${entry.usage === undefined ? '' : ` ${entry.usage}`} [flags]`;
  let y = parser.usage(`pc ${entry.name}: ${entry.summary}\n\n${usage}`).demandCommand(0).epilogue('');
  for (const positional of command.positionals ?? []) {
    y = y.positional(positional.name, {
      type: 'string',
      describe: positional.describe,
      ...(positional.choices ? { choices: positional.choices } : {}),
      ...(positional.list ? { array: true } : {}),
    });
  }
  for (const [name, flag] of Object.entries(command.flags)) y = y.option(name, optionOf(flag));
  for (const [line, what] of command.examples) y = y.example(line, what);
  return y;
}

function optionOf(flag: Flag): Options {
  return {
    type: flag.type,
    describe: flag.describe,
    requiresArg: flag.type !== 'boolean',
    ...(flag.alias === undefined ? {} : { alias: flag.alias }),
    ...(flag.default === undefined ? {} : { default: flag.default }),
    ...(flag.choices === undefined ? {} : { choices: flag.choices }),
    ...(flag.group === undefined ? {} : { group: flag.group }),
    ...(flag.hidden ? { hidden: true } : {}),
  };
}

/** A flag that may be repeated is a list, be it given once or never; any other is the last of what was given. */
function withLists(command: Command, args: object): object {
  const out: Record<string, unknown> = { ...args };
  for (const [name, flag] of Object.entries(command.flags)) {
    const value = out[name];
    if (flag.list) out[name] = value === undefined ? [] : Array.isArray(value) ? value : [value];
    else if (Array.isArray(value)) out[name] = value.at(-1);
    else if (flag.type === 'boolean') out[name] = value === true;
  }
  return out;
}

/** One fact of what yargs found wrong; the nearest name where one is unknown. */
function usageText(message: string, named: string | undefined, module: Command | undefined): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  const fact = lines[0];
  if (fact === undefined) return 'no command is named';
  const missing = /^Not enough non-option arguments/.test(fact) ? module?.positionals?.find((p) => p.required)?.name : undefined;
  if (missing !== undefined) return `the argument <${missing}> is missing`;
  const unknown = /^Unknown (argument|command)s?: (.*)$/.exec(fact)?.[2];
  if (unknown === undefined) return lines.map((line) => line.trim()).join(' ');
  if (named !== undefined) {
    const near = nearestNames(unknown, Object.keys(module?.flags ?? {}))[0];
    return `${named} takes no ${unknown}${near === undefined ? '' : `; did you mean --${near}?`}`;
  }
  const commands = REGISTRY.flatMap((entry) => [entry.name, ...entry.aliases]).filter((name) => name.length > 2);
  const near = nearestNames(unknown, commands)[0];
  return `there is no command ${unknown}${near === undefined ? '' : `; did you mean ${near}?`}`;
}

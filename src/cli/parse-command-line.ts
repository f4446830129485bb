import type { Command } from './command.ts';
import type { Io } from './io.ts';
import { plainArguments } from './plain-arguments.ts';
import { REGISTRY } from './registry.ts';

/** What a command line asks for: a command with its arguments, or a text that the parser itself knows (help, version, completions). */
export type ParsedCommandLine =
  // biome-ignore lint/suspicious/noExplicitAny: each command has flags of its own
  { readonly kind: 'command'; readonly command: Command<any>; readonly args: any } | { readonly kind: 'text'; readonly text: string };

/**
 * Reads a command line. The module of the named command is loaded, and no other; what is written plainly needs no yargs, whose start takes
 * as long as reading a dump of a megabyte.
 *
 * Throws Failure PC1011 for a command line that is wrong: an unknown command or flag, a missing or superfluous argument.
 */
export async function parseCommandLine(argv: readonly string[], io: Io): Promise<ParsedCommandLine> {
  const [name = '', ...rest] = argv;
  const entry = REGISTRY.find((candidate) => candidate.name === name || candidate.aliases.includes(name));
  if (entry !== undefined) {
    const { command } = await entry.load();
    const args = plainArguments(command, rest);
    if (args !== undefined) return { kind: 'command', command, args };
  }
  const { parseByYargs } = await import('./yargs-command-line.ts');
  return parseByYargs(argv, io);
}

import type { Command, Flag } from './command.ts';

/** The values of a command's flags and arguments, by their names. */
export type ArgumentValues = Readonly<Record<string, unknown>>;

/** Text that yargs may read in a way of its own: nothing, quotes that the shell left, what looks like a flag. */
const SPECIAL = /^$|^["'-]/;
const NUMBER = /^\d{1,15}$/;

/**
 * Reads the words behind a command's name where they are plain: `--flag value`, `--flag=value`, `-f value`, `--switch`, arguments.
 *
 * Out: what yargs makes of them (test/cli/plain-arguments.test.ts holds both to each other); undefined for everything else, be it wrong, a
 * call for help, or only unusual.
 */
export function plainArguments(command: Command, words: readonly string[]): ArgumentValues | undefined {
  const flags = flagsByWord(command);
  const given = new Map<string, (string | boolean | number)[]>();
  const plain: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (!word.startsWith('-')) {
      if (SPECIAL.test(word)) return undefined;
      plain.push(word);
      continue;
    }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const found = flags.get(equals < 0 ? word : word.slice(0, equals));
    if (found === undefined) return undefined;
    const { name, flag } = found;
    const next = words[i + 1];
    let text: string | undefined;
    if (equals >= 0) text = word.slice(equals + 1);
    else if (flag.type !== 'boolean') text = words[++i];
    else if (next === 'true' || next === 'false') return undefined;
    const value = readValue(flag, text);
    if (value === undefined) return undefined;
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  const values: Record<string, unknown> = {};
  if (!placePositionals(command, plain, values)) return undefined;
  for (const [name, flag] of Object.entries(command.flags)) {
    const of = given.get(name);
    if (flag.list) values[name] = of ?? [];
    else values[name] = of?.at(-1) ?? flag.default ?? (flag.type === 'boolean' ? false : undefined);
  }
  return values;
}

function flagsByWord(command: Command): ReadonlyMap<string, { readonly name: string; readonly flag: Flag }> {
  const flags = new Map<string, { readonly name: string; readonly flag: Flag }>();
  for (const [name, flag] of Object.entries(command.flags)) {
    for (const word of [name, ...[flag.alias ?? []].flat()]) flags.set(word.length === 1 ? `-${word}` : `--${word}`, { name, flag });
  }
  return flags;
}

function readValue(flag: Flag, text: string | undefined): string | boolean | number | undefined {
  if (flag.type === 'boolean') return text === undefined || text === 'true' ? true : text === 'false' ? false : undefined;
  if (text === undefined || (SPECIAL.test(text) && text !== '-')) return undefined;
  if (flag.choices !== undefined && !flag.choices.includes(text)) return undefined;
  if (flag.type === 'string') return text;
  return NUMBER.test(text) ? Number(text) : undefined;
}

/** Gives the arguments their names; false where there are too few or too many, or one that may not stand there. */
function placePositionals({ positionals = [] }: Command, plain: readonly string[], values: Record<string, unknown>): boolean {
  let at = 0;
  for (const { name, list, required, choices } of positionals) {
    const taken = list ? plain.slice(at) : plain.slice(at, at + 1);
    at += taken.length;
    if (required && taken.length === 0) return false;
    if (choices !== undefined && !taken.every((text) => choices.includes(text))) return false;
    if (list) values[name] = taken;
    else if (taken.length > 0) values[name] = taken[0];
  }
  return at === plain.length;
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { plainArguments } from '../../src/cli/plain-arguments.ts';
import { REGISTRY } from '../../src/cli/registry.ts';
import { parseByYargs } from '../../src/cli/yargs-command-line.ts';
import { fakeIo } from '../support/fake-io.ts';

/** Each costs a start of yargs. */
const RUNS = Number(process.env['PC_FUZZ_RUNS'] ?? 12);

const commands: [string, Command][] = await Promise.all(REGISTRY.map(async (entry): Promise<[string, Command]> => [entry.name, (await entry.load()).command]));

/** What yargs makes of the words, by the names of the flags and arguments; undefined where it refuses them or answers with a text. */
async function byYargs(name: string, command: Command, words: readonly string[]): Promise<unknown> {
  try {
    const parsed = await parseByYargs([name, ...words], fakeIo());
    return parsed.kind === 'text' ? undefined : known(command, parsed.args);
  } catch {
    return undefined;
  }
}

function known(command: Command, args: Readonly<Record<string, unknown>>): unknown {
  const names = [...Object.keys(command.flags), ...(command.positionals ?? []).map(({ name }) => name)];
  return Object.fromEntries(names.map((name) => [name, args[name]]));
}

/** Words of a command line for a command: its flags in every spelling, values that fit and that do not. */
function wordsOf(command: Command): fc.Arbitrary<string[]> {
  const choices = Object.values(command.flags).flatMap((flag) => flag.choices ?? []);
  const value = fc.oneof(
    fc.constantFrom(
      'a',
      '80',
      '007',
      '1.5',
      'x=y',
      'a,b',
      '-',
      '',
      '-1',
      '--',
      "'q'",
      '"q',
      'true',
      'false',
      'http://h/p?q=1',
      'x-user: jason',
      '__proto__',
      'a b',
    ),
    fc.constantFrom('a', ...choices),
    fc.string({ maxLength: 5 }),
  );
  const flag = fc.constantFrom(...Object.entries(command.flags)).chain(([name, { alias, type }]) => {
    const spelling = fc.constantFrom(name, ...[alias ?? []].flat()).map((word) => (word.length === 1 ? `-${word}` : `--${word}`));
    return fc.oneof(
      fc.tuple(spelling, value),
      fc.tuple(spelling, value).map(([word, text]) => [`${word}=${text}`]),
      ...(type === 'boolean' ? [spelling.map((word) => [word])] : []),
    );
  });
  const word = fc.oneof(
    { weight: 6, arbitrary: flag },
    { weight: 3, arbitrary: value.map((text) => [text]) },
    { weight: 1, arbitrary: fc.constantFrom(['--help'], ['-h'], ['--version'], ['--no-such'], ['-fo'], ['-ofile']) },
  );
  return fc.array(word, { maxLength: 5 }).map((parts) => parts.flat());
}

describe('a plain command line', () => {
  test.each(commands)('of pc %s is read as yargs reads it', async (name, command) => {
    const words = Object.keys(command.flags).length === 0 ? fc.array(fc.constantFrom('a', 'bash', 'zsh', '-x')) : wordsOf(command);
    await fc.assert(
      fc.asyncProperty(words, async (given) => {
        const plain = plainArguments(command, given);
        if (plain !== undefined) expect(known(command, plain)).toEqual(await byYargs(name, command, given));
      }),
      { numRuns: RUNS },
    );
  });

  test.each(commands)('is what each example of pc %s is', async (name, command) => {
    for (const [line] of command.examples) {
      // Lines of one program without pipes; quoted words keep their blanks.
      if (!/^pc [^|<>]*$/.test(line)) continue;
      const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? '').slice(2);
      const plain = plainArguments(command, words);
      expect(plain, line).toBeDefined();
      expect(known(command, plain ?? {})).toEqual(await byYargs(name, command, words));
    }
  });

  test('leaves what is wrong or unusual to yargs', () => {
    const command = commands.find(([name]) => name === 'listeners')?.[1] as Command;
    for (const words of [
      ['--help'],
      ['-h'],
      ['--no-such'],
      ['a', 'b'],
      ['-o'],
      ['-o', 'nonsense'],
      ['--port', ''],
      ['--verbose', 'false'],
      ['--', 'a'],
      ['-fx'],
    ])
      expect(plainArguments(command, words), words.join(' ')).toBeUndefined();
  });
});

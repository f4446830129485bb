import { describe, expect, test } from 'vitest';
import { REGISTRY } from '../../src/cli/registry.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeIo } from '../support/fake-io.ts';

async function pc(...argv: string[]) {
  const io = fakeIo();
  const status = await runCli(argv, io);
  return { status, out: io.stdout(), err: io.stderr() };
}

describe('help', () => {
  test('without a command lists every command', async () => {
    const { status, out } = await pc('--help');
    expect(status).toBe(0);
    for (const { name } of REGISTRY) expect(out).toMatch(new RegExp(`^  pc ${name}\\b`, 'm'));
  });

  test('is what pc prints when it gets no arguments', async () => {
    expect((await pc()).out).toBe((await pc('--help')).out);
  });

  test.each(REGISTRY.map((entry) => entry.name))('of %s shows examples and is the same under its aliases', async (name) => {
    const { status, out } = await pc(name, '--help');
    expect(status).toBe(0);
    expect(out).toMatch(/Examples:\n {2}\S/);
    for (const alias of REGISTRY.find((entry) => entry.name === name)?.aliases ?? []) expect((await pc(alias, '--help')).out).toBe(out);
  });
});

describe('a wrong command line', () => {
  test.each([
    [['rotues'], 'there is no command rotues; did you mean routes?', 'pc --help'],
    [['routes', '--flie', 'x'], 'routes takes no flie; did you mean --file?', 'pc routes --help'],
    [['routes', 'pod', 'extra'], 'routes takes no extra', 'pc routes --help'],
    [['routes', '-f'], 'Not enough arguments following: f', 'pc routes --help'],
    [['completion'], 'the argument <shell> is missing', 'pc completion --help'],
    [['-f', 'x'], 'no command is named', 'pc --help'],
  ])('%j ends with status 2, what is wrong and where to look', async (argv, what, next) => {
    const { status, out, err } = await pc(...argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toBe(`error[PC1011]: ${what}\n  next  see \`${next}\`\n`);
  });
});

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'])('prints a script for %s that asks pc for the words', async (shell) => {
    const { status, out } = await pc('completion', shell);
    expect(status).toBe(0);
    expect(out).toContain('pc --get-yargs-completions');
    expect(out).toContain('kubectl-pc');
  });

  test('offers the commands, and the flags of a command', async () => {
    expect((await pc('--get-yargs-completions', 'pc', 'rou')).out).toContain('routes\n');
    const flags = (await pc('--get-yargs-completions', 'pc', 'routes', '--')).out.split('\n');
    expect(flags).toContain('--file');
    expect(flags).not.toContain('--f');
  });
});

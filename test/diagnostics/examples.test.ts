import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { fakeIo } from '../support/fake-io.ts';
import { projectRoot } from '../support/project-root.ts';

const PAGES = join(projectRoot(), 'docs', 'diagnostics');

/** The command lines of the examples that run on recorded cases: `pc trace … -f snapshots/…`. */
const examples = readdirSync(PAGES)
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => {
    const lines = readFileSync(join(PAGES, name), 'utf8').split('\n');
    return lines.filter((line) => /^pc (?:trace|check) .*snapshots\//.test(line)).map((line) => [name.replace('.md', ''), line] as const);
  });

/** Splits a line as a shell does, as far as single and double quotes go. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? '');
}

describe('the examples of the pages', () => {
  test.each(examples)('%s: %s tells it', async (id, line) => {
    const io = fakeIo();
    const argv = words(line)
      .slice(1)
      .map((word) => (word.startsWith('snapshots/') ? join(projectRoot(), word) : word));
    await runCli(argv, io);
    expect(io.stdout() + io.stderr()).toMatch(new RegExp(`\\[${id}\\]|"id": ?"${id}"`));
  });

  test('there are many', () => {
    expect(examples.length).toBeGreaterThan(30);
  });
});

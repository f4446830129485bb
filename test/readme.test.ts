import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pc } from './support/pc.ts';
import { projectRoot } from './support/project-root.ts';

/** Each block that shows a command and what it prints. */
const shown = [...readFileSync(join(projectRoot(), 'README.md'), 'utf8').matchAll(/```\n\$ pc (.*)\n([\s\S]*?)\n```/g)].map((block): [string, string] => [
  block[1] ?? '',
  block[2] ?? '',
]);

describe('README.md', () => {
  test('shows the main job, a table and a comparison', () => {
    expect(shown.map(([line]) => line.split(' ')[0])).toEqual(['trace', 'routes', 'diff']);
  });

  test.each(shown)('pc %s prints what it shows', async (line, output) => {
    expect((await pc(...line.split(' '))).out.trimEnd()).toBe(output);
  });
});

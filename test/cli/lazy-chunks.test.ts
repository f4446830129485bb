import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../support/project-root.ts';

/** The bundle, without the chunks that hold the Kubernetes client and the HTTP client: what loads them fails. */
const folder = join(projectRoot(), 'node_modules', '.cache', `lazy-chunks-${process.pid}`);
const dump = join(folder, 'config_dump.json');
let removed: readonly string[] = [];

beforeAll(() => {
  execFileSync(process.execPath, ['build.mjs', folder], { cwd: projectRoot() });
  writeFileSync(dump, '{"configs": [{"@type": "type.googleapis.com/envoy.admin.v3.ListenersConfigDump"}]}');
  removed = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => file.endsWith('.js') && /loadFromClusterAndUser|UND_ERR_HEADERS_TIMEOUT/.test(readFileSync(file, 'utf8')));
  for (const file of removed) rmSync(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...argv: string[]): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(folder, 'cli', 'main.js'), ...argv], (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), text: stdout + stderr }),
    );
  });
}

describe('the Kubernetes client and the HTTP client', () => {
  test('stand in chunks of their own', () => {
    expect(removed.length).toBeGreaterThanOrEqual(2);
  });

  test.each([
    [['--help']],
    [['routes', '--help']],
    [['--version']],
    [['completion', 'bash']],
    [['listeners', '-f', dump]],
    [['--get-yargs-completions', 'pc', 'rou']],
  ])('are not loaded for pc %j', async (argv) => {
    expect(await run(...argv)).toMatchObject({ status: 0 });
  });

  test('are loaded for a pod, and for an address', async () => {
    for (const argv of [
      ['listeners', 'some-pod'],
      ['listeners', '--url', 'http://127.0.0.1:1'],
    ]) {
      const { status, text } = await run(...argv);
      expect(status).toBe(2);
      expect(text).toMatch(/Cannot find module/);
    }
  });
});

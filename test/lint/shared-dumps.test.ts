import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProxies } from '../../src/cli/load-proxy.ts';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import { Failure } from '../../src/dump/failure.ts';
import { runLint } from '../../src/lint/run-lint.ts';
import { projectRoot } from '../support/project-root.ts';

const DATA = join(projectRoot(), '..', 'shared', 'data');
const VERDICTS = join(projectRoot(), 'test', 'lint', 'verdicts.json');
const OPTIONS = { now: new Date('2026-11-22T00:00:00Z'), expiringMs: 14 * 86_400_000 };

/** By file: how often each id is found. Every one was looked at and is true; a file that is not here has no findings. */
const verdicts = JSON.parse(readFileSync(VERDICTS, 'utf8')) as Record<string, Record<string, number>>;

/** Inputs that `pc check` is given whole: saved dumps, Istio's generated proxies, and the folders of real ones. */
function inputs(): string[] {
  const files = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
  const dumps = files(join(DATA, 'dumps')).filter((file) => !/\.(md|tsv)$/.test(file));
  const istio = readdirSync(join(DATA, 'istio')).flatMap((scenario) => {
    const own = readdirSync(join(DATA, 'istio', scenario)).filter(
      (name) => name.endsWith('.json') && !/camel|^requests|^scenario|^istio-simulation/.test(name),
    );
    const real = join(DATA, 'istio', scenario, 'real');
    const pods = existsSync(real) ? readdirSync(real).map((pod) => join(real, pod)) : [];
    return [...own.map((name) => join(DATA, 'istio', scenario, name)), ...pods.filter((pod) => statSync(pod).isDirectory())];
  });
  return [...dumps, ...istio].sort();
}

async function findingsOf(file: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  try {
    for (const { name, documents, notes } of await loadProxies({ files: [file] }))
      for (const { id } of runLint(buildProxyConfig(name, documents, notes), OPTIONS)) counts[id] = (counts[id] ?? 0) + 1;
  } catch (error) {
    // Files that are no dumps are refused, as every command does.
    if (!(error instanceof Failure)) throw error;
  }
  return counts;
}

describe.skipIf(!existsSync(DATA))('the dumps of ../shared/data (skipped where they are not there)', () => {
  test('no finding but those that were looked at and are true', { timeout: 600_000 }, async () => {
    const found: Record<string, Record<string, number>> = {};
    for (const file of inputs()) {
      const counts = await findingsOf(file);
      if (Object.keys(counts).length > 0) found[relative(DATA, file)] = Object.fromEntries(Object.entries(counts).sort());
    }
    expect(found).toEqual(verdicts);
  });
});
